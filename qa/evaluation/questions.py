"""Sets of questions for measuring: a folder with `questions.jsonl` and the documents that it asks about."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import Document, load
from qa.errors import QAError

DOCUMENT_FILES = ("docs.jsonl", "docs.jsonl.gz")
Span = tuple[int, int]
QUESTION_FILES = ("questions.jsonl", "questions.jsonl.gz")


class QuestionFileInvalid(QAError):
    """A set of questions that cannot be read."""


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with what a right answer quotes.

    `spans` are accepted quotes, code points of the document's text, `end` exclusive; `answers` accepted short answers.
    `speakers` are those of whom one must be named, "narration" for text outside the dialogue; empty when the set does
    not say. `history` are the questions asked before, oldest first, and `standalone` says a follow-up without them.
    An unanswerable question has neither spans nor answers. `items` are the parts of a whole answer, such as those of a
    list, each with the spans of which any holds it. `kind` and `style` are of the set's own choosing.
    `rejected` are quotes that somebody judged wrong; a question with these says nothing of what is right.
    """

    question_id: str
    doc_id: str
    question: str
    answerable: bool
    spans: tuple[Span, ...]
    answers: tuple[str, ...]
    speakers: tuple[str, ...]
    history: tuple[str, ...]
    split: str | None
    rejected: tuple[Span, ...] = ()
    kind: str | None = None
    style: str | None = None
    items: tuple[tuple[Span, ...], ...] = ()
    standalone: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions and the documents that they are asked about, by id."""

    name: str
    documents: dict[str, Document]
    questions: tuple[GoldQuestion, ...]


def load_question_set(folder: Path, *, split: str | None = None, limit: int | None = None) -> QuestionSet:
    """The set in `folder`: `questions.jsonl`, and `docs.jsonl` or each document in a file `<doc_id>.*` of its own.

    Both may be gzipped (`.jsonl.gz`). Gold spans are offsets into the text of the document as it is loaded.

    :param split: only the questions of this split.
    :param limit: only so many, spread evenly over the file, so that a part stands for the whole.
    :raises QuestionFileInvalid: when a file is missing or a line is not of the form.
    """
    questions = [_question(where, record) for where, record in _read(folder, QUESTION_FILES)]
    if split is not None:
        questions = [question for question in questions if question.split == split]
    if limit is not None and limit < len(questions):
        questions = [questions[position * len(questions) // limit] for position in range(limit)]
    if not questions:
        raise QuestionFileInvalid(f"{folder} has no questions{f' of the split {split!r}' if split else ''}")
    documents = _load_documents(folder, {question.doc_id for question in questions})
    for question in questions:
        _check_spans(folder, question, documents[question.doc_id])
    return QuestionSet(folder.name, documents, tuple(questions))


def _load_documents(folder: Path, doc_ids: set[str]) -> dict[str, Document]:
    documents = {}
    if any((folder / name).is_file() for name in DOCUMENT_FILES):
        for where, record in _read(folder, DOCUMENT_FILES):
            doc_id = _field(where, record, "id", str)
            if doc_id in doc_ids:
                text = _field(where, record, "text", str)
                try:
                    documents[doc_id] = Document.from_text(text, doc_id=doc_id, title=record.get("title") or None)
                except ValueError as error:
                    raise QuestionFileInvalid(f"{where}: {error}") from error
    else:
        documents = {path.stem: load(path) for path in sorted(folder.iterdir()) if path.stem in doc_ids}
    missing = sorted(doc_ids - documents.keys())
    if missing:
        raise QuestionFileInvalid(
            f"{folder} has questions about {missing[0]}, but no such document; add {missing[0]}.txt"
        )
    return documents


def _check_spans(folder: Path, question: GoldQuestion, document: Document) -> None:
    for start, end in (*question.spans, *question.rejected, *(span for item in question.items for span in item)):
        if not 0 <= start < end <= len(document.text):
            raise QuestionFileInvalid(
                f"{folder}: question {question.question_id} has the span {start}-{end}, "
                f"expected one within the {len(document.text)} characters of {document.doc_id}"
            )


def _question(where: str, record: dict[str, Any]) -> GoldQuestion:
    meta = record.get("meta") or {}
    rejected = _spans(record.get("rejected"))
    speaker = meta.get("speaker")
    return GoldQuestion(
        question_id=str(record.get("id", where)),
        doc_id=_field(where, record, "doc_id", str),
        question=_field(where, record, "question", str),
        answerable=bool(rejected) or _field(where, record, "answerable", bool),
        spans=_spans(record.get("spans")),
        answers=tuple(record.get("answers") or ()),
        speakers=tuple(speaker if isinstance(speaker, list) else [speaker] if speaker else ()),
        history=tuple(meta.get("history") or ()),
        split=record.get("split"),
        rejected=rejected,
        kind=meta.get("type"),
        style=meta.get("style"),
        items=tuple(_spans(item) for item in meta.get("items") or ()),
        standalone=meta.get("standalone"),
    )


def _spans(given: list[list[int]] | None) -> tuple[Span, ...]:
    return tuple((int(start), int(end)) for start, end in given or ())


def _read(folder: Path, names: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line's place ("file:line") and its record."""
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        raise QuestionFileInvalid(f"{folder} has no {names[0]}; expected the folder of a question set")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise QuestionFileInvalid(f"{path}:{number} is no JSON: {error}") from error
            if not isinstance(record, dict):
                raise QuestionFileInvalid(f"{path}:{number} is {type(record).__name__}, expected an object")
            yield f"{path}:{number}", record


def _field(where: str, record: dict[str, Any], name: str, kind: type) -> Any:  # noqa: ANN401 - checked right here
    value = record.get(name)
    if not isinstance(value, kind):
        raise QuestionFileInvalid(f"{where}: {name!r} is {value!r:.40}, expected {kind.__name__}")
    return value
