"""Transcripts made by hand get the times of their words from their recordings."""

import json
import random
from pathlib import Path

import pytest

from corpus import Document, QuoteTimes, quote_times
from index import RecordingRefused, build_index, list_recordings, open_store
from index.alignment import FOLDER_NAME, align_recording, describe_missing, read_heard
from index.audio.align import align
from index.audio.recognise import HeardWord, open_whisper
from index.audio.transcribe import Listening
from tests.bench.alignment import compare, read_out
from tests.fakes import HashEmbedder
from tests.recordings import TALK, speak
from tests.test_index_transcribe import ScriptedRecogniser, require_weights, script

WRITTEN = "\n\n".join(f"{name}: {words}" for name, words in TALK)


def say(words: str, step_ms: int = 300) -> list[HeardWord]:
    return [
        HeardWord(f" {word}", step_ms * number, step_ms * number + step_ms - 20, 0.9)
        for number, word in enumerate(words.split())
    ]


def test_words_get_the_times_at_which_they_are_heard() -> None:
    document = Document.from_text("Ann: When did it fail?\n\nBob: In 1987, said my mother.", doc_id="x")
    aligned = align(document, say("WHEN did it, fail. In nineteen said my mother"))
    assert (aligned.timed_count, aligned.word_count, aligned.missing) == (9, 9, ())
    start = document.text.index("said my mother.")
    assert quote_times(aligned.document, start, start + 15) == QuoteTimes(1800, 2680, "words")
    year = document.text.index("1987,")
    assert quote_times(aligned.document, year, year + 5) == QuoteTimes(1480, 1800, "words")  # between its neighbours
    assert aligned.document.text == document.text


def test_nine_in_ten_words_are_placed_right_though_many_are_misheard(interview: Document) -> None:
    random_ = random.Random(3)
    spoken = [
        (turn.start + at, word)
        for turn in interview.turns
        if turn.kind == "speech"
        for at, word in find_words(interview.text[turn.start : turn.end])
    ]
    heard, truth = [], {}
    for number, (at, word) in enumerate(spoken):
        truth[at] = 300 * number
        if random_.random() > 0.05:
            said = random_.choice(spoken)[1] if random_.random() < 0.1 else word
            heard.append(HeardWord(f" {said}", 300 * number, 300 * number + 280, 0.9))
    aligned = align(interview, heard)
    assert aligned.share > 0.95
    assert aligned.document.track is not None
    near = [
        abs(span.start_ms - truth[span.start]) <= 500 for span in aligned.document.track.spans if span.start in truth
    ]
    assert sum(near) > 0.95 * len(truth)


def find_words(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, word))
        at += len(word)
    return found


def test_what_is_not_heard_is_named_and_not_timed() -> None:
    left_out = "A long remark that somebody wrote down and that nobody ever said into this recording of ours."
    document = Document.from_text(f"Ann: When did it fail?\n\nBob: {left_out}\n\nAnn: Was it cold?", doc_id="x")
    aligned = align(document, say("when did it fail was it cold"))
    assert (aligned.timed_count, aligned.word_count) == (7, 24)
    (gap,) = aligned.missing
    assert document.text[slice(*gap)] == left_out[:-1]
    assert describe_missing(aligned, document)[0].startswith(f"characters {gap[0]}–{gap[1]}: “A long remark")
    start = document.text.index(left_out)
    assert quote_times(aligned.document, start, start + len(left_out)) is None


@pytest.fixture
def indexed(tmp_path: Path) -> tuple[Path, Path, list[float]]:
    marks = speak(tmp_path / "talk.wav")
    build_index([Document.from_text(WRITTEN, doc_id="talk")], tmp_path / "index", embedder=HashEmbedder())
    return tmp_path / "index", tmp_path / "talk.wav", marks


def test_a_document_of_an_index_is_aligned_and_its_recording_attached(indexed: tuple[Path, Path, list[float]]) -> None:
    index, wav, marks = indexed
    words = script(marks)
    aligned = align_recording("talk", wav, index, lambda: Listening(ScriptedRecogniser(words)), embedder=HashEmbedder())
    assert (aligned.share, [each.doc_id for each in list_recordings(index)]) == (1.0, ["talk"])
    with open_store(index).reading() as view:
        document = view.document("talk")
    assert document == aligned.document
    start = document.text.index("Nobody left.")
    first = next(word for word in words if word.text == " Nobody")
    times = quote_times(document, start, start + 12)
    assert times is not None
    assert (times.start_ms, times.how) == (first.start_ms, "words")

    def fail() -> Listening:
        raise AssertionError("it was listened to twice")

    assert align_recording("talk", wav, index, fail, embedder=HashEmbedder()) == aligned


def test_another_talk_is_refused_and_nothing_changes(indexed: tuple[Path, Path, list[float]]) -> None:
    index, wav, _ = indexed
    other = ScriptedRecogniser(say("they spoke about something else entirely for the whole of the afternoon"))
    with pytest.raises(RecordingRefused, match=r"only \d+% of the words of talk are heard in talk\.wav"):
        align_recording("talk", wav, index, lambda: Listening(other), embedder=HashEmbedder())
    assert list_recordings(index) == []
    (kept,) = (index / FOLDER_NAME).iterdir()
    kept.write_text(json.dumps({"segments": [{}]}), encoding="utf-8")
    with pytest.raises(RecordingRefused, match="is not what was heard"):
        read_heard(kept)


@pytest.mark.audio
def test_a_reading_of_the_interview_is_aligned(interview: Document, tmp_path: Path) -> None:
    """The first answers in the voices of two speakers; espeak-ng tells when each word begins."""
    require_weights()
    turns = [turn for turn in interview.turns if turn.kind == "speech"][:4]
    document = Document.from_text(interview.text[: turns[-1].end], doc_id="begin")
    starts_ms = read_out(document, tmp_path / "read.wav")
    build_index([document], tmp_path / "index", embedder=HashEmbedder())
    whisper = open_whisper("base", lambda said: None)
    aligned = align_recording(
        "begin", tmp_path / "read.wav", tmp_path / "index", lambda: Listening(whisper), embedder=HashEmbedder()
    )
    nearness = compare(document, starts_ms, aligned)
    assert nearness.word_count > 150
    assert nearness.share >= 0.95
