"""What can be done with tables on the page: begun, asked, stopped, looked at, judged, saved. No Gradio in here."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from index import DocumentNotFound, PassageStore, PassageView
from qa.answers import AnswerRecord, confirm
from qa.exports import check_claims, collect, named_format
from qa.tables.file import delete_table, find_table_file, list_tables, read_table
from qa.tables.saved import SavedTable, add_questions, ask_and_save, judge_cell, open_table
from qa.tables.table import By, Cell, CellVerdict, find_asked
from ui.callers import NOBODY, person_of
from ui.conversation import Exchange
from ui.feedback import LIKE, REJECTIONS, WRONGLY_SILENT, FeedbackLog
from ui.service import FAULT, MENDABLE, ChatService
from ui.shelves import UploadRefused
from ui.table_folders import TablePlace
from ui.table_runs import FoundCell, TableRun, TableRuns

# Of one table: what a browser shows at once, and an hour of asking.
MAX_CELLS = 5_000
MAX_TABLES = 50
# Of its file: all its cells with their quotes several times over; whoever writes notes without end stops there.
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A table in the list of them."""

    name: str
    is_running: bool


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """A table as it stands, whether it was being asked when it was read, and else what ended its run early."""

    name: str
    saved: SavedTable
    is_running: bool
    problem: str


