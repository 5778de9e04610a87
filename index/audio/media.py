"""What a file with a recording holds: looked at in a process of its own, since a file from anywhere may be hostile.

FFmpeg, which reads it (through PyAV), may take so much time and memory and no more, reads the formats below only, and
opens no other file and no address that the file names.
"""

import importlib.util
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from index.errors import AudioUnavailable, RecordingRefused

if TYPE_CHECKING:
    import av.container

INSTALL = "pip install 'on-the-record[audio]'"
# The media types of what FFmpeg calls so. What it could also read, lists of other files and addresses among them, it
# is not asked to.
MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "mov,mp4,m4a,3gp,3g2,mj2": "audio/mp4",
    "matroska,webm": "audio/webm",
}
READ = "mp3, m4a, wav, ogg, opus, flac, mp4 or webm"
OPTIONS = {
    "format_whitelist": "mp3,mov,wav,ogg,flac,aac,matroska",
    "protocol_whitelist": "none",
    "max_streams": "64",  # a film has its sound in a few languages, and no file of people who talk has more
}
# A day of hearings; 16 GB are a day of video.
MAX_DURATION_MS = 24 * 3600 * 1000
MAX_BYTES = 16 * 1024**3
# Speech at the lowest rates that there are has 300 bytes a second: what has fewer does not last as long as it says.
_MIN_BYTES_A_SECOND = 200
# By so much may what a file says of its length differ from what is in it.
_MAX_CLAIM_MS = 10_000
_MAX_CLAIM_RATIO = 1.25
_TRIED_S = 2.0
TIME_LIMIT_S = 120.0
# What the other process runs, with the places where this one finds its modules, and nothing of the folder it is in.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from index.audio.media import tell_facts; sys.exit(tell_facts(sys.argv[2]))"
)
_REFUSED = 3
MEMORY_LIMIT_BYTES = 3 * 1024**3


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a recording is: its media type, its codec, how long its sound lasts, and its channels."""

    media_type: str
    codec: str
    duration_ms: int
    channels: int


def require_audio(path: Path) -> None:
    """Refuse to go on without the packages that read recordings.

    :raises AudioUnavailable: when they are not installed.
    """
    if importlib.util.find_spec("av") is None:
        raise AudioUnavailable(
            f"{path.name} is a recording, and what reads recordings is not installed; run: {INSTALL}"
        )


def read_facts(path: Path, *, time_limit_s: float = TIME_LIMIT_S) -> MediaFacts:
    """What the recording at `path` is.

    :raises AudioUnavailable: without the extra `audio`.
    :raises RecordingRefused: when it is none, is damaged or does not hold what it says, or takes too long to look at.
    """
    require_audio(path)
    _require_file(path)
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(sys.path), str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=time_limit_s, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        limit = f"{time_limit_s:.0f} seconds"
        raise RecordingRefused(f"{path} takes longer than {limit} to look at; convert it to mp3") from error
    if done.returncode == _REFUSED:
        raise RecordingRefused(done.stdout.decode(errors="replace"))
    if done.returncode:  # it crashed, or took more than it may
        raise RecordingRefused(f"{path} cannot be read as a recording; convert it to mp3 or wav")
    return MediaFacts(**json.loads(done.stdout))


@contextmanager
def open_media(path: Path) -> "Iterator[av.container.InputContainer]":
    """The recording, opened by FFmpeg as a file and nothing else.

    :raises RecordingRefused: when it is no recording.
    """
    import av

    try:
        with path.open("rb") as file, av.open(file, options=OPTIONS, metadata_errors="replace") as container:
            if container.format.name not in MEDIA_TYPES or not container.streams.audio:
                raise RecordingRefused(f"{path} has no sound in it; expected is a recording: {READ}")
            yield cast("av.container.InputContainer", container)
    except (av.FFmpegError, OSError) as error:
        raise RecordingRefused(f"{path} is no recording that can be read; expected is {READ}") from error


def _require_file(path: Path) -> None:
    try:
        status = path.stat()
    except OSError as error:
        raise RecordingRefused(f"{path} cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(status.st_mode):
        raise RecordingRefused(f"{path} is no file but a folder, a pipe or a device; save the recording as a file")
    if not 0 < status.st_size <= MAX_BYTES:
        raise RecordingRefused(f"{path} has {status.st_size:,} bytes, expected 1 to {MAX_BYTES:,}")


def tell_facts(path: str) -> int:
    """In the process of its own: write the facts to standard output, or the refusal; the exit code."""
    _limit_memory()
    try:
        told, code = json.dumps(asdict(_look(Path(path)))), 0
    except RecordingRefused as error:
        told, code = str(error), _REFUSED
    sys.stdout.buffer.write(told.encode(errors="replace"))
    return code


def _look(path: Path) -> MediaFacts:
    with open_media(path) as container:
        stream = container.streams.audio[0]
        claimed_ms = (container.duration or 0) // 1000
        codec, channels = stream.codec_context.name, stream.codec_context.channels
        tried, end, total = 0.0, 0.0, 0.0
        for packet in container.demux(stream):
            if tried < _TRIED_S and packet.size:
                tried += sum(frame.samples / max(1, frame.sample_rate) for frame in packet.decode())
            if packet.pts is not None and packet.time_base is not None:
                end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                total += float((packet.duration or 0) * packet.time_base)
        kind = container.format.name
    duration_ms = round(1000 * end)
    if tried == 0 or duration_ms <= 0:
        raise RecordingRefused(f"{path} has no sound in it that can be played; expected is a recording: {READ}")
    # Of mp3 and raw AAC the length is only estimated, since they do not say it.
    told_ms = 0 if kind in {"mp3", "aac"} else claimed_ms
    longest_ms = max(duration_ms, told_ms)
    if 1000 * total > _MAX_CLAIM_RATIO * duration_ms + _MAX_CLAIM_MS:
        raise RecordingRefused(
            f"{path} holds {total:,.0f} seconds of sound in a time of {duration_ms // 1000:,}; convert it to mp3"
        )
    is_empty = os.stat(path).st_size < _MIN_BYTES_A_SECOND * longest_ms / 1000
    if is_empty or told_ms > _MAX_CLAIM_RATIO * duration_ms + _MAX_CLAIM_MS:
        raise RecordingRefused(
            f"{path} says that it lasts {longest_ms // 1000:,} seconds and holds far less; it is cut off or damaged"
        )
    if duration_ms > MAX_DURATION_MS:
        raise RecordingRefused(f"{path} lasts {duration_ms // 3_600_000:,} hours; at most 24 are taken: split it")
    return MediaFacts(MEDIA_TYPES[kind], codec, duration_ms, channels)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
