"""The same passages in a folder and in milvus-lite: `python -m tests.bench.milvus [--passages 100000] [--save]`.

They are those of `tests.bench.index_sizes`, and so are the questions. Prints Markdown. A server is measured with
`--url http://HOST:19530/NAME`, whose collections of that name are replaced.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from index import EVERYWHERE, PassageStore, SentenceEmbedder, SqliteStore, content_words
from index.milvus.store import MilvusStore
from qa.evaluation.table import format_rows
from tests.bench.index_sizes import make_entries, prepare
from tests.bench.result_files import add_save_argument, save_result

# At once, as when documents are added in batches: all in one would be a file's worth of memory.
_BATCH = 10_000


def measure(store: PassageStore, folder: Path | None, material: Path, size: int) -> dict[str, Any]:
    """Seconds to store `size` passages, megabytes in `folder`, and the medians of searches in milliseconds."""
    with np.load(material) as stored:
        texts, embeddings = stored["texts"].tolist(), stored["embeddings"]
        questions, asked = stored["questions"].tolist(), stored["asked"]
    identity = SentenceEmbedder().identity
    entries = list(make_entries(texts, embeddings, size))
    started = time.perf_counter()
    per_batch = max(1, _BATCH // len(entries[0].passages))
    for start in range(0, len(entries), per_batch):
        store.write(entries[start : start + per_batch], remove=(), identity=identity)
    stored_s = time.perf_counter() - started
    with store.reading() as view:
        nearest = [_time(partial(view.nearest, embedding, 10, EVERYWHERE)) for embedding in asked]
        matching = [_time(partial(view.matching, content_words(question), 50, EVERYWHERE)) for question in questions]
    mb = None if folder is None else sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    return {
        "passages": size,
        "stored_s": round(stored_s, 1),
        "mb": None if mb is None else round(mb),
        "nearest_ms": round(statistics.median(nearest), 1),
        "matching_ms": round(statistics.median(matching), 1),
    }


def format_figures(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """A Markdown table: a row a store."""
    headings = ["in", "passages", "seconds to store them", "MB", "nearest, median, ms", "matching by words, median, ms"]
    return format_rows(headings, [[name, *(str(value) for value in each.values())] for name, each in figures.items()])


def _time(search: Callable[[], object]) -> float:
    started = time.perf_counter()
    search()
    return 1000 * (time.perf_counter() - started)


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.milvus", description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--url", help="also a server")
    add_save_argument(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        material = Path(scratch) / "material.npz"
        prepare(material)
        folder, lite = Path(scratch) / "folder", Path(scratch) / "lite"
        lite.mkdir()
        stores: dict[str, tuple[PassageStore, Path | None]] = {
            "a folder": (SqliteStore(folder), folder),
            "milvus-lite": (MilvusStore(str(lite / "lite.db"), "sizes"), lite),
        }
        if arguments.url:
            stores["a Milvus server"] = (MilvusStore.from_url(arguments.url), None)
        figures = {name: measure(*store, material, arguments.passages) for name, store in stores.items()}
    sys.stdout.write(f"{format_figures(figures)}\n")
    if arguments.save:
        sys.stdout.write(f"{save_result('milvus', figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
