"""The list of transcripts as plain functions: what is held, what was found, and where words stand."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Document
from index import DocumentInfo, attach_recording, build_index, list_recordings, remove_documents
from tests.fakes import HashEmbedder
from tests.recordings import speak
from ui.removals import KEPT_S, MAX_KEPT_CHARS, Removals, attach_again, find_recording
from ui.shelves import UploadRefused
from ui.sources import MAX_PLACES, SourceRows, find_words, list_places, render_removed, render_sources

TALK = Document.from_text(
    "Ann: When did it fail?\n\nBob: The ﬂour failed in 1987,\nand &quot;the flour&quot; was dear.", doc_id="talk/1"
)
GONE = "what was removed is held for ten minutes, and is gone now"


class Clock:
    """Says the time that it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """That time, in seconds."""
        return self.now


def test_what_was_removed_is_had_back_by_who_removed_it_for_a_while() -> None:
    clock = Clock()
    removals = Removals(clock)
    token = removals.keep("ann", TALK)
    assert removals.find("ann", token).document == TALK
    with pytest.raises(UploadRefused, match=GONE):
        removals.find("bob", token)
    clock.now = KEPT_S - 1
    assert removals.find("ann", token).document == TALK
    clock.now = KEPT_S + 1
    with pytest.raises(UploadRefused, match=GONE):
        removals.find("ann", token)
    again = removals.keep("ann", TALK)
    removals.forget(again)
    with pytest.raises(UploadRefused, match=GONE):
        removals.find("ann", again)


def test_no_more_is_held_than_a_bound() -> None:
    removals = Removals(Clock())
    large = Document.from_text("Ann: " + "word " * (MAX_KEPT_CHARS // 10), doc_id="large")
    first = removals.keep("ann", large)
    second = removals.keep("ann", large)
    third = removals.keep("ann", TALK)
    assert removals.find("ann", third).document == TALK
    assert removals.find("ann", second).document == large
    with pytest.raises(UploadRefused, match=GONE):
        removals.find("ann", first)


def test_what_was_found_is_looked_for_once() -> None:
    read: list[str] = []

    def read_it(doc_id: str) -> Document:
        read.append(doc_id)
        return documents[doc_id]

    nobody = Document.from_text("It failed. They left.", doc_id="nobody")
    documents = {TALK.doc_id: TALK, "nobody": nobody}
    infos = [
        DocumentInfo(each.doc_id, each.title, None, each.sha256, tuple(person.name for person in each.speakers), 1)
        for each in documents.values()
    ]
    rows = SourceRows()
    first = rows.make(infos, read_it)
    assert [row.found for row in first] == ["2 turns, 2 speakers, 14 words", "0 turns, 0 speakers, 4 words"]
    assert first[1].notices == ("Nobody is named in it, so no quote can say whose words it is.",)
    assert rows.make(infos, read_it) == first
    assert read == ["talk/1", "nobody"]


def test_nothing_in_a_title_or_a_name_acts_in_the_list() -> None:
    bad = '<img src=x onerror="alert(1)">'
    info = DocumentInfo(bad, bad, None, "0" * 64, (bad,), 1)
    page = render_sources(SourceRows().make([info, info], lambda _: TALK), removable=True)
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_words_are_found_however_they_are_written_and_never_in_a_label() -> None:
    text = TALK.text
    assert [text[start:end] for start, end in find_words(TALK, "FLOUR")] == ["ﬂour", "flour"]
    assert [text[start:end] for start, end in find_words(TALK, '1987, and  "the')] == ["1987,\nand &quot;the"]
    assert find_words(TALK, "bob") == []
    assert find_words(TALK, "  ") == []
    start = text.index("dear")
    assert list_places(TALK, "dear") == {
        "doc_id": "talk/1",
        "address": "talk%2F1",
        "words": "dear",
        "places": [f"{start}-{start + 4}"],
        "more": False,
    }


def test_of_very_many_places_the_first_are_gone_through() -> None:
    long = Document.from_text("Ann: " + "so " * (MAX_PLACES + 5), doc_id="long")
    found = list_places(long, "so")
    assert (found["more"], found["places"]) == (
        True,
        [f"{5 + 3 * number}-{7 + 3 * number}" for number in range(MAX_PLACES)],
    )


def test_with_a_transcript_its_recording_comes_back_or_it_is_said_that_it_does_not(tmp_path: Path) -> None:
    speak(tmp_path / "talk.wav", [("Ann", "When did it fail?")])
    index, embedder = tmp_path / "index", HashEmbedder()
    said = []
    for copy in (False, True):
        build_index([TALK, Document.from_text("Ann: Another.", doc_id="other")], index, embedder=embedder)
        attach_recording("talk/1", tmp_path / "talk.wav", index, copy=copy)
        held = find_recording(index, "talk/1")
        remove_documents(["talk/1"], index, embedder=embedder)
        assert find_recording(index, "talk/1") is None
        build_index([TALK], index, embedder=embedder)
        said.append(attach_again(held, index))
        assert [recording.name for recording in list_recordings(index)] == ([] if copy else ["talk.wav"])
    assert said == [
        None,
        "The transcript is back without its recording talk.wav, whose copy was deleted; add it again.",
    ]
    (tmp_path / "talk.wav").unlink()
    assert "talk.wav cannot be read" in (
        attach_again(held and replace(held, copied=False, path="talk.wav"), index) or ""
    )
    assert "and the copy of its recording. " in render_removed("Talk", "token", copy_deleted=True)
    assert "recording" not in render_removed("Talk", "token")
