"""Headings that a format marks as such: nobody's words, though the text around them is somebody's."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.formats.extract import Extract
from corpus.sentences import strip_span
from corpus.turn import Turn

Span = tuple[int, int]


def set_headings_apart(extract: Extract, headings: Sequence[Span]) -> Extract:
    """The extract with the headings out of the turns in which they stand.

    As in any text, whose the words below a heading are is unknown until the next label.

    :param headings: spans of `extract.text` in order.
    """
    starts = [start for start, _ in headings]
    turns = []
    for turn in extract.turns:
        within = headings[bisect_left(starts, turn.start) : bisect_left(starts, turn.end)]
        turns += list(_part(extract.text, turn, within))
    return Extract(extract.text, tuple(turns), extract.title)


def _part(text: str, turn: Turn, within: Sequence[Span]) -> Iterator[Turn]:
    if turn.kind != "speech" or turn.speaker is None or not within:
        yield turn
        return
    first = within[0][0]
    if (said := strip_span(text, turn.start, first)) is not None:
        yield replace(turn, start=said[0], end=said[1])
    yield Turn(None, first, turn.end, kind="narration")
