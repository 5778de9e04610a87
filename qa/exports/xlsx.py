"""Quotes as an Excel workbook, one a row; every cell that holds text is text, whatever it begins with."""

import io
import re

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font

from qa.answers import Citation
from qa.errors import AnswersInvalid, ExportInvalid
from qa.exports.cells import COLUMNS, make_rows, read_row, require_columns
from qa.exports.records import ExportedAnswers

# What a cell can hold, of which Excel and openpyxl would cut off the rest without a word.
MAX_CELL_CHARS = 32_767
_WIDTHS = {"question": 36, "asked_of": 18, "text": 80, "speaker": 18, "title": 30, "note": 24, "citation": 60}
# Characters that XML cannot hold, or changes, and what would pass for one that was written so (ECMA-376, ST_Xstring).
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_xlsx(answers: ExportedAnswers) -> bytes:
    """The workbook: the quotes on the first sheet; on the second, whom each question was put to and what came of it.

    :raises ExportInvalid: when a text is longer than a cell holds.
    """
    book = openpyxl.Workbook()
    quotes = book.active
    quotes.title = "Quotes"
    _fill(quotes, [list(COLUMNS), *make_rows(answers)])
    for number, column in enumerate(COLUMNS, start=1):
        quotes.column_dimensions[quotes.cell(1, number).column_letter].width = _WIDTHS.get(column, 12)
    asked = book.create_sheet("Asked")
    _fill(
        asked,
        [
            ["question", "asked_of", "quotes", "probability", "words", "note"],
            *(
                [
                    part.question,
                    part.asked_of,
                    len(part.quotes),
                    part.probability,
                    part.words or None,
                    part.note or None,
                ]
                for part in answers.parts
            ),
        ],
    )
    for letter, width in (("A", 50), ("B", 30), ("E", 60), ("F", 24)):
        asked.column_dimensions[letter].width = width
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(sheet, rows: list[list[str | int | float | None]]) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - openpyxl has no types
    for row_number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value not in (None, ""):
                _write(sheet.cell(row_number, column), value)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"


def _write(cell: Cell, value: str | float) -> None:
    """A number as one; a text as text, which stays one when somebody edits it."""
    if not isinstance(value, str):
        cell.value = value
        return
    written = _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    if len(written) > MAX_CELL_CHARS:
        raise ExportInvalid(
            f"a text of {len(value):,} characters is longer than a cell of Excel holds ({MAX_CELL_CHARS:,}); "
            "export to .csv"
        )
    cell.value = written
    cell.data_type = "s"
    cell.quotePrefix = written[:1] in set("=+-@\t'")
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def read_xlsx(data: bytes) -> list[Citation]:
    """The quotes on the first sheet.

    :raises AnswersInvalid: when it is none that this program wrote.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    except Exception as error:
        raise AnswersInvalid(f"it is no workbook ({type(error).__name__}); give a table as it was exported") from error
    columns = [str(name) for name in rows[0]] if rows else []
    require_columns(columns)
    return [
        read_row({name: _restore(cell) for name, cell in zip(columns, row, strict=False)}, number)
        for number, row in enumerate(rows[1:], start=2)
        if any(cell is not None for cell in row)
    ]


def _restore(cell: object) -> object:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell) if isinstance(cell, str) else cell
