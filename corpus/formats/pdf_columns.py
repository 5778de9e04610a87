"""Pages of two columns whose text is drawn row by row across both, put into the order of reading."""

import re
from collections import Counter
from collections.abc import Sequence

from pypdf import PageObject

# A page's lines are laid out with their gaps; a gap between columns is at least so wide and at one place.
_GAP = re.compile(r"(?<=\S) {3,}(?=\S)")
_MIN_ROWS = 4
_MIN_SHARE_OF_ROWS = 0.5
# Names or times beside the words are narrower than this, on average, and are no column of text.
_MIN_CHARS = 14
_MIN_WORDS = 3
# Of all pages these are looked at, since laying out takes as long as reading.
_LOOKED_AT = 3
# How far a column's beginning may be from its place.
_TOLERANCE = 2

_Rows = list[tuple[str, str]]


def read_columns(pages: Sequence[PageObject], plain: Sequence[str]) -> dict[int, list[str]]:
    """The lines of the pages that are drawn across two columns, by number from 0; {} where no page is.

    :param plain: the text of each page in the order in which it is drawn.
    """
    looked_at = sorted({*range(min(_LOOKED_AT, len(pages))), len(pages) // 2} & set(range(len(pages))))
    if not any(_order(_lay_out(pages[number]), plain[number]) for number in looked_at):
        return {}
    ordered = {number: _order(_lay_out(page), plain[number]) for number, page in enumerate(pages)}
    return {number: lines for number, lines in ordered.items() if lines}


def _lay_out(page: PageObject) -> list[str]:
    try:
        return page.extract_text(extraction_mode="layout").splitlines()
    except Exception:  # noqa: BLE001 - what the library stumbles upon here it has read in the order of drawing
        return []


def _order(lines: Sequence[str], plain: str) -> list[str]:
    """The lines of one page, column by column; () unless it has two columns and is drawn across both."""
    place = _find_second_column(lines)
    if place is None:
        return []
    rows = [_part(line, place) for line in lines if line.strip()]
    pairs = [(left, right) for left, right in rows if left and right]
    drawn = "".join(plain.split())
    across = sum("".join(f"{left}{right}".split()) in drawn for left, right in pairs)
    if across < max(_MIN_ROWS, _MIN_SHARE_OF_ROWS * len(pairs)):
        return []
    ordered: list[str] = []
    block: _Rows = []
    for line, row in zip((line for line in lines if line.strip()), rows, strict=True):
        # A heading over both columns parts what stands above it from what stands below.
        if not row[1] and len(line.rstrip()) > place + _TOLERANCE:
            ordered += [*_read_block(block), line.strip()]
            block = []
        else:
            block.append(row)
    return [*ordered, *_read_block(block)]


def _read_block(rows: _Rows) -> list[str]:
    return [left for left, _ in rows if left] + [right for _, right in rows if right]


def _find_second_column(lines: Sequence[str]) -> int | None:
    """Where the second column begins, in characters, or None where there is no such column."""
    written = [line for line in lines if line.strip()]
    places = Counter(match.end() for line in written for match in _GAP.finditer(line))
    if not places:
        return None
    place = max(places, key=lambda at: (_count_near(places, at), places[at]))
    pairs = [pair for line in written if all(pair := _part(line, place))]
    if len(pairs) < max(_MIN_ROWS, _MIN_SHARE_OF_ROWS * len(written) / 2):
        return None
    for side in (0, 1):
        chars = sum(len(pair[side]) for pair in pairs) / len(pairs)
        words = sum(len(pair[side].split()) for pair in pairs) / len(pairs)
        if chars < _MIN_CHARS or words < _MIN_WORDS:
            return None
    return place


def _count_near(places: Counter[int], place: int) -> int:
    return sum(places[near] for near in range(place - _TOLERANCE, place + _TOLERANCE + 1))


def _part(line: str, place: int) -> tuple[str, str]:
    """What stands in the two columns of a line; all of it in the first where no gap ends at the second."""
    lead = len(line) - len(line.lstrip())
    if abs(lead - place) <= _TOLERANCE:
        return "", line.strip()
    for gap in _GAP.finditer(line):
        if abs(gap.end() - place) <= _TOLERANCE:
            return line[: gap.start()].strip(), line[gap.end() :].strip()
    return line.strip(), ""
