"""A recording that a visitor brought: what is to be done with it, how it stands with that, and the note of it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePath
from typing import Protocol

from corpus import one_line
from index import Progress, write_atomically
from index.audio.apart import Say
from ui.shelves import UploadRefused

# States in which something is done, or will be without anybody's doing.
ACTIVE = frozenset({"waiting", "hearing", "adding"})
# How the names of files that hold recordings end, as they are taken here.
SUFFIXES = (".mp3", ".m4a", ".wav", ".ogg", ".oga", ".opus", ".flac", ".mp4", ".webm")
RECORD_NAME = "task.json"
_MAX_RECORD_BYTES = 10_000
_MAX_NAME_BYTES = 120


class Hearing(Protocol):
    """What listens; see `index.audio.apart.HearingProcess`."""

    def follow(self, progress: Progress, say: Say) -> None:
        """Listen to the end."""
        ...

    def stop(self) -> None:
        """Stop it, from another thread."""
        ...


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done with a recording: written down (`doc_id` None), or made the recording of that document.

    `collection_id` is the collection that was open; `language` and `voice_count` None are found out.
    """

    name: str
    doc_id: str | None = None
    language: str | None = None
    voice_count: int | None = None
    collection_id: str = ""


@dataclass(slots=True)
class Task:
    """An errand, and how it stands with it: `state` is one of `ACTIVE`, "stopped", "refused" or "done".

    `words` say the rest; `done_s` of `total_s` seconds are heard; at `begun` it were `from_s`, and `seen` is when the
    visitor looked last, by the clock of `Arrivals`. The recording lies in `folder`, which nothing else does.
    """

    folder: Path
    visitor: str
    errand: Errand
    state: str = "waiting"
    words: str = ""
    done_s: int = 0
    total_s: int = 0
    from_s: int = 0
    begun: float = 0.0
    seen: float = 0.0
    hearing: Hearing | None = field(default=None, repr=False)

    @property
    def task_id(self) -> str:
        """By which the page names it."""
        return self.folder.name

    @property
    def recording(self) -> Path:
        """Where the recording lies."""
        return self.folder / self.errand.name

    @property
    def heard(self) -> Path:
        """Where what was heard of it lies, once all is."""
        return self.folder / "heard.json"

    def set(self, state: str, words: str) -> None:
        """How it stands now."""
        self.state, self.words = state, words

    def note(self, done_s: int, total_s: int, now: float) -> None:
        """So many seconds are heard."""
        if not self.total_s:
            self.from_s, self.begun = done_s, now
        self.done_s, self.total_s = done_s, total_s

    def describe(self, now: float) -> str:
        """How it stands with it in words: while it is listened to, how far that is, and how long it still takes."""
        if self.state not in {"hearing", "stopped"} or not self.total_s:
            return self.words
        heard = f"{_clock(self.done_s)} of {_clock(self.total_s)} heard"
        spent, done = now - self.begun, self.done_s - self.from_s
        if self.state == "stopped":
            return f"{self.words} {heard}."
        if done < 1 or spent < 1:
            return heard
        return f"{heard}, about {_minutes((self.total_s - self.done_s) * spent / done)} left"


def clean_name(name: str) -> str:
    """The name as one of a file, without the folders before it.

    :raises UploadRefused: when it does not end like that of a recording.
    """
    path = PurePath(one_line(name[-500:].replace("\\", "/").rpartition("/")[2].replace("\0", ""), None))
    if path.suffix.lower() not in SUFFIXES:
        endings = ", ".join(suffix[1:] for suffix in SUFFIXES)
        raise UploadRefused(
            f"{path.name or 'this'} is no recording that is taken; its name ends with none of {endings}"
        )
    stem = path.stem.strip(". ").encode()[:_MAX_NAME_BYTES].decode(errors="ignore")
    return f"{stem or 'recording'}{path.suffix.lower()}"


def keep_task(task: Task, owner: Path, *, whole: bool) -> None:
    """Note it beside the recording.

    :param owner: see `Workplace`: while that is there, another server works at it.
    :param whole: the recording has come.
    """
    record = {"errand": asdict(task.errand), "owner": str(owner), "whole": whole}
    write_atomically(task.folder / RECORD_NAME, json.dumps(record, ensure_ascii=False).encode())


def read_task(folder: Path) -> tuple[Errand, Path, bool] | None:
    """What `keep_task` noted; None where that cannot be read."""
    try:
        record = json.loads((folder / RECORD_NAME).read_bytes()[:_MAX_RECORD_BYTES])
        errand = Errand(**record["errand"])
        if clean_name(errand.name) != errand.name:
            return None
        return errand, Path(record["owner"]), record["whole"] is True
    except (OSError, ValueError, TypeError, KeyError, UploadRefused):
        return None


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return "a minute" if seconds > 30 else "half a minute"
    return f"{round(seconds / 60):,} minutes"
