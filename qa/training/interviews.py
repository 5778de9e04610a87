"""Questions about conversations: the set `interviews`, and our own about the set `talks`, to learn from alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus import Document
from qa.training.datasets import TrainingQuestion, TrainingSet, read_lines

NAME = "interviews"
TALKS = "talks"
# Questions about so many characters of some of the talks, with the places that answer; the texts are in the set.
TALK_QUESTIONS = Path(__file__).parent / "talk_questions"


def load_interviews(data: Path, split: str, *, with_history: bool = False) -> TrainingSet:
    """The questions of one published part, "train", "choose" or "report", each with that as its role.

    A follow-up is asked in the words in which it stands alone.

    :param with_history: follow-ups are there a second time, as asked, with the question before in brackets.
    """
    documents = {
        record["id"]: Document.from_text(record["text"], doc_id=record["id"], title=record["title"])
        for record in read_lines(data / NAME / "docs.jsonl.gz")
        if record["split"] == split
    }
    questions = [
        TrainingQuestion(
            question_id=f"{NAME}:{record['id']}:{number}",
            doc_id=record["doc_id"],
            text=text,
            answers=tuple(record["answers"]),
            spans=tuple((start, end) for start, end in record["spans"]),
            short_spans=(),  # the short answers are in the annotators' words
            answerable=record["answerable"],
            group=record["doc_id"],
            role=split,
        )
        for record in read_lines(data / NAME / "questions.jsonl.gz")
        if record["split"] == split
        for number, text in enumerate(_ask(record, with_history))
    ]
    return TrainingSet(NAME, documents, {doc_id: [doc_id] for doc_id in documents}, tuple(questions))


def load_talks(data: Path) -> TrainingSet:
    """Our questions about the set `talks`, all to train on; follow-ups are there as `load_interviews` has them twice.

    :raises ValueError: when a talk has another text than the one that the questions were written about.
    """
    asked = {record["id"]: record for record in _read(TALK_QUESTIONS / "conversations.jsonl")}
    documents = {}
    for record in read_lines(data / TALKS / "docs.jsonl.gz"):
        if record["id"] in asked:
            wanted = asked[record["id"]]
            document = Document.from_text(record["text"][: wanted["chars"]], doc_id=record["id"], title=record["title"])
            if document.sha256 != wanted["sha256"]:
                raise ValueError(f"{record['id']} of {data / TALKS} is not the text that was asked about")
            documents[document.doc_id] = document
    questions = [
        TrainingQuestion(
            question_id=f"{TALKS}:{record['id']}:{number}",
            doc_id=record["doc_id"],
            text=text,
            answers=(),
            spans=tuple((start, end) for start, end in record["spans"]),
            short_spans=(),
            answerable=bool(record["spans"]),
            group=record["doc_id"],
            role="train",
        )
        for record in _read(TALK_QUESTIONS / "questions.jsonl")
        for number, text in enumerate(_ask(record, with_history=True))
    ]
    return TrainingSet(TALKS, documents, {doc_id: [doc_id] for doc_id in documents}, tuple(questions))


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _ask(record: dict[str, Any], with_history: bool) -> Iterator[str]:
    standalone, history = record["meta"].get("standalone"), record["meta"].get("history")
    yield standalone or record["question"]
    if with_history and standalone and history:
        yield f"{record['question']} (“{history[-1]}”)"
