"""Files in folders that others may write too: a link or a pipe in the place of one of ours is left alone."""

import os
import stat
from pathlib import Path

_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


class NotRegular(OSError):
    """There is something in the place of a file that is none."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no file but a link, a folder, a pipe or a device; take it away")


def require_regular(*paths: Path) -> None:
    """Refuse what is at these paths unless it is a file, or nothing; for what a library opens that follows links.

    :raises NotRegular: when it is something else.
    """
    for path in paths:
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(status.st_mode):
            raise NotRegular(path)


def read_regular(path: Path, max_bytes: int) -> bytes:
    """The first `max_bytes` of the file.

    :raises NotRegular: when it is no file.
    :raises OSError: when it is not there, or cannot be read.
    """
    with os.fdopen(_open(path, os.O_RDONLY), "rb") as file:
        return file.read(max_bytes)


def append_regular(path: Path, data: bytes) -> None:
    """Write behind what the file holds; it is made where there is none.

    :raises NotRegular: when it is no file.
    :raises OSError: when it cannot be written.
    """
    with os.fdopen(_open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "ab") as file:
        file.write(data)


def _open(path: Path, flags: int) -> int:
    require_regular(path)  # before it is opened: to open some devices is to act on them
    handle = os.open(path, flags | _NO_WAITING | _NO_LINKS, 0o666)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise NotRegular(path)
