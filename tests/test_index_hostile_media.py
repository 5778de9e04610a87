"""Recordings that are made to harm: each is refused in one sentence, or read as what is in it, within bounds."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index import RecordingRefused
from index.audio.decode import SAMPLE_RATE, decode_blocks
from index.audio.media import read_facts
from tests.recordings import CONTAINERS, convert, speak

TEN_HOURS_S = 36_000


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoken") / "talk.wav"
    speak(path)
    return path


def look(path: Path) -> str:
    """What is said of the recording: "" where it is taken, and then it gives no more sound than it said."""
    try:
        facts = read_facts(path)
        heard = sum(len(samples) for _, samples in decode_blocks(path, block_s=5)) / SAMPLE_RATE
    except RecordingRefused as error:
        said = str(error)
        assert path.name in said
        assert "\n" not in said
        assert len(said) < 400
        return said
    assert heard < 1.25 * facts.duration_ms / 1000 + 10
    return ""


def ffmpeg(*arguments: str | Path) -> None:
    convert(Path("x.wav"), "wav")  # skips the test where there is no ffmpeg
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *arguments], check=True)


@pytest.mark.parametrize("kind", CONTAINERS)
def test_what_is_cut_off_anywhere(wav: Path, tmp_path: Path, kind: str) -> None:
    whole = convert(wav, kind).read_bytes()
    for number, length in enumerate((30, len(whole) * 3 // 5)):
        path = tmp_path / f"cut{number}.{kind}"
        path.write_bytes(whole[:length])
        assert look(path) or number


@pytest.mark.parametrize("kind", CONTAINERS)
def test_what_has_wrong_bytes_anywhere(wav: Path, tmp_path: Path, kind: str) -> None:
    whole = np.frombuffer(convert(wav, kind).read_bytes(), dtype=np.uint8)
    random = np.random.default_rng(5)
    for wrong in (40, 2_000):
        damaged = whole.copy()
        damaged[random.integers(0, len(whole), wrong)] = random.integers(0, 256, wrong)
        path = tmp_path / f"wrong{wrong}.{kind}"
        path.write_bytes(damaged.tobytes())
        look(path)


@pytest.mark.parametrize("kind", CONTAINERS)
def test_what_is_not_what_it_is_called(wav: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"talk.{kind}"
    for content in (b"Ann: When did it fail?\n" * 500, b"MZ" + b"\0" * 50_000):
        path.write_bytes(content)
        assert "expected is" in look(path) or "holds far less" in look(path)
    path.write_bytes(wav.read_bytes())  # a recording is known by its content
    assert read_facts(path).media_type == "audio/wav"


def claim_mp4(data: bytearray) -> None:
    for name in (b"mvhd", b"mdhd"):
        at = data.index(name) + 4
        (scale,) = struct.unpack_from(">I", data, at + 12)
        struct.pack_into(">I", data, at + 16, TEN_HOURS_S * scale)
    struct.pack_into(">I", data, data.index(b"tkhd") + 24, 0xFFFFFFF0)


def claim_webm(data: bytearray) -> None:
    struct.pack_into(">d", data, data.index(b"\x44\x89\x88") + 3, 1000.0 * TEN_HOURS_S)


def claim_flac(data: bytearray) -> None:
    (packed,) = struct.unpack_from(">Q", data, 18)  # rate 20 bits, channels 3, bits 5, samples 36
    rate = packed >> 44
    struct.pack_into(">Q", data, 18, packed >> 36 << 36 | TEN_HOURS_S * rate)


def claim_wav(data: bytearray) -> None:
    struct.pack_into("<I", data, 4, 0xFFFFFF00)
    struct.pack_into("<I", data, data.index(b"data") + 4, 0xFFFFFF00)


def claim_mp3(data: bytearray) -> None:
    at = max(data.find(b"Xing"), data.find(b"Info"))
    assert at > 0
    struct.pack_into(">I", data, at + 8, TEN_HOURS_S * 22_050 // 576)


CLAIMS: dict[str, Callable[[bytearray], None]] = {
    "mp4": claim_mp4,
    "m4a": claim_mp4,
    "webm": claim_webm,
    "flac": claim_flac,
    "wav": claim_wav,
    "mp3": claim_mp3,
}


@pytest.mark.parametrize("kind", CLAIMS)
def test_what_claims_ten_hours_and_has_seconds(wav: Path, tmp_path: Path, kind: str) -> None:
    data = bytearray(convert(wav, kind).read_bytes())
    CLAIMS[kind](data)
    path = tmp_path / f"long.{kind}"
    path.write_bytes(data)
    said = look(path)
    if said:
        assert "says that it lasts 36,000 seconds and holds far less" in said
    else:  # what is in it is counted, whatever its head says
        assert kind not in {"webm", "flac"}
        assert read_facts(path).duration_ms < 20_000


def test_an_ogg_whose_last_page_is_ten_hours_later(wav: Path, tmp_path: Path) -> None:
    ffmpeg("-i", wav, "-af", f"asetpts=PTS+gt(T\\,5)*{TEN_HOURS_S}/TB", "-c:a", "libvorbis", tmp_path / "long.ogg")
    said = look(tmp_path / "long.ogg")
    assert said == "" or "says that it lasts 36,0" in said or "holds far less" in said


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_film_without_sound(tmp_path: Path, kind: str) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=2", tmp_path / f"film.{kind}")
    assert "has no sound in it" in look(tmp_path / f"film.{kind}")


@pytest.mark.parametrize("kind", ["mp4", "webm", "ogg"])
def test_more_streams_than_any_recording_has(wav: Path, tmp_path: Path, kind: str) -> None:
    several, many = tmp_path / f"several.{kind}", tmp_path / f"many.{kind}"
    for path, count in ((several, 3), (many, 600)):
        ffmpeg("-i", convert(wav, kind), *["-map", "0:a"] * count, "-c", "copy", path)
    assert look(several) == ""
    assert look(many)


@pytest.mark.parametrize(
    "head", [b"\x1a\x45\xdf\xa3", b"OggS\0\2", b"\0\0\0\x18ftypmp42", b"fLaC", b"RIFF\xff\xff\xff\xffWAVE"]
)
def test_a_head_without_a_stream(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "head.mp4").write_bytes(head + b"\0" * 4_000)
    assert "expected is" in look(tmp_path / "head.mp4")


def test_a_picture_of_forty_megabytes_makes_no_difference(wav: Path, tmp_path: Path) -> None:
    sound = convert(wav, "mp3")
    picture = b"\0image/png\0\3\0" + b"\x89PNG\r\n\x1a\n" + b"\1" * 40_000_000
    frame = b"APIC" + struct.pack(">I", len(picture)) + b"\0\0" + picture
    size = bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    (tmp_path / "art.mp3").write_bytes(b"ID3\3\0\0" + size + frame + sound.read_bytes())
    assert look(tmp_path / "art.mp3") == ""
    assert abs(read_facts(tmp_path / "art.mp3").duration_ms - read_facts(sound).duration_ms) < 200


def test_hours_of_sound_that_all_begin_at_once(wav: Path, tmp_path: Path) -> None:
    """Its packets say that they are of the first seconds, and would be listened to for as long as they are."""
    path = tmp_path / "dense.ogg"
    sound = convert(wav, "flac")
    ffmpeg("-stream_loop", "9", "-i", sound, "-c:a", "libopus", "-b:a", "16k", tmp_path / "long.webm")
    data = bytearray((tmp_path / "long.webm").read_bytes())
    at, marked = 0, 0
    while (at := data.find(b"\xe7", at + 1)) > 0 and at < len(data) - 4:  # the time of each cluster
        width = data[at + 1] & 0x7F
        if data[at + 1] & 0x80 and 1 <= width <= 3 and data[at - 12 : at].find(b"\x1f\x43\xb6\x75") >= 0:
            data[at + 2 : at + 2 + width] = b"\0" * width
            marked += 1
    assert marked > 3
    path.write_bytes(data)
    said = look(path)
    assert "seconds of sound in a time of" in said or "holds far less" in said
