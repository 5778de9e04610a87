"""A table that is kept beside its index: stopped and gone on with at will, and no finished cell is asked twice.

Asked again are only interviews that are new, or of which something changed: the text, who speaks, what was corrected.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import Document, hash_text, one_line
from index import PassageStore, PassageView, Progress
from qa.answers import Quote
from qa.errors import QuoteInvalid, TableInvalid
from qa.pipeline import QA
from qa.question import check_question
from qa.tables.file import MAX_NOTE_CHARS, KeptCell, KeptTable, append_line, begin_table, read_table
from qa.tables.table import AnswerTable, Asked, By, Cell, CellVerdict, Row, ask_in_turn, find_asked, make_finder

__all__ = ["MAX_QUESTIONS", "SavedTable", "add_questions", "ask_and_save", "judge_cell", "open_table"]

MAX_QUESTIONS = 1000
# In the place of what somebody wrote before a condition was set that hides words of it.
WITHHELD = "(from before the conditions were set; it has words that are hidden now)"


@dataclass(frozen=True, slots=True)
class SavedTable:
    """The cells that are up to date, and how many are still to be asked: new ones, and of interviews that changed.

    `asked` are all those to whom the questions are put, whether or not they have answered.
    """

    by: By
    table: AnswerTable
    waiting: int
    asked: tuple[Asked, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: the table, and how many cells are still to be asked."""
        return {**self.table.to_dict(), "waiting": self.waiting}

    @property
    def count(self) -> str:
        """How far it is, in words."""
        done = sum(len(row.cells) for row in self.table.rows)
        return (
            f"{done} of {done + self.waiting} cells are answered" if self.waiting else f"all {done} cells are answered"
        )


def ask_and_save(
    qa: QA,
    path: Path,
    questions: Sequence[str] = (),
    *,
    by: By = "document",
    doc_ids: Collection[str] | None = None,
    again: bool = False,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    notify: Callable[[str, Cell], None] | None = None,
) -> SavedTable:
    """Go on with the table in the file at `path`, or begin it: its questions and these, put to who has not answered.

    Each cell is kept as soon as it is answered, so that the process may be killed at any time.

    :param path: see `qa.tables.file.find_table_file`.
    :param doc_ids: these documents only.
    :param again: put all questions again, as another reader may answer them otherwise.
    :param progress: called with how many of the cells that are still to be asked are done, of how many.
    :param should_stop: asked before each cell; what is begun until then is answered and kept.
    :param notify: called with each question and its cell, once that is kept.
    :raises QuestionInvalid: when a question has no words, or too many characters.
    :raises TableInvalid: when the file is no table, is one by something else, or cannot be written.
    :raises IndexingError: when the index cannot be read, or holds no such document.
    """
    kept = add_questions(path, questions, by=by)
    asked = find_asked(qa.store, by, doc_ids)
    with qa.store.reading() as view:
        states = {each.key: _name_state(each, view) for each in asked}
        waiting = [
            (question, each)
            for question in kept.questions
            for each in asked
            if again or _find_cell(kept, question, each, states[each.key], view) is None
        ]
    cells = ask_in_turn(make_finder(qa), waiting, should_stop)
    for done, ((question, each), cell) in enumerate(zip(waiting, cells, strict=False), start=1):
        _keep(path, question, each, states[each.key], cell)
        if notify is not None:
            notify(question, cell)
        if progress is not None:
            progress(done, len(waiting))
    return open_table(path, qa.store, doc_ids)


def add_questions(path: Path, questions: Sequence[str], *, by: By = "document") -> KeptTable:
    """What the table at `path` asks, with these questions behind those it has; it is begun where there is none.

    :raises QuestionInvalid: when a question has no words, or too many characters.
    :raises TableInvalid: when the file is no table, is one by something else, would have no questions or too many, or
        cannot be written.
    """
    checked = [check_question(question) for question in questions]
    kept = read_table(path) if path.exists() else KeptTable(by)
    if kept.by != by:
        raise TableInvalid(f"the table {path.stem!r} asks each {kept.by}, not each {by}; give another name for that")
    new = [question for question in dict.fromkeys(checked) if question not in kept.questions]
    if not 0 < len(kept.questions) + len(new) <= MAX_QUESTIONS:
        raise TableInvalid(
            f"the table {path.stem!r} would have {len(kept.questions) + len(new)} questions, "
            f"expected 1 to {MAX_QUESTIONS}; name one"
        )
    begin_table(path, by)
    for question in new:
        append_line(path, {"about": "question", "question": question})
        kept.questions.append(question)
    return kept


