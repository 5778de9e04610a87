"""CSV and TSV: a row an utterance, under a header that names the columns or, in a file called so, without one."""

import csv
import io
from collections.abc import Iterator
from typing import TypeGuard

from corpus.errors import SourceNotText
from corpus.formats.extract import Extract, Piece, write_pieces
from corpus.formats.labelled import label_pieces
from corpus.formats.rows import Columns, find_columns, guess_columns, read_rows

_DELIMITERS = (",", ";", "\t", "|")
# One cell is not longer than this in a transcript; the module's own limit would refuse long answers.
_MAX_CELL_CHARS = 4_000_000
_MAX_SAMPLE_CHARS = 4000


def is_csv(text: str) -> bool:
    """Whether the first line is a header that names a column of words, and one of speakers or times."""
    first = next((line for line in text[:_MAX_SAMPLE_CHARS].splitlines() if line.strip()), "")
    return any(_is_transcript(find_columns(first.split(delimiter))) for delimiter in _DELIMITERS)


def read_csv(text: str, name: str) -> Extract:
    """The rows in order; a row without a speaker is nobody's speech, and narration where other rows name one.

    :raises SourceNotText: when no column is headed as the words, or a row cannot be read.
    """
    failure: csv.Error | None = None
    words_only: Iterator[Piece] | None = None
    for delimiter in _DELIMITERS:
        try:
            rows = _read_table(text, delimiter)
        except csv.Error as error:
            failure = failure or error
            continue
        header, below = (rows[0], rows[1:]) if rows else ([], [])
        columns = find_columns(header, below)
        if _is_transcript(columns):
            return write_pieces(label_pieces(read_rows(header, below, columns, delimiter)))
        if columns is not None and words_only is None:
            words_only = read_rows(header, below, columns, delimiter)
        if (columns := guess_columns(rows)) is not None:
            return write_pieces(read_rows((), rows, columns, delimiter))
    if words_only is not None:
        return write_pieces(label_pieces(words_only))
    if failure is not None:
        raise SourceNotText(f"{name} cannot be read as a table: {failure}; export it again as CSV") from failure
    raise SourceNotText(
        f"{name} has no header that names the columns; expected one such as speaker,text or time,speaker,words"
    )


def _is_transcript(columns: Columns | None) -> TypeGuard[Columns]:
    return columns is not None and columns.is_transcript


def _read_table(text: str, delimiter: str) -> list[list[str]]:
    """The rows that are not empty."""
    csv.field_size_limit(_MAX_CELL_CHARS)
    # Rows may end as they did on old Macs, which the module does not take.
    lines = io.StringIO(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    return [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
