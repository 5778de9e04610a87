"""Where a correction stands, so that it is found again after the source was edited."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from corpus.places import count_agreeing, find_all

# How much of the text around is kept.
CONTEXT_CHARS = 48
# Of a longer stretch only the first and the last words are kept: one word changed in a long turn loses nothing.
MAX_EXACT_CHARS = 160
# A place is the same one when so many characters agree, its own and those around it on either side.
_MIN_AGREEING_CHARS = 16
# Of words that stand in more places than this, the others are not looked at.
_MAX_PLACES = 2000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stretch of a text: a W3C TextPositionSelector and TextQuoteSelector in one.

    `start` and `end` are code points of the text with this `sha256`, `end` exclusive. `exact` are the words there, or
    their first `MAX_EXACT_CHARS` characters; then `ends` are the last. `prefix` and `suffix` are the text around.
    """

    start: int
    end: int
    exact: str
    ends: str
    prefix: str
    suffix: str
    sha256: str


def make_anchor(text: str, sha256: str, start: int, end: int) -> Anchor:
    """The anchor of `text[start:end]`.

    :raises ValueError: when the span is empty or leaves the text.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"{start}-{end} is no stretch of a text of {len(text)} characters")
    long = end - start > MAX_EXACT_CHARS
    return Anchor(
        start=start,
        end=end,
        exact=text[start : min(end, start + MAX_EXACT_CHARS)],
        ends=text[max(start, end - MAX_EXACT_CHARS) : end] if long else "",
        prefix=text[max(0, start - CONTEXT_CHARS) : start],
        suffix=text[end : end + CONTEXT_CHARS],
        sha256=sha256,
    )


def find_anchor(text: str, sha256: str, anchor: Anchor) -> tuple[int, int] | None:
    """Where the stretch is now; None where it is gone, or could be in several places alike."""
    if sha256 == anchor.sha256:
        found = (anchor.start, anchor.end)
        return found if _stands(text, anchor, *found) else None
    ranked = sorted(
        (
            (count_agreeing(text, start, end, anchor.prefix, anchor.suffix) + len(anchor.exact), start, end)
            for start, end in _find_places(text, anchor)
        ),
        reverse=True,
    )
    if not ranked:
        return None
    agreeing, start, end = ranked[0]
    alone = len(ranked) == 1 or ranked[1][0] < agreeing
    return (start, end) if alone and agreeing >= _MIN_AGREEING_CHARS else None


def _stands(text: str, anchor: Anchor, start: int, end: int) -> bool:
    said = text[start:end]
    if anchor.ends:
        return said.startswith(anchor.exact) and said.endswith(anchor.ends)
    return said == anchor.exact


def _find_places(text: str, anchor: Anchor) -> Iterator[tuple[int, int]]:
    for start in islice(find_all(text, anchor.exact), _MAX_PLACES):
        if not anchor.ends:
            yield start, start + len(anchor.exact)
            continue
        length = anchor.end - anchor.start
        last = text.find(anchor.ends, start, start + 2 * length + len(anchor.ends))
        if last >= 0:
            yield start, last + len(anchor.ends)
