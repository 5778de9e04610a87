"""Files beside an index to which a line of JSON is added for each thing that happens, and nothing is ever changed.

A process that is killed leaves at most a line without its end, which is passed over; two that write at once lose
nothing.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index import append_regular, read_regular
from qa.errors import QAError


def append_line(path: Path, record: dict[str, Any], failed: type[QAError]) -> None:
    """Add what happened, with the time; on a line of its own, whatever was left unfinished before it.

    :param failed: raised when it cannot be written.
    """
    line = json.dumps({**record, "at": datetime.now(UTC).isoformat(timespec="seconds")}, ensure_ascii=False)
    try:
        append_regular(path, f"\n{line}\n".encode())
    except OSError as error:
        raise failed(f"{path} cannot be written: {error.strerror or error}") from error


def read_lines(path: Path, max_bytes: int, failed: type[QAError]) -> Iterator[dict[str, Any]]:
    """What happened, in order; a line that did not come to its end is where somebody was stopped.

    :param failed: raised when the file cannot be read, or has more than `max_bytes`.
    :raises FileNotFoundError: when there is none.
    """
    try:
        data = read_regular(path, max_bytes + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise failed(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > max_bytes:
        raise failed(f"{path} has more than the {max_bytes:,} bytes that are read; begin another one")
    for line in data.split(b"\n"):
        try:
            record = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record
