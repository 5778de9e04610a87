"""What a conversation does to retrieval: follow-ups found by our rewrite, stand-alone questions kept in spite of it.

`python -m tests.bench.conversation --canard DIR --interviews DIR… --alone DIR… [--part choose]`. A dialogue of CANARD
becomes a document whose turns are its answers, and all dialogues are searched together, by text alone: nearness would
be too easy where a document is its dialogue. Interviews, in the form of `tests/eval`, are searched one by one, as `QA`
does it. `--alone` sets are questions that stand alone, asked after another question of their set and its answer. With
`--save` the figures are kept.
"""

import argparse
import gzip
import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from corpus import Document, Turn
from index import Hit, Scope, SentenceEmbedder, build_index, retrieve
from index.cli import show
from qa import QA
from qa.answers import NOT_ANSWERED
from qa.conversation.history import Message, read_history
from qa.conversation.neighbours import locate_quotes, rank_quoted_last
from qa.conversation.query_rewriting import RewrittenQuestion, rewrite_question
from qa.evaluation.metrics import hits
from qa.evaluation.questions import load_question_set
from tests.bench.cache import CachedEmbedder
from tests.bench.result_files import add_save_argument, save_result
from tests.fakes import WordReader

TOP_K = 5
DONT_KNOW = "I don't know."
SEED = 9
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was said before, where its answer stands, and what a person made of it, if anybody did.

    `title` is that of the document that was quoted last, which the writers of CANARD saw as well.
    """

    question: str
    history: tuple[Message, ...]
    doc_id: str
    spans: tuple[tuple[int, int], ...]
    human: str | None = None
    title: str | None = None


# The ways to ask: a case into the text that is searched for.
WAYS: dict[str, Callable[[Case], str]] = {
    "as asked": lambda case: case.question,
    "previous question in front": lambda case: f"{_last_question(case)} {case.question}",
    "our rewrite": lambda case: _understand(case).query,
    "our rewrite, title known": lambda case: _understand(case, case.title).query,
    "human rewrite": lambda case: case.human or case.question,
}


def measure_canard(folder: Path, embedder: CachedEmbedder, part: str, limit: int) -> Figures:
    """Recall@5 of the answer's passage among those of all dialogues, by each way to ask.

    Each also with the passages that were just quoted put last, as `QA` does it.
    """
    documents, spans = _canard_documents(folder)
    cases = _sample(_canard_cases(folder, spans, part), limit)
    figures: Figures = {"questions": len(cases)}
    with _opened(documents, embedder) as qa, qa.store.reading() as view:
        for name, ask in WAYS.items():
            found = found_anew = 0
            for case in cases:
                query = ask(case)
                nearest = retrieve(view, query, embedder.embed_question(query), top_k=2 * TOP_K)
                found += _is_found(nearest, case)
                places = locate_quotes(view, _understand(case).quotes, Scope())
                found_anew += _is_found(rank_quoted_last(nearest, places), case)
            figures[name] = found / len(cases)
            figures[f"{name}, quoted ones last"] = found_anew / len(cases)
    return figures


def measure_interviews(folder: Path, embedder: CachedEmbedder, part: str) -> Figures:
    """Recall@5 of the follow-ups in their own interview: by text alone in each way, then with what stands near."""
    documents, cases = _load_set(folder, part, follow_ups=True)
    figures: Figures = {"questions": len(cases)}
    if not cases:
        return figures
    with _opened(documents, embedder) as qa:
        with qa.store.reading() as view:
            for name, ask in WAYS.items():
                found = 0
                for case in cases:
                    query, scope = ask(case), Scope(frozenset({case.doc_id}))
                    nearest = retrieve(view, query, embedder.embed_question(query), top_k=TOP_K, scope=scope)
                    found += _is_found(nearest, case)
                figures[name] = found / len(cases)
        nearby = [qa.find(case.question, history=case.history, doc_ids=[case.doc_id]).hits for case in cases]
        figures["our rewrite and nearness"] = sum(map(_is_found, nearby, cases)) / len(cases)
    return figures


def measure_alone(folder: Path, embedder: CachedEmbedder, part: str, limit: int) -> Figures:
    """What happens to stand-alone questions when each is asked after another one of the set, and its answer."""
    documents, cases = _load_set(folder, part, follow_ups=False)
    cases = _sample(cases, limit)
    if not cases:
        return {"questions": 0}
    used = {case.doc_id for case in cases}
    # An interview is asked by itself; many short texts are searched together.
    apart = len(used) * 10 < len(cases)
    figures: Figures = dict.fromkeys(("found", "taken for follow-ups", "lost", "won"), 0)
    with _opened([document for document in documents if document.doc_id in used], embedder) as qa:
        for place, case in enumerate(cases):
            others = [other for other in cases if not apart or other.doc_id == case.doc_id]
            other = others[(place + len(others) // 2) % len(others)]
            history = [{"role": "user", "content": other.question}, *other.history]
            scope = [case.doc_id] if apart else None
            before = _is_found(qa.find(case.question, doc_ids=scope).hits, case)
            after = _is_found(qa.find(case.question, history=history, doc_ids=scope).hits, case)
            figures["found"] += before
            figures["lost"] += before and not after
            figures["won"] += after and not before
            figures["taken for follow-ups"] += (
                rewrite_question(case.question, read_history(history)).standalone != case.question
            )
    return {"questions": len(cases)} | {name: count / len(cases) for name, count in figures.items()}


def _canard_documents(folder: Path) -> tuple[list[Document], dict[str, tuple[int, int]]]:
    """A document a dialogue, its answers the turns; and the span of the answer to each question."""
    answers: dict[str, list[tuple[str, str]]] = {}
    for record in _read(folder):
        if record["answers"] and record["answers"][0] != DONT_KNOW:
            answers.setdefault(record["doc_id"], []).append((record["id"], record["answers"][0]))
    documents, spans = [], {}
    for doc_id, said in answers.items():
        text, turns = "", []
        for question_id, answer in said:
            spans[question_id] = (len(text), len(text) + len(answer))
            turns.append(Turn(None, *spans[question_id], "narration"))
            text += f"{answer}\n\n"
        documents.append(Document.from_turns(text, tuple(turns), doc_id=doc_id, title=doc_id))
    return documents, spans


def _canard_cases(folder: Path, spans: dict[str, tuple[int, int]], part: str) -> list[Case]:
    return [
        Case(
            question=record["question"],
            history=tuple(_messages(record["meta"]["history"])),
            doc_id=record["doc_id"],
            spans=(spans[record["id"]],),
            human=record["meta"]["rewrite"],
            title=": ".join(record["meta"]["topic"]),
        )
        for record in _read(folder)
        if record["id"] in spans and record["meta"]["history"] and _is_in_part(record["doc_id"], part)
    ]


def _load_set(folder: Path, part: str, *, follow_ups: bool) -> tuple[list[Document], list[Case]]:
    """The answerable questions of one part; a set without parts of these names is parted by its documents.

    The history of a follow-up is the questions before, each with its gold quote; that of a stand-alone question is its
    own gold quote, to be put after another question.
    """
    documents = load_question_set(folder).documents
    records = list(_read(folder))
    by_id = {record["id"]: record for record in records}
    has_parts = any(record["split"] == part for record in records)
    cases = []
    for record in records:
        meta = record["meta"]
        in_part = record["split"] == part if has_parts else _is_in_part(record["doc_id"], part)
        if not record["spans"] or not in_part or bool(meta.get("needs_history")) != follow_ups:
            continue
        history: list[Message] = []
        for asked, question_id in zip(meta.get("history", ()), meta.get("history_ids", ()), strict=False):
            history.append({"role": "user", "content": asked})
            if question_id in by_id:
                history.append(_gold_message(by_id[question_id], documents))
        spans = tuple((start, end) for start, end in record["spans"])
        said = tuple(history) if follow_ups else (_gold_message(record, documents),)
        cases.append(Case(record["question"], said, record["doc_id"], spans, meta.get("standalone_en")))
    return list(documents.values()), cases


def _gold_message(record: dict[str, Any], documents: dict[str, Document]) -> Message:
    if not record["spans"]:
        return {"role": "assistant", "content": NOT_ANSWERED}
    start, end = record["spans"][0]
    return {"role": "assistant", "content": f"“{documents[record['doc_id']].text[start:end]}” [1]"}


def _messages(said: Sequence[str]) -> Iterator[Message]:
    for place, text in enumerate(said):
        if place % 2 == 0:
            yield {"role": "user", "content": text}
        else:
            yield {"role": "assistant", "content": NOT_ANSWERED if text == DONT_KNOW else f"“{text}” [1]"}


def _understand(case: Case, title: str | None = None) -> RewrittenQuestion:
    return rewrite_question(case.question, read_history(case.history), title)


def _last_question(case: Case) -> str:
    return str([message["content"] for message in case.history if message["role"] == "user"][-1])


def _is_found(found: Sequence[Hit], case: Case) -> bool:
    return any(
        hit.passage.doc_id == case.doc_id and hits(hit.passage.start, hit.passage.end, case.spans)
        for hit in found[:TOP_K]
    )


def _is_in_part(doc_id: str, part: str) -> bool:
    return ("choose" if hashlib.sha256(doc_id.encode()).digest()[0] % 2 else "report") == part


def _sample(cases: list[Case], limit: int) -> list[Case]:
    return random.Random(SEED).sample(cases, limit) if limit < len(cases) else cases


def _read(folder: Path) -> Iterator[dict[str, Any]]:
    plain = folder / "questions.jsonl"
    with plain.open(encoding="utf-8") if plain.is_file() else gzip.open(f"{plain}.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


class _opened:
    """A `QA` on a throw-away index of the documents, for the length of a block."""

    def __init__(self, documents: Sequence[Document], embedder: CachedEmbedder) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._documents, self._embedder = documents, embedder

    def __enter__(self) -> QA:
        build_index(self._documents, self._folder.name, embedder=self._embedder)
        return QA.open(self._folder.name, embedder=self._embedder, reader=WordReader())

    def __exit__(self, *_: object) -> None:
        self._embedder.save()
        self._folder.cleanup()


def main() -> int:
    """Measure the sets that are named and print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.conversation", description=__doc__)
    parser.add_argument("--canard", type=Path, metavar="DIR", help="CANARD with its questions.jsonl.gz")
    parser.add_argument("--interviews", type=Path, nargs="*", default=[], metavar="DIR", help="sets with follow-ups")
    parser.add_argument("--alone", type=Path, nargs="*", default=[], metavar="DIR", help="sets without")
    parser.add_argument("--part", choices=["choose", "report"], default="report", help="nothing is chosen on `report`")
    parser.add_argument(
        "--limit", type=int, default=300, metavar="N", help="questions a set, sampled with a fixed seed"
    )
    parser.add_argument(
        "--cache", type=Path, default=user_cache_path("on-the-record"), help="where embeddings are kept"
    )
    add_save_argument(parser)
    arguments = parser.parse_args()
    embedder = CachedEmbedder(SentenceEmbedder(), arguments.cache)
    follow_ups: dict[str, Figures] = {}
    if arguments.canard is not None:
        follow_ups["CANARD"] = measure_canard(arguments.canard, embedder, arguments.part, arguments.limit)
    for folder in arguments.interviews:
        follow_ups[folder.name] = measure_interviews(folder, embedder, arguments.part)
    alone = {
        folder.name: measure_alone(folder, embedder, arguments.part, arguments.limit) for folder in arguments.alone
    }
    for name, figures in (("follow-ups", follow_ups), ("stand-alone-questions", alone)):
        show(json.dumps({name: figures}, indent=2))
        if arguments.save and figures:
            save_result(name, figures, note=f"the part “{arguments.part}”")
    return 0


if __name__ == "__main__":
    sys.exit(main())
