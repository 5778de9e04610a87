"""Speaker labels, as the readers of formats ask for them."""

from collections.abc import Sequence

from corpus.clocks import TIME_MARK
from corpus.lines import Line
from corpus.speakers.decision import Label, decide
from corpus.speakers.names import is_name

__all__ = ["TIME_MARK", "Label", "accept_labels", "find_candidates", "is_name"]


def find_candidates(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines on which a label is looked for."""
    return lines


def accept_labels(candidates: Sequence[Line], lines: Sequence[Line]) -> list[Label]:
    """The labels that the text as a whole bears out, in order."""
    return list(decide(lines).labels)