def open_table(path: Path, store: PassageStore, doc_ids: Collection[str] | None = None) -> SavedTable:
    """The table as it is kept, nothing asked: what is up to date of it, each quote held against its source.

    :param doc_ids: these documents only.
    :raises TableInvalid: when there is none, or the file is no table.
    :raises IndexingError: when the index cannot be read, or holds no such document.
    """
    kept = read_table(path)
    asked = find_asked(store, kept.by, doc_ids)
    rows, waiting = [], 0
    with store.reading() as view:
        states = {each.key: _name_state(each, view) for each in asked}
        for question in kept.questions:
            found = [_find_cell(kept, question, each, states[each.key], view) for each in asked]
            cells = tuple(cell for cell in found if cell is not None)
            waiting += len(found) - len(cells)
            old = kept.asked_at.get(question, "") < view.conditions_since
            rows.append(Row(WITHHELD if old and view.holds_hidden(question) else question, cells))
    return SavedTable(kept.by, AnswerTable(tuple(rows)), waiting, tuple(asked))


def judge_cell(
    path: Path, question: str, asked: str, verdict: CellVerdict | None, *, note: str | None = None
) -> KeptCell:
    """Keep what somebody thinks of a cell: accepted, rejected, or None for neither; and why.

    It holds as long as the cell has the same words: where they are others after the interview was asked again, it goes.

    :param question: the question of the cell, or its number, from 1.
    :param asked: the `doc_id` or the speaker to whom it was put.
    :param note: None leaves the note that is there.
    :raises TableInvalid: when there is no such table or cell, or the note is too long.
    """
    kept = read_table(path)
    if question.isdecimal() and 1 <= int(question) <= len(kept.questions):
        question = kept.questions[int(question) - 1]
    cell = kept.cells.get((question, asked))
    if cell is None:
        raise TableInvalid(
            f"the table {path.stem!r} has no answer of {one_line(asked, 60)!r} to {one_line(question, 60)!r}; "
            f"see it with: ontherecord table show {path.stem!r}"
        )
    note = cell.note if note is None else note.strip()
    if len(note) > MAX_NOTE_CHARS:
        raise TableInvalid(f"the note has {len(note):,} characters, at most {MAX_NOTE_CHARS:,} are kept")
    record = {"about": "verdict", "question": question, "asked": asked, "verdict": verdict, "note": note}
    append_line(path, record)
    return KeptCell(cell.state, cell.confidence, cell.quotes, verdict, note)


def _name_state(asked: Asked, view: PassageView) -> str:
    """A name for all that an answer rests on in these documents; it changes with text, turns, roles and corrections."""
    return hash_text(json.dumps([_describe(view.document(doc_id)) for doc_id in asked.among]))


def _describe(document: Document) -> list[object]:
    return [
        document.doc_id,
        document.sha256,
        [(turn.speaker, turn.start, turn.end, turn.kind) for turn in document.turns],
        [(speaker.name, speaker.role) for speaker in document.speakers],
        [(words.start, words.end, words.text) for words in document.words],
    ]


def _keep(path: Path, question: str, asked: Asked, state: str, cell: Cell) -> None:
    record = {
        **{"about": "cell", "question": question, "asked": asked.key, "state": state},
        **{"confidence": cell.confidence, "quotes": [quote.to_dict() for quote in cell.quotes]},
    }
    append_line(path, record)


def _find_cell(kept: KeptTable, question: str, asked: Asked, state: str, view: PassageView) -> Cell | None:
    """The cell with its quotes read anew from their documents; None where it is not there, or not of this state."""
    cell = kept.cells.get((question, asked.key))
    if cell is None or cell.state != state or any(quote.doc_id not in asked.among for quote in cell.quotes):
        return None
    quotes = []
    for citation in cell.quotes:
        try:
            document = view.document(citation.doc_id)
            quote = Quote.from_span(document, citation.start, citation.end, score=citation.score)
        except QuoteInvalid:
            return None
        if (quote.text, quote.speaker) != (citation.text, citation.speaker):
            return None
        quotes.append(quote)
    old = cell.noted_at < view.conditions_since
    note = WITHHELD if old and view.holds_hidden(cell.note) else cell.note
    return Cell(asked.doc_id, asked.title, asked.speaker, cell.confidence, tuple(quotes), cell.verdict, note)
