"""The transcripts that visitors brought: which of them are kept, how many, and whose go when there is no more room."""

import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from qa import QA
from ui.callers import holds_token

# Beyond this many, somebody's transcripts go, or no more are taken. Who is known by a token alone may come again and
# again under new ones, so these have a number of their own and cannot take the places of visitors of the page.
MAX_SHELVES = 150
MAX_TOKENS = 50
# Characters of all transcripts of a visitor, and of all visitors: an index takes about ten bytes for each.
MAX_SHELF_CHARS = 20_000_000
MAX_TOTAL_CHARS = 100_000_000
# Whoever has asked something within this time keeps what they brought, whoever else comes.
IDLE_S = 60 * 60.0
# Who has left, and has not asked anything since, comes back to what they brought within this time.
AWAY_S = 60 * 60.0
# Texts of together more characters than this are embedded one after the other, so that small ones need not wait.
LARGE_CHARS = 500_000
MAX_LARGE_WAITING = 3
_MAX_REMEMBERED = 1_000


class UploadRefused(Exception):
    """Something that the visitor cannot do with their transcripts; the message says why and what to do."""


@dataclass(slots=True)
class Shelf:
    """A visitor's transcripts: what asks them, where they lie, and the characters of each by its `doc_id`."""

    qa: QA
    folder: Path
    sizes: dict[str, int]
    used_at: float = field(default=0.0)

    @property
    def chars(self) -> int:
        """How many characters they have together."""
        return sum(self.sizes.values())


class Shelves:
    """All of them, by visitor, the one used longest ago first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Shelf] = OrderedDict()
        self._changing: set[str] = set()
        self._evicted: OrderedDict[str, None] = OrderedDict()
        self._leaving: dict[str, threading.Timer] = {}
        self._large = threading.Lock()
        self._large_waiting = threading.BoundedSemaphore(1 + MAX_LARGE_WAITING)

    def get(self, visitor: str) -> Shelf | None:
        """The visitor's, used now; None when they have none."""
        with self._lock:
            shelf = self._held.get(visitor)
            if shelf is not None:
                shelf.used_at = self._clock()
                self._held.move_to_end(visitor)
            return shelf

    def remove(self, visitor: str) -> None:
        """Delete the visitor's."""
        with self._lock:
            shelf = self._held.pop(visitor, None)
        if shelf is not None:
            shutil.rmtree(shelf.folder, ignore_errors=True)

    def leave(self, visitor: str) -> None:
        """Delete the visitor's after `AWAY_S`, unless they have used them by then."""
        with self._lock:
            before = self._leaving.pop(visitor, None)
            if before is not None:
                before.cancel()
            if visitor not in self._held:
                return
            timer = threading.Timer(AWAY_S, self.remove_unused, (visitor, self._clock()))
            timer.daemon = True
            self._leaving[visitor] = timer
            timer.start()

    def remove_unused(self, visitor: str, since: float) -> None:
        """Delete the visitor's when they were not used after `since`, a time of the clock."""
        with self._lock:
            self._leaving.pop(visitor, None)
            shelf = self._held.get(visitor)
            if shelf is None or shelf.used_at > since or visitor in self._changing:
                return
            del self._held[visitor]
            self._note_removal(visitor)
        shutil.rmtree(shelf.folder, ignore_errors=True)

    def _note_removal(self, visitor: str) -> None:
        self._evicted[visitor] = None
        if len(self._evicted) > _MAX_REMEMBERED:
            self._evicted.popitem(last=False)

    def take_notice(self, visitor: str) -> bool:
        """Whether the visitor's were removed for others since this was asked last."""
        with self._lock:
            return self._evicted.pop(visitor, False) is None

    @contextmanager
    def changing(self, visitor: str, chars: int) -> Iterator[None]:
        """While a visitor's transcripts are changed: one change at a time, and one large one among all visitors.

        :param chars: of what is to be embedded.
        :raises UploadRefused: when there is a change already, or when too many large ones wait.
        """
        with self._lock:
            if visitor in self._changing:
                raise UploadRefused("your transcripts are being changed already; try again when that is done")
            self._changing.add(visitor)
        try:
            with self._queued(chars):
                yield
        finally:
            with self._lock:
                self._changing.discard(visitor)

    @contextmanager
    def _queued(self, chars: int) -> Iterator[None]:
        if chars <= LARGE_CHARS:
            yield
            return
        if not self._large_waiting.acquire(blocking=False):
            raise UploadRefused("many large transcripts are being made searchable just now; try again later")
        try:
            with self._large:
                yield
        finally:
            self._large_waiting.release()

    def put(self, visitor: str, shelf: Shelf) -> None:
        """Keep it as the visitor's, in place of what they had.

        :raises UploadRefused: as `make_room`.
        """
        self.make_room(visitor, shelf.chars)
        with self._lock:
            before = self._held.pop(visitor, None)
            shelf.used_at = self._clock()
            self._held[visitor] = shelf
        if before is not None:
            shutil.rmtree(before.folder, ignore_errors=True)

    def make_room(self, visitor: str, chars: int) -> None:
        """See to it that the visitor can have `chars` characters; for that, those go that nobody has used for long.

        :raises UploadRefused: when that is more than one may have, or all others are in use.
        """
        if chars > MAX_SHELF_CHARS:
            raise UploadRefused(
                f"the transcripts would have {chars:,} characters, at most {MAX_SHELF_CHARS:,} are kept for a visitor; "
                "build an index of them with ontherecord index build and serve that"
            )
        gone: list[Shelf] = []
        with self._lock:
            while not self._has_room(visitor, chars):
                idle = self._find_idle(visitor)
                if idle is None:
                    raise UploadRefused("this server holds as many transcripts of visitors as it can; try again later")
                gone.append(self._held.pop(idle))
                self._note_removal(idle)
        for shelf in gone:
            shutil.rmtree(shelf.folder, ignore_errors=True)

    def _has_room(self, visitor: str, chars: int) -> bool:
        others = [name for name in self._held if name != visitor]
        alike = sum(holds_token(name) == holds_token(visitor) for name in others)
        total = chars + sum(self._held[name].chars for name in others)
        return alike < (MAX_TOKENS if holds_token(visitor) else MAX_SHELVES) and total <= MAX_TOTAL_CHARS

    def _find_idle(self, visitor: str) -> str | None:
        """Whose may go: used longest ago, and not within `IDLE_S`; tokens take no place of anybody else."""
        since = self._clock() - IDLE_S
        for name, shelf in self._held.items():
            if shelf.used_at > since:
                return None
            if name != visitor and (holds_token(name) or not holds_token(visitor)):
                return name
        return None
