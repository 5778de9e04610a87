"""Exact nearest neighbours in memory; the only importer of faiss."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedder import FloatArray


class VectorIndex:
    """A FAISS index over embeddings, by the row ids of the catalog that they were read from."""

    def __init__(self, rows: NDArray[np.int64], embeddings: FloatArray) -> None:
        """Index the embeddings of the catalog's rows.

        :param rows: row ids, ascending, shape `(n,)`.
        :param embeddings: float32, unit length, shape `(n, dim)`.
        :raises ValueError: when the shapes do not fit together.
        """
        if embeddings.ndim != 2 or len(rows) != len(embeddings):
            raise ValueError(
                f"embeddings have shape {embeddings.shape} for {len(rows)} rows, expected ({len(rows)}, dim)"
            )
        import faiss  # a native library: commands that only list an index do without

        self._faiss: Any = faiss
        self._rows = rows
        self._index = faiss.IndexFlatIP(embeddings.shape[1])
        self._index.add(np.ascontiguousarray(embeddings))

    def search(self, embedding: FloatArray, top_k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The `top_k` row ids with the highest cosine to `embedding` `(dim,)`, best first, ties by row id.

        :param rows: look at these only; None looks at all.
        :raises ValueError: when the width is not that of the index.
        """
        if embedding.shape != (self._index.d,):
            raise ValueError(f"the embedding has shape {embedding.shape}, expected ({self._index.d},)")
        top_k = min(top_k, len(self._rows) if rows is None else len(rows))
        if top_k <= 0:
            return []
        parameters = None
        if rows is not None:
            places = np.searchsorted(self._rows, np.asarray(rows, dtype=np.int64))
            parameters = self._faiss.SearchParameters(sel=self._faiss.IDSelectorBatch(places))
        scores, found = self._index.search(embedding.reshape(1, -1), top_k, params=parameters)
        # FAISS fills short results up with -1.
        hits = [
            (int(self._rows[place]), float(score))
            for place, score in zip(found[0], scores[0], strict=True)
            if place >= 0
        ]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))
