"""A collection of a thousand documents: `python -m tests.bench.collection FOLDER [--documents 1000] [--save]`.

FOLDER is a set of conversations; the documents are stretches of them of a page or more, cut between turns, so that no
two are alike. The models are loaded before the clock starts. Prints JSON, in seconds: building it, adding a document
and one that changed, renaming a speaker everywhere and taking that back, the list of documents, a draft of sixty
quotations held against all of them, and an answer with the small reader and with the best one (medians of ten
questions).
"""

import argparse
import functools
import gzip
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus import Document, rename_speaker
from index import (
    Embedder,
    SentenceEmbedder,
    add_corrections,
    build_index,
    list_documents,
    open_store,
    update_index,
    withdraw_corrections,
)
from qa import QA, Reader, check_draft
from tests.bench.result_files import add_save_argument, save_result
from tests.bench.whole_reader import open_whole_reader

PAGE_CHARS = 2_000
QUESTIONS = 10
QUOTATIONS = 60


def load_pieces(folder: Path, count: int) -> list[Document]:
    """The first `count` stretches of the conversations in `folder`, each of whole turns and a page or more."""
    pieces = []
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            document = Document.from_text(record["text"], doc_id=record["id"])
            start = 0
            for turn in document.turns:
                if turn.end - start >= PAGE_CHARS or turn is document.turns[-1]:
                    piece = document.text[start : turn.end].strip()
                    pieces.append(Document.from_text(piece, doc_id=f"{document.doc_id}-{start}"))
                    start = turn.end
            if len(pieces) >= count:
                break
    return pieces[:count]


def measure(documents: list[Document], questions: list[str], embedder: Embedder, reader: Reader) -> dict[str, Any]:
    """The figures, in seconds."""
    embedder.embed_question("loaded")
    *documents, new = documents
    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, Any] = {
            "documents": len(documents),
            "characters": sum(len(each.text) for each in documents),
            "build_s": _time(lambda: build_index(documents, folder, embedder=embedder)),
            "add_s": _time(lambda: update_index([new], folder, embedder=embedder)),
        }
        changed = Document.from_text(f"{new.text} That is all.", doc_id=new.doc_id)
        figures["change_s"] = _time(lambda: update_index([changed], folder, embedder=embedder))
        record = rename_speaker(_find_speaker(documents), "Somebody Else", by="the benchmark")
        figures["rename_s"] = _time(lambda: add_corrections([record], folder))
        figures["take_back_s"] = _time(lambda: withdraw_corrections([record.id], folder))
        store = open_store(folder)
        list_documents(store)
        figures["list_s"] = _time(lambda: list_documents(store))
        draft = _write_draft(documents)
        figures["check_s"] = _time(lambda: check_draft(draft, store, embedder=embedder))
        small = QA.open(store, embedder=embedder, reader=reader).quick_reader
        for name, one in (("answer_fast_s", small), ("answer_s", reader)):
            figures[name] = _time_answers(QA.open(store, embedder=embedder, reader=one), questions)
    return {name: round(value, 4) for name, value in figures.items()}


def _time(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _write_draft(documents: list[Document]) -> str:
    """Sixty quotations from as many of them, every third with a word left out."""
    lines = []
    for number, document in enumerate(documents[:: max(1, len(documents) // QUOTATIONS)][:QUOTATIONS]):
        turn = max(document.turns, key=lambda each: each.end - each.start)
        words = document.text[turn.start : turn.end].split()[5:20]
        if number % 3 == 0:
            words.pop(7)
        lines.append(f"Then the witness said: “{' '.join(words)}.”")
    return "\n\n".join(lines)


def _time_answers(qa: QA, questions: list[str]) -> float:
    """The median; the first question is not counted."""
    return statistics.median([_time(functools.partial(qa.answer, question)) for question in questions][1:])


def _find_speaker(documents: list[Document]) -> str:
    """Who speaks in the most of them."""
    names = [speaker.name for document in documents for speaker in document.speakers]
    return max(sorted(set(names)), key=names.count)


def _read_questions(folder: Path) -> list[str]:
    """Some of the questions of the set, from all of its conversations."""
    with gzip.open(folder / "questions.jsonl.gz", "rt", encoding="utf-8") as file:
        questions = [str(json.loads(line)["question"]) for line in file]
    return questions[:: len(questions) // (QUESTIONS + 1)][: QUESTIONS + 1]


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.collection", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a set of conversations")
    parser.add_argument("--documents", type=int, default=1000)
    add_save_argument(parser)
    arguments = parser.parse_args()
    embedder = SentenceEmbedder()
    reader = open_whole_reader(parser, embedder, fast=False)
    documents = load_pieces(arguments.folder, arguments.documents + 1)
    figures = measure(documents, _read_questions(arguments.folder), embedder, reader)
    sys.stdout.write(f"{json.dumps(figures, indent=2)}\n")
    if arguments.save:
        sys.stdout.write(f"{save_result('collection', figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
