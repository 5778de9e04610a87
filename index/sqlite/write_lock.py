"""One writer at a time in a folder; a second one waits, and is refused with the name of the first."""

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus import one_line
from index.atomic_write import write_atomically
from index.errors import IndexNotWritable
from index.regular_file import read_regular, require_regular

LOCK_NAME = "writer.lock"
# Beside the lock, since a locked file cannot be read on every system.
HOLDER_NAME = "writer.txt"
_HOLDER_BYTES = 200


@contextmanager
def hold_write_lock(folder: Path, timeout_s: float) -> Iterator[None]:
    """The writer's turn in `folder`, until the block ends; the system ends it when the process is killed.

    :raises IndexNotWritable: when it is not free within `timeout_s`, or the folder cannot be written.
    """
    holder = folder / HOLDER_NAME
    lock = FileLock(folder / LOCK_NAME, timeout=timeout_s)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        require_regular(folder / LOCK_NAME, holder)
        lock.acquire()
        since = datetime.datetime.now().strftime("%H:%M:%S")
        write_atomically(holder, f"process {os.getpid()}, since {since}".encode())
    except Timeout as error:
        raise IndexNotWritable(
            f"the index in {folder} is being written by {_read(holder)}; wait until that is done, and try again"
        ) from error
    except OSError as error:
        lock.release()
        raise IndexNotWritable(f"the index in {folder} cannot be written: {error}; the old one is unchanged") from error
    try:
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _read(holder: Path) -> str:
    try:
        return one_line(read_regular(holder, _HOLDER_BYTES).decode(errors="replace")) or "another process"
    except OSError:
        return "another process"
