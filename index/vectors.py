"""Nearest neighbours: exact in memory, or approximate in a graph; the only importer of faiss."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from index.aliases import FloatArray

if TYPE_CHECKING:
    import faiss

Rows = NDArray[np.int64]
# Rows of the catalog and their embeddings, `(n,)` and `(n, dim)`.
Batch = tuple[Rows, FloatArray]

# Malkov and Yashunin (2018), section 4.1: M from 5 to 48, the higher the dimension the more.
_LINKS = 32
_BUILD_DEPTH = 80
# The shallowest search that finds 98 of 100 of the true best ten is recorded with the graph. It is tried with
# embeddings that lean towards another one: these are as hard to find as real questions, which lie far from all
# passages, while noisy passages are far easier. On 60 thousand vectors (3,308 real ones with seeded noise) recall@10 at
# the first four depths was 0.92, 0.97, 0.99, 0.99 for these, and 0.91, 0.97, 0.99, 1.00 for the 286 questions of
# tests/eval.
_SEARCH_DEPTHS = (64, 128, 256, 512, 1024)
_MIN_RECALL = 0.98
_TRIAL_COUNT = 300
_TRIAL_LEAN = 0.65
_SEED = 6


class ExactIndex:
    """A FAISS index over embeddings that compares them all, by the row ids of the catalog that they were read from."""

    def __init__(self, rows: Rows, embeddings: FloatArray) -> None:
        """Index the embeddings of the catalog's rows.

        :param rows: row ids, ascending, shape `(n,)`.
        :param embeddings: float32, unit length, shape `(n, dim)`.
        :raises ValueError: when the shapes do not fit together.
        """
        if embeddings.ndim != 2 or len(rows) != len(embeddings):
            raise ValueError(
                f"embeddings have shape {embeddings.shape} for {len(rows)} rows, expected ({len(rows)}, dim)"
            )
        self._faiss = _import_faiss()
        self._rows = rows
        self._index = self._faiss.IndexFlatIP(embeddings.shape[1])
        self._index.add(np.ascontiguousarray(embeddings))

    def search(self, embedding: FloatArray, top_k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The `top_k` row ids with the highest cosine to `embedding` `(dim,)`, best first, ties by row id.

        :param rows: look at these only; None looks at all. Those that are not here are passed over.
        :raises ValueError: when the width is not that of the index.
        """
        if not len(self._rows):
            return []
        if embedding.shape != (self._index.d,):
            raise ValueError(f"the embedding has shape {embedding.shape}, expected ({self._index.d},)")
        top_k = min(top_k, len(self._rows) if rows is None else len(rows))
        if top_k <= 0:
            return []
        parameters = None
        if rows is not None:
            places = np.flatnonzero(np.isin(self._rows, np.asarray(rows, dtype=np.int64)))
            parameters = self._faiss.SearchParameters(sel=self._faiss.IDSelectorBatch(places))
        scores, found = self._index.search(embedding.reshape(1, -1), top_k, params=parameters)
        # FAISS fills short results up with -1.
        hits = [
            (int(self._rows[place]), float(score))
            for place, score in zip(found[0], scores[0], strict=True)
            if place >= 0
        ]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


class GraphIndex:
    """A FAISS graph (HNSW over 8-bit codes): finds most of the best without comparing them all."""

    def __init__(self, index: "faiss.IndexIDMap") -> None:
        self._faiss = _import_faiss()
        self._index = index
        self._depth = int(self._faiss.downcast_index(index.index).hnsw.efSearch)

    @classmethod
    def build(cls, batches: Iterable[Batch], sample: FloatArray) -> Self:
        """A graph of all embeddings in `batches`.

        :param sample: some of them, `(n, dim)`, from all over: the range of the codes and the depth of the search are
            taken from these.
        """
        faiss = _import_faiss()
        graph = faiss.IndexHNSWSQ(sample.shape[1], faiss.ScalarQuantizer.QT_8bit, _LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = _BUILD_DEPTH
        graph.train(sample)
        index = faiss.IndexIDMap(graph)
        pairs = np.random.default_rng(_SEED).integers(0, len(sample), (_TRIAL_COUNT, 2))
        trials = sample[pairs[:, 0]] + np.float32(_TRIAL_LEAN) * sample[pairs[:, 1]]
        best = TrueBest(trials, 10)
        for rows, embeddings in batches:
            index.add_with_ids(np.ascontiguousarray(embeddings), rows)
            best.see(rows, embeddings)
        for depth in _SEARCH_DEPTHS:
            graph.hnsw.efSearch = depth
            _, found = index.search(trials, 40)
            if best.recall(found) >= _MIN_RECALL:
                break
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The graph that was dumped into the file at `path`, mapped into memory and read as it is needed."""
        faiss = _import_faiss()
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def dump(self, write: Callable[[bytes], int]) -> None:
        """The graph in FAISS's own format, piece by piece."""
        self._faiss.write_index(self._index, self._faiss.PyCallbackIOWriter(write))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, embedding: FloatArray, count: int, rows: Sequence[int] | None = None) -> list[int]:
        """About the `count` row ids nearest to `embedding` `(dim,)`, in no order that matters.

        :param rows: look for these only; None looks for all.
        :raises ValueError: when the width is not that of the index.
        """
        if embedding.shape != (self._index.d,):
            raise ValueError(f"the embedding has shape {embedding.shape}, expected ({self._index.d},)")
        depth, selector = self._depth, None
        if rows is not None:
            depth = min(8 * depth, depth * len(self) // max(1, len(rows)))
            selector = self._faiss.IDSelectorBatch(np.asarray(rows, dtype=np.int64))
        parameters = self._faiss.SearchParametersHNSW(efSearch=max(depth, count), sel=selector)
        _, found = self._index.search(embedding.reshape(1, -1), count, params=parameters)
        return [int(row) for row in found[0] if row >= 0]


class TrueBest:
    """The true best rows of some queries, best first in `rows` `(queries, count)`, over all that is seen."""

    def __init__(self, queries: FloatArray, count: int) -> None:
        self._queries = queries
        self._count = count
        self._scores = np.zeros((len(queries), 0), dtype=np.float32)
        self.rows = np.zeros((len(queries), 0), dtype=np.int64)

    def see(self, rows: Rows, embeddings: FloatArray) -> None:
        """Compare with another batch."""
        scores = np.hstack([self._scores, self._queries @ embeddings.T])
        all_rows = np.hstack([self.rows, np.broadcast_to(rows, (len(self._queries), len(rows)))])
        best = np.argsort(-scores, axis=1, kind="stable")[:, : self._count]
        self._scores = np.take_along_axis(scores, best, axis=1)
        self.rows = np.take_along_axis(all_rows, best, axis=1)

    def recall(self, found: Rows) -> float:
        """The share of the true best rows that are among `found` `(queries, k)`."""
        return float(np.mean([np.isin(true, some).mean() for true, some in zip(self.rows, found, strict=True)]))


def _import_faiss() -> ModuleType:
    import faiss  # a native library: commands that only list an index do without

    return faiss
