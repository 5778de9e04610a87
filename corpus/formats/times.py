"""Times as exports write them, in milliseconds of the recording."""

import datetime
import re
from typing import Literal

# What a plain number counts.
Unit = Literal["s", "ms", "ticks"]

_MAX_MS = 1000 * 60 * 60 * 1000
_MS_IN = {"s": 1000.0, "ms": 1.0, "ticks": 1 / 10_000}
# "0:01:02.5", "00:01:02,500", and as film has it with frames, "00:01:02:12" or "00:01:02;12".
CLOCK = r"\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d{1,9}|[:;]\d{2,3})?"
_CLOCK = re.compile(
    r"\\?[\[(#]?[ ]?(?P<clock>\d{1,3}(?::\d{1,2}){1,2})(?:[.,](?P<fraction>\d{1,9})|[:;]\d{2,3})?"
    r"(?![\d:])(?![ ]?[ap]\.?m\b)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?P<number>\d{1,15}(?:[.,]\d{1,9})?)[ ]?(?P<unit>ms|msec|milliseconds|s|sec|secs|seconds)?", re.IGNORECASE
)
_RANGE = re.compile(rf"{_NUMBER.pattern}(?=[ ]+(?:-|–|-->)[ ]+\d)", re.IGNORECASE)
_ISO_DURATION = re.compile(
    r"P?T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8}(?:\.\d{1,9})?)S)?", re.IGNORECASE
)
_START_KEYS = ("start", "from", "begin", "startTime", "start_time")
# Deeper than this no time is wrapped: {"timestamp": {"start": [12.5]}}.
_MAX_DEPTH = 4


def parse_ms(value: object, *, unit: Unit = "s") -> int | None:
    """Milliseconds of a time in any of the ways that exports write it, or None when it is none.

    A number or one in a string ("12.9", "12,9", "12.900s", "900 ms"), a clock ("0:01:02.5", "[01:02]", with frames
    "00:01:02:12", a range's beginning), an ISO duration ("PT1M2.5S"), Google's seconds and nanos, the first of a
    pair, or what a spreadsheet has. A time of day ("10:30 AM", a date) is none.

    :param unit: what a plain number counts.
    """
    for _ in range(_MAX_DEPTH):
        if isinstance(value, list | tuple):
            value = value[0] if value else None
        elif isinstance(value, dict) and not {"seconds", "nanos"} & value.keys():
            value = next((value[key] for key in _START_KEYS if key in value), None)
        else:
            break
    if isinstance(value, str):
        return _bound(_parse_text(value.strip(), unit))
    if isinstance(value, dict):
        whole, nanos = parse_ms(value.get("seconds", 0)), value.get("nanos", 0)
        valid = whole is not None and isinstance(nanos, int) and 0 <= nanos < 1_000_000_000
        return whole + nanos // 1_000_000 if whole is not None and valid else whole
    if isinstance(value, datetime.timedelta):
        return _bound(value.total_seconds() * 1000)
    if isinstance(value, datetime.time):
        return ((value.hour * 60 + value.minute) * 60 + value.second) * 1000 + value.microsecond // 1000
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return _bound(float(value) * _MS_IN[unit])
    except OverflowError:
        return None


def is_clock(text: str) -> bool:
    """Whether `text` begins with a clock, as a column of times does and one of numbers does not."""
    return _CLOCK.match(text.strip()) is not None


def _parse_text(text: str, unit: Unit) -> float | None:
    if clock := _CLOCK.match(text):
        seconds = 0
        for part in clock["clock"].split(":"):
            seconds = seconds * 60 + int(part)
        # Frames are a fraction of a second that the file does not say the length of.
        return seconds * 1000 + int((clock["fraction"] or "0").ljust(3, "0")[:3])
    if number := _NUMBER.fullmatch(text) or _RANGE.match(text):
        written = (number["unit"] or "").casefold()
        count = "ms" if written.startswith("m") else "s" if written else unit
        return float(number["number"].replace(",", ".")) * _MS_IN[count]
    if len(text) > 2 and (duration := _ISO_DURATION.fullmatch(text)):
        hours, minutes, seconds_ = (float(duration[key] or 0) for key in ("hours", "minutes", "seconds"))
        return ((hours * 60 + minutes) * 60 + seconds_) * 1000
    return None


def _bound(milliseconds: float | None) -> int | None:
    return round(milliseconds) if milliseconds is not None and 0 <= milliseconds <= _MAX_MS else None
