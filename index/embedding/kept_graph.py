"""Graphs kept in a folder, so that they are made of the weights once.

A graph is kept in `NAME-SHA256.onnx`, named after what it was made of and by its own hash. Beside it `NAME.json` was
written with it and says which file it is, how long and with which hash: nothing else is read, whatever it is called.
Both are derived: missing, damaged or of another version, the graph is made again.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from index.atomic_write import write_atomically
from index.regular_file import read_regular

_MAX_MANIFEST_BYTES = 1000


def read_kept(cache: Path, name: str) -> bytes | None:
    """The graph that was kept under that name, None when there is none that still is what was written."""
    try:
        manifest = json.loads(read_regular(cache / f"{name}.json", _MAX_MANIFEST_BYTES))
        sha256, size = manifest["sha256"], manifest["bytes"]
        path = cache / f"{name}-{sha256}.onnx"
        if path.parent != cache or path.lstat().st_size != size:
            return None
        data = read_regular(path, size)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return data if hash_bytes(data) == sha256 else None


def has_kept(cache: Path, name: str) -> bool:
    """Whether a graph seems to be kept under that name; `read_kept` alone finds out whether it is whole."""
    return (cache / f"{name}.json").is_file()


def keep(cache: Path, name: str, data: bytes) -> None:
    """Write the graph beside what is there, then its manifest, and take what others there are away.

    :raises OSError: when they cannot be written.
    """
    sha256 = hash_bytes(data)
    path = cache / f"{name}-{sha256}.onnx"
    write_atomically(path, data)
    write_atomically(cache / f"{name}.json", json.dumps({"sha256": sha256, "bytes": len(data)}).encode())
    for other in cache.glob(f"{name}-*.onnx"):
        if other != path:
            with suppress(OSError):  # another process may have it open
                other.unlink()


def hash_bytes(data: bytes) -> str:
    """The sha256 of `data`, as lower-case hex."""
    return hashlib.sha256(data).hexdigest()
