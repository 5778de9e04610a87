"""The times of single words as formats have them: in tags among the words of a caption, or one for each word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from corpus.formats.times import parse_ms
from corpus.track import TimedSpan

# WebVTT: so much of the caption is said by then. Programs call it karaoke.
_TIME_TAG = re.compile(r"<(?P<time>\d{1,3}(?::\d{2}){1,2}\.\d{1,3})>")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,20})?")
_WORD = re.compile(r"\S+")


class WordTime(NamedTuple):
    """When a word begins and ends, and how sure (0 to 1) the recogniser was of it; None for what is not told."""

    start_ms: int | None
    end_ms: int | None = None
    probability: float | None = None


def read_probability(word: Mapping[str, object]) -> float | None:
    """How sure a recogniser says it is of a word, 0 to 1; some count to 100."""
    for key in ("probability", "confidence", "score", "conf"):
        value = word.get(key)
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            value = float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100:
            return value if value <= 1 else value / 100
    return None


def has_time_tags(text: str) -> bool:
    """Whether a caption has times among its words."""
    return _TIME_TAG.search(text) is not None


def write_time_tag(start_ms: int) -> str:
    """A tag as WebVTT has it, for formats that keep the times of words elsewhere."""
    seconds, rest = divmod(start_ms, 1000)
    return f"<{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}>"


def split_time_tags(text: str, start_ms: int | None) -> Iterator[tuple[str, int | None]]:
    """The stretches of a caption between its time tags, each with the time at which it begins."""
    end = 0
    for tag in _TIME_TAG.finditer(text):
        yield text[end : tag.start()], start_ms
        end, start_ms = tag.end(), parse_ms(tag["time"])
    yield text[end:], start_ms


def read_word_times(stretches: Sequence[tuple[str, int | None]], end_ms: int | None) -> tuple[WordTime, ...]:
    """The times of the words of all stretches, put together; several words of one stretch share its time.

    A word ends where the next stretch begins, the last one at `end_ms`.
    """
    text = "".join(words for words, _ in stretches)
    words: list[WordTime] = []
    number, reached = -1, 0
    for word in _WORD.finditer(text):
        while number < 0 or (number + 1 < len(stretches) and reached <= word.start()):
            number += 1
            reached += len(stretches[number][0])
        following = stretches[number + 1][1] if number + 1 < len(stretches) else end_ms
        words.append(WordTime(stretches[number][1], following))
    return tuple(words)


def fit_words(text: str, words: Sequence[tuple[str, WordTime]]) -> tuple[WordTime, ...]:
    """The times of the words of `text` by those of a recogniser's words, which may be parts of them.

    Empty where the recogniser's words, put together, are not the text.
    """
    said = ["".join(word.split()) for word, _ in words]
    tokens = text.split()
    if "".join(said) != "".join(tokens):
        return ()
    owners = [number for number, word in enumerate(said) for _ in word]
    fitted: list[WordTime] = []
    at = 0
    for token in tokens:
        parts = [words[number][1] for number in range(owners[at], owners[at + len(token) - 1] + 1)]
        sure = [part.probability for part in parts if part.probability is not None]
        fitted.append(WordTime(parts[0].start_ms, parts[-1].end_ms, min(sure, default=None)))
        at += len(token)
    return tuple(fitted)


def words_of_part(text: str, words: Sequence[WordTime], part: str) -> tuple[WordTime, ...]:
    """Those of the times of the words of `text` that are the times of `part` of it; empty where it has other words."""
    if not words or part == text:
        return tuple(words)
    said, wanted = text.split(), part.split()
    if len(said) != len(words):
        return ()
    for first in range(len(said) - len(wanted), -1, -1):  # what is taken away is mostly a label in front
        if said[first : first + len(wanted)] == wanted:
            return tuple(words[first : first + len(wanted)])
    return ()


def time_words(text: str, offset: int, whole: WordTime, words: Sequence[WordTime]) -> list[TimedSpan]:
    """The timed stretches of a text that stands at `offset`: its words if each has a time, else all of it, or none."""
    places = [match.span() for match in _WORD.finditer(text)]
    if len(words) != len(places) or not all(word.start_ms is not None for word in words):
        places, words = [(0, len(text))], [whole]
    return [
        TimedSpan(offset + start, offset + end, word.start_ms, word.end_ms, word.probability)
        for (start, end), word in zip(places, words, strict=True)
        if word.start_ms is not None
    ]
