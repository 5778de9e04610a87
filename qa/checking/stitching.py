"""Quotations made of words that were all said, but not together: parts from two places, or of two persons."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from qa.checking.records import SourcePlace

# A quotation is made of at most so many places; one of more is words that occur everywhere.
MAX_PARTS = 4
# So many words of the quotation may stand between two parts without being said: "and", "but then".
MAX_JOINING_WORDS = 1
# Parts that stand so near each other in one turn, in words, are one place: something was left out or exchanged there.
NEAR_WORDS = 15
# A quotation that is so much like one place is made of another one only where that gave it so many words.
_ONE_PLACE, _LONG_PART = 0.8, 6


@dataclass(frozen=True, slots=True)
class WordRun:
    """Words of a quotation from number `start` to before `end` that stand so in a source.

    `stretch` is the number of the stretch there, `word` the number of the first word there.
    """

    start: int
    end: int
    place: SourcePlace
    stretch: int
    word: int

    @property
    def words(self) -> int:
        """How many words it has."""
        return self.end - self.start


def find_cover(runs: Sequence[WordRun], count: int) -> tuple[WordRun, ...]:
    """The fewest runs that together are all `count` words, in order; () when there are none, or one alone is.

    Where there is a choice, a run that stands near the one before is taken, or is the same person's, so that nobody is
    accused of more than there is.
    """
    cover: list[WordRun] = []
    at = 0
    while at < count:
        begun = [run for run in runs if run.start <= at + (MAX_JOINING_WORDS if cover else 0) and run.end > at]
        if not begun or len(cover) == MAX_PARTS:
            return ()
        furthest = max(run.end for run in begun)
        last = cover[-1] if cover else None
        best = [run for run in begun if run.end == furthest]
        chosen = best[0] if last is None else max(best, key=lambda run: _closeness(last, run))
        cover.append(chosen)
        at = furthest
    return tuple(cover) if len(cover) > 1 else ()


def _closeness(last: WordRun, run: WordRun) -> tuple[bool, bool, bool]:
    same_document = last.place.doc_id == run.place.doc_id
    return is_near(last, run), same_document and last.place.speaker == run.place.speaker, same_document


def is_near(one: WordRun, other: WordRun) -> bool:
    """Whether two runs stand in one place of one source, in whichever order."""
    if (one.place.doc_id, one.stretch) != (other.place.doc_id, other.stretch):
        return False
    first, second = sorted((one, other), key=lambda run: run.word)
    return second.word - (first.word + first.words) <= NEAR_WORDS


def is_stitched(cover: Sequence[WordRun], runs: Sequence[WordRun], similarity: float) -> bool:
    """Whether two parts that follow each other come from two places, and from no place together.

    :param similarity: that of the one place that is most like the whole: where it is high, a short part is a change.
    """
    if similarity >= _ONE_PLACE and min(part.words for part in cover) < _LONG_PART:
        return False
    return any(
        not any(is_near(one, other) for one in _same_words(first, runs) for other in _same_words(second, runs))
        for first, second in itertools.pairwise(cover)
    )


def _same_words(part: WordRun, runs: Sequence[WordRun]) -> list[WordRun]:
    """The runs that have nearly all words of a part, wherever they stand."""
    return [run for run in runs if min(run.end, part.end) - max(run.start, part.start) >= 0.8 * part.words]
