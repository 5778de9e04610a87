"""Words that somebody corrected, and a text as it reads with them; the text itself is never changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.folding import Folded, fold, fold_with_offsets


@dataclass(frozen=True, slots=True)
class CorrectedWords:
    """What was really said where a text has something else: `text` for the code points `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a text, the words of the source or those that replace them, and where it stands."""

    text: str
    start: int
    end: int
    corrected: bool


def read_words(text: str, corrected: Sequence[CorrectedWords], start: int, end: int) -> str:
    """`text[start:end]` folded, with the corrected words in their place."""
    if not corrected:
        return fold(text[start:end])
    return "".join(fold(part.text) for part in _parts(text, corrected, start, end))


def read_words_with_offsets(text: str, corrected: Sequence[CorrectedWords], start: int, end: int) -> Folded:
    """As `read_words`, and where in `text[start:end]` each of its characters stands.

    Each character of corrected words stands for all that they replace.
    """
    if not corrected:
        return fold_with_offsets(text[start:end])
    read, starts, ends = "", [], []
    for part in _parts(text, corrected, start, end):
        folded = fold_with_offsets(part.text)
        read += folded.text
        if part.corrected:
            starts += [part.start - start] * len(folded.text)
            ends += [part.end - start] * len(folded.text)
        else:
            starts += [part.start - start + place for place in folded.starts]
            ends += [part.start - start + place for place in folded.ends]
    return Folded(read, tuple(starts), tuple(ends))


def bracket_words(text: str, corrected: Sequence[CorrectedWords], start: int, end: int) -> str | None:
    """`text[start:end]` with the corrected words in square brackets, as editors write; None where there are none."""
    parts = list(_parts(text, corrected, start, end)) if corrected else []
    if not any(part.corrected for part in parts):
        return None
    return "".join(f"[{part.text}]" if part.corrected else part.text for part in parts)


def _parts(text: str, corrected: Sequence[CorrectedWords], start: int, end: int) -> Iterator[_Part]:
    """The pieces of a span in order; corrected words that reach out of it are left as the source has them."""
    reached = start
    for words in corrected:
        if start <= words.start and words.end <= end:
            if words.start > reached:
                yield _Part(text[reached : words.start], reached, words.start, corrected=False)
            yield _Part(words.text, words.start, words.end, corrected=True)
            reached = words.end
    if reached < end:
        yield _Part(text[reached:end], reached, end, corrected=False)
