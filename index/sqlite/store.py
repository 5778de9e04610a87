"""The store on one machine: a folder with the SQLite catalog, and vectors derived from it."""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from corpus import Conditions, Corrections, Overlay, Passage
from index.corrected_view import show_all, show_view
from index.embedding import EmbedderIdentity
from index.errors import IndexDamaged, IndexIncompatible, IndexNotFound, IndexNotWritable
from index.sqlite.catalog import Catalog
from index.sqlite.catalog_view import CatalogView
from index.sqlite.overlay_files import OverlayFiles
from index.sqlite.vector_search import EXACT_MAX, Vectors, derive_vectors, open_vectors
from index.sqlite.write_lock import hold_write_lock
from index.store import Entry, PassageView, Scope, StoredView
from index.types import FloatArray

__all__ = ["SqliteStore"]

_log = logging.getLogger(__name__)

CATALOG_NAME = "catalog.sqlite3"
# How long a writer waits for another one to finish.
LOCK_TIMEOUT_S = 30.0


class SqliteStore:
    """A `PassageStore` in a folder.

    The catalog is the truth. Vectors are read from it, or from a file that was derived from it, when first needed and
    again when another generation has been written, so that they can be neither lost nor stale.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        exact_max: int = EXACT_MAX,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        """Open the folder; nothing is read yet.

        :param exact_max: search up to this many passages exactly, what is beyond them in lists.
        :param lock_timeout_s: how long to wait for another writer.
        :param today: the day, in UTC, by which embargoes go.
        """
        self.folder = Path(folder)
        self._exact_max = exact_max
        self._lock_timeout_s = lock_timeout_s
        self._catalog = Catalog(self.folder / CATALOG_NAME)
        self._files = OverlayFiles(self.folder)
        self._today = today
        self._lock = threading.Lock()
        self._vectors: Vectors | None = None

    @contextmanager
    def reading(self) -> Iterator[PassageView]:
        """See `PassageStore.reading`."""
        overlay = self._files.read()
        with self._catalog.reading() as catalog:
            if catalog.has_conditions():
                self._files.require_conditions()
            yield show_view(SqliteView(catalog, self), overlay, self._today())

    @contextmanager
    def reading_stored(self) -> Iterator[StoredView]:
        """See `PassageStore.reading_stored`."""
        corrections = self.corrections()
        with self._catalog.reading(afresh=True) as catalog:
            yield show_all(SqliteView(catalog, self), Overlay(corrections))

    def corrections(self) -> Corrections:
        """See `PassageStore.corrections`."""
        return self._files.corrections.read()

    def keep_corrections(self, corrections: Corrections) -> None:
        """See `PassageStore.keep_corrections`."""
        self._files.corrections.write(corrections)

    def conditions(self) -> Conditions:
        """See `PassageStore.conditions`."""
        conditions = self._files.conditions.read()
        try:
            with self._catalog.reading() as catalog:
                noted = catalog.has_conditions()
        except (IndexNotFound, IndexIncompatible, IndexDamaged):
            noted = False  # nothing is shown of what cannot be read
        if noted:
            self._files.require_conditions()
        return conditions

    def keep_conditions(self, conditions: Conditions) -> None:
        """See `PassageStore.keep_conditions`; that there are some is noted in the catalog too, for ever."""
        self._files.conditions.write(conditions)
        with self._catalog.repairing() as catalog:
            catalog.note_conditions()

    def reading_catalog(self) -> AbstractContextManager[CatalogView]:
        """The catalog alone, for looking at what is stored without searching it."""
        return self._catalog.reading()

    def writing(self) -> AbstractContextManager[None]:
        """See `PassageStore.writing`."""
        return hold_write_lock(self.folder, self._lock_timeout_s)

    def write(
        self,
        entries: Sequence[Entry],
        *,
        remove: Collection[str],
        identity: EmbedderIdentity,
        replace_all: bool = False,
    ) -> None:
        """See `PassageStore.write`."""
        self._catalog.write(entries, remove=remove, identity=identity, replace_all=replace_all)
        if replace_all and self._files.conditions.path.exists():
            with self._catalog.repairing() as catalog:
                catalog.note_conditions()
        with self.reading_catalog() as view:
            derive_vectors(view, self._catalog, self._exact_max)

    def require(self, identity: EmbedderIdentity) -> None:
        """See `PassageStore.require`."""
        with self._catalog.reading() as view:
            self._catalog.check_identity(view, identity)

    def file_problems(self) -> list[str]:
        """See `PassageStore.file_problems`: what SQLite's own check finds, and what is not as it was written."""
        with self._catalog.reading(afresh=True) as view:
            damage = [f"the catalog's file is damaged: {problem}" for problem in view.integrity_problems()]
            return [*damage, *view.entry_problems()]

    def repair(self) -> list[str]:
        """See `PassageStore.repair`: the index of words, and the file of vectors."""
        with self._catalog.reading() as view:
            problems = view.words_problems()
        if problems:
            try:
                with self.writing(), self._catalog.repairing() as view:
                    view.rebuild_words()
            except IndexNotWritable as error:
                raise IndexNotWritable(f"{problems[0]}; it is not made again, since {error}") from error
        try:
            with self.writing(), self._catalog.reading() as view:
                return [*problems, *derive_vectors(view, self._catalog, self._exact_max)]
        except IndexNotWritable as error:
            _log.info("the file of vectors was not looked at: %s", error)  # it only makes a large index quick
            return problems

    def vectors_of(self, view: CatalogView) -> Vectors:
        """The vectors of the generation that `view` sees."""
        generation = view.generation()
        with self._lock:
            known = self._vectors
            if known is not None and known.generation == generation:
                return known
            vectors = open_vectors(view, self._catalog, self._exact_max, known)
            # A reader of an old generation must not take the new one from the others.
            if known is None or known.generation.lineage != generation.lineage or known.generation < generation:
                self._vectors = vectors
            return vectors


class SqliteView(CatalogView):
    """One state of a `SqliteStore`, see `PassageView`: the catalog's, and the vectors derived from it."""

    def __init__(self, view: CatalogView, store: SqliteStore) -> None:
        super().__init__(view.connection)
        self._store = store

    def nearest(self, embedding: FloatArray, top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.nearest`."""
        hits = self._store.vectors_of(self).search(self, embedding, top_k, self.rows_in(scope))
        passages = self.passages([row for row, _ in hits])
        return [(passage, score) for passage, (_, score) in zip(passages, hits, strict=True)]

    def around(
        self, embedding: FloatArray, doc_id: str, start: int, reach: int, speakers: frozenset[str] | None
    ) -> list[tuple[Passage, float]]:
        """See `PassageView.around`."""
        rows = self.rows_around(doc_id, start, reach, speakers)
        _, embeddings = self.embeddings_at(rows)
        return list(zip(self.passages(rows), (embeddings @ embedding).tolist(), strict=True))
