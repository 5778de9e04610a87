"""The temporary folder with visitors' texts: it goes when the program does, or else when the next one starts."""

import contextlib
import os
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

PREFIX = "on-the-record-"
# Held by the process whose folder it is: the system gives it back however that ends.
_OWNER = "owner.lock"
_TRIES = 10


class VisitorFolder:
    """A folder that only this process has; `close` deletes it."""

    def __init__(self) -> None:
        """Make it, and delete those of processes that were killed.

        :raises OSError: when it cannot be made.
        """
        _sweep(Path(tempfile.gettempdir()))
        self.path, self._owner = _make()

    def close(self) -> None:
        """Delete the folder with all that is in it."""
        self._owner.release()
        shutil.rmtree(self.path, ignore_errors=True)


def end_on_signals() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does, cleaning up; only in the main thread."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What a program was started to ignore, as by nohup, it goes on ignoring.
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: a second one would stop the cleaning up
    sys.exit(128 + number)


def _make() -> tuple[Path, FileLock]:
    for _ in range(_TRIES):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        owner = FileLock(folder / _OWNER, timeout=1, thread_local=False)
        try:
            owner.acquire()
        except (OSError, Timeout):
            # Another process that starts just now came between, and took it for one that was left.
            shutil.rmtree(folder, ignore_errors=True)
        else:
            return folder, owner
    raise OSError(f"no folder for visitors' texts can be made in {tempfile.gettempdir()}")


def _sweep(parent: Path) -> None:
    """Delete the folders that are this user's and that no process holds."""
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, Timeout):
            if not (_is_ours(folder, stat.S_ISDIR) and _is_ours(folder / _OWNER, stat.S_ISREG)):
                continue
            with FileLock(folder / _OWNER, timeout=0, thread_local=False):
                shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)  # the lock, where a locked file cannot be deleted


def _is_ours(path: Path, is_kind: Callable[[int], bool]) -> bool:
    status = path.lstat()
    return is_kind(status.st_mode) and (not hasattr(os, "getuid") or status.st_uid == os.getuid())
