"""One question put to each interview, or to each speaker: a table of questions and whom they were put to.

The best dozen passages of a shelf come from the few interviews that say most. Who asks "who emigrated?" of forty wants
every one of them read, and to know how many had nothing.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, Protocol

from index import Embedder, PassageStore, Progress
from qa.answers import Quote, format_place, introduce
from qa.finder import Finder
from qa.question import check_question
from qa.quote_selection import choose_evidence
from qa.reading.reader import Reader
from qa.reading.sparing import spare
from qa.scope import find_scope

__all__ = [
    "NOTHING_FOUND",
    "AnswerTable",
    "Asked",
    "By",
    "Cell",
    "CellVerdict",
    "Row",
    "answer_each",
    "ask_in_turn",
    "find_asked",
    "format_table",
    "make_finder",
]

By = Literal["document", "speaker"]
CellVerdict = Literal["accepted", "rejected"]
NOTHING_FOUND = "nothing found"
# A cell may be less probable than an answer in a conversation, by so much in log-odds: each is looked at and judged by
# itself, and who asks everybody would rather reject a cell than miss a person. Chosen on the part “choose” of
# tests/eval/across, see docs/tables.md.
CELL_MARGIN = 1.5
_AT_ONCE = 2


class Asking(Protocol):
    """What is asked, and by which models: a `QA`."""

    @property
    def store(self) -> PassageStore:
        """What is asked."""
        ...

    @property
    def embedder(self) -> Embedder:
        """What made its embeddings."""
        ...

    @property
    def reader(self) -> Reader:
        """What reads, and says how sure it has to be."""
        ...


@dataclass(frozen=True, slots=True)
class Cell:
    """What one interview, or one speaker, has for a question: quotes, best first, or nothing that was found.

    `doc_id` and `title` are those of the interview, or of the first in which the speaker speaks; `speaker` is None
    where everybody's words were looked at. `confidence` is the probability, 0 to 1, that the quotes answer. `verdict`
    and `note` are those of a person who looked at it.
    """

    doc_id: str
    title: str
    speaker: str | None
    confidence: float
    quotes: tuple[Quote, ...]
    verdict: CellVerdict | None = None
    note: str = ""

    @property
    def found(self) -> bool:
        """Whether anything is quoted. That nothing is does not mean that it was not said."""
        return bool(self.quotes)

    @property
    def name(self) -> str:
        """Whom the question was put to."""
        return self.title if self.speaker is None else self.speaker

    @property
    def key(self) -> str:
        """What tells it from the others that were asked the same, as `Asked.key`."""
        return self.doc_id if self.speaker is None else self.speaker

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, the quotes as in an answer."""
        return {
            "doc_id": self.doc_id,
            "title": self.title,
            "speaker": self.speaker,
            "found": self.found,
            "confidence": self.confidence,
            "quotes": [quote.to_dict() for quote in self.quotes],
            "verdict": self.verdict,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its cells, in the order in which the interviews are stored."""

    question: str
    cells: tuple[Cell, ...]

    @property
    def count(self) -> str:
        """How many were asked, and how many of them had something."""
        found = sum(cell.found for cell in self.cells)
        return f"asked of {len(self.cells)}: {found} with a quote, {len(self.cells) - found} with {NOTHING_FOUND}"


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Questions and what each interview or speaker has for them."""

    rows: tuple[Row, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "rows": [{"question": row.question, "cells": [cell.to_dict() for cell in row.cells]} for row in self.rows]
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """To whom a question is put: a document, or a speaker (else None) and the documents in which they speak."""

    doc_id: str
    title: str
    speaker: str | None
    among: tuple[str, ...]

    @property
    def key(self) -> str:
        """What tells it from the others that the same table asks."""
        return self.doc_id if self.speaker is None else self.speaker

    @property
    def name(self) -> str:
        """As `Cell.name`."""
        return self.title if self.speaker is None else self.speaker


def answer_each(
    qa: Asking,
    questions: Sequence[str],
    *,
    by: By = "document",
    doc_ids: Collection[str] | None = None,
    progress: Progress | None = None,
) -> AnswerTable:
    """Every question put to every document, or to every speaker who does not only ask; each is searched and read.

    :param doc_ids: these documents only.
    :param progress: called with how many cells are done, of how many.
    :raises QuestionInvalid: when a question has no words, or too many characters.
    :raises IndexingError: when the index cannot be read, or holds no such document.
    """
    questions = [check_question(question) for question in questions]
    asked, finder = find_asked(qa.store, by, doc_ids), make_finder(qa)
    put = [(question, each) for question in questions for each in asked]
    cells = []
    for cell in ask_in_turn(finder, put):
        cells.append(cell)
        if progress is not None:
            progress(len(cells), len(put))
    in_turn = iter(cells)
    return AnswerTable(tuple(Row(question, tuple(islice(in_turn, len(asked)))) for question in questions))


def make_finder(qa: Asking) -> Finder:
    """What finds and reads for cells: closely only what may come to stand in one."""
    return Finder(qa.store, qa.embedder, spare(qa.reader, CELL_MARGIN))


def ask_in_turn(
    finder: Finder, put: Sequence[tuple[str, Asked]], should_stop: Callable[[], bool] | None = None
) -> Iterator[Cell]:
    """The cells of these questions to these, in order.

    Two are asked at once: while one waits for a step that a single core does, the other goes on. That saves 6 % of the
    time on two cores.

    :param should_stop: asked before each; those that are begun are answered then, and no more.
    """
    waiting = iter(put)
    begun: deque[Future[Cell]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as executor:
        while True:
            while len(begun) < _AT_ONCE and not (should_stop and should_stop()) and (one := next(waiting, None)):
                begun.append(executor.submit(ask_one, finder, *one))
            if not begun:
                return
            yield begun.popleft().result()


def ask_one(finder: Finder, question: str, asked: Asked) -> Cell:
    """What one document or speaker has for a question that is checked; raises as `answer_each` does."""
    findings = finder.find(question, (), asked.speaker, asked.among)
    chosen = choose_evidence(findings, finder.reader, CELL_MARGIN)
    quotes = tuple(
        Quote.from_span(findings.all_documents[each.doc_id], each.start, each.end, score=each.score)
        for each in chosen.evidence
    )
    return Cell(asked.doc_id, asked.title, asked.speaker, chosen.confidence, quotes)


def find_asked(store: PassageStore, by: By, doc_ids: Collection[str] | None = None) -> list[Asked]:
    """Each document, or each speaker who does not only ask, in the order in which they are stored.

    :param doc_ids: these documents only.
    :raises IndexingError: when the index cannot be read, or holds no such document.
    """
    with store.reading() as view:
        scope = find_scope(view, None, doc_ids)
        infos = [info for info in view.documents() if scope.has_document(info.doc_id)]
        if by == "document":
            return [Asked(info.doc_id, info.title, None, (info.doc_id,)) for info in infos]
        titles = {info.doc_id: info.title for info in infos}
        speaking: dict[str, list[str]] = {}
        for doc_id in titles:
            for speaker in view.document(doc_id).speakers:
                if speaker.role != "asks":
                    speaking.setdefault(speaker.name, []).append(doc_id)
    return [Asked(among[0], titles[among[0]], name, tuple(among)) for name, among in speaking.items()]


def format_table(table: AnswerTable) -> str:
    """The table for a terminal: for each question how many had something, then what each of them has."""
    lines = []
    for row in table.rows:
        lines += [row.question, f"({row.count})", ""]
        for cell in row.cells:
            verdict = f", {cell.verdict}" if cell.verdict is not None else ""
            found = f" ({cell.confidence:.2f}{verdict})" if cell.found else f": {NOTHING_FOUND}{verdict}"
            lines.append(f"- {cell.name}{found}")
            lines += [f"    {introduce(quote)}: “{quote.shown}” ({format_place(quote)})" for quote in cell.quotes]
            lines += [f"    Note: {cell.note}"] if cell.note else []
        lines.append("")
    return "\n".join(lines).rstrip()
