"""Quotes as CSV for spreadsheets, one a row; no cell of it is a formula."""

import csv
import io
import re
import sys

from qa.answers import Citation
from qa.errors import AnswersInvalid
from qa.exports.cells import COLUMNS, make_rows, read_row, require_columns
from qa.exports.records import ExportedAnswers

# What spreadsheets take for the beginning of a formula, in wide letters too, or pass over in front of one.
# With apostrophes before it, it may be such a text made harmless: one more, so that reading back is certain.
_ACTING = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_MADE_HARMLESS = re.compile("'('*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")


def write_csv(answers: ExportedAnswers) -> bytes:
    """The table in UTF-8, with the mark by which Excel knows it; what would act begins with an apostrophe."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for row in make_rows(answers):
        writer.writerow([make_harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return written.getvalue().encode("utf-8-sig")


def make_harmless(cell: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it."""
    return f"'{cell}" if _ACTING.match(cell) else cell


def read_csv(data: bytes) -> list[Citation]:
    """The quotes in such a table, the apostrophes that `make_harmless` put there taken away.

    :raises AnswersInvalid: when it is none that this program wrote.
    """
    text = data.decode("utf-8-sig")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    csv.field_size_limit(max(csv.field_size_limit(), min(sys.maxsize, len(text) + 1)))
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        require_columns(list(reader.fieldnames or ()))
        return [
            read_row({name: _restore(cell) for name, cell in row.items()}, number)
            for number, row in enumerate(reader, start=2)
        ]
    except csv.Error as error:
        raise AnswersInvalid(f"it is no CSV: {error}; give a table as it was exported") from error


def _restore(cell: object) -> object:
    return cell[1:] if isinstance(cell, str) and _MADE_HARMLESS.match(cell) else cell
