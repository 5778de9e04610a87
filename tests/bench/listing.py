"""What a shelf of many small documents costs: `python -m tests.bench.listing [--documents 5000] [--milvus]`.

The documents are two short turns each, behind the fakes of the tests, so that no model's time is in the figures. Prints
JSON, in milliseconds (medians): the list of all documents; a question's retrieval within a hundred of them and one
speaker; the whole answer to that question. With `--milvus` the list and the retrieval of an index in milvus-lite too;
with `--save` the figures are kept.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpus import Document, cut_passages
from index import Entry, PassageStore, Scope, build_index, open_store, retrieve
from index.milvus.store import MilvusStore
from qa import QA
from tests.bench.result_files import add_save_argument, save_result
from tests.fakes import HashEmbedder, WordReader

QUESTION = "When was the harvest of field 77 brought in?"
_REPEATS = 7
_TOP_K = 24
_SCOPED = 100


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.listing", description=__doc__)
    parser.add_argument("--documents", type=int, default=5_000, metavar="N")
    parser.add_argument("--milvus", action="store_true")
    add_save_argument(parser)
    arguments = parser.parse_args()
    documents = [make_talk(number) for number in range(arguments.documents)]
    embedder = HashEmbedder()
    doc_ids = frozenset(document.doc_id for document in documents[:_SCOPED])
    with tempfile.TemporaryDirectory() as scratch:
        build_index(documents, Path(scratch) / "index", embedder=embedder)
        figures = {"documents": float(len(documents)), **_measure_store(open_store(Path(scratch) / "index"), doc_ids)}
        qa = QA.open(Path(scratch) / "index", embedder=embedder, reader=WordReader())
        figures["answer_ms"] = median_ms(lambda: qa.answer(QUESTION, speaker="Bob", doc_ids=doc_ids))
        if arguments.milvus:
            figures |= _measure_milvus(Path(scratch) / "lite.db", documents, doc_ids)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    if arguments.save:
        save_result("listing", figures)
    return 0


def make_talk(number: int) -> Document:
    """A small document: a question and an answer of three sentences."""
    text = (
        f"Ann: When was the harvest of field {number} brought in?\n\n"
        f"Bob: In {1000 + number}. By {number % 37} people. It was a good year for barley number {number}."
    )
    return Document.from_text(text, doc_id=f"talk-{number}")


def median_ms(call: Callable[[], object]) -> float:
    """The median time of the call, after one that is not counted."""
    call()
    seconds = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return round(1000 * statistics.median(seconds), 2)


def _measure_store(store: PassageStore, doc_ids: frozenset[str]) -> dict[str, float]:
    embedding = HashEmbedder().embed_question(QUESTION)
    scope = Scope(doc_ids=doc_ids, speakers=frozenset({"Bob"}))
    with store.reading() as view:
        return {
            "listing_ms": median_ms(view.documents),
            "retrieve_ms": median_ms(lambda: retrieve(view, QUESTION, embedding, top_k=_TOP_K, scope=scope)),
        }


def _measure_milvus(path: Path, documents: list[Document], doc_ids: frozenset[str]) -> dict[str, float]:
    embedder = HashEmbedder()
    entries = []
    for document in documents:
        passages = tuple(cut_passages(document, max_tokens=256, count_tokens=embedder.count_tokens))
        texts = [document.text[passage.start : passage.end] for passage in passages]
        entries.append(Entry(document, passages, embedder.embed_passages(texts)))
    store = MilvusStore(str(path), "listing")
    store.write(entries, remove=(), identity=embedder.identity)
    return {f"milvus_{name}": value for name, value in _measure_store(store, doc_ids).items()}


if __name__ == "__main__":
    sys.exit(main())
