"""The file of a table that is kept: JSON lines, one for each thing that happened, of which the last one counts.

It lies in the folder `tables` beside an index.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from corpus import is_one_line, one_line
from index import Location, show_location
from qa import kept_lines
from qa.answers import Citation, citation_from_dict
from qa.errors import AnswersInvalid, TableInvalid
from qa.tables.table import By, CellVerdict

__all__ = [
    "FOLDER_NAME",
    "MAX_NOTE_CHARS",
    "KeptCell",
    "KeptTable",
    "append_line",
    "begin_table",
    "delete_table",
    "find_table_file",
    "list_tables",
    "read_table",
]

FOLDER_NAME = "tables"
MAX_TABLE_BYTES = 256 * 1024 * 1024
MAX_NOTE_CHARS = 2000
_NAME = re.compile(r"\w[\w .()-]{0,63}(?<![ .])")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class KeptCell:
    """What was found when a question was put, and to which state of the documents; later, what somebody thought of it.

    `state` names that of the documents that were asked, see `qa.tables.saved`.
    """

    state: str
    confidence: float
    quotes: tuple[Citation, ...]
    verdict: CellVerdict | None = None
    note: str = ""
    noted_at: str = ""


@dataclass(slots=True)
class KeptTable:
    """What a file says: to whom the questions are put, which they are, and the cells by question and who was asked.

    `asked_at` has when a question was first put (UTC, ISO 8601).
    """

    by: By
    questions: list[str] = field(default_factory=list)
    cells: dict[tuple[str, str], KeptCell] = field(default_factory=dict)
    asked_at: dict[str, str] = field(default_factory=dict)


def find_table_file(location: Location, name: str) -> Path:
    """Where the table of that name is kept, whether or not there is one.

    :raises TableInvalid: when that is no name, or the index is on a server.
    """
    if not _NAME.fullmatch(name) or not is_one_line(name):
        raise TableInvalid(
            f"{one_line(name, 60)!r} is no name of a table; expected at most 64 letters, digits, spaces and . ( ) -"
        )
    return _find_folder(location) / f"{name}.jsonl"


def list_tables(location: Location) -> list[str]:
    """The names of the tables that are kept beside an index, in order.

    :raises TableInvalid: when the index is on a server.
    """
    folder = _find_folder(location)
    return sorted(path.stem for path in folder.glob("*.jsonl") if path.is_file()) if folder.is_dir() else []


def _find_folder(location: Location) -> Path:
    if str(location).startswith(("http://", "https://")):
        raise TableInvalid(f"tables are kept beside an index in a folder, and {show_location(location)} is a server")
    return Path(location) / FOLDER_NAME


def begin_table(path: Path, by: By) -> None:
    """Make the file, where there is none.

    :raises TableInvalid: when it cannot be written.
    """
    if not path.exists():
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise TableInvalid(f"{path.parent} cannot be made: {error.strerror or error}") from error
        append_line(path, {"about": "table", "version": _VERSION, "by": by})


def delete_table(path: Path) -> None:
    """Delete the table with all its cells, verdicts and notes.

    :raises TableInvalid: when there is none, or it cannot be deleted.
    """
    try:
        path.unlink()
    except FileNotFoundError as error:
        raise TableInvalid(f"there is no table {path.stem!r}; see them with: ontherecord table list") from error
    except OSError as error:
        raise TableInvalid(f"{path} cannot be deleted: {error.strerror or error}") from error


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Add what happened, with the time.

    :raises TableInvalid: when it cannot be written.
    """
    kept_lines.append_line(path, record, TableInvalid)


def read_table(path: Path) -> KeptTable:
    """What the file says.

    :raises TableInvalid: when there is none, or it is no table.
    """
    lines = kept_lines.read_lines(path, MAX_TABLE_BYTES, TableInvalid)
    try:
        head = next(lines, {})
    except FileNotFoundError as error:
        raise TableInvalid(f"there is no table {path.stem!r}; see them with: ontherecord table list") from error
    if head.get("about") != "table" or head.get("version") != _VERSION or head.get("by") not in get_args(By):
        raise TableInvalid(f"{path} is no table of this program, or one of a later version")
    table = KeptTable(head["by"])
    for line in lines:
        try:
            _apply(line, table)
        except (AnswersInvalid, KeyError, TypeError, ValueError) as error:
            raise TableInvalid(f"{path} has a line that is none of a table: {one_line(str(error), 120)}") from error
    return table


def _apply(line: dict[str, Any], table: KeptTable) -> None:
    if line["about"] == "question":
        if str(line["question"]) not in table.questions:
            table.questions.append(str(line["question"]))
            table.asked_at[str(line["question"])] = str(line.get("at", ""))
        return
    key = (str(line["question"]), str(line["asked"]))
    before = table.cells.get(key)
    if line["about"] == "cell":
        quotes = tuple(citation_from_dict(quote) for quote in line["quotes"])
        new = KeptCell(str(line["state"]), float(line["confidence"]), quotes)
        if before is not None and _words_of(before) == _words_of(new):  # what was thought of these words still holds
            new = replace(new, verdict=before.verdict, note=before.note, noted_at=before.noted_at)
        table.cells[key] = new
    elif line["about"] == "verdict" and before is not None:
        verdict = line["verdict"] if line["verdict"] in get_args(CellVerdict) else None
        note = str(line["note"])[:MAX_NOTE_CHARS]
        table.cells[key] = replace(before, verdict=verdict, note=note, noted_at=str(line.get("at", "")))


def _words_of(cell: KeptCell) -> list[tuple[str, str]]:
    return [(quote.doc_id, quote.text) for quote in cell.quotes]
