"""Recordings: what they are, hostile ones too, and how they are attached to the documents of an index."""

import importlib.util
import json
import os
import shutil
import struct
from pathlib import Path

import pytest

from corpus import Document, load
from index import (
    AudioUnavailable,
    DocumentNotFound,
    IndexDamaged,
    IndexIncompatible,
    RecordingRefused,
    attach_recording,
    build_index,
    detach_recording,
    list_recordings,
    locate_recording,
    remove_documents,
)
from index.audio.media import MEDIA_TYPES, MediaFacts, read_facts
from index.recording_list import FILE_NAME
from index.recordings import check_recording
from tests.conftest import RunModule
from tests.fakes import HashEmbedder
from tests.recordings import CONTAINERS, convert, speak

CAPTIONS = """WEBVTT

00:00:00.000 --> 00:00:01.600
<v Ann>When did the harvest fail?

00:00:02.000 --> 00:00:07.000
<v Bob>I remember that it was in 1987, and then again the year after.
"""


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoken") / "talk.wav"
    speak(path)
    return path


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "talk.vtt").write_text(CAPTIONS, encoding="utf-8")
    other = Document.from_text("Ann: Nothing was recorded.", doc_id="other")
    build_index([load(tmp_path / "talk.vtt"), other], tmp_path / "index", embedder=HashEmbedder())
    return tmp_path / "index"


@pytest.mark.parametrize("kind", CONTAINERS)
def test_what_a_recording_is(wav: Path, kind: str) -> None:
    facts = read_facts(convert(wav, kind))
    length_ms = read_facts(wav).duration_ms
    assert facts.media_type in MEDIA_TYPES.values()
    assert (facts.channels, abs(facts.duration_ms - length_ms) < 150) == (1, True)
    assert 10_000 < length_ms < 20_000


def claim_ten_hours(path: Path) -> Path:
    """A WebM file whose head says that it lasts ten hours."""
    data = bytearray(path.read_bytes())
    at = data.index(b"\x44\x89\x88") + 3
    struct.pack_into(">d", data, at, 36_000_000.0)
    path.write_bytes(data)
    return path


def test_what_claims_ten_hours_is_refused(wav: Path, tmp_path: Path) -> None:
    long = claim_ten_hours(Path(shutil.copy(convert(wav, "webm"), tmp_path / "long.webm")))
    with pytest.raises(RecordingRefused, match=r"long\.webm says that it lasts 36,000 seconds and holds far less"):
        read_facts(long)


def test_hostile_files_are_refused_in_a_sentence(wav: Path, tmp_path: Path) -> None:
    (tmp_path / "list.mp3").write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", encoding="utf-8")
    (tmp_path / "concat.mp4").write_text("ffconcat version 1.0\nfile /etc/passwd\n", encoding="utf-8")
    (tmp_path / "noise.mp3").write_bytes(bytes(range(1, 256)) * 400)
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "cut.mp4").write_bytes(convert(wav, "mp4").read_bytes()[:20_000])
    for name in ("list.mp3", "concat.mp4", "noise.mp3", "empty.wav", "cut.mp4", "missing.wav"):
        with pytest.raises(RecordingRefused, match=name):
            read_facts(tmp_path / name)
    os.mkfifo(tmp_path / "endless.mp3")
    for path in (tmp_path / "endless.mp3", Path("/dev/zero"), tmp_path):
        with pytest.raises(RecordingRefused, match="no file but a folder, a pipe or a device"):
            read_facts(path)


def test_what_takes_too_long_is_given_up(wav: Path) -> None:
    with pytest.raises(RecordingRefused, match="takes longer than 0 seconds to look at"):
        read_facts(wav, time_limit_s=0.0)


def test_attached_by_reference_listed_and_detached(index: Path, wav: Path, tmp_path: Path) -> None:
    attached = attach_recording("talk", wav, index)
    assert (attached.doc_id, attached.copied, attached.path) == ("talk", False, str(wav.resolve()))
    assert list_recordings(index) == [attached]
    assert locate_recording(attached, index) == wav.resolve()
    noted = json.loads((index / FILE_NAME).read_text(encoding="utf-8"))
    assert noted["recordings"][0]["sha256"] == attached.sha256
    assert attach_recording(str(tmp_path / "talk.vtt"), wav, index) == attached  # by its file, again
    assert detach_recording("talk", index) == attached
    assert (list_recordings(index), wav.exists()) == ([], True)
    with pytest.raises(RecordingRefused, match="no recording is attached to 'talk'"):
        detach_recording("talk", index)


def test_a_copy_is_kept_while_a_document_has_it(index: Path, wav: Path) -> None:
    first = attach_recording("talk", wav, index, copy=True)
    second = attach_recording("other", wav, index, copy=True)
    copy = locate_recording(first, index)
    assert (copy.parent, copy.read_bytes()) == (index / "recordings", wav.read_bytes())
    assert (first.name, locate_recording(second, index)) == ("talk.wav", copy)
    detach_recording("talk", index)
    assert copy.exists()
    attach_recording("other", wav, index)
    assert [path.name for path in copy.parent.iterdir()] == []


