"""A text as lines that know where they stand."""

import re
from dataclasses import dataclass

from corpus.clocks import parse_time_ms as parse_time_ms

# Only what editors count as line ends; `str.splitlines` would also cut at form feeds and U+2028.
_LINE_END = re.compile(r"(\r\n|\r|\n)")


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
    parts = _LINE_END.split(text)
    lines: list[Line] = []
    position = 0
    for number in range(0, len(parts), 2):
        written = parts[number]
        lines.append(Line(number // 2, position, written))
        position += len(written) + (len(parts[number + 1]) if number + 1 < len(parts) else 0)
    if lines and not lines[-1].text:
        lines.pop()
    return lines
