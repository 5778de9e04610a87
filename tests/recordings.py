"""Recordings for the tests: speech made by espeak-ng in two voices, and what ffmpeg makes of it."""

import ctypes
import ctypes.util
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
    write_wav(path, sound, rate)
    return [*marks, len(sound) / 2 / rate]


def write_wav(path: Path, sound: bytes, rate: int) -> None:
    """Write samples of one channel, 16 bits each, as a WAV file."""
    head = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(sound), b"WAVEfmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", len(sound)
    )
    path.write_bytes(head + sound)


class _SpokenEvent(ctypes.Structure):
    """What espeak-ng tells while it speaks: of type 1, that a word begins, where in the text and when in its sound."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


def read_aloud(
    path: Path, turns: Sequence[tuple[str, str]], *, words_a_minute: int = 150
) -> list[list[tuple[int, int]]]:
    """Write the turns as a WAV file, half a second between them, and tell when each word begins.

    Gives for each turn the places of its words (code points) with their times, in milliseconds of the recording. Skips
    the test where nothing speaks.
    """
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        pytest.skip("nothing speaks here; install Debian's package espeak-ng")
    library = ctypes.CDLL(name)
    rate = library.espeak_Initialize(2, 0, None, 0)  # 2: give the sound to the function below, and return at its end
    part, told = bytearray(), list[tuple[int, int]]()

    def take(samples: int | None, count: int, events: "ctypes._Pointer[_SpokenEvent]") -> int:
        if samples and count > 0:
            part.extend(ctypes.string_at(samples, 2 * count))
        number = 0
        while events[number].type != 0:
            if events[number].type == 1:
                told.append((events[number].text_position - 1, events[number].audio_position))
            number += 1
        return 0

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_SpokenEvent))(take)
    library.espeak_SetSynthCallback(callback)
    sound, marks = bytearray(), []
    for voice, words in turns:
        library.espeak_SetVoiceByName(VOICES[voice].encode())
        library.espeak_SetParameter(1, words_a_minute, 0)
        text = words.encode() + b"\0"
        part.clear()
        told.clear()
        assert library.espeak_Synth(text, len(text), 0, 1, 0, 1, None, None) == 0
        before_ms = len(sound) * 500 // rate
        marks.append([(at, before_ms + ms) for at, ms in told])
        sound += bytes(part) + b"\0\0" * (rate // 2)
    library.espeak_Terminate()
    write_wav(path, bytes(sound), rate)
    return marks


def convert(path: Path, kind: str) -> Path:
    """The recording in another container; skips the test where nothing converts."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("nothing converts here; install Debian's package ffmpeg")
    made = path.with_suffix(f".{kind}")
    if kind != "wav":
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-i", path, made], check=True)
    return made