def test_with_a_document_its_recording_is_forgotten_and_a_copy_deleted(index: Path, wav: Path) -> None:
    attach_recording("talk", wav, index, copy=True)
    attach_recording("other", wav, index)
    remove_documents(["talk"], index, embedder=HashEmbedder())
    assert [recording.doc_id for recording in list_recordings(index)] == ["other"]
    assert list((index / "recordings").iterdir()) == []
    build_index([Document.from_text("Ann: Another one.", doc_id="third")], index, embedder=HashEmbedder())
    assert (list_recordings(index), wav.exists()) == ([], True)


def test_a_document_can_be_removed_though_the_list_is_damaged(index: Path) -> None:
    (index / FILE_NAME).write_text("{", encoding="utf-8")
    remove_documents(["talk"], index, embedder=HashEmbedder())
    assert (index / FILE_NAME).read_text("utf-8") == "{"


def test_a_recording_that_was_changed_is_not_played(index: Path, wav: Path, tmp_path: Path) -> None:
    own = Path(shutil.copy(wav, tmp_path / "own.wav"))
    attached = attach_recording("talk", own, index)
    os.utime(own, ns=(1, 1))  # the same bytes at another time
    assert locate_recording(attached, index) == own
    own.write_bytes(own.read_bytes()[:-2] + b"\1\1")
    with pytest.raises(RecordingRefused, match=r"own\.wav was changed after it was attached"):
        locate_recording(attached, index)
    own.unlink()
    with pytest.raises(RecordingRefused, match="is not where it was"):
        check_recording(attached, index)
    own.symlink_to(wav)
    with pytest.raises(RecordingRefused, match="was changed"):
        locate_recording(attached, index)


def test_what_is_refused(index: Path, wav: Path, tmp_path: Path) -> None:
    with pytest.raises(DocumentNotFound, match=r"holds no document 'nobody'; add it first"):
        attach_recording("nobody", wav, index)
    (tmp_path / "new.txt").write_text("Ann: This is not indexed.", encoding="utf-8")
    with pytest.raises(DocumentNotFound, match=r"new\.txt"):
        attach_recording(str(tmp_path / "new.txt"), wav, index)
    with pytest.raises(IndexIncompatible, match="an index on a server"):
        attach_recording("talk", wav, "http://127.0.0.1:1/name")
    long = Document.from_text("[00:10] Ann: When?\n\n[01:00:00] Bob: Then.\n\n[01:10:00] Ann: So.", doc_id="long")
    build_index([long], index, embedder=HashEmbedder())
    with pytest.raises(RecordingRefused, match=r"lasts 1\d seconds, and long goes on to second 4,200"):
        attach_recording("long", wav, index)
    assert list_recordings(index) == []


def test_a_list_that_is_damaged_is_refused_and_leads_nowhere(index: Path, wav: Path) -> None:
    attach_recording("talk", wav, index, copy=True)
    listed = json.loads((index / FILE_NAME).read_text(encoding="utf-8"))
    listed["recordings"][0]["path"] = "../../../etc/passwd"
    (index / FILE_NAME).write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(RecordingRefused, match="not where it was"):  # looked for in the folder of the copies
        locate_recording(list_recordings(index)[0], index)
    for damaged in ("{", "[]", '{"recordings": [{}]}', '{"recordings": [1]}', "[" * 100_000):
        (index / FILE_NAME).write_text(damaged, encoding="utf-8")
        with pytest.raises(IndexDamaged, match="attach the recordings again"):
            list_recordings(index)


def test_without_the_extra_the_refusal_names_the_command(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(AudioUnavailable, match=r"pip install 'on-the-record\[audio\]'"):
        attach_recording("talk", tmp_path / "talk.mp3", index)


def test_the_commands(index: Path, wav: Path, run_module: RunModule) -> None:
    attached = run_module("index", "attach", "talk", wav, "--copy", index=index)
    assert (attached.returncode, attached.stdout.split("\t")[:2]) == (0, ["talk", "talk.wav"])
    assert run_module("index", "recordings", index=index).stdout.endswith("copied\tunchanged\n")
    refused = run_module("index", "attach", "talk", index / FILE_NAME, index=index)
    assert (refused.returncode, "is no recording that can be read" in refused.stderr) == (2, True)
    assert run_module("index", "detach", "talk", index=index).returncode == 0
    assert run_module("index", "recordings", index=index).returncode == 2


def test_facts_are_read_from_what_is_there(wav: Path) -> None:
    facts = read_facts(wav)
    assert facts == MediaFacts("audio/wav", "pcm_s16le", facts.duration_ms, 1)
