"""The sets of `tests/eval/across`: questions put to several conversations, and what each of these has for each."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from corpus import Document
from index.cli import say
from qa.evaluation.questions import QuestionFileInvalid, Span, load_question_set

# What figures are told of, and what everything is chosen by.
Part = Literal["report", "choose"]
SET = Path(__file__).parent.parent / "eval" / "across"
SETS: dict[Part, Path] = {"report": SET, "choose": SET / "choose"}


@dataclass(frozen=True, slots=True)
class GoldCell:
    """What a conversation has for a question: places where one who answers says it, and, `asked`, one who asks."""

    doc_id: str
    verdict: Literal["found", "nothing", "doubtful"]
    spans: tuple[Span, ...]
    asked: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class AcrossQuestion:
    """A question put to several conversations, with a cell for each."""

    question: str
    cells: tuple[GoldCell, ...]


def load_questions(part: Part = "report") -> list[AcrossQuestion]:
    """The questions of the part."""
    records = _read_lines(SETS[part] / "questions.jsonl")
    return [AcrossQuestion(record["question"], tuple(map(_read_cell, record["cells"]))) for record in records]


def load_conversations(folder: Path, part: Part = "report") -> list[Document]:
    """Those conversations that the questions of the part are put to that are in the same part of the set `folder`.

    :raises QuestionFileInvalid: when there are none, or one has another text than the one that was read.
    """
    there = load_question_set(folder, split=part).documents
    gold = SETS[part] / "conversations.jsonl"
    found = []
    for record in _read_lines(gold):
        document = there.get(record["id"])
        if document is None:
            say(f"{record['id']} is not in {folder.name} and is left out")
        elif document.sha256 != record["sha256"]:
            raise QuestionFileInvalid(
                f"{record['id']} has {len(document.text)} characters that are not the {record['chars']} of the text "
                f"that gold was read in; take that version of it"
            )
        else:
            found.append(document)
    if not found:
        raise QuestionFileInvalid(f"{folder} has none of the conversations that {gold} names")
    return found


def keep_only(questions: Iterable[AcrossQuestion], doc_ids: Collection[str]) -> list[AcrossQuestion]:
    """The questions with the cells of these conversations alone."""
    return [replace(each, cells=tuple(cell for cell in each.cells if cell.doc_id in doc_ids)) for each in questions]


def _read_cell(record: Mapping[str, Any]) -> GoldCell:
    spans, asked = (tuple((start, end) for start, end in record.get(key, ())) for key in ("spans", "asked"))
    return GoldCell(record["doc_id"], record["verdict"], spans, asked)


def _read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
