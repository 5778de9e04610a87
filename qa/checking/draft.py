"""A draft: its text and what it quotes, from a file of any format that is read, or as it was pasted."""

import os
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import Prose, load_prose
from qa.checking.block_quotes import BlockQuote, find_block_quotes
from qa.checking.marks import Pair, find_pairs, join_doubled, keep_outer
from qa.checking.single_marks import find_single_pairs
from qa.errors import DraftInvalid

# A long book has some ten thousand; what has far more is not a draft.
MAX_QUOTATIONS = 20_000
MAX_PATH_CHARS = 1024
# A block that is mostly in quotation marks is read by these.
_MOSTLY = 0.6
_LONG_LINE = 400


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, where it came from, and its quotations: spans without their marks, in order.

    `block_names` has for the number of a block quote who is named in it or below.
    """

    name: str
    format: str
    text: str
    pairs: tuple[Pair, ...]
    blocks: frozenset[int]
    block_names: dict[int, str]


def read_draft(text_or_path: str | Path) -> Draft:
    """The draft in a file, or the text itself.

    :param text_or_path: a string of one line that is the name of a file is taken for that.
    :raises CorpusError: when a file cannot be read, as `corpus.load` does.
    :raises DraftInvalid: when there are no words, or far too many quotations.
    """
    if isinstance(text_or_path, Path) or _names_file(text_or_path):
        path = Path(text_or_path)
        prose = load_prose(path)
        return make_draft(prose, path.name)
    return make_draft(Prose(text_or_path, "text", ()), "")


def make_draft(prose: Prose, name: str) -> Draft:
    """The draft of a text that was read; raises as `read_draft`."""
    text = prose.text
    if not any(character.isalnum() for character in text):
        raise DraftInvalid("the draft has no words; give an article, or the path of one")
    line_is_paragraph = _has_long_lines(text)
    typed = join_doubled(text)
    double = find_pairs(typed, line_is_paragraph=line_is_paragraph)
    single = find_single_pairs(typed, line_is_paragraph=line_is_paragraph)
    marked = _join(text, double, single)
    blocks = find_block_quotes(text, prose.quoted)
    pairs, numbers = _add_blocks(text, marked, blocks)
    if len(pairs) > MAX_QUOTATIONS:
        raise DraftInvalid(
            f"the draft has {len(pairs):,} quotations, at most {MAX_QUOTATIONS:,} are checked at once; split it"
        )
    names = {number: block.named for number, block in numbers.items() if block.named is not None}
    return Draft(name, prose.format, text, tuple(pairs), frozenset(numbers), names)


def _names_file(text: str) -> bool:
    if len(text) > MAX_PATH_CHARS or "\n" in text or "\0" in text:
        return False
    try:
        return os.path.exists(text)
    except (OSError, ValueError):
        return False


def _has_long_lines(text: str) -> bool:
    """Whether each line is a paragraph: there are no empty ones, and some that nobody would have broken."""
    if re.search(r"\n[ \t\r]*\n", text) is not None:
        return False
    return any(len(line) > _LONG_LINE for line in text.split("\n", 2000)[:2000]) and "\n" in text


def _join(text: str, double: Sequence[Pair], single: Sequence[Pair]) -> list[Pair]:
    """All quotations in marks: of those within others the outer ones, of those that cross the ones in double marks."""
    # Single marks around double ones are the British way; one that only looks so ends in a plural's apostrophe.
    kept = []
    starts = [pair.start for pair in double]
    for pair in single:
        inside = bisect_left(starts, pair.start)
        holds = inside < len(double) and double[inside].start < pair.end
        if holds and (double[inside].end > pair.end or text[pair.end - 1].isalnum()):
            continue
        kept.append(pair)
    trimmed = (_trim(text, pair) for pair in keep_outer([*double, *kept]))
    return [pair for pair in trimmed if pair is not None]


def _trim(text: str, pair: Pair) -> Pair | None:
    """The pair without white space at its ends; None when no words are in it."""
    inside = text[pair.start : pair.end]
    start = pair.start + len(inside) - len(inside.lstrip())
    end = pair.start + len(inside.rstrip())
    return Pair(start, end) if any(character.isalnum() for character in inside) else None


def _add_blocks(
    text: str, marked: Sequence[Pair], blocks: Sequence[BlockQuote]
) -> tuple[list[Pair], dict[int, BlockQuote]]:
    """The quotations in marks and in blocks, in order, and which of them are blocks."""
    taken: list[tuple[Pair, BlockQuote | None]] = []
    covered: list[BlockQuote] = []
    starts = [pair.start for pair in marked]
    for block in blocks:
        first, last = bisect_left(starts, block.start), bisect_left(starts, block.end)
        inside = sum(pair.end - pair.start for pair in marked[first:last])
        if inside < _MOSTLY * (block.end - block.start) and (not covered or block.start >= covered[-1].end):
            taken.append((Pair(block.start, block.end), block))
            covered.append(block)
    ends = [block.start for block in covered]
    for pair in marked:
        number = bisect_left(ends, pair.start + 1) - 1
        if number < 0 or pair.start >= covered[number].end:
            taken.append((pair, None))
    taken.sort(key=lambda each: each[0].start)
    pairs = keep_outer([pair for pair, _ in taken])
    kept = set(pairs)
    block_of = {pair: block for pair, block in taken if block is not None and pair in kept}
    return pairs, {number: block_of[pair] for number, pair in enumerate(pairs) if pair in block_of}
