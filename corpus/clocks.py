"""The written forms of a time in a recording: found in a text, read as milliseconds.

A clock is "04:11", "1:02:03.5", "01:00:14:12" with frames, one of these in brackets of any kind, in bold, as a link,
as "#00:00:12-3#", a range ("[00:03 --> 00:07]", "0.50s - 3.10s" in brackets), or in words ("1 minute, 10 seconds").
"""

import re

INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
# White space within a line, and marks that take no room.
SPACE = rf"[ \t\u00a0\u2000-\u200a\u202f\u3000{INVISIBLE}]"

# "12/05/2024, 10:03" is a time of day.
_DATE = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?[ T]{1,2})"
_POINT = r"\d{1,3}:\d{2}(?::\d{2})?(?:[:;]\d{2})?(?:[.,]\d{1,3})?"
_HALF_DAY = r"(?:[ \u00a0\u202f]?[AaPp]\.?[Mm]\b\.?)"
# Not within a longer number, a verse range or a port.
_BARE = rf"(?<![\d:.,/]){_POINT}{_HALF_DAY}?(?![\d:/]|[.,]\d)"
_TO = r"[ \t]{0,4}(?:--+>|->|→|[-–—~])[ \t]{0,4}"
_RANGE = rf"(?:(?<![\d/.-]){_DATE})?{_BARE}(?:{_TO}{_POINT}|(?![-–]\d))"
_INNER = rf"{_DATE}?{_POINT}{_HALF_DAY}?(?:{_TO}{_POINT}{_HALF_DAY}?)?"
_SECONDS = rf"\d{{1,6}}(?:[.,]\d{{1,6}}[ ]?s?|[ ]?s)(?:{_TO}\d{{1,6}}(?:[.,]\d{{1,6}})?[ ]?s?)?"
_LETTERS = r"\d{1,2}[ ]?h[ ]?\d{1,2}[ ]?m(?:in)?(?:[ ]?\d{1,2}[ ]?s)?|\d{1,3}[ ]?m(?:in)?[ ]?\d{1,2}[ ]?s"
_FRAMED = r"#\d{1,2}:\d{2}(?::\d{2})?(?:[-.,:]\d{1,3})?#"
_LINKED = rf"\[{{1,2}}(?:\*\*)?\(?{_INNER}\)?(?:\*\*)?\]{{1,2}}\([^()\s]{{0,300}}\)\]?"

# In marks of its own, so that it is a time wherever it stands. Markdown exports escape the brackets: \[04:11\]
SQUARE_CLOCK = (
    rf"(?:{_FRAMED}|{_LINKED}|\\?\[[ ]?(?:{_INNER}|{_SECONDS}|{_LETTERS})[ ]?\\?\]|[{{【]{_INNER}[}}】]|<{_INNER}>)"
)
ROUND_CLOCK = rf"\\?\((?:{_INNER}|{_LETTERS})\\?\)"
CLOCK = rf"(?:{SQUARE_CLOCK}|{ROUND_CLOCK}|{_RANGE})"
# What formats write in a cell or a value of its own.
TIME_MARK = r"(?:\\?\[TIME\\?\]|\(TIME\)|TIME)".replace("TIME", r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?")

_UNITS = r"(?:(?P<h>\d{1,2})[ ]hours?,?[ ]?)?(?:(?P<m>\d{1,3})[ ]minutes?,?[ ]?)?(?:(?P<s>\d{1,3})[ ]seconds?)?"
_IN_WORDS = re.compile(_UNITS)
CLOCK_IN_WORDS = (
    r"(?:\d{1,2}[ ]hours?(?:,?[ ]\d{1,3}[ ]minutes?)?(?:,?[ ]\d{1,3}[ ]seconds?)?"
    r"|\d{1,3}[ ]minutes?(?:,?[ ]\d{1,3}[ ]seconds?)?|\d{1,3}[ ]seconds?)"
)

_FIRST_POINT = re.compile(r"\d{1,3}(?::\d{2}){1,3}(?:;\d{2})?(?:[-.,]\d{1,3})?")
_FIRST_LETTERS = re.compile(r"(?:(\d{1,3})[ ]?h[ ]?)?(\d{1,3})[ ]?m(?:in)?(?:[ ]?(\d{1,2})[ ]?s)?")
_FIRST_SECONDS = re.compile(r"\d{1,6}(?:[.,]\d{1,6})?")
_OF_THE_DAY = re.compile(rf"{_HALF_DAY}|{_DATE}\d")
_PARTS_WITH_FRAMES = 4
_MAX_MARK_CHARS = 80


def parse_clock_ms(mark: str) -> int | None:
    """Milliseconds of the first time in a clock; None where it is a time of day ("10:03 AM") or no time at all.

    Frames are left out: how many make a second is not written beside them.
    """
    mark = mark[:_MAX_MARK_CHARS]
    if _OF_THE_DAY.search(mark):
        return None
    if point := _FIRST_POINT.search(mark):
        return _parse_point(point[0])
    words = _IN_WORDS.fullmatch(mark.strip())
    found = words.groups() if words and any(words.groups()) else None
    if found is None and (letters := _FIRST_LETTERS.search(mark)):
        found = letters.groups()
    if found is not None:
        hours, minutes, seconds = (int(part or 0) for part in found)
        return ((hours * 60 + minutes) * 60 + seconds) * 1000
    number = _FIRST_SECONDS.search(mark)
    return round(float(number[0].replace(",", ".")) * 1000) if number else None


def parse_time_ms(mark: str) -> int:
    """As `parse_clock_ms`, of a mark that is known to hold a time in the recording; 0 where it has none."""
    return parse_clock_ms(mark) or 0


def _parse_point(point: str) -> int:
    clock, _, fraction = re.sub("[-,]", ".", point.split(";")[0]).partition(".")
    parts = clock.split(":")
    if len(parts) == _PARTS_WITH_FRAMES:
        parts = parts[:-1]
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + int(fraction.ljust(3, "0")[:3] or 0)
