"""The times that stand in a text without a label: at the beginning of lines, alone on one, or among the words."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.clocks import CLOCK, CLOCK_IN_WORDS, ROUND_CLOCK, SPACE, SQUARE_CLOCK, parse_clock_ms
from corpus.lines import Line

_LEADING = (
    rf"{SPACE}*(?P<bold>\*\*|__)?@?(?P<time>{CLOCK}|{CLOCK_IN_WORDS}(?={SPACE}*$))(?(bold)(?:\*\*|__))"
    rf"(?:{SPACE}*[-–—|]?{SPACE}+(?=\S)|{SPACE}*$)"
)
_WINDOW = 200
_BARE = re.compile(r"\d{1,2}:\d{2}(?!\d|:)")
# So many lines that begin with a time are the clock of a recording, not somebody's appointment.
MIN_TIME_LINES = 3
_MIN_TIMES_OF_DAY = 4
_MAX_WORDS_A_SECOND = 9.0
_MOST = 0.6
_BOLD = ("**", "__")
_MARKED_ROUND = rf"(?:{SQUARE_CLOCK}|{ROUND_CLOCK})"
# Nobody says the seconds of a time of day: between sentences such a time is the recording's.
_BETWEEN = re.compile(r"(?<=[.?!…”\"] )\d{1,2}:\d{2}:\d{2}(?:[.,:;]\d{1,3})?(?=\s+[^\Wa-z\d_]|\s*$)", re.MULTILINE)
# Where a clock may begin; looked for first, because most texts have none.
_OPENING = re.compile(r"[\[({<#【](?=[\[(*#]{0,4}[ ]?\d)")
_LONG = re.compile(r"[0-9][0-9]?(?=:\d{2}:\d{2})")


# Only when a transcript is read: whoever asks a question does not wait for it.
_shape = functools.cache(re.compile)


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A line that begins with a time: where its words begin (code point), the time, whether it stands there alone."""

    words_start: int
    start_ms: int | None
    alone: bool
    bare: bool


def find_time_lines(lines: Sequence[Line], skipped: Mapping[int, object] | frozenset[int]) -> dict[int, TimeLine]:
    """The lines that begin with a time, by number, without those in `skipped`."""
    found = {}
    for line in lines:
        if not line.text or line.text[0].isalpha() or line.number in skipped:
            continue
        head = line.text if len(line.text) <= _WINDOW else line.text[:_WINDOW] + "\0"
        match = _shape(_LEADING).match(head)
        if match is not None:
            found[line.number] = TimeLine(
                line.start + match.end(),
                parse_clock_ms(match["time"]),
                not line.text[match.end() :].strip(),
                match["time"][0].isdigit(),
            )
    return found


def is_recording(times: Mapping[int, TimeLine], lines: Sequence[Line]) -> bool:
    """Whether the times are the clock of a recording, and not times of a day, chapters and verses."""
    if len(times) < MIN_TIME_LINES:
        return False
    bare = [lines[number].text.strip() for number, time in times.items() if time.bare]
    starts = [match[0] for text in bare if (match := _BARE.match(text))]
    all_bare = len(starts) == len(times) and len(starts) >= _MIN_TIMES_OF_DAY
    if all_bare and int(starts[0].replace(":", "")) > 0 and all(int(start[-2:]) % 5 == 0 for start in starts):
        return False
    return not _is_too_fast(times, lines)


def _is_too_fast(times: Mapping[int, TimeLine], lines: Sequence[Line]) -> bool:
    """Whether between most times stand more words than anybody says in that time, as between verses."""
    fast = []
    for (number, before), (following, after) in pairwise(times.items()):
        if following != number + 1 or before.start_ms is None or after.start_ms is None:
            continue
        seconds = (after.start_ms - before.start_ms) / 1000
        fast.append(len(lines[number].text.split()) > _MAX_WORDS_A_SECOND * max(seconds, 0.3))
    return len(fast) > 1 and sum(fast) >= _MOST * len(fast)


def find_clocks(text: str, *, in_round: bool) -> list[tuple[int, int, int | None]]:
    """The clocks with marks of their own or between sentences, anywhere in the text: span and time, in order.

    :param in_round: whether this text also writes its times in round brackets.
    """
    marked = _shape(_MARKED_ROUND if in_round else SQUARE_CLOCK)
    starts = [(opening.start(), marked) for opening in _OPENING.finditer(text)]
    starts += [(opening.start(), _BETWEEN) for opening in _LONG.finditer(text)]
    starts.sort(key=lambda opening: opening[0])
    found: list[tuple[int, int, int | None]] = []
    last = 0
    for at, pattern in starts:
        at -= text[at - 1 : at] == "\\" and pattern is marked
        match = pattern.match(text, at) if at >= last else None
        if match is None:
            continue
        bold = text[at - 2 : at] if at >= last + 2 else ""
        last = match.end()
        if bold in _BOLD and text.startswith(bold, last):
            at, last = at - 2, last + 2
        found.append((at, last, parse_clock_ms(match[0])))
    return found
