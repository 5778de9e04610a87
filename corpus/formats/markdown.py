"""Transcripts in a table of Markdown; the text stays as it is, and the turns are cells of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.formats.extract import Extract
from corpus.formats.rows import Columns, find_columns, read_cells
from corpus.lines import Line, split_lines
from corpus.sentences import strip_span
from corpus.transcript import find_title
from corpus.turn import Kind, Turn

_RULE = re.compile(r"[ \t]*(?:\|[ \t]*)?(?::?-+:?[ \t]*\|[ \t]*)+(?::?-+:?[ \t]*)?")
# A cell up to the next bar; one that is escaped stands in the words.
_CELL = re.compile(r"(?P<cell>(?:[^|\\]|\\.|\\$)*)(?:\||$)")
_MIN_ROWS = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A table of turns: the number of its first line, its rows of spans (code points of the text), its columns."""

    first: int
    end: int
    rows: tuple[tuple[tuple[int, int], ...], ...]
    columns: Columns


def find_table(text: str) -> Table | None:
    """The longest table with a column of speakers and one of words, or None."""
    if "|" not in text:
        return None
    lines = split_lines(text)
    found = []
    number = 1
    while number < len(lines):
        above, rule = lines[number - 1], lines[number]
        number += 1
        if "|" not in above.text or not _RULE.fullmatch(rule.text):
            continue
        rows = []
        while number < len(lines) and "|" in lines[number].text:
            rows.append(tuple(_split_cells(lines[number])))
            number += 1
        cells = [[text[start:end] for start, end in row] for row in rows]
        header = [text[start:end] for start, end in _split_cells(above)]
        columns = find_columns(header, cells)
        if columns is not None and columns.speaker is not None and len(rows) >= _MIN_ROWS:
            found.append(Table(above.number, rule.number + len(rows), tuple(rows), columns))
    return max(found, key=lambda table: len(table.rows), default=None)


def read_with_table(text: str, table: Table) -> Extract:
    """The cells of the words as turns, the lines around the table as narration, its head as furniture."""
    return Extract(text, tuple(_find_turns(text, table)), find_title(text))


def _find_turns(text: str, table: Table) -> Iterator[Turn]:
    lines = split_lines(text)
    yield from _take(text, 0, lines[table.first].start, "narration")
    yield from _take(text, lines[table.first].start, lines[table.first + 1].end, "furniture")
    cells = [[text[start:end] for start, end in row] for row in table.rows]
    read = iter(read_cells((), cells, table.columns))
    for row in table.rows:
        if len(row) <= table.columns.text:
            continue
        said = next(read)
        span = strip_span(text, *row[table.columns.text])
        if span is not None:
            kind: Kind = "speech" if said.speaker else "narration"
            yield Turn(said.speaker, *span, kind=kind, start_ms=said.start_ms)
    yield from _take(text, lines[table.end].end, len(text), "narration")


def _take(text: str, start: int, end: int, kind: Kind) -> Iterator[Turn]:
    span = strip_span(text, start, end)
    if span is not None:
        yield Turn(None, *span, kind=kind)


def _split_cells(line: Line) -> Iterator[tuple[int, int]]:
    """The spans of the cells, without white space at their ends."""
    position = line.text.find("|") + 1 if line.text.lstrip().startswith("|") else 0
    while position < len(line.text):
        match = _CELL.match(line.text, position)
        assert match is not None  # the pattern fits the empty string
        start, end = match.span("cell")
        bare = line.text[start:end]
        lead = len(bare) - len(bare.lstrip())
        yield line.start + start + lead, line.start + start + max(lead, len(bare.rstrip()))
        position = match.end()
