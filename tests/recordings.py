"""Recordings for the tests: speech made by espeak-ng in two voices, and what ffmpeg makes of it."""

import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

VOICES = {"Ann": "en-us+f3", "Bob": "en-us+m3"}
CONTAINERS = ("wav", "mp3", "m4a", "ogg", "flac", "mp4", "webm")
TALK = (
    ("Ann", "When did the harvest fail?"),
    ("Bob", "I remember that it was in nineteen eighty seven, and then again the year after."),
    ("Ann", "Did anybody leave the village?"),
    ("Bob", "Nobody left. We ate what there was, and we waited."),
)


def speak(path: Path, turns: Sequence[tuple[str, str]] = TALK) -> list[float]:
    """Write the turns as a WAV file, half a second between them; when each begins and the last one ends, in seconds.

    Skips the test where nothing speaks.
    """
    if shutil.which("espeak-ng") is None:
        pytest.skip("nothing speaks here; install Debian's package espeak-ng")
    sound, marks, rate = b"", [], 22_050
    for number, (name, words) in enumerate(turns):
        part = path.with_name(f"{path.stem}-{number}.wav")
        subprocess.run(["espeak-ng", "-v", VOICES[name], "-s", "150", "-w", part, words], check=True)
        data = part.read_bytes()
        at = data.index(b"data") + 8
        (rate,) = struct.unpack_from("<I", data, 24)
        marks.append(len(sound) / 2 / rate)
        sound += data[at : at + (len(data) - at) // 2 * 2] + b"\0\0" * (rate // 2)
        part.unlink()
    head = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(sound), b"WAVEfmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", len(sound)
    )
    path.write_bytes(head + sound)
    return [*marks, len(sound) / 2 / rate]


def convert(path: Path, kind: str) -> Path:
    """The recording in another container; skips the test where nothing converts."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("nothing converts here; install Debian's package ffmpeg")
    made = path.with_suffix(f".{kind}")
    if kind != "wav":
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-i", path, made], check=True)
    return made
