"""Work that tells how far it is, followed step by step: for a page that shows it in words."""

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from index import Progress

T = TypeVar("T")


class Working(Generic[T]):
    """Work in a thread of its own, done once; iterated, it gives how much is done, of how much, until it ends.

    What comes faster than it is taken is passed over, but for the newest. Whoever stops iterating lets it end alone.
    """

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self._told: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
        threads = ThreadPoolExecutor(1, "working")
        self._future: Future[T] = threads.submit(work, lambda done, total: self._told.put((done, total)))
        self._future.add_done_callback(lambda _: self._told.put(None))
        threads.shutdown(wait=False)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        while (step := self._told.get()) is not None:
            if self._told.empty():
                yield step

    def result(self) -> T:
        """What came of it, waited for; what it raised is raised here."""
        return self._future.result()
