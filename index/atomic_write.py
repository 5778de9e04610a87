"""Writing a file so that no reader ever sees half of it."""

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write a new file in the folder of `path` and rename it to that.

    :raises OSError: when it cannot be written; then nothing is left of it.
    """
    handle, unfinished = tempfile.mkstemp(prefix="unfinished-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
