"""A store that is being made: readers wait until it is there."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from corpus import Conditions, Corrections
from index.embedding import EmbedderIdentity
from index.errors import IndexingError
from index.store import Entry, PassageStore, PassageView, StoredView


class PendingStore:
    """A `PassageStore` around one in which nothing is stored yet; everything waits until `make` has ended.

    When making it failed, everybody who waits gets the error, and so do those who come later.
    """

    def __init__(self, store: PassageStore) -> None:
        self._store = store
        self._made = threading.Event()
        self._error: IndexingError | None = None

    @property
    def is_made(self) -> bool:
        """Whether nobody waits any more."""
        return self._made.is_set()

    def make(self, build: Callable[[], object]) -> None:
        """Call `build`, which makes the index, and let in those who wait; called once.

        :raises IndexingError: as `build` does.
        """
        try:
            build()
        except IndexingError as error:
            self._error = error
            raise
        except BaseException:
            self._error = IndexingError("the index could not be made; the log of the server says why")
            raise
        finally:
            self._made.set()

    @contextmanager
    def reading(self) -> Iterator[PassageView]:
        """See `PassageStore.reading`."""
        with self._wait().reading() as view:
            yield view

    @contextmanager
    def reading_stored(self) -> Iterator[StoredView]:
        """See `PassageStore.reading_stored`."""
        with self._wait().reading_stored() as view:
            yield view

    def writing(self) -> AbstractContextManager[None]:
        """See `PassageStore.writing`."""
        return self._wait().writing()

    def write(
        self,
        entries: Sequence[Entry],
        *,
        remove: Collection[str],
        identity: EmbedderIdentity,
        replace_all: bool = False,
    ) -> None:
        """See `PassageStore.write`."""
        self._wait().write(entries, remove=remove, identity=identity, replace_all=replace_all)

    def require(self, identity: EmbedderIdentity) -> None:
        """See `PassageStore.require`; what is still to be made will be made by the embedder in use."""
        if self._made.is_set():
            self._wait().require(identity)

    def corrections(self) -> Corrections:
        """See `PassageStore.corrections`."""
        return self._wait().corrections()

    def keep_corrections(self, corrections: Corrections) -> None:
        """See `PassageStore.keep_corrections`."""
        self._wait().keep_corrections(corrections)

    def conditions(self) -> Conditions:
        """See `PassageStore.conditions`."""
        return self._wait().conditions()

    def keep_conditions(self, conditions: Conditions) -> None:
        """See `PassageStore.keep_conditions`."""
        self._wait().keep_conditions(conditions)

    def file_problems(self) -> list[str]:
        """See `PassageStore.file_problems`."""
        return self._wait().file_problems()

    def repair(self) -> list[str]:
        """See `PassageStore.repair`."""
        return self._wait().repair()

    def _wait(self) -> PassageStore:
        self._made.wait()
        if self._error is not None:
            # The same words in an error of its own: one that is raised in several threads grows their tracebacks.
            raise type(self._error)(str(self._error))
        return self._store
