"""CSV and TSV with a header: a row an utterance."""

import csv
import html
import io
import re
from collections.abc import Iterator, Sequence

from corpus.errors import SourceNotText
from corpus.formats.extract import Extract, Piece, clean_name, write_pieces
from corpus.labels import TIME_MARK
from corpus.lines import parse_time_ms

SPEAKER_COLUMNS = frozenset("speaker name who participant role sprecher hablante locutor orador".split())
TEXT_COLUMNS = frozenset(
    """text words transcript transcription utterance content body sentence speech dialogue said message quote texto
    detected""".split()
)
TIME_COLUMNS = frozenset("timestamp time start begin from in tiempo zeit".split())
_DELIMITERS = (",", ";", "\t", "|")
_TIME = re.compile(rf"\s*(?P<time>{TIME_MARK})")
_MAX_HEADING_WORDS = 3
# One cell is not longer than this in a transcript; the module's own limit would refuse long answers.
_MAX_CELL_CHARS = 4_000_000


def is_csv(text: str) -> bool:
    """Whether the first line is a header that names a column of speakers or times and one of words."""
    return _find_delimiter(text) is not None


def read_csv(text: str, name: str) -> Extract:
    """The rows in order; a row without a speaker is nobody's speech, and narration where other rows name one.

    :raises SourceNotText: when no column is headed as the words, or a row cannot be read.
    """
    delimiter = _find_delimiter(text)
    header, rows = _read_table(text, delimiter, name) if delimiter is not None else ([], [])
    if delimiter is None or find_columns(header)[1] is None:
        raise SourceNotText(
            f"{name} has no header that names the columns; expected one such as speaker,text or time,speaker,words"
        )
    return write_pieces(read_rows(header, rows, delimiter))


def _read_table(text: str, delimiter: str, name: str) -> tuple[list[str], list[list[str]]]:
    """The first row that is not empty, and the rows below it."""
    csv.field_size_limit(_MAX_CELL_CHARS)
    # Rows may end as they did on old Macs, which the module does not take.
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SourceNotText(f"{name} cannot be read as a table: {error}; export it again as CSV") from error
    return (rows[0], rows[1:]) if rows else ([], [])


def read_rows(header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ", ") -> Iterator[Piece]:
    """The rows of a table with this header as pieces; cells beyond the last column belong to it."""
    speaker_at, text_at, time_at = find_columns(header)
    assert text_at is not None  # the caller has looked
    named = any(_cell(row, speaker_at).strip() for row in rows)
    for row in rows:
        if len(row) <= text_at:
            continue
        beyond = row[len(header) :] if text_at == len(header) - 1 else ()
        said = html.unescape(delimiter.join([row[text_at], *beyond]))
        speaker = clean_name(html.unescape(_cell(row, speaker_at)))
        time = _TIME.match(_cell(row, time_at))
        yield Piece(
            speaker,
            said,
            parse_time_ms(time["time"]) if time else None,
            kind="narration" if named and speaker is None else "speech",
            fresh=time is not None,
        )


def _cell(row: Sequence[str], column: int | None) -> str:
    """The cell in that column; empty where the table has no such column, or the row ends before it."""
    return row[column] if column is not None and column < len(row) else ""


def find_columns(header: Sequence[str]) -> tuple[int | None, int | None, int | None]:
    """Which columns hold the speaker, the words and the time of the start; None where there is none."""
    words = [re.split(r"[\s_-]+", cell.strip().strip("\ufeff").casefold()) for cell in header]
    found = []
    for columns in (SPEAKER_COLUMNS, TEXT_COLUMNS, TIME_COLUMNS):
        found.append(next((index for index, names in enumerate(words) if columns & set(names)), None))
    return found[0], found[1], found[2]


def _is_header(cells: Sequence[str]) -> bool:
    """Whether these are names of columns and not the first words of a text."""
    return all(len(cell.split()) <= _MAX_HEADING_WORDS and cell[-1:] not in (".", "?", "!", ":") for cell in cells)


def _find_delimiter(text: str) -> str | None:
    first = next((line for line in text[:4000].splitlines() if line.strip()), "")
    for delimiter in _DELIMITERS:
        header = [cell.strip("\"' ") for cell in first.split(delimiter)]
        speaker, words, time = find_columns(header)
        if words is not None and {speaker, time} - {None, words} and _is_header(header):
            return delimiter
    return None
