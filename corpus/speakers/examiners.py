"""Depositions: who asks where the label only says "Q"."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from corpus.identity import fold_name
from corpus.lines import Line
from corpus.speakers.grammar import LabelCandidate
from corpus.speakers.names import clean_spaces

_ASKED = frozenset({"Q", "QUESTION", "Question"})
_EXAMINER = re.compile(r"\s*(?:[A-Z-]*EXAMINATION )?BY ((?:M(?:R|S|RS)\.? |THE )[^.:;!?]{1,40}):?\s*")
_MAX_LINE_CHARS = 300


def name_examiners(
    labels: Sequence[LabelCandidate], persons: list[str | None], lines: Sequence[Line]
) -> list[str | None]:
    """The persons, with whoever examines for "Q" where lines such as "BY MR. WELD:" say who does."""
    if not any(label.name in _ASKED for label in labels):
        return persons
    examining = [
        (line.number, match[1]) for line in lines if (match := _EXAMINER.fullmatch(line.text[:_MAX_LINE_CHARS]))
    ]
    by_name = {fold_name(person): person for person in persons if person}
    named = list(persons)
    for place, label in enumerate(labels):
        before = bisect_left(examining, (label.line, ""))
        if label.name in _ASKED and before:
            name = clean_spaces(examining[before - 1][1])
            named[place] = by_name.get(fold_name(name), name)
    return named
