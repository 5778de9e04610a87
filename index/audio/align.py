"""When the words of a transcript are said: its words held against those that were heard in its recording."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from corpus import Document, TimedSpan, Track
from index.audio.recognise import HeardWord

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Words that stand so often in a row once in both are the same words; what is between two such is compared in full.
_ANCHOR_WORDS = 4
_MAX_COMPARED = 4_000
# So many words between two that were found are taken to be said at one speed between them, and no faster than this.
_MAX_FILLED = 8
_MIN_MS_A_WORD = 40
_MAX_MS_A_WORD = 1_500


@dataclass(frozen=True, slots=True)
class Aligned:
    """A document with the times of its words, and how many of how many words have one.

    `missing` are the longest stretches (code points) without any, in order of the text.
    """

    document: Document
    timed_count: int
    word_count: int
    missing: tuple[tuple[int, int], ...]

    @property
    def share(self) -> float:
        """The share of the words that have a time, 0 to 1."""
        return self.timed_count / max(1, self.word_count)


def align(document: Document, heard: Sequence[HeardWord], *, max_missing: int = 5) -> Aligned:
    """The document with the times of its spoken words by what was heard; words that were not found in it get none.

    :param heard: the words of the recording, in order.
    :param max_missing: how many stretches without times are named.
    """
    kinds = {turn.kind for turn in document.turns}
    spoken = "speech" if "speech" in kinds else "narration"  # what is not said is not heard
    spans = [
        (match.start(), match.end())
        for turn in document.turns
        if turn.kind == spoken
        for match in _WORD.finditer(document.text, turn.start, turn.end)
    ]
    written = [_fold(document.text[start:end]) for start, end in spans]
    parts = [(part, number) for number, word in enumerate(heard) for part in map(_fold, _WORD.findall(word.text))]
    found: dict[int, tuple[int, int]] = {}
    for at, other in _match(written, [part for part, _ in parts]):
        word = heard[parts[other][1]]
        found[at] = (word.start_ms, word.end_ms)
    found = _keep_order(found)
    _fill(found)
    timed = [TimedSpan(*spans[number], *found[number]) for number in sorted(found)]
    track = Track.from_spans([_widen(document.text, span) for span in timed])
    gaps = sorted(_find_gaps(found, spans), key=lambda gap: gap[0] - gap[1])[:max_missing]
    return Aligned(replace(document, track=track), len(found), len(spans), tuple(sorted(gaps)))


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")


def _widen(text: str, span: TimedSpan) -> TimedSpan:
    """The word with the punctuation behind it, as it stands between white space."""
    end = span.end
    while end < len(text) and not text[end].isspace() and not text[end].isalnum():
        end += 1
    return span._replace(end=end) if end == len(text) or text[end].isspace() else span


def _match(written: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers of the same words, rising in both: by what stands once in both, and between these in full."""
    anchors = [(0, 0), *_find_anchors(written, heard), (len(written), len(heard))]
    for (first, other), (last, end) in pairwise(anchors):
        if (last - first) > _MAX_COMPARED or (end - other) > _MAX_COMPARED:
            continue  # nothing in common over so long a stretch
        matcher = SequenceMatcher(None, written[first:last], heard[other:end], autojunk=False)
        for block in matcher.get_matching_blocks():
            yield from ((first + block.a + step, other + block.b + step) for step in range(block.size))


def _find_anchors(written: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Where rows of `_ANCHOR_WORDS` begin that stand once in each, as many as rise in both."""
    places = [_find_once(words) for words in (written, heard)]
    pairs = sorted((at, places[1][row]) for row, at in places[0].items() if row in places[1])
    # The longest rising sequence (patience sorting).
    tops: list[int] = []
    piles: list[tuple[int, int]] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
        pile = bisect_left(tops, other)
        before.append(piles[pile - 1][1] if pile else -1)
        if pile == len(tops):
            tops.append(other)
            piles.append((other, number))
        else:
            tops[pile], piles[pile] = other, (other, number)
    chain = []
    number = piles[-1][1] if piles else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _find_once(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    rows = [tuple(words[at : at + _ANCHOR_WORDS]) for at in range(len(words) - _ANCHOR_WORDS + 1)]
    counts = Counter(rows)
    return {row: at for at, row in enumerate(rows) if counts[row] == 1}


def _keep_order(found: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """What was found, without what would be said before the word in front of it."""
    kept: dict[int, tuple[int, int]] = {}
    last_ms = -1
    for number in sorted(found):
        if found[number][0] >= last_ms:
            kept[number] = found[number]
            last_ms = found[number][0]
    return kept


def _fill(found: dict[int, tuple[int, int]]) -> None:
    """Give the few words between two that were found their part of the time between these, where it can be theirs."""
    for before, after in pairwise(sorted(found)):
        count = after - before - 1
        if not 0 < count <= _MAX_FILLED:
            continue
        begins, ends = found[before][1], found[after][0]
        each = (ends - begins) / count
        if not _MIN_MS_A_WORD <= each <= _MAX_MS_A_WORD:
            continue
        for step in range(count):
            found[before + 1 + step] = (round(begins + step * each), round(begins + (step + 1) * each))


def _find_gaps(found: dict[int, tuple[int, int]], spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches of words without times, as code points."""
    numbers = [-1, *sorted(found), len(spans)]
    for before, after in pairwise(numbers):
        if after - before > 1:
            yield spans[before + 1][0], spans[after - 1][1]
