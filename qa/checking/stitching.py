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

    Where there is a choice, a run that stands near the one before is taken, so that nobody is accused of stitching.
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
        chosen = next((run for run in best if last is not None and is_near(last, run)), best[0])
        cover.append(chosen)
        at = furthest
    return tuple(cover) if len(cover) > 1 else ()


def is_near(one: WordRun, other: WordRun) -> bool:
    """Whether two runs stand in one place of one source, in whichever order."""
    if (one.place.doc_id, one.stretch) != (other.place.doc_id, other.stretch):
        return False
    first, second = sorted((one, other), key=lambda run: run.word)
    return second.word - (first.word + first.words) <= NEAR_WORDS


def is_stitched(cover: Sequence[WordRun]) -> bool:
    """Whether two of the parts that follow each other come from two places."""
    return any(not is_near(one, other) for one, other in itertools.pairwise(cover))
