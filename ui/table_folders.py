"""Where the tables are that no collection keeps: about what others serve, or gone when a visitor is."""

import hashlib
import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from ui.shelves import AWAY_S

# Beyond this many visitors, the tables of those who have used theirs longest ago go.
MAX_VISITORS = 200


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a visitor's tables are, as `qa.tables.file` takes it, and in a sentence what becomes of them."""

    folder: Path
    keeping: str


class TableFolders:
    """A folder for each visitor, in `root`, which goes with the program."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._used: OrderedDict[str, int] = OrderedDict()
        self._uses = 0

    def get(self, visitor: str) -> Path:
        """The visitor's, used now; whoever has used theirs longest ago loses them where there are too many."""
        with self._lock:
            self._uses += 1
            self._used[visitor] = self._uses
            self._used.move_to_end(visitor)
            gone = [self._used.popitem(last=False)[0]] if len(self._used) > MAX_VISITORS else []
        for other in gone:
            shutil.rmtree(self._path(other), ignore_errors=True)
        return self._path(visitor)

    def remove(self, visitor: str) -> None:
        """Delete the visitor's tables."""
        with self._lock:
            self._used.pop(visitor, None)
        shutil.rmtree(self._path(visitor), ignore_errors=True)

    def leave(self, visitor: str) -> None:
        """Delete them after `AWAY_S` seconds, unless they were used by then."""
        with self._lock:
            use = self._used.get(visitor)
        if use is not None:
            timer = threading.Timer(AWAY_S, self.remove_unused, (visitor, use))
            timer.daemon = True
            timer.start()

    def remove_unused(self, visitor: str, use: int) -> None:
        """Delete them when that is still the last use of them, counted from 1."""
        with self._lock:
            unused = self._used.get(visitor) == use
        if unused:
            self.remove(visitor)

    def _path(self, visitor: str) -> Path:
        return self._root / f"tables-{hashlib.sha256(visitor.encode()).hexdigest()[:32]}"