class Tables:
    """The tables of all visitors."""

    def __init__(self, service: ChatService, feedback: FeedbackLog, runs: TableRuns | None = None) -> None:
        self._service = service
        self._feedback = feedback
        self._runs = runs or TableRuns()

    def place(self, visitor: str) -> TablePlace:
        """Where the visitor's tables are.

        :raises UploadRefused: when nobody would know them again.
        """
        if visitor == NOBODY:
            raise UploadRefused("who calls without a session has no tables; call answer_each or the endpoint table")
        return self._service.uploads.table_place(self._service.uploads.settle(visitor))

    def listed(self, visitor: str) -> list[ListedTable]:
        """All tables about what the visitor asks now."""
        folder = self.place(visitor).folder
        return [ListedTable(name, self._runs.is_running(find_table_file(folder, name))) for name in list_tables(folder)]

    def begin(self, visitor: str, name: str, questions: Sequence[str], by: str) -> None:
        """Make a new table and begin to ask it.

        :raises QAError: when that is no name, or one of the questions is none.
        :raises UploadRefused: when there is one of that name, when it would be too large, and as `TableRuns.start`.
        """
        chosen: By | None = next((each for each in get_args(By) if each == by), None)
        if chosen is None:
            raise UploadRefused(f"{by!r:.40} is nobody to ask; expected one of {', '.join(get_args(By))}")
        name = name.strip()
        path = find_table_file(self.place(visitor).folder, name)
        if not questions:
            raise UploadRefused("there is no question yet; write one a line")
        if name.casefold() in {each.name.casefold() for each in self.listed(visitor)}:
            raise UploadRefused(f"there is a table “{name}” already; give another name, or add the questions to it")
        if len(self.listed(visitor)) >= MAX_TABLES:
            raise UploadRefused(f"there are {MAX_TABLES} tables already; delete one first")
        self._require_size(visitor, questions, chosen)
        self._runs.require_room(person_of(visitor))  # before anything is made
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        add_questions(path, questions, by=chosen)
        self.go_on(visitor, name)

    def add(self, visitor: str, name: str, questions: Sequence[str]) -> None:
        """Put further questions in a table, and ask them; raises as `begin`."""
        path = self._find(visitor, name)
        kept = read_table(path)
        if self._runs.is_running(path):
            raise UploadRefused("this table is being asked; stop it before you add to it")
        if not questions:
            raise UploadRefused("there is no question yet; write one a line")
        self._require_size(visitor, [*kept.questions, *questions], kept.by)
        self._runs.require_room(person_of(visitor))
        _require_room(path)
        add_questions(path, questions, by=kept.by)
        self.go_on(visitor, name)

    def go_on(self, visitor: str, name: str, *, again: bool = False) -> None:
        """Ask what is still to be asked, in the background; of interviews that changed since, anew.

        :param again: ask everything; while it is being asked, as much as is left.
        """
        path = self._find(visitor, name)
        kept = read_table(path)
        self._require_size(visitor, kept.questions, kept.by)
        _require_room(path)
        qa = self._service.uploads.qa_of(self._service.uploads.settle(visitor))

        def work(run: TableRun) -> None:
            ask_and_save(qa, path, by=kept.by, again=again, should_stop=run.halted.is_set, notify=run.note)

        self._runs.start(path, person_of(visitor), work, mendable=MENDABLE, fault=FAULT)

    def stop(self, visitor: str, name: str) -> None:
        """Let its run end after the cell that is being asked."""
        self._runs.stop(self._find(visitor, name))

    def open(self, visitor: str, name: str) -> OpenedTable:
        """A table as it stands, each quote held against its source."""
        path = self._find(visitor, name)
        run = self._runs.find(path)
        is_running = run is not None and run.is_running  # before the table is read, so that nothing falls in between
        saved = open_table(path, self._store(visitor))
        return OpenedTable(name, saved, is_running, "" if is_running or run is None else run.problem)

    def look(self, visitor: str, name: str, since: int) -> tuple[TableRun | None, list[FoundCell], int]:
        """The last run of a table, what it found after its first `since` cells, and how many that are together."""
        run = self._runs.find(self._find(visitor, name))
        if run is None:
            return None, [], 0
        found = run.found[max(0, since) :]
        store = self._store(visitor)
        if not store.conditions().records:
            return run, found, max(0, since) + len(found)
        with store.reading() as view:
            shown = [(question, cell) for question, cell in found if _may_show(cell, view)]
        return run, shown, max(0, since) + len(found)

    def judge(self, visitor: str, name: str, question: str, asked: str, verdict: str | None, note: str | None) -> Cell:
        """The cell with what somebody thinks of it, which is kept; a new verdict becomes a case to measure by.

        :param asked: the key of the cell.
        :param note: None leaves the note that is there.
        :raises QAError: when there is no such cell, or the note is too long.
        :raises UploadRefused: when that is no verdict, or the interview was changed since.
        :raises FeedbackNotKept: when the case cannot be written down.
        """
        given: CellVerdict | None = next((each for each in get_args(CellVerdict) if each == verdict), None)
        if given is None and verdict is not None:
            raise UploadRefused(f"{verdict!r:.40} is no verdict; expected one of {', '.join(get_args(CellVerdict))}")
        path = self._find(visitor, name)
        by = read_table(path).by
        found = open_table(path, self._store(visitor), [asked] if by == "document" else None)
        rows = [row for row in found.table.rows if row.question == question]
        cells = [cell for row in rows for cell in row.cells if cell.key == asked]
        if not cells:
            raise UploadRefused("this interview was changed or removed since it was asked; go on with the table first")
        _require_room(path)
        (before,) = cells
        kept = judge_cell(path, question, asked, given, note=note)
        after = replace(before, verdict=kept.verdict, note=kept.note)
        if given is not None and after != before:
            self._write_down(visitor, question, after, is_new=given != before.verdict)
        return after

    def delete(self, visitor: str, name: str) -> None:
        """Delete a table with all that is in it.

        :raises UploadRefused: while it is being asked.
        """
        path = self._find(visitor, name)
        if self._runs.is_running(path):
            raise UploadRefused("this table is being asked; stop it before you delete it")
        delete_table(path)

    def export(self, visitor: str, name: str, form: str) -> dict[str, str]:
        """The table as a file in the format of that name, every quote checked; without those that were rejected.

        :raises ExportInvalid: when nothing is found yet, there is no such format, or a quote no longer holds.
        """
        chosen, store = named_format(form), self._store(visitor)
        saved = open_table(self._find(visitor, name), store)
        with store.reading() as view:
            exported = check_claims(collect(saved.table), view)
        data = base64.b64encode(chosen.write(exported)).decode()
        return {"name": f"{name}{chosen.ending}", "type": chosen.media_type, "base64": data}

    def _find(self, visitor: str, name: str) -> Path:
        return find_table_file(self.place(visitor).folder, name)

    def _store(self, visitor: str) -> PassageStore:
        return self._service.uploads.qa_of(self._service.uploads.settle(visitor)).store

    def _require_size(self, visitor: str, questions: Sequence[str], by: By) -> None:
        asked, number = len(find_asked(self._store(visitor), by)), len(dict.fromkeys(questions))
        if asked == 0:
            raise UploadRefused(f"there is no {by} to ask; add transcripts first")
        if asked * number > MAX_CELLS:
            raise UploadRefused(
                f"{number} questions for {asked} are {asked * number:,} cells, a table here has at most {MAX_CELLS:,}; "
                "take fewer questions, or use ontherecord ask --each --save"
            )

    def _write_down(self, visitor: str, question: str, cell: Cell, *, is_new: bool) -> None:
        """The verdict as one on an answer, which an interview gave when it alone was asked.

        Where a speaker has nothing, that says nothing of the interviews, in which others may have answered.
        """
        refused = REJECTIONS[-1] if cell.found else WRONGLY_SILENT
        verdict = LIKE if cell.verdict == "accepted" else refused
        answer = AnswerRecord(
            question=question,
            standalone_question=question,
            kind="quotes" if cell.found else "abstention",
            quotes=cell.quotes,
            confidence=cell.confidence,
        )
        says_something = is_new and (cell.found or cell.speaker is None)
        document = None
        if says_something:
            doc_id = cell.quotes[0].doc_id if cell.found else cell.doc_id
            document = self._service.document(self._service.uploads.settle(visitor), doc_id)
        self._feedback.keep(Exchange(question, answer), "answer", verdict, document, [], note=cell.note)


def _may_show(cell: Cell, view: PassageView) -> bool:
    """Whether a cell says what may be shown still, where a condition may have been set after it was found."""
    try:
        document = view.document(cell.doc_id)
    except DocumentNotFound:
        return False
    named = cell.speaker is None or any(speaker.name == cell.speaker for speaker in document.speakers)
    return named and cell.title == document.title and all(confirm(quote, view) == quote for quote in cell.quotes)


def _require_room(path: Path) -> None:
    """Refuse to write more into a file that is full.

    :raises UploadRefused: when it is.
    """
    if path.exists() and path.stat().st_size > MAX_BYTES:
        raise UploadRefused(f"this table is full ({MAX_BYTES:,} bytes); begin another one")
