"""The recordings of an index as a list in its folder, `recordings.json`, which anybody can read."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from index.atomic_write import write_atomically
from index.errors import IndexDamaged
from index.regular_file import read_regular, require_regular

FILE_NAME = "recordings.json"
_VERSION = 1
_MAX_FILE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that is attached to a document.

    `name` is that of the file that was given. `path` is where it lies, relative to the folder of the index where it was
    `copied`. `sha256` is that of the file, `size` (bytes) and `mtime_ns` are those at that time; `text_sha256` is the
    hash of the document's text.
    """

    doc_id: str
    text_sha256: str
    name: str
    path: str
    copied: bool
    sha256: str
    size: int
    mtime_ns: int
    media_type: str
    duration_ms: int


def read_list(folder: Path) -> list[Recording]:
    """The recordings noted in a folder; none where there is no list.

    :raises IndexDamaged: when it cannot be read.
    """
    try:
        data = json.loads(read_regular(folder / FILE_NAME, _MAX_FILE_BYTES))
        return [_read_one(record) for record in data["recordings"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexDamaged(
            f"{folder / FILE_NAME} cannot be read ({type(error).__name__}); move it away, attach the recordings again"
        ) from error


def _read_one(record: dict[str, object]) -> Recording:
    values = {field.name: record[field.name] for field in fields(Recording)}
    for field in fields(Recording):
        if type(values[field.name]) is not field.type:
            raise TypeError(f"{field.name} of a recording is {values[field.name]!r:.40}")
    return Recording(**values)  # type: ignore[arg-type]  # each was looked at


def write_list(folder: Path, recordings: Sequence[Recording]) -> None:
    """Note these and no others, in order of their documents.

    :raises OSError: when that cannot be written.
    """
    held = sorted(recordings, key=lambda recording: recording.doc_id)
    data = {"version": _VERSION, "recordings": [asdict(recording) for recording in held]}
    require_regular(folder / FILE_NAME)
    write_atomically(folder / FILE_NAME, (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode())
