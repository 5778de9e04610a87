"""A text as the stretches that a label can lead: its lines, and the parts of a line that hold several turns."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.clocks import CLOCK
from corpus.lines import Line, split_lines
from corpus.speakers.names import Grade, clean_label, grade_name

# ">>" within a line: somebody else begins.
_CHANGE = re.compile(r"(?<=[^\s>-])\s+(?=[-–]?>{2,3}(?:\s|[^\W\d_]))")
_RUN_ON = re.compile(
    rf"(?<=[.?!…。？！\"”’)\]])\s*(?=(?:\*\*|__)?(?:{CLOCK}\s*)?(?:\*\*|__)?(?P<name>[^\W\d_][^:：.?!…。？！\r\n]{{0,40}})[:：](?!\d))"
)
_MAX_LINES_OF_RUN_ON = 3
_MIN_CHARS_OF_RUN_ON = 60
_MIN_CHARS_OF_LONG_LINE = 5000
_MIN_RUN_ON_LABELS = 3

# "  3   Q.  When did": depositions and court records number their lines.
_NUMBER = re.compile(r"[ \t]*(?P<number>\d{1,2})(?:[ \t]{1,40}|$)")
_MIN_NUMBERED = 5
_NUMBERED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Segments:
    """The stretches in order, numbered from 0, and the spans (code points) of line numbers, which are nobody's."""

    lines: tuple[Line, ...]
    numbers: tuple[tuple[int, int], ...]


def split_segments(text: str) -> Segments:
    """The lines of a text without line numbers, parted where somebody else begins within a line."""
    lines = split_lines(text)
    numbers = _find_line_numbers(lines)
    if numbers:
        ends = dict(numbers)
        lines = [
            Line(line.number, ends[line.start], line.text[ends[line.start] - line.start :])
            if line.start in ends
            else line
            for line in lines
        ]
    changes = ">>" in text
    few = len(lines) <= 2 * _MAX_LINES_OF_RUN_ON
    shortest = _MIN_CHARS_OF_RUN_ON if few else _MIN_CHARS_OF_LONG_LINE
    if not changes and all(len(line.text) < shortest for line in lines):
        return Segments(tuple(lines), tuple(numbers))
    parted: list[Line] = []
    for line in lines:
        run_on = len(line.text) >= shortest
        cuts = list(_find_cuts(line.text, changes, run_on)) if changes or run_on else []
        for start, end in pairwise([0, *cuts, len(line.text)]):
            parted.append(Line(len(parted), line.start + start, line.text[start:end]))
    return Segments(tuple(parted), tuple(numbers))


def _find_cuts(text: str, changes: bool, run_on: bool) -> Iterator[int]:
    """Where within a line another turn begins, in order, above 0 and below the end."""
    cuts = {match.end() for match in _CHANGE.finditer(text)} if changes else set()
    if run_on:
        cuts |= set(_find_run_on(text))
    yield from sorted(cut for cut in cuts if 0 < cut < len(text))


def _find_run_on(text: str) -> list[int]:
    """Where labels stand within a line, if names come back there as in a dialogue."""
    heads = [(match.end(), clean_label(match["name"])) for match in _RUN_ON.finditer(text)]
    found = [(at, name.casefold()) for at, name in heads if grade_name(name) >= Grade.NAME]
    first = re.match(r"\W*([^\W\d_][^:：\r\n]{0,40})[:：]", text)
    names = Counter(name for _, name in found)
    if first:
        names[clean_label(first[1]).casefold()] += 1
    returning = {name for name, count in names.items() if count > 1}
    if names.total() < _MIN_RUN_ON_LABELS or len(names) < 2 or not returning:
        return []
    return [at for at, name in found if name in returning or len(returning) > 1 or names.total() == len(found) + 1]


def _find_line_numbers(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """The spans of the numbers at the beginnings of lines, where they count the lines of pages."""
    written = [line for line in lines if line.text]
    if not any(line.text.lstrip()[:1].isdecimal() for line in written[:_MIN_NUMBERED]):
        return []
    found = [(line, match) for line in written if (match := _NUMBER.match(line.text))]
    if len(found) < max(_MIN_NUMBERED, _NUMBERED_SHARE * len(written)):
        return []
    counted = [int(match["number"]) for _, match in found]
    steps = sum(after in (before + 1, 1) for before, after in pairwise(counted))
    if steps < 0.9 * (len(counted) - 1):
        return []
    return [(line.start, line.start + match.end()) for line, match in found]
