"""A file that nobody ever reads half of."""

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write the file beside its place and move it there.

    :raises OSError: when it cannot be written; then nothing is left of it.
    """
    handle, unfinished = tempfile.mkstemp(prefix="unfinished-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
