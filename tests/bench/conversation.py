"""What a conversation does to retrieval: follow-up questions found by their rewrite, stand-alone ones kept by it.

`python -m tests.bench.conversation --canard DIR --sets DIR… --part choose`: see `main`. A dialogue of CANARD becomes a
document whose turns are its answers; all dialogues together are searched, like a shelf of interviews. Sets in the form
of `tests/eval` are searched in the document that is asked about.
"""

import argparse
import gzip
import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from corpus import Document, Turn
from index import LocalStore, PassageView, Scope, SentenceEmbedder, build_index, retrieve
from index.terminal import say, show
from qa.compose import NOT_ANSWERED
from qa.followup import understand
from qa.history import Message
from qa.metrics import hits
from qa.questions import GoldQuestion, QuestionSet, load_question_set
from tests.bench.cache import CachedEmbedder

TOP_K = 5
DONT_KNOW = "I don't know."
Rewrite = Callable[["Case"], str]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was said before, where its answer stands, and what a person made of it, if anybody did."""

    question: str
    history: tuple[Message, ...]
    doc_id: str
    spans: tuple[tuple[int, int], ...]
    scope: Scope
    human: str | None = None


def ask_raw(case: Case) -> str:
    """The question as it was asked."""
    return case.question


def ask_after_last(case: Case) -> str:
    """The trivial remedy: the previous question in front of every question."""
    asked = [message["content"] for message in case.history if message["role"] == "user"]
    return f"{asked[-1]} {case.question}" if asked else case.question


def ask_ours(case: Case) -> str:
    """Our rewrite."""
    return understand(case.question, case.history).query


def ask_human(case: Case) -> str:
    """The rewrite by a person."""
    assert case.human is not None
    return case.human


FOLLOW_UP_WAYS: dict[str, Rewrite] = {
    "as asked": ask_raw,
    "previous question in front": ask_after_last,
    "our rewrite": ask_ours,
    "human rewrite": ask_human,
}


def canard_documents(folder: Path) -> tuple[list[Document], dict[str, tuple[int, int]]]:
    """A document a dialogue, its answers the turns; and the span of the answer to each question."""
    answers: dict[str, list[tuple[str, str]]] = {}
    for record in _read(folder / "questions.jsonl.gz"):
        if record["answers"] and record["answers"][0] != DONT_KNOW:
            answers.setdefault(record["doc_id"], []).append((record["id"], record["answers"][0]))
    documents, span_by_question = [], {}
    for doc_id, said in answers.items():
        text, turns = "", []
        for question_id, answer in said:
            start = len(text)
            text += f"{answer}\n\n"
            turns.append(Turn(None, start, start + len(answer), "narration"))
            span_by_question[question_id] = (start, start + len(answer))
        documents.append(Document.from_turns(text, tuple(turns), doc_id=doc_id, title=doc_id))
    return documents, span_by_question


def canard_cases(folder: Path, span_by_question: dict[str, tuple[int, int]], part: str) -> list[Case]:
    """The follow-ups of one half of the dialogues, parted by the hash of their names."""
    return [
        Case(
            question=record["question"],
            history=tuple(_messages(record["meta"]["history"])),
            doc_id=record["doc_id"],
            spans=(span_by_question[record["id"]],),
            scope=Scope(),
            human=record["meta"]["rewrite"],
        )
        for record in _read(folder / "questions.jsonl.gz")
        if record["id"] in span_by_question and record["meta"]["history"] and _part_of(record["doc_id"]) == part
    ]


def _messages(said: Sequence[str]) -> Iterator[Message]:
    for place, text in enumerate(said):
        if place % 2 == 0:
            yield {"role": "user", "content": text}
        else:
            yield {"role": "assistant", "content": NOT_ANSWERED if text == DONT_KNOW else f"“{text}” [1]"}


def _part_of(name: str) -> str:
    return "choose" if hashlib.sha256(name.encode()).digest()[0] % 2 else "report"


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
