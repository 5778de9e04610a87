"""Listening in a process of its own: what a recording does to the decoder, it does not do to a server.

The process goes when it is stopped, and when the one that began it is gone, however that ended. What it heard until
then is kept (`index.audio.partial`), and who begins again with the same files goes on there.
"""

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.audio.media import INSTALL
from index.errors import IndexingError, RecordingRefused
from index.types import Progress

__all__ = ["INSTALL", "HearingOrder", "HearingProcess", "HearingStopped", "Say", "can_hear"]

Say = Callable[[str], None]
# A block of five minutes is heard in two on a slow machine; what tells nothing for so long hangs.
STALL_LIMIT_S = 20 * 60.0
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from index.audio.apart import hear_apart; sys.exit(hear_apart(sys.argv[2]))"
)
# Whoever waits for an answer goes first.
_NICE = 10
_MAX_LINE_CHARS = 10_000


class HearingStopped(Exception):
    """Somebody stopped it."""


@dataclass(frozen=True, slots=True)
class HearingOrder:
    """Which recording to write down where, as JSON; `language` None finds it out, and so does `voice_count` None.

    `voice_count` 0 tells no voices apart.
    """

    recording: str
    transcript: str
    language: str | None = None
    voice_count: int | None = None


def can_hear() -> bool:
    """Whether the packages that read recordings and listen to them are installed; none of them is imported."""
    return all(importlib.util.find_spec(name) is not None for name in ("av", "faster_whisper"))


class HearingProcess:
    """The process that listens; `follow` waits for its end, `stop`, from another thread, ends it."""

    def __init__(self, order: HearingOrder) -> None:
        """Begin."""
        self._order = order
        self._stopped = False
        command = [sys.executable, "-I", "-c", _CHILD, json.dumps(sys.path), json.dumps(asdict(order))]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def follow(self, progress: Progress, say: Say) -> None:
        """Tell how many seconds are heard, of how many, and what else is done, until all is written down.

        :raises HearingStopped: when it was stopped.
        :raises IndexingError: when it is no recording, nobody speaks in it, or the models cannot be had.
        """
        name, problem = Path(self._order.recording).name, None
        with self._process:
            for line in self._read_lines():
                told = _read(line)
                if "done" in told:
                    progress(int(told["done"]), int(told["total"]))
                elif "said" in told:
                    say(str(told["said"]))
                elif "problem" in told:
                    problem = str(told["problem"])
            code = self._process.wait()
        if self._stopped:
            raise HearingStopped(f"{name}: listening was stopped")
        if problem is not None:
            raise RecordingRefused(problem)
        if code:
            raise RecordingRefused(f"{name}: listening ended in the middle (code {code}); go on, or convert it to mp3")

    def _read_lines(self) -> Iterator[bytes]:
        """What the process tells, until it ends, or has told nothing for too long and is ended."""
        assert self._process.stdout is not None
        while True:
            alarm = threading.Timer(STALL_LIMIT_S, self._process.kill)
            alarm.daemon = True
            alarm.start()
            line = self._process.stdout.readline()
            alarm.cancel()
            if not line:
                return
            yield line

    def stop(self) -> None:
        """End it; what was heard is kept."""
        self._stopped = True
        self._process.kill()


def hear_apart(order: str) -> int:
    """In the process of its own: write down the recording, telling on standard output how far it is; the exit code."""
    given = HearingOrder(**json.loads(order))
    out = sys.stdout
    sys.stdout = sys.stderr  # what libraries print is no word of ours
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError, AttributeError):
        os.nice(_NICE)
    last = [-1]

    def tell(**told: object) -> None:
        out.write(json.dumps(told)[:_MAX_LINE_CHARS] + "\n")
        out.flush()

    def progress(done: int, total: int) -> None:
        if done != last[0]:
            last[0] = done
            tell(done=done, total=total)

    try:
        _hear(given, progress, lambda words: tell(said=words))
    except (IndexingError, OSError, MemoryError) as error:
        tell(problem=str(error)[: _MAX_LINE_CHARS // 8] or type(error).__name__)
        return 1
    return 0


def _hear(order: HearingOrder, progress: Progress, say: Say) -> None:
    from index.audio.recognise import open_whisper
    from index.audio.transcribe import Listening, transcribe
    from index.audio.voices import VoiceEncoder

    encoder = VoiceEncoder(say) if order.voice_count != 0 else None
    how = Listening(open_whisper("base", say), encoder, language=order.language, voice_count=order.voice_count)
    transcribe(Path(order.recording), Path(order.transcript), how, progress)


def _end_with_parent() -> None:
    """Standard input ends when the process at its other side does."""
    while os.read(0, 1):  # not sys.stdin, whose lock would still be held when the interpreter ends
        pass
    os._exit(1)


def _read(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
