"""Workbooks of Excel (XLSX): the sheet that holds a transcript, a row an utterance."""

import datetime
import io
import warnings

import openpyxl

from corpus.errors import SourceNotText, SourceTooLarge, SourceUnreadable
from corpus.formats.extract import Extract, write_pieces
from corpus.formats.labelled import label_pieces
from corpus.formats.rows import find_columns, guess_columns, read_rows
from corpus.formats.zipped import check_size

# A day of speech has some ten thousand utterances; a sheet cannot have more than a million rows, the empty ones too.
MAX_ROWS = 200_000
_MAX_EMPTY_ROWS = 1_100_000
MAX_COLUMNS = 200
# One string of the workbook may stand in any number of cells.
MAX_CHARS = 32 * 1024 * 1024
_MAX_ROWS_ABOVE_HEAD = 10


def read_xlsx(data: bytes, name: str) -> Extract:
    """The rows of the longest transcript in the workbook; formulas, macros and links are not touched.

    :raises SourceTooLarge: when it unpacks to more, or has more rows or characters, than a transcript takes.
    :raises SourceUnreadable: when it is damaged or encrypted.
    :raises SourceNotText: when no sheet has a column of words with one of speakers or times.
    """
    check_size(data, name, "Excel")
    sheets = _read_sheets(data, name)
    found = []
    for rows in sheets:
        for number, header in enumerate(rows[:_MAX_ROWS_ABOVE_HEAD]):
            columns = find_columns(header, rows[number + 1 :])
            if columns is not None and columns.is_transcript:
                found.append((header, rows[number + 1 :], columns))
                break
        else:
            columns = guess_columns(rows)
            if columns is not None:
                found.append(([], rows, columns))
    if not found:
        raise SourceNotText(
            f"{name} is a workbook without a transcript; expected is a sheet with columns such as speaker and text"
        )
    header, rows, columns = max(found, key=lambda table: len(table[1]))
    return write_pieces(label_pieces(read_rows(header, rows, columns)))


def _read_sheets(data: bytes, name: str) -> list[list[list[str]]]:
    """The rows of each sheet that are not empty, a cell as it is shown."""
    sheets = []
    count = empty = chars = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about charts, styles and macros that are not read
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            for sheet in workbook.worksheets:
                rows = []
                for row in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
                    cells = [_show(cell) for cell in row]
                    while cells and not cells[-1].strip():  # a row is given as wide as it may be
                        cells.pop()
                    if cells:
                        rows.append(cells)
                        count += 1
                    else:
                        empty += 1
                    chars += sum(map(len, cells))
                    if chars > MAX_CHARS:
                        raise SourceTooLarge(
                            f"{name} has more than {MAX_CHARS:,} characters in its cells, more than a transcript; "
                            "save only its sheet"
                        )
                    if count > MAX_ROWS or empty > _MAX_EMPTY_ROWS:
                        raise SourceTooLarge(
                            f"{name} has more than {MAX_ROWS:,} rows, more than a transcript; save only its sheet"
                        )
                sheets.append(rows)
    except SourceTooLarge:
        raise
    except Exception as error:  # a damaged file makes the library raise whatever it stumbles upon
        raise SourceUnreadable(f"{name} is damaged or no workbook; save it from Excel again as .xlsx") from error
    return sheets


def _show(cell: object) -> str:
    if isinstance(cell, datetime.timedelta):
        seconds = cell.total_seconds()
        return f"{int(seconds // 3600)}:{int(seconds // 60 % 60):02}:{seconds % 60:06.3f}"
    if isinstance(cell, datetime.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
