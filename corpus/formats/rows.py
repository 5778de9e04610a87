"""Transcripts in rows and columns, wherever the table comes from: CSV, Word, a spreadsheet, Markdown."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.formats.extract import Piece, clean_name, unescape
from corpus.formats.fields import (
    find_question_and_answer,
    find_speaker_field,
    find_text_field,
    find_time_field,
    read_unit,
)
from corpus.formats.times import Unit, is_clock, parse_ms
from corpus.speakers.names import is_name
from corpus.turn import Kind

Row = Sequence[str]

_MAX_HEADING_WORDS = 4
# "No.", "Dur.": a heading that ends in a full stop is short.
_MAX_SHORTENED_CHARS = 5
# So many milliseconds a character and more, and whole numbers are milliseconds: speech takes about 60 of them.
_MIN_MS_A_CHARACTER = 20
# Of a table without a head, this share of the rows must fit what a column is taken for.
_MIN_SHARE = 0.8
_MIN_ROWS = 2
# A column of names has few of them, which come back.
_MAX_NAMES_A_ROW = 0.7


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold the words, the speaker and the time of the beginning; None where there is no such column.

    `question` is the column of what was asked, where the words are the answers to it.
    """

    text: int
    speaker: int | None
    time: int | None
    unit: Unit | None = None
    question: int | None = None

    @property
    def is_transcript(self) -> bool:
        """Whether the table says more than words: who speaks, when, or what was asked."""
        return self.speaker is not None or self.time is not None or self.question is not None


@dataclass(frozen=True, slots=True)
class Cells:
    """What a row of a transcript says: who, when, and the words as they stand in the cell."""

    speaker: str | None
    start_ms: int | None
    timed: bool
    said: str
    asked: str = ""


def find_columns(header: Row, rows: Sequence[Row] = ()) -> Columns | None:
    """The columns by their headings and by what stands below them, or None where no column of words is named."""
    if not _is_header(header):
        return None
    names = [cell.strip().strip("\ufeff\"'*_ ") for cell in header]
    numbers = {name: number for number, name in reversed(list(enumerate(names)))}

    def first(found: Sequence[str], *taken: int | None) -> int | None:
        numbered = [numbers[name] for name in found if numbers[name] not in taken]
        filled = [number for number in numbered if any(_cell(row, number).strip() for row in rows)]
        return next(iter(filled or numbered), None)

    question, text = find_question_and_answer(names) or (None, None)
    if text is None:
        texts = find_text_field(names)
        words = [name for name in texts if any(_has_words(_cell(row, numbers[name])) for row in rows)]
        text = first(words or texts)
    if text is None:
        return None
    speaker = first(find_speaker_field(names), text, question)
    times = [name for name in find_time_field(names) if _is_time_column(numbers[name], rows)]
    time = first(times, text, speaker, question)
    return Columns(text, speaker, time, read_unit(names[time]) if time is not None else None, question)


def guess_columns(rows: Sequence[Row]) -> Columns | None:
    """The columns of a table without a head: times, names that come back, and the longest texts; None when unclear."""
    width = max((len(row) for row in rows), default=0)
    if len(rows) < _MIN_ROWS or width < 2:
        return None
    columns = [[_cell(row, number).strip() for row in rows] for number in range(width)]
    times = [number for number in range(width) if _share(columns[number], is_clock) >= _MIN_SHARE]
    rest = [number for number in range(width) if number not in times]
    if not rest:
        return None
    text = max(rest, key=lambda number: sum(len(cell) for cell in columns[number] if _has_words(cell)))
    names = [number for number in rest if number != text and _is_name_column(columns[number])]
    if not names or _share(columns[text], _has_words) < _MIN_SHARE:
        return None
    return Columns(text, names[0], times[0] if times else None)


def read_rows(header: Row, rows: Sequence[Row], columns: Columns, delimiter: str = ", ") -> Iterator[Piece]:
    """The rows as pieces; cells beyond the last column belong to it.

    A row without a speaker is nobody's speech, and narration where other rows name one.
    """
    named = any(_cell(row, columns.speaker).strip() for row in rows)
    for cells in read_cells(header, rows, columns, delimiter):
        kind: Kind = "narration" if named and cells.speaker is None else "speech"
        speaker, start_ms = cells.speaker, cells.start_ms
        if columns.question is not None:
            yield Piece(_cell(header, columns.question), unescape(cells.asked), start_ms, fresh=True)
            speaker, kind, start_ms = speaker or _cell(header, columns.text), "speech", None
        yield Piece(speaker, unescape(cells.said), start_ms, kind=kind, fresh=cells.timed)


def read_cells(header: Row, rows: Sequence[Row], columns: Columns, delimiter: str = ", ") -> Iterator[Cells]:
    """Each row that reaches to the words, in order."""
    unit = columns.unit or find_unit(rows, columns)
    for row in rows:
        if len(row) <= columns.text:
            continue
        beyond = row[len(header) :] if header and columns.text == len(header) - 1 else ()
        said = delimiter.join([row[columns.text], *beyond])
        start_ms = parse_ms(_cell(row, columns.time), unit=unit)
        speaker = clean_name(unescape(_cell(row, columns.speaker)).strip().strip("*_"))
        yield Cells(speaker, start_ms, start_ms is not None, said, _cell(row, columns.question))


def find_unit(rows: Sequence[Row], columns: Columns) -> Unit:
    """Whether plain whole numbers count seconds or milliseconds, by how much is said in their span."""
    written = [(_cell(row, columns.time).strip(), len(_cell(row, columns.text))) for row in rows]
    times = [(int(time), chars) for time, chars in written if time.isdecimal() and len(time) < 15]
    if len(times) < len([time for time, _ in written if time]) or len(times) < _MIN_ROWS:
        return "s"
    span, chars = times[-1][0] - times[0][0], sum(chars for _, chars in times[:-1])
    return "ms" if span > _MIN_MS_A_CHARACTER * max(1, chars) else "s"


def _cell(row: Row, column: int | None) -> str:
    """The cell in that column; empty where the table has no such column, or the row ends before it."""
    return row[column] if column is not None and column < len(row) else ""


def _is_header(cells: Row) -> bool:
    """Whether these are names of columns and not the first words of a text."""
    return all(
        len(cell.split()) <= _MAX_HEADING_WORDS
        and cell[-1:] not in ("?", "!")
        and (not cell.endswith(".") or len(cell) <= _MAX_SHORTENED_CHARS)
        for cell in cells
    )


def _is_time_column(number: int, rows: Sequence[Row]) -> bool:
    cells = [cell for row in rows if (cell := _cell(row, number).strip())]
    return not cells or any(parse_ms(cell) is not None for cell in cells)


def _is_name_column(cells: Sequence[str]) -> bool:
    names = [cell for cell in cells if cell]
    alike = [name for name in names if is_name(clean_name(name) or "")]
    few = len(set(names)) <= _MAX_NAMES_A_ROW * len(names)
    return (
        bool(names)
        and few
        and len(alike) >= _MIN_SHARE * len(names)
        and not any(name.endswith(("?", "!")) for name in names)
    )


def _has_words(cell: str) -> bool:
    return any(character.isalpha() for character in cell)


def _share(cells: Sequence[str], fits: Callable[[str], bool]) -> float:
    written = [cell for cell in cells if cell]
    return sum(map(fits, written)) / len(written) if written else 0.0
