"""One question put to each interview, or to each speaker: a table of questions and whom they were put to.

The best dozen passages of a shelf come from the few interviews that say most. Who asks "who emigrated?" of forty wants
every one of them read, and to know how many had nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from index import Progress
from qa.answers import Quote, format_place, introduce
from qa.pipeline import QA
from qa.question import check_question
from qa.scope import find_scope

By = Literal["document", "speaker"]
NOTHING_FOUND = "nothing found"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one interview, or one speaker, has for a question: quotes, best first, or nothing that was found.

    `doc_id` and `title` are those of the interview, or of the first in which the speaker speaks; `speaker` is None
    where everybody's words were looked at. `confidence` is the probability, 0 to 1, that the quotes answer.
    """

    doc_id: str
    title: str
    speaker: str | None
    confidence: float
    quotes: tuple[Quote, ...]

    @property
    def found(self) -> bool:
        """Whether anything is quoted. That nothing is does not mean that it was not said."""
        return bool(self.quotes)

    @property
    def name(self) -> str:
        """Whom the question was put to."""
        return self.title if self.speaker is None else self.speaker

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, the quotes as in an answer."""
        return {
            "doc_id": self.doc_id,
            "title": self.title,
            "speaker": self.speaker,
            "found": self.found,
            "confidence": self.confidence,
            "quotes": [quote.to_dict() for quote in self.quotes],
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


def answer_each(
    qa: QA,
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
    asked = [check_question(question) for question in questions]
    put_to = list(_find_documents(qa, doc_ids) if by == "document" else _find_speakers(qa, doc_ids))
    rows, done = [], 0
    for question in asked:
        cells = []
        for doc_id, title, speaker, among in put_to:
            answer = qa.compose(question, qa.find(question, speaker=speaker, doc_ids=among))
            cells.append(Cell(doc_id, title, speaker, answer.confidence, answer.quotes))
            done += 1
            if progress is not None:
                progress(done, len(asked) * len(put_to))
        rows.append(Row(question, tuple(cells)))
    return AnswerTable(tuple(rows))


_PutTo = tuple[str, str, str | None, list[str]]


def _find_documents(qa: QA, doc_ids: Collection[str] | None) -> Iterator[_PutTo]:
    """Each document in which to look, with its title."""
    with qa.store.reading() as view:
        scope = find_scope(view, None, doc_ids)
        infos = [info for info in view.documents() if scope.has_document(info.doc_id)]
    for info in infos:
        yield info.doc_id, info.title, None, [info.doc_id]


def _find_speakers(qa: QA, doc_ids: Collection[str] | None) -> Iterator[_PutTo]:
    """Each person who speaks there, but for those who ask, and the documents in which they speak."""
    titles: dict[str, str] = {}
    speaking: dict[str, list[str]] = {}
    for doc_id, title, _, _ in list(_find_documents(qa, doc_ids)):
        titles[doc_id] = title
        with qa.store.reading() as view:
            speakers = view.document(doc_id).speakers
        for speaker in speakers:
            if speaker.role != "asks":
                speaking.setdefault(speaker.name, []).append(doc_id)
    for name, among in speaking.items():
        yield among[0], titles[among[0]], name, among


def format_table(table: AnswerTable) -> str:
    """The table for a terminal: for each question how many had something, then what each of them has."""
    lines = []
    for row in table.rows:
        lines += [row.question, f"({row.count})", ""]
        for cell in row.cells:
            if not cell.found:
                lines.append(f"- {cell.name}: {NOTHING_FOUND}")
                continue
            lines.append(f"- {cell.name} ({cell.confidence:.2f})")
            lines += [f"    {introduce(quote)}: “{quote.shown}” ({format_place(quote)})" for quote in cell.quotes]
        lines.append("")
    return "\n".join(lines).rstrip()
