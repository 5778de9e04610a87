"""The questions of `tests/eval`, and some about the bundled interview, with what is answered to them.

Behind fakes, what is answered depends on the program alone, so that a test compares it whole. Behind the models it also
depends on the processor's arithmetic: compare before and after on one machine.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus import bundled_interview, load
from index import Embedder, build_index
from qa import QA, Reader

EVAL = Path(__file__).parent.parent / "eval"
FILES = {name: Path(__file__).parent / f"{name}.jsonl" for name in ("fakes", "models")}
CONFIDENCE_DIGITS = 4
# Each a conversation: what is asked one after the other.
CONVERSATIONS = (
    ("How much faster will cargo reach Shanghai?", "And who said that?", "Why?", "What did the interviewer say?"),
    ("For how long has China been Peru's largest trading partner?", "And Brazil?", "Who said that?"),
    ("Could the port be used by the military?", "What did he reply to that?", "Why not?"),
    ("What did it cost to build the port?", "And when was it built?"),
    ("Hello", "Who is speaking?", "What topics are covered?", "Summarize the interview in five quotes"),
    ("How many times is China mentioned?", "List everything he said about the port", "Thanks!"),
    ("What did Balarezo say about the Belt and Road Initiative?", "Is the second one local?", "What about Peru?"),
    ("¿Cuánto más rápido llegará la carga a Shanghái?", "help"),
)
Record = dict[str, Any]


def answer_all(embedder: Embedder, reader: Reader | None) -> list[Record]:
    """What is answered now, in the order of the questions; the index is made for it and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        interview = bundled_interview()
        asked = list(read_questions())
        names = sorted({question["doc_id"] for question in asked})
        sources = [next(EVAL.glob(f"{name}.*")) for name in names]
        build_index([interview, *(load(path) for path in sources)], folder, embedder=embedder)
        qa = QA.open(folder, embedder=embedder, reader=reader)
        records = [_ask(qa, question) for question in asked]
        for conversation in CONVERSATIONS:
            records += _converse(qa, interview.doc_id, conversation)
        return records


def read_questions() -> Iterator[Record]:
    """The questions of `tests/eval`: `doc_id`, `question` and the `history` of questions before it."""
    with (EVAL / "questions.jsonl").open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            history = (record.get("meta") or {}).get("history") or []
            yield {"doc_id": record["doc_id"], "question": record["question"], "history": history}


def _ask(qa: QA, asked: Record) -> Record:
    history = [{"role": "user", "content": question} for question in asked["history"]]
    return _note(qa, asked["question"], history, asked["doc_id"])


def _converse(qa: QA, doc_id: str, questions: Sequence[str]) -> Iterator[Record]:
    history: list[Record] = []
    for question in questions:
        record = _note(qa, question, history, doc_id)
        said = {"role": "assistant", "content": record["text"]}
        history = [*history, {"role": "user", "content": question}, said]
        yield record


def _note(qa: QA, question: str, history: Sequence[Record], doc_id: str) -> Record:
    answer = qa.answer(question, history=history, doc_ids=[doc_id])
    return {
        "doc_id": doc_id,
        "question": question,
        "standalone": answer.standalone_question,
        "quotes": [[quote.start, quote.end] for quote in answer.quotes],
        "short": answer.short,
        "confidence": round(answer.confidence, CONFIDENCE_DIGITS),
        "text": answer.text,
        "passages": [[passage.start, passage.end] for passage in answer.passages[:3]],
    }


def write_golden(path: Path, records: Sequence[Record]) -> None:
    """Note the answers, a line each."""
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_golden(path: Path) -> list[Record]:
    """The answers that were noted."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def compare(noted: Sequence[Record], found: Sequence[Record]) -> list[str]:
    """What differs, a line a question: its document, its words, and which of its values."""
    differences = [
        f"{old['doc_id']}: {old['question']}: {key}: {old[key]!r:.300} -> {new[key]!r:.300}"
        for old, new in zip(noted, found, strict=False)
        for key in old
        if old[key] != new[key]
    ]
    if len(noted) != len(found):
        differences.append(f"{len(noted)} answers were noted, {len(found)} are given")
    return differences
