"""What onnxruntime has queued for its maker, in the user's cache folder, before this program switched that off."""

import contextlib
import os
from pathlib import Path

# The queue itself, SQLite's companions of it, and the id under which it would be sent.
_FILES = ("onnxruntime.db", "onnxruntime.db-journal", "onnxruntime.db-wal", "onnxruntime.db-shm", "deviceid")


def remove_queued_telemetry() -> None:
    """Remove the queue where there is one; what cannot be removed stays, unsent."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for name in _FILES:
        with contextlib.suppress(OSError):
            (cache / "Microsoft" / "DeveloperTools" / ".onnxruntime" / name).unlink()
