"""The store on one machine: a folder with the SQLite catalog, and FAISS derived from it in memory."""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from corpus import Document, Passage
from index.catalog import Catalog, check_identity
from index.catalog_view import CatalogView, Generation
from index.embedder import EmbedderIdentity, FloatArray
from index.lock import hold
from index.store import DocumentInfo, Entry, Scope
from index.vectors import VectorIndex

CATALOG_NAME = "catalog.sqlite3"
# How long a writer waits for another one to finish.
LOCK_TIMEOUT_S = 30.0


class LocalStore:
    """A `PassageStore` in a folder.

    The vectors are read from the catalog when first needed and again when another generation has been written, so that
    they can be neither lost nor stale.
    """

    def __init__(self, folder: str | Path, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        self.folder = Path(folder)
        self._lock_timeout_s = lock_timeout_s
        self._catalog = Catalog(self.folder / CATALOG_NAME)
        self._lock = threading.Lock()
        self._vectors: tuple[Generation, VectorIndex] | None = None

    @contextmanager
    def reading(self) -> Iterator["LocalView"]:
        """See `PassageStore.reading`."""
        with self._catalog.reading() as view:
            yield LocalView(view, self)

    def reading_catalog(self) -> AbstractContextManager[CatalogView]:
        """The catalog alone, for looking at what is stored without searching it."""
        return self._catalog.reading()

    def repairing_catalog(self) -> AbstractContextManager[CatalogView]:
        """The catalog alone, for making again what it derives."""
        return self._catalog.repairing()

    def writing(self) -> AbstractContextManager[None]:
        """See `PassageStore.writing`."""
        return hold(self.folder, self._lock_timeout_s)

    def write(
        self, entries: Sequence[Entry], *, remove: Collection[str], identity: EmbedderIdentity, anew: bool = False
    ) -> None:
        """See `PassageStore.write`."""
        self._catalog.write(entries, remove=remove, identity=identity, anew=anew)

    def require(self, identity: EmbedderIdentity) -> None:
        """See `PassageStore.require`."""
        with self._catalog.reading() as view:
            check_identity(view, identity, self.folder)

    def vectors_of(self, view: CatalogView) -> VectorIndex:
        """The FAISS index of the generation that `view` sees."""
        generation = view.generation()
        with self._lock:
            if self._vectors is None or self._vectors[0] != generation:
                self._vectors = (generation, VectorIndex(*view.embeddings()))
            return self._vectors[1]


class LocalView:
    """One state of a `LocalStore`; see `PassageView`."""

    def __init__(self, view: CatalogView, store: LocalStore) -> None:
        self._view = view
        self._store = store

    def nearest(self, embedding: FloatArray, top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.nearest`."""
        hits = self._store.vectors_of(self._view).search(embedding, top_k, self._view.rows_in(scope))
        passages = self._view.passages([row for row, _ in hits])
        return [(passage, score) for passage, (_, score) in zip(passages, hits, strict=True)]

    def matching(self, words: Sequence[str], top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.matching`."""
        return self._view.matching(words, top_k, scope)

    def document(self, doc_id: str) -> Document:
        """See `PassageView.document`."""
        return self._view.document(doc_id)

    def entry(self, doc_id: str) -> Entry:
        """See `PassageView.entry`."""
        return self._view.entry(doc_id)

    def documents(self) -> list[DocumentInfo]:
        """See `PassageView.documents`."""
        return self._view.documents()
