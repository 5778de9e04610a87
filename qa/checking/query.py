"""A quotation as it is looked for: its folded words, its literal parts, and the word sequences that lead to sources."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa.checking.comparable import ELLIPSIS, QUOTE, UNSPACED, WORD, lower
from qa.checking.editorial import LiteralPart, fold_quotation, has_emphasis, has_marks, split_parts

# Sequences of so many words lead to the places of a quotation; of a very long one not all are looked up.
GRAM_WORDS = 3
MAX_GRAMS = 1500
_FINAL = re.compile(rf"[,.;:\-{ELLIPSIS}。]+$")
_CJK = re.compile(f"[{UNSPACED}]")

Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """The words of one or more equal quotations.

    `raw` is as in the draft, `core` is folded, without marks and final punctuation at its ends, `final` is the latter.
    `parts` are its literal parts, `words` the words of all of them, `cased` the same with their capitals; `free_after`
    says behind which of them a mark of the editor stands (0 is in front of the first). `marked` says that there are
    such marks, `emphasis` that some words are set in other letters.
    """

    raw: str
    folded: str
    core: str
    final: str
    parts: tuple[LiteralPart, ...]
    words: tuple[str, ...]
    cased: tuple[str, ...]
    free_after: frozenset[int]
    marked: bool
    emphasis: bool
    unspaced: bool = field(default=False)

    @classmethod
    def of(cls, raw: str) -> "Query":
        """The query of the words of a quotation, which has some."""
        folded = fold_quotation(raw)
        bare = folded.strip(f" {QUOTE}")
        final = _FINAL.search(bare)
        core = bare[: final.start()] if final is not None else bare
        parts = split_parts(folded)
        cased: list[str] = []
        free: set[int] = set()
        for part in parts:
            if part.gap in ("omission", "bracket"):
                free.add(len(cased))
            cased += [part.text[match.start() : match.end()] for match in WORD.finditer(lower(part.text))]
        if has_marks(folded):
            free.add(len(cased))
        return cls(
            raw=raw,
            folded=folded,
            core=core.rstrip(f" {QUOTE}"),
            final=final.group() if final is not None else "",
            parts=parts,
            words=tuple(map(lower, cased)),
            cased=tuple(cased),
            free_after=frozenset(free),
            marked=has_marks(folded),
            emphasis=has_emphasis(raw),
            unspaced=_CJK.search(folded) is not None,
        )

    def grams(self) -> Iterator[tuple[Gram, int]]:
        """Sequences of words within a literal part, with the number of the first; whole parts where all are short.

        None where all words stand in an editor's brackets.
        """
        sizes = [len(WORD.findall(part.text)) for part in self.parts]
        size = min(GRAM_WORDS, max(sizes, default=0))
        step = max(1, len(self.words) // MAX_GRAMS)
        begin = 0
        for count in sizes:
            for number in range(begin, begin + count - size + 1, step):
                yield self.words[number : number + size], number
            begin += count

    @property
    def min_run(self) -> int:
        """How many words in a row are no chance."""
        return 9 if self.unspaced else 4


def count_content(words: Sequence[str]) -> int:
    """How many of the words are more than three characters long, or of a script without spaces."""
    return sum(len(word) > 3 or _CJK.match(word) is not None for word in words)
