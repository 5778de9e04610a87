"""Where the time of an answer goes: `python -m tests.bench.answer_time [--save]`.

One conversation of tests/benchmark, of about 60 thousand characters, is asked all its questions, each alone: by the
best reader, by the small one (`--fast`), and the last of them once more. Prints Markdown: medians in milliseconds, by
stage.
"""

import argparse
import gzip
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus import Document
from index import Embedder, SentenceEmbedder, build_index, open_store
from qa import QA, Reader
from tests.bench.result_files import add_save_argument, save_result
from tests.bench.table_layouts import LAYOUTS
from tests.bench.whole_reader import open_whole_reader

BENCHMARK = Path(__file__).parent.parent / "benchmark"
CONVERSATION = "en-btc-canada-senate"
STAGES = ("embed", "retrieve", "read", "compose", "total")


def measure(document: Document, questions: Sequence[str], embedder: Embedder, reader: Reader) -> dict[str, Any]:
    """How long the text is, how many questions, and the medians of each way to answer them, by stage."""
    with tempfile.TemporaryDirectory() as folder:
        build_index([document], folder, embedder=embedder)
        store = open_store(folder)
        small = QA.open(store, embedder=embedder, reader=reader).quick_reader
        ways = {}
        for name, one in (("best reader", reader), ("`--fast`", small)):
            qa = QA.open(store, embedder=embedder, reader=one)
            qa.warm_up()
            qa.answer(questions[0])
            ways[name] = _summarize([qa.answer(question).timings_ms for question in questions[1:]])
            ways[f"{name}, the same question again"] = _summarize(
                [qa.answer(questions[-1]).timings_ms for _ in range(7)]
            )
    return {"characters": len(document.text), "questions": len(questions), "ways": ways}


def _summarize(timings: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {stage: round(statistics.median(each.get(stage, 0.0) for each in timings), 1) for stage in STAGES}


def load_questions() -> tuple[Document, list[str]]:
    """The conversation, and what is asked about it; follow-ups in words that stand alone."""
    with gzip.open(BENCHMARK / "docs.jsonl.gz", "rt", encoding="utf-8") as file:
        record = next(each for each in map(json.loads, file) if each["id"] == CONVERSATION)
    with gzip.open(BENCHMARK / "questions.jsonl.gz", "rt", encoding="utf-8") as file:
        asked = [each for each in map(json.loads, file) if each["doc_id"] == CONVERSATION]
    return (
        Document.from_text(record["text"], doc_id=record["id"], title=record["title"]),
        [str(each["meta"].get("standalone") or each["question"]) for each in asked],
    )


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.answer_time", description=__doc__)
    add_save_argument(parser)
    arguments = parser.parse_args()
    embedder = SentenceEmbedder()
    figures = measure(*load_questions(), embedder, open_whole_reader(parser, embedder, fast=False))
    sys.stdout.write(f"{LAYOUTS['answer-time'].make(figures)}\n")
    if arguments.save:
        note = f"medians of {figures['questions']} questions about {figures['characters']:,} characters, warm"
        sys.stdout.write(f"{save_result('answer-time', figures, note=note)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
