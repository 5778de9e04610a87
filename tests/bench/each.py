"""How long a table takes: `python -m tests.bench.each FOLDER [--fast] [--save]`.

FOLDER is a set of conversations, of which the first forty of the parts "train" and "choose" that have 20,000 to 120,000
characters are taken, in the order of their names. Ten questions are put to a quarter of them, to half and to all; each
table is asked anew, by `answer_each`, with models that are loaded.
"""

import argparse
import gzip
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus import Document
from index import Embedder, SentenceEmbedder, build_index
from index.cli import progress_line, say
from qa import QA, Reader
from qa.evaluation.table import format_rows
from tests.bench.result_files import add_save_argument, save_result
from tests.bench.whole_reader import open_whole_reader

DOCUMENTS = 40
CHARS = (20_000, 120_000)
QUESTIONS = (
    "Who was warned beforehand?",
    "What does each of them say about money?",
    "Does anybody regret a decision?",
    "What do they think about the people who lead them?",
    "How did they come to this work?",
    "Who moved to another country?",
    "What went wrong?",
    "What advice do they give?",
    "Who talks about their family?",
    "What do they hope for?",
)


def measure(
    documents: Sequence[Document], questions: Sequence[str], embedder: Embedder, reader: Reader
) -> list[dict[str, Any]]:
    """A record for a quarter of the documents, half and all: how many, their characters, cells and seconds."""
    records = []
    with tempfile.TemporaryDirectory() as folder:
        build_index(documents, Path(folder), embedder=embedder)
        qa = QA.open(Path(folder), embedder=embedder, reader=reader)
        qa.warm_up()
        for share in (4, 2, 1):
            chosen = documents[: len(documents) // share]
            begun = time.perf_counter()
            table = qa.answer_each(questions, doc_ids=[each.doc_id for each in chosen], progress=progress_line("cells"))
            taken = time.perf_counter() - begun
            cells = [cell for row in table.rows for cell in row.cells]
            records.append(
                {
                    "documents": len(chosen),
                    "characters": sum(len(each.text) for each in chosen),
                    "questions": len(questions),
                    "cells": len(cells),
                    "found": sum(cell.found for cell in cells),
                    "seconds": round(taken, 1),
                    "seconds a cell": round(taken / len(cells), 3),
                }
            )
    return records


def format_figures(records: Sequence[dict[str, Any]]) -> str:
    """A row for each size."""
    keys = ["documents", "characters", "questions", "cells", "found", "seconds", "seconds a cell"]
    rows = [[f"{each[key]:,}" if isinstance(each[key], int) else str(each[key]) for key in keys] for each in records]
    return format_rows(["interviews", *keys[1:4], "of them found", *keys[5:]], rows)


def load_conversations(folder: Path) -> list[Document]:
    """Those that are asked."""
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as file:
        records = sorted((json.loads(line) for line in file), key=lambda record: str(record["id"]))
    chosen = [
        record
        for record in records
        if record["split"] in ("train", "choose") and CHARS[0] <= len(record["text"]) <= CHARS[1]
    ]
    return [
        Document.from_text(record["text"], doc_id=record["id"], title=record["title"]) for record in chosen[:DOCUMENTS]
    ]


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.each", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a set of conversations")
    parser.add_argument("--fast", action="store_true", help="the small reader alone")
    parser.add_argument("--note", help="what was asked of what, for the reader of the tables")
    add_save_argument(parser)
    arguments = parser.parse_args()
    embedder = SentenceEmbedder()
    reader = open_whole_reader(parser, embedder, fast=arguments.fast)
    records = measure(load_conversations(arguments.folder), QUESTIONS, embedder, reader)
    sys.stdout.write(f"{format_figures(records)}\n")
    if arguments.save:
        say(str(save_result("each-fast" if arguments.fast else "each", records, note=arguments.note)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
