"""The vectors of one generation: exact search while that is quick, lists in a file for what is beyond."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.sqlite.catalog_view import CatalogView, Generation
from index.sqlite.faiss_index import ExactIndex, ListIndex
from index.sqlite.vector_file import VectorFile, find_vector_files, sweep, write_vector_file
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


def open_vectors(view: CatalogView, folder: Path, exact_max: int, known: Vectors | None = None) -> Vectors:
    """The vectors of the generation of `view`; where the file for them is missing or damaged, it is derived.

    In a folder that cannot be written all are searched exactly, in memory.

    :param known: vectors of another generation, whose file may serve for this one too.
    """
    generation = view.generation()
    files = find_vector_files(folder, generation.lineage)
    older = [file for file in files if file.generation <= generation]
    found = _open_first(older, known)
    # A file that is newer than the view: another process has written meanwhile, and derives what is needed.
    if found is None and len(older) == len(files) and view.count_passages() > exact_max:
        derive_vectors(view, folder, exact_max)
        found = _open_first(find_vector_files(folder, generation.lineage), None)
    if found is None:
        return Vectors(generation, ExactIndex(*view.embeddings()))
    file, lists = found
    return Vectors(generation, ExactIndex(*view.embeddings(after=file.last_row)), file, lists, exact_max)


def _open_first(files: Sequence[VectorFile], known: Vectors | None) -> tuple[VectorFile, ListIndex] | None:
    for file in files:
        if known is not None and known.lists is not None and known.file == file:
            return file, known.lists  # its hash was checked when it was opened
        if file.is_intact():
            try:
                return file, ListIndex.open(file.path)
            except RuntimeError:
                _log.info("%s was deleted while it was opened", file.path)
    return None


def derive_vectors(view: CatalogView, folder: Path, exact_max: int) -> list[str]:
    """Make the file of vectors where it is needed and missing, old or damaged; what was wrong, a sentence each.

    A folder that cannot be written is left as it is: the file only makes a large index quick.
    """
    generation = view.generation()
    files = find_vector_files(folder, generation.lineage)
    intact = [file for file in files if file.is_intact()]
    problems = [f"{file.path} is not what was written" for file in files if file not in intact]
    file = intact[0] if intact else None
    if file is not None and file.generation > generation:
        return problems
    if view.count_passages() <= exact_max:
        sweep(folder)
    elif file is None or _is_old(file, view, exact_max):
        problems = problems or ([] if files else ["there was no file of the vectors"])
        try:
            write_vector_file(folder, generation, view.last_row(), lambda write: _build_lists(view).dump(write))
        except OSError as error:
            _log.info("the vectors are not kept in a file: %s", error)
    return problems


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
