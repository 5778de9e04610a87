"""Nearest neighbours: exact in memory, or approximate in lists; the only importer of faiss."""

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from index.types import FloatArray

if TYPE_CHECKING:
    import faiss

Rows = NDArray[np.int64]
# Rows of the catalog and their embeddings, `(n,)` and `(n, dim)`.
VectorBatch = tuple[Rows, FloatArray]

# Of how many embeddings of the sample one centre is made: FAISS warns of fewer than 39.
_SAMPLE_PER_LIST = 40
# How many lists a question looks into is the smallest power of two that is enough for the trials; the file records it.
# The trials are sums of six embeddings: like questions these lie far from all passages, while noisy passages and sums
# of two are far easier to find. Recall@10 with 32, 64, 128, 256 of 632 lists of a hundred thousand vectors (2,294 real
# ones with seeded noise): 0.94, 0.97, 0.99, 1.00 for these; 0.96, 0.98, 0.98, 0.99 for the 286 questions of tests/eval.
# A few questions are found last of all, so that for 0.98 of their best ten the trials must reach more: at 0.99 another
# sample for the centres brought the questions down to 0.974, at 0.998 three samples of three kept them above 0.99.
_TRIAL_RECALL = 0.998
_TRIAL_COUNT = 300
_TRIAL_PARTS = 6
_TRIAL_FOUND = 40
# The lists that are looked into hold at least this many times what is asked for: it is the nearest of something.
_ROOM = 8
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

        :param rows: look at these only; None looks at all. Those that are not here are left out.
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
            positions = np.flatnonzero(np.isin(self._rows, np.asarray(rows, dtype=np.int64)))
            parameters = self._faiss.SearchParameters(sel=self._faiss.IDSelectorBatch(positions))
        scores, found = self._index.search(embedding.reshape(1, -1), top_k, params=parameters)
        # FAISS fills short results up with -1.
        hits = [
            (int(self._rows[position]), float(score))
            for position, score in zip(found[0], scores[0], strict=True)
            if position >= 0
        ]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


class ListIndex:
    """A FAISS index (IVF over 8-bit codes) that compares the embeddings in the lists nearest to a question only."""

    def __init__(self, index: "faiss.IndexIVFScalarQuantizer") -> None:
        self._faiss = _import_faiss()
        self._index = index

    @classmethod
    def build(cls, batches: Iterable[VectorBatch], sample: FloatArray) -> Self:
        """An index of all embeddings in `batches`.

        :param sample: some of them, `(n, dim)`, from all over: the centres of the lists, the range of the codes and the
            number of lists to look into are taken from these.
        """
        faiss = _import_faiss()
        dim, list_count = sample.shape[1], max(1, len(sample) // _SAMPLE_PER_LIST)
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dim), dim, list_count, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        index.cp.spherical = True  # all embeddings are of length 1: a centre is a direction
        index.train(sample)
        parts = np.random.default_rng(_SEED).integers(0, len(sample), (_TRIAL_COUNT, _TRIAL_PARTS))
        trials = sample[parts].sum(axis=1)
        best = TrueBest(trials, 10)
        for rows, embeddings in batches:
            index.add_with_ids(np.ascontiguousarray(embeddings), rows)
            best.add(rows, embeddings)
        while index.nprobe < list_count and best.recall(index.search(trials, _TRIAL_FOUND)[1]) < _TRIAL_RECALL:
            index.nprobe *= 2
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The index that was dumped into the file at `path`, mapped into memory and read as it is needed."""
        faiss = _import_faiss()
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def dump(self, write: Callable[[bytes], int]) -> None:
        """The index in FAISS's own format, piece by piece."""
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
        looked_at = max(self._index.nprobe * len(self) // self._index.nlist, _ROOM * count)
        sought, selector = len(self), None
        if rows is not None:
            sought, selector = len(rows), self._faiss.IDSelectorBatch(np.asarray(rows, dtype=np.int64))
        # The fewer are sought, the more lists hold as many of them; FAISS looks into all where there are not so many.
        list_count = math.ceil(looked_at * self._index.nlist / max(1, sought))
        parameters = self._faiss.SearchParametersIVF(nprobe=list_count, sel=selector)
        _, found = self._index.search(embedding.reshape(1, -1), count, params=parameters)
        return [int(row) for row in found[0] if row >= 0]


class TrueBest:
    """The true best rows of some queries, best first in `rows` `(queries, count)`, over all that is seen."""

    def __init__(self, queries: FloatArray, count: int) -> None:
        self._queries = queries
        self._count = count
        self._scores = np.zeros((len(queries), 0), dtype=np.float32)
        self.rows = np.zeros((len(queries), 0), dtype=np.int64)

    def add(self, rows: Rows, embeddings: FloatArray) -> None:
        """Compare with another batch."""
        scores = np.hstack([self._scores, self._queries @ embeddings.T])
        all_rows = np.hstack([self.rows, np.broadcast_to(rows, (len(self._queries), len(rows)))])
        # To sort the few that are kept, not all, takes a fiftieth of the time.
        best = np.argpartition(-scores, min(self._count, scores.shape[1]) - 1, axis=1)[:, : self._count]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        best = np.take_along_axis(best, order, axis=1)
        self._scores = np.take_along_axis(scores, best, axis=1)
        self.rows = np.take_along_axis(all_rows, best, axis=1)

    def recall(self, found: Rows) -> float:
        """The share of the true best rows that are among `found` `(queries, k)`."""
        return float(np.mean([np.isin(true, some).mean() for true, some in zip(self.rows, found, strict=True)]))


def _import_faiss() -> ModuleType:
    import faiss  # a native library: commands that only list an index do without

    return faiss
