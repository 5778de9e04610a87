"""Block quotes: lines behind ">" in Markdown, and what a page or a Word document sets apart as quoted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LINES = re.compile(r"^ {0,3}>.*(?:\n {0,3}>.*)*", re.MULTILINE)
_PREFIX = r"(?: {0,3}>[> \t]*)?"
# "Balarezo: …", also in bold, at the beginning of a block; "— Balarezo, ambassador" at its end.
_LABEL = re.compile(
    r"(?:\*\*|__)?(?P<name>[^\W\d_][^\n:：*_“”\"«»]{0,60}?)(?:\*\*|__)?\s?[:：](?:\*\*|__)?[ \t]+(?=\S)"
)
_SIGNED = re.compile(rf"\n{_PREFIX}\s*(?:[—–―]|--?)\s*(?P<name>[^\n]{{2,200}})\s*\Z")


@dataclass(frozen=True, slots=True)
class BlockQuote:
    """A block from `start` to `end` (code points), and who is named in its label or below it; None for nobody."""

    start: int
    end: int
    named: str | None


def find_block_quotes(text: str, set_apart: Iterable[tuple[int, int]]) -> list[BlockQuote]:
    """The block quotes of a text, in order.

    :param set_apart: spans that the draft's own format marks as such.
    """
    spans = [*set_apart, *(match.span() for match in _LINES.finditer(text))]
    return [block for span in sorted(spans) for block in _read(text, *span)]


def _read(text: str, start: int, end: int) -> Iterator[BlockQuote]:
    block = text[start:end]
    lead = re.match(rf"{_PREFIX}\s*", block)
    first = lead.end() if lead is not None else 0
    named = None
    signed = _SIGNED.search(block, max(first - 1, len(block) - 260))
    last = len(block)
    if signed is not None:
        named, last = signed["name"].strip(), signed.start()
    label = _LABEL.match(block, first)
    if label is not None and named is None:
        named, first = label["name"].strip(), label.end()
    inside = block[first:last]
    trimmed = re.sub(r"[\s>]+\Z", "", inside)
    if any(character.isalnum() for character in trimmed):
        yield BlockQuote(start + first, start + first + len(trimmed), named)
