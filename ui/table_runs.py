"""Tables that are being asked: each in a thread of its own, so that it goes on when the page is closed."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from qa.tables.table import Cell
from ui.shelves import UploadRefused

# At once, whoever they belong to: each takes a processor for minutes, and whoever asks in the chat wants one too.
MAX_RUNS = 2
# What came of those that have ended is kept for pages that are still to fetch it.
_MAX_ENDED = 20

FoundCell = tuple[str, Cell]


@dataclass(slots=True)
class TableRun:
    """One run: what has been found in it so far, each question with its cell, and how it ended.

    `problem` says in a sentence why it ended before its end, "" where it did not.
    """

    path: Path
    person: str
    found: list[FoundCell] = field(default_factory=list)
    problem: str = ""
    halted: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_running(self) -> bool:
        """Whether it is still being asked."""
        return not self.ended.is_set()

    def note(self, question: str, cell: Cell) -> None:
        """Keep what was found for pages that follow."""
        self.found.append((question, cell))


class TableRuns:
    """All of them, by the file of their table; safe to call from several threads."""

    def __init__(self, limit: int = MAX_RUNS) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._runs: OrderedDict[Path, TableRun] = OrderedDict()

    def start(
        self,
        path: Path,
        person: str,
        work: Callable[[TableRun], object],
        *,
        mendable: tuple[type[Exception], ...],
        fault: str,
    ) -> TableRun:
        """Begin a run, or give the one that asks this table already.

        :param work: asks until `halted` is set, and tells what it finds.
        :param mendable: errors whose message is for the person; of any other they are told `fault`.
        :raises UploadRefused: when the person has another one, or too many are asked by all.
        """
        with self._lock:
            before = self._runs.get(path)
            if before is not None and before.is_running:
                return before
            self._require_room(person)
            run = TableRun(path, person)
            self._runs.pop(path, None)
            self._runs[path] = run
            self._drop_ended()
        threading.Thread(target=_run, args=(run, work, mendable, fault), daemon=True, name="table").start()
        return run

    def require_room(self, person: str) -> None:
        """See to it that a run of this person's could begin now; raises as `start`."""
        with self._lock:
            self._require_room(person)

    def _require_room(self, person: str) -> None:
        running = [run for run in self._runs.values() if run.is_running]
        if any(run.person == person for run in running):
            raise UploadRefused("another table of yours is being asked; wait until it is done, or stop it")
        if len(running) >= self._limit:
            raise UploadRefused("as many tables as this server takes are being asked just now; try again later")

    def find(self, path: Path) -> TableRun | None:
        """The last run of this table; None where it was not asked since the program began, or long ago."""
        with self._lock:
            return self._runs.get(path)

    def is_running(self, path: Path) -> bool:
        """Whether it is being asked."""
        run = self.find(path)
        return run is not None and run.is_running

    def stop(self, path: Path) -> None:
        """Let the run end after the cell that is being asked."""
        run = self.find(path)
        if run is not None:
            run.halted.set()

    def _drop_ended(self) -> None:
        ended: Collection[Path] = [path for path, run in self._runs.items() if not run.is_running]
        for path in list(ended)[: max(0, len(ended) - _MAX_ENDED)]:
            del self._runs[path]


def _run(run: TableRun, work: Callable[[TableRun], object], mendable: tuple[type[Exception], ...], fault: str) -> None:
    try:
        work(run)
    except mendable as error:
        run.problem = str(error)
    except Exception:
        logging.getLogger(__name__).exception("the table %s was not asked to its end", run.path.stem)
        run.problem = fault
    finally:
        run.ended.set()
