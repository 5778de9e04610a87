"""Tables as HTML: the frame that is there from the beginning, the list of tables, a table, one of its cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.exports import FORMATS
from qa.tables.table import By, Cell
from ui.markup import render
from ui.tables import ListedTable, OpenedTable


@dataclass(frozen=True, slots=True)
class ShownRow:
    """Whoever was asked: the key and the name, and a cell for each question, None where it is still to be asked."""

    key: str
    name: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """What the template shows: the questions are its columns."""

    name: str
    by: By
    questions: tuple[str, ...]
    rows: tuple[ShownRow, ...]


def render_shell() -> str:
    """All that is there before anything of a visitor's is."""
    return render("tables.html", "shell", FORMATS)


def render_listed(tables: Sequence[ListedTable]) -> str:
    """The names of the tables that there are."""
    return render("tables.html", "listed", tables)


def render_table(opened: OpenedTable) -> str:
    """The whole table."""
    saved = opened.saved
    found = [{cell.key: cell for cell in row.cells} for row in saved.table.rows]
    rows = tuple(
        ShownRow(asked.key, asked.name, tuple(cells.get(asked.key) for cells in found)) for asked in saved.asked
    )
    shown = ShownTable(opened.name, saved.by, tuple(row.question for row in saved.table.rows), rows)
    return render("tables.html", "table", shown)


def render_cell(cell: Cell, number: int) -> str:
    """One cell, of the question with that number from 0 on."""
    by: By = "document" if cell.speaker is None else "speaker"
    return render("tables.html", "found", cell, number, cell.name, by).strip()
