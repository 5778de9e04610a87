"""The data sets, read into one form, and which part of each may be trained on.

Every group of documents (an article, a scene, a meeting) has one role, a pure function of its name: "train", "choose"
(what is fitted on top), "calibrate" (thresholds) or "report" (never decided on).
"""

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus import Document, Turn

Span = tuple[int, int]

# The share of groups kept for (report, calibrate, choose); the rest is trained on. Sets with few groups keep more.
HELD_OUT: dict[str, tuple[float, float, float]] = {
    "squad_dev": (0.20, 0.08, 0.06),
    "squadshifts": (0.05, 0.04, 0.03),
    "qamr": (0.05, 0.04, 0.03),
    "qed": (0.30, 0.10, 0.08),
    "nq_oracle": (0.08, 0.06, 0.05),
    "selqa": (0.10, 0.07, 0.06),
    "friendsqa": (0.25, 0.10, 0.10),
    "molweni": (0.10, 0.10, 0.08),
    "qmsum": (0.0, 0.07, 0.06),
    "timeqa": (0.10, 0.08, 0.05),
    "policyqa": (0.08, 0.05, 0.05),
    "fairytaleqa": (0.15, 0.12, 0.08),
}
# Published splits that may be trained on, where only some may; the others are for reporting.
SPLITS: dict[str, tuple[str, ...]] = {"friendsqa": ("dev",), "qmsum": ("train",), "fairytaleqa": ("dev",)}
# Sets of encyclopaedia text: an article that one of them holds out must not be trained on through another.
_ENCYCLOPAEDIC = frozenset({"squad_dev", "qed", "nq_oracle", "selqa", "timeqa"})
_SALT = "on-the-record reader 1"


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question about one document.

    `spans` are the gold quotes, `short_spans` the exact short answers in the text (none where only the quote is known);
    `group` is that of the document, `role` what the question is used for.
    """

    question_id: str
    doc_id: str
    text: str
    answers: tuple[str, ...]
    spans: tuple[Span, ...]
    short_spans: tuple[Span, ...]
    answerable: bool
    group: str
    role: str


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """A data set in memory; `groups` has the documents of each group, by id."""

    name: str
    documents: dict[str, Document]
    groups: dict[str, list[str]]
    questions: tuple[TrainingQuestion, ...]

    def with_role(self, role: str) -> list[TrainingQuestion]:
        """The questions of one role, in the order of the file."""
        return [question for question in self.questions if question.role == role]


def load_sets(data: Path, names: tuple[str, ...] = tuple(HELD_OUT)) -> list[TrainingSet]:
    """Read the sets from the folders of `data`; no article held out in one of them is trained on in another."""
    sets = [load_set(data, name) for name in names]
    held_out = {
        question.group
        for each in sets
        if each.name in _ENCYCLOPAEDIC
        for question in each.questions
        if question.role != "train"
    }
    return [_without(each, held_out) if each.name in _ENCYCLOPAEDIC | {"squadshifts"} else each for each in sets]


def load_set(data: Path, name: str) -> TrainingSet:
    """Read one set; questions marked as ambiguous are left out."""
    documents: dict[str, Document] = {}
    group_of: dict[str, str] = {}
    for record in read_lines(data / name / "docs.jsonl.gz"):
        documents[record["id"]] = _to_document(record)
        group_of[record["id"]] = _find_group(name, record)
    groups: dict[str, list[str]] = {}
    for doc_id, group in group_of.items():
        groups.setdefault(group, []).append(doc_id)
    questions = tuple(
        _to_question(name, record, documents[record["doc_id"]], group_of[record["doc_id"]])
        for record in read_lines(data / name / "questions.jsonl.gz")
        if not record["meta"].get("ambiguous")
    )
    return TrainingSet(name, documents, groups, questions)


def sample(data_set: TrainingSet, count: int, seed: int) -> TrainingSet:
    """The set with `count` of the questions that are to train on, at random, or all of them."""
    pool = data_set.with_role("train")
    random.Random(f"{seed}:{data_set.name}").shuffle(pool)
    kept = {question.question_id for question in pool[:count]}
    return replace(data_set, questions=tuple(each for each in data_set.questions if each.question_id in kept))


def write_report_sets(data: Path, out: Path) -> Iterator[tuple[str, int]]:
    """Write what nothing was decided on as sets for `ontherecord eval`; yields the folder's name and its questions.

    The files are in the form of the data sets, their questions only those of the role "report".
    """
    for name in HELD_OUT:
        wanted = {question.question_id for question in load_set(data, name).with_role("report")}
        questions = [
            each for each in read_lines(data / name / "questions.jsonl.gz") if f"{name}:{each['id']}" in wanted
        ]
        doc_ids = {each["doc_id"] for each in questions}
        documents = [each for each in read_lines(data / name / "docs.jsonl.gz") if each["id"] in doc_ids]
        if questions:
            (out / name).mkdir(parents=True, exist_ok=True)
            for file, records in (("docs", documents), ("questions", questions)):
                lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
                (out / name / f"{file}.jsonl").write_text("".join(lines), encoding="utf-8")
            yield name, len(questions)


def _without(data_set: TrainingSet, groups: set[str]) -> TrainingSet:
    kept = tuple(each for each in data_set.questions if each.role != "train" or each.group not in groups)
    return replace(data_set, questions=kept)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a gzipped file with one in each line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _find_role(name: str, group: str, split: str) -> str:
    if split not in SPLITS.get(name, (split,)):
        return "report"
    digest = hashlib.sha256(f"{_SALT}:{name}:{group}".encode()).digest()
    draw = int.from_bytes(digest[:8]) / 2**64
    for share, role in zip(HELD_OUT[name], ("report", "calibrate", "choose"), strict=True):
        if draw < share:
            return role
        draw -= share
    return "train"


def _to_document(record: dict[str, Any]) -> Document:
    text: str = record["text"]
    turns = [
        Turn(speaker=None, start=turn["start"], end=turn["end"], kind="narration")
        if turn["speaker"] in ("", "narration")
        else Turn(speaker=turn["speaker"], start=turn["start"], end=turn["end"])
        for turn in record.get("turns") or ()
        if turn["speaker"] != "page furniture"
    ]
    whole = Turn(speaker=None, start=0, end=len(text), kind="narration")
    return Document.from_turns(text, tuple(turns or [whole]), doc_id=record["id"], title=record["title"] or None)


def _find_group(name: str, record: dict[str, Any]) -> str:
    doc_id: str = record["id"]
    if name == "qamr":
        return ":".join(doc_id.split(":")[:3])
    if name == "policyqa":
        return str(record["meta"]["article"])
    if name == "squad_dev" or doc_id.startswith("new_wiki"):
        return _plain_title(record["meta"]["article"])
    return _plain_title(record["title"]) if name in _ENCYCLOPAEDIC else doc_id


def _to_question(name: str, record: dict[str, Any], document: Document, group: str) -> TrainingQuestion:
    meta = record["meta"]
    spans = tuple((start, end) for start, end in record["spans"])
    short_spans = spans
    if name == "qed" and "evidence" in meta:
        spans = tuple((start, end) for start, end in meta["evidence"])
    elif name in ("selqa", "qmsum"):
        short_spans = ()
    elif name == "fairytaleqa":
        # The gold is a whole section; only where an answer stands in it word for word is its place known.
        short_spans = spans = _find_answers(document.text, spans, record["answers"])
    elif name == "friendsqa":
        # Gold on a speaker's label cannot be quoted: what that speaker says there is gold instead.
        short_spans = tuple(span for span in spans if _turn_labelled(document, span) is None)
        spans = tuple(_said_under(document, span) for span in spans)
    return TrainingQuestion(
        question_id=f"{name}:{record['id']}",
        doc_id=record["doc_id"],
        text=record["question"],
        answers=tuple(record["answers"]),
        spans=spans,
        short_spans=short_spans,
        answerable=record["answerable"],
        group=group,
        role=_find_role(name, group, record["split"]),
    )


def _turn_labelled(document: Document, span: Span) -> Turn | None:
    """The turn on whose label the span lies, or None when it is said text."""
    before = 0
    for turn in document.turns:
        if before <= span[0] and span[1] <= turn.start and turn.speaker:
            return turn
        before = turn.end
    return None


def _said_under(document: Document, span: Span) -> Span:
    turn = _turn_labelled(document, span)
    return span if turn is None else (turn.start, turn.end)


def _find_answers(text: str, sections: tuple[Span, ...], answers: list[str]) -> tuple[Span, ...]:
    """Where an answer stands word for word, once, in a section."""
    found = []
    for start, end in sections:
        section = text[start:end].lower()
        for answer in answers:
            wanted = answer.strip(" .").lower()
            if len(wanted) > 2 and section.count(wanted) == 1:
                at = start + section.index(wanted)
                found.append((at, at + len(wanted)))
    return tuple(found)


def _plain_title(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", title.split(":")[0].lower()).strip()
