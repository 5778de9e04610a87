"""The vectors of one generation: exact search while that is quick, lists in a file for what is beyond."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.errors import IndexNotWritable
from index.sqlite.catalog import Catalog
from index.sqlite.catalog_view import CatalogView, Generation
from index.sqlite.faiss_index import ExactIndex, ListIndex
from index.sqlite.vector_file import VectorFile, find_vector_file, sweep, write_vector_file
from index.types import FloatArray

_log = logging.getLogger(__name__)

# Exact search of this many 384-dimensional embeddings takes about 4 ms, and to read them from the catalog less than to
# hash and map a file of them, so that up to here there is no file. `tests/bench/index_sizes.py` measures both.
EXACT_MAX = 50_000
# The lists rank by 8-bit codes and hold removed passages too: so many times more are taken from them, looked up in the
# catalog and scored with the embeddings that are there. Of a million vectors (see faiss_index.py) the codes rank
# 0.968 of the true ten among their first ten, 0.9997 of them among their first twenty, all among their first forty.
_OVERFETCH = 4
# Rebuild the lists when less than this share of them is still in the catalog.
_MIN_LIVE = 0.75
# The sample has this many times the root of their number: with 40 to a list that is 2,000 lists of 500 for a million.
# FAISS advises 4 to 16 times the root, but to make the centres takes time with the square of their number.
_SAMPLE_PER_ROOT = 80
_SEED = 6


@dataclass(frozen=True, slots=True)
class Vectors:
    """All vectors of `generation`: those up to `file.last_row` in `lists`, the rest (or all) in `exact`."""

    generation: Generation
    exact: ExactIndex
    file: VectorFile | None = None
    lists: ListIndex | None = None
    exact_max: int = EXACT_MAX

    def search(
        self, view: CatalogView, embedding: FloatArray, top_k: int, rows: Sequence[int] | None
    ) -> list[tuple[int, float]]:
        """The `top_k` row ids with the highest cosine to `embedding` `(dim,)`, best first, ties by row id.

        :param view: of the generation that these vectors are of.
        :param rows: look at these only, in ascending order; None looks at all.
        """
        hits = self.exact.search(embedding, top_k, rows)
        if self.lists is not None and self.file is not None and top_k > 0:
            last_row = self.file.last_row
            within = None if rows is None else [row for row in rows if row <= last_row]
            found = self._find_in_lists(self.lists, last_row, embedding, _OVERFETCH * top_k, within)
            hits += ExactIndex(*view.embeddings_at(found)).search(embedding, top_k)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:top_k]

    def _find_in_lists(
        self, lists: ListIndex, last_row: int, embedding: FloatArray, count: int, rows: Sequence[int] | None
    ) -> Sequence[int]:
        """Rows among which the nearest are: of `rows`, if these are given, else of all in the lists."""
        if rows is not None and len(rows) <= max(count, self.exact_max):
            return rows  # to find a few among many takes all lists; a few are quickly compared
        if count >= len(lists):
            return range(1, last_row + 1)
        return lists.search(embedding, count, rows)


def open_vectors(view: CatalogView, catalog: Catalog, exact_max: int, known: Vectors | None = None) -> Vectors:
    """The vectors of the generation of `view`; where the file for them is missing or damaged, it is derived.

    In a folder that cannot be written all are searched exactly, in memory.

    :param known: vectors of another generation, whose file may serve for this one too.
    """
    file = find_vector_file(catalog.path.parent, view)
    lists = _open(file, known)
    if lists is None and view.count_passages() > exact_max:
        file = _derive(view, catalog)
        lists = _open(file, None)
    if file is None or lists is None:
        return Vectors(view.generation(), ExactIndex(*view.embeddings()))
    return Vectors(view.generation(), ExactIndex(*view.embeddings(after=file.last_row)), file, lists, exact_max)


def derive_vectors(view: CatalogView, catalog: Catalog, exact_max: int) -> list[str]:
    """Make the file of vectors where it is needed and missing, old or damaged; what was wrong, a sentence each.

    A folder that cannot be written is left as it is: the file only makes a large index quick.
    """
    folder = catalog.path.parent
    noted = find_vector_file(folder, view)
    file = noted if noted is not None and noted.is_intact() else None
    if view.count_passages() <= exact_max:
        sweep(folder)
        return []
    if file is not None and not _is_old(file, view, exact_max):
        sweep(folder, keep=file.path)
        return []
    problems = []
    if file is None:
        damaged = noted is not None and os.path.lexists(noted.path)
        problems = [
            f"{noted.path} is not what was written" if damaged and noted else "there was no file of the vectors"
        ]
    _derive(view, catalog)
    return problems


def _open(file: VectorFile | None, known: Vectors | None) -> ListIndex | None:
    """What is in the file, None when that is not what was written."""
    if file is None:
        return None
    if known is not None and known.lists is not None and known.file == file:
        return known.lists  # its hash was checked when it was opened
    if file.is_intact():
        try:
            return ListIndex.open(file.path)
        except RuntimeError:
            _log.info("%s was taken away while it was opened", file.path)
    return None


def _derive(view: CatalogView, catalog: Catalog) -> VectorFile | None:
    """A new file of the vectors, noted in the catalog; None where it cannot be written, or there is a newer state.

    Then somebody has written meanwhile, and to derive is no longer this one's business.
    """
    folder, generation = catalog.path.parent, view.generation()
    try:
        if catalog.current_generation() != generation:
            return None
        file = write_vector_file(folder, generation, view.last_row(), lambda write: _build_lists(view).dump(write))
        if not catalog.note_vector_file(file.path.name, generation):
            file.path.unlink(missing_ok=True)
            return None
    except (OSError, IndexNotWritable) as error:
        _log.info("the vectors are not kept in a file: %s", error)
        return None
    sweep(folder, keep=file.path)
    return file


def _is_old(file: VectorFile, view: CatalogView, exact_max: int) -> bool:
    live = view.count_passages(up_to=file.last_row)
    if view.count_passages() - live > exact_max:
        return True
    return live < _MIN_LIVE * len(ListIndex.open(file.path))


def _build_lists(view: CatalogView) -> ListIndex:
    rows = view.rows()
    sample_count = min(len(rows), int(_SAMPLE_PER_ROOT * len(rows) ** 0.5))
    some = np.random.default_rng(_SEED).choice(rows, sample_count, replace=False)
    _, sample = view.embeddings_at(some.tolist())
    return ListIndex.build(view.embedding_batches(), sample)
