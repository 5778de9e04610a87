"""The set `interviews`: conversations with questions, parted by conversation as it was published."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus import Document
from qa.training.datasets import TrainingQuestion, TrainingSet, read_lines

NAME = "interviews"


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


def _ask(record: dict[str, Any], with_history: bool) -> Iterator[str]:
    standalone, history = record["meta"].get("standalone"), record["meta"].get("history")
    yield standalone or record["question"]
    if with_history and standalone and history:
        yield f"{record['question']} (“{history[-1]}”)"
