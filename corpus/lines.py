"""A text as lines that know where they stand."""

import re
from dataclasses import dataclass

# Only what editors count as line ends; `str.splitlines` would also cut at form feeds and U+2028.
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `start` is the code point of its first character in the whole text."""

    number: int
    start: int
    text: str

    @property
    def end(self) -> int:
        """The code point after the last character, the line end not counted."""
        return self.start + len(self.text)


def split_lines(text: str) -> list[Line]:
    """The lines of `text`, numbered from 0; a text that ends in a line end has no empty last line."""
    lines: list[Line] = []
    position = 0
    while position < len(text):
        match = _LINE.match(text, position)
        assert match is not None  # the pattern fits the empty string
        lines.append(Line(len(lines), position, match[1]))
        position = match.end()
    return lines


def parse_time_ms(mark: str) -> int:
    """Milliseconds of a time mark such as "[1:02:03.5]", "04:11" or "(75:10)"; brackets, bold, escapes ignored."""
    clock, _, fraction = mark.strip("\\[]()*_ ").replace(",", ".").partition(".")
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + int(fraction.ljust(3, "0")[:3] or 0)
