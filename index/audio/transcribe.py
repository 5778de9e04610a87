"""A recording into a transcript: who says what and when, as open JSON that is read like any other document."""

import datetime
import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.atomic_write import write_atomically
from index.audio.decode import BLOCK_S, SAMPLE_RATE, decode_blocks
from index.audio.media import MediaFacts, read_facts
from index.audio.partial import HeardPart, HeardStretch, PartialFile
from index.audio.recognise import HeardWord, Recogniser
from index.audio.voices import tell_voices
from index.errors import RecordingRefused
from index.regular_file import require_regular
from index.types import FloatArray, Progress

# Words are of one voice up to such a pause, or a shorter one behind the end of a sentence.
_PAUSE_MS = 500
_PAUSE_AFTER_SENTENCE_MS = 150
_MAX_STRETCH_MS = 15_000
# Shorter speech does not tell a voice: it is taken for that of what is said next to it.
_MIN_VOICE_MS = 700
_ENDS = (".", "?", "!", "。", "？", "！")


class Encoder(Protocol):
    """What tells voices apart; see `index.audio.voices.VoiceEncoder`."""

    def embed(self, samples: FloatArray) -> FloatArray:
        """The embedding `(256,)` of a stretch of speech `(n,)`, of unit length."""
        ...


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of a recording: its name, for how long it speaks, and its longest stretch as a sample to hear."""

    name: str
    seconds: float
    sample: str


@dataclass(frozen=True, slots=True)
class HeardTranscript:
    """Where the transcript is, the language, its voices, and how many words it has."""

    path: Path
    language: str
    voices: tuple[Voice, ...]
    word_count: int


@dataclass(frozen=True, slots=True)
class Listening:
    """How to listen: `language` None finds it out, `voice_count` too; without an `encoder` nobody is told apart."""

    recogniser: Recogniser
    encoder: Encoder | None = None
    language: str | None = None
    voice_count: int | None = None
    block_s: float = BLOCK_S


def transcribe(recording: Path, path: Path, how: Listening, progress: Progress | None = None) -> HeardTranscript:
    """Write what is said in `recording` to `path`, as JSON.

    What was heard is kept beside it (`.partial`) until all is: who is interrupted goes on there. Silence and music are
    passed over, and of a recording of any length only a few minutes are in memory.

    :param progress: called with the seconds that are done, of how many.
    :raises RecordingRefused: when it is no recording, or nobody speaks in it.
    :raises AudioUnavailable: without the extra `audio`.
    :raises OSError: when the transcript cannot be written.
    """
    facts = read_facts(recording)
    require_regular(path)
    sha256 = hash_file(recording)
    head = {"recording": sha256, **how.recogniser.maker, "language": how.language, "voices": how.encoder is not None}
    partial = PartialFile(path.with_name(f"{path.name}.partial"), head)
    parts = list(_listen(recording, partial, how, facts, progress))
    stretches = [stretch for part in parts for stretch in part.stretches]
    if not stretches:
        partial.remove()
        raise RecordingRefused(f"{recording.name}: nobody is heard to speak in it; is it the right recording?")
    numbers = _find_voices(stretches, how)
    language = next(part.language for part in parts if part.language is not None)
    voices = _describe(stretches, numbers)
    data = {
        "title": recording.stem,
        "language": language,
        "maker": {
            "program": f"on-the-record {version('on-the-record')}",
            **how.recogniser.maker,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        },
        "recording": {"name": recording.name, "sha256": sha256, "duration_ms": facts.duration_ms},
        "voices": [asdict(voice) for voice in voices],
        "segments": [_segment(*said) for said in zip(stretches, numbers, strict=True)],
    }
    write_atomically(path, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())
    partial.remove()
    return HeardTranscript(path, language, voices, sum(len(stretch.words) for stretch in stretches))


def _listen(
    recording: Path, partial: PartialFile, how: Listening, facts: MediaFacts, progress: Progress | None
) -> Iterator[HeardPart]:
    """The parts that were heard before, then the others, each kept as soon as it is heard."""
    parts = partial.read()
    yield from parts
    done_ms = parts[-1].end_ms if parts else 0
    language = how.language or next((part.language for part in parts if part.language), None)
    for start_ms, samples in _cut(recording, done_ms, how):
        if language is None:
            found = how.recogniser.find_language(samples)
            language = found[0] if found is not None else None
        words: list[HeardWord] = []
        if language is not None:
            for word in how.recogniser.hear(samples, language):
                words.append(word)
                if progress is not None:
                    progress((start_ms + word.end_ms) // 1000, max(1, facts.duration_ms // 1000))
        stretches = tuple(_embed(group, samples, start_ms, how.encoder) for group in _group(words))
        part = HeardPart(start_ms + len(samples) * 1000 // SAMPLE_RATE, language, stretches)
        partial.append(part)
        yield part
    if progress is not None:
        progress(max(1, facts.duration_ms // 1000), max(1, facts.duration_ms // 1000))


def _cut(recording: Path, start_ms: int, how: Listening) -> Iterator[tuple[int, FloatArray]]:
    """The sound in blocks that end in a silence, where there is one in their last quarter."""
    rest, rest_ms = np.zeros(0, dtype=np.float32), start_ms
    blocks = decode_blocks(recording, start_ms=start_ms, block_s=how.block_s)
    block = next(blocks, None)
    while block is not None:
        following = next(blocks, None)
        samples = np.concatenate([rest, block[1]])
        cut = len(samples)
        if following is not None:
            cut = how.recogniser.cut_in_silence(samples, 3 * len(samples) // 4)
        yield rest_ms, samples[:cut]
        rest, rest_ms = samples[cut:], rest_ms + cut * 1000 // SAMPLE_RATE
        block = following
    if len(rest):
        yield rest_ms, rest


def _group(words: Sequence[HeardWord]) -> Iterator[list[HeardWord]]:
    """The words in stretches of one voice, as pauses part them."""
    group = list(words[:1])
    for before, word in pairwise(words):
        pause = _PAUSE_AFTER_SENTENCE_MS if before.text.endswith(_ENDS) else _PAUSE_MS
        if word.start_ms - before.end_ms >= pause or word.end_ms - group[0].start_ms > _MAX_STRETCH_MS:
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _embed(words: Sequence[HeardWord], samples: FloatArray, start_ms: int, encoder: Encoder | None) -> HeardStretch:
    """The stretch with the times of the whole recording, and its voice."""
    first, last = (at * SAMPLE_RATE // 1000 for at in (words[0].start_ms, words[-1].end_ms))
    embedding = encoder.embed(samples[first:last]) if encoder is not None and last - first > 0 else None
    moved = (HeardWord(word.text, word.start_ms + start_ms, word.end_ms + start_ms, word.probability) for word in words)
    return HeardStretch(tuple(moved), embedding)


def _find_voices(stretches: Sequence[HeardStretch], how: Listening) -> list[int | None]:
    """The number of the voice of each stretch, None for all where voices are not told apart."""
    telling = [
        number
        for number, stretch in enumerate(stretches)
        if stretch.embedding is not None and _lasts_ms(stretch) >= _MIN_VOICE_MS
    ] or [number for number, stretch in enumerate(stretches) if stretch.embedding is not None]
    embeddings = [embedding for number in telling if (embedding := stretches[number].embedding) is not None]
    if not embeddings:
        return [None] * len(stretches)
    seconds = [_lasts_ms(stretches[number]) / 1000 for number in telling]
    told = dict(zip(telling, tell_voices(np.stack(embeddings), seconds, how.voice_count), strict=True))
    return [told[_find_nearest(telling, stretches, number)] for number in range(len(stretches))]


def _find_nearest(telling: Sequence[int], stretches: Sequence[HeardStretch], number: int) -> int:
    """Of the stretches that tell a voice, itself or else the one before or after it that is nearer in time."""
    at = bisect_left(telling, number)
    if at < len(telling) and telling[at] == number:
        return number
    sides = telling[max(0, at - 1) : at + 1]

    def gap_ms(other: int) -> int:
        first, second = sorted((number, other))
        return stretches[second].words[0].start_ms - stretches[first].words[-1].end_ms

    return min(sides, key=gap_ms)


def _lasts_ms(stretch: HeardStretch) -> int:
    return stretch.words[-1].end_ms - stretch.words[0].start_ms


def _describe(stretches: Sequence[HeardStretch], numbers: Sequence[int | None]) -> tuple[Voice, ...]:
    voices = []
    for number in sorted({number for number in numbers if number is not None}):
        own = [stretch for stretch, other in zip(stretches, numbers, strict=True) if other == number]
        longest = max(own, key=_lasts_ms)
        sample = f"t={longest.words[0].start_ms / 1000:g},{longest.words[-1].end_ms / 1000:g}"
        voices.append(Voice(_name(number), round(sum(map(_lasts_ms, own)) / 1000, 1), sample))
    return tuple(voices)


def _name(number: int) -> str:
    return f"Voice {number + 1}"


def _segment(stretch: HeardStretch, number: int | None) -> dict[str, Any]:
    words = [
        {
            "word": word.text,
            "start": word.start_ms / 1000,
            "end": word.end_ms / 1000,
            "probability": round(word.probability, 3),
        }
        for word in stretch.words
    ]
    named = {} if number is None else {"speaker": _name(number)}
    return {
        **named,
        "start": words[0]["start"],
        "end": words[-1]["end"],
        "text": "".join(word.text for word in stretch.words).strip(),
        "words": words,
    }


def hash_file(path: Path) -> str:
    """The sha256 of a file, as lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
