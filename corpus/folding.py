"""Text as a search sees it: what only looks like other characters is one, and each knows where it stands in the source.

PDF files have "ﬂour" with one character for f and l, exports part words by soft hyphens, some systems write "é" as two
characters, East Asian ones have wide letters. A quote stays the source's own slice; only what is compared is folded.
"""

import re
import unicodedata
from dataclasses import dataclass

from corpus.references import find_references, read_references

# Ligatures (also Armenian and Hebrew ones, U+FB00 to U+FB4F) and full-width or half-width forms (U+FF00 to U+FFEF).
_FORMS = re.compile("[\ufb00-\ufb4f\uff00-\uffef]")
# Characters without width: soft hyphens with the line break that they stand at, zero-width spaces and joiners, marks of
# direction, byte-order marks.
_NO_WIDTH = "\u00ad\\s*|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
_INVISIBLE = re.compile(_NO_WIDTH)
# What belongs to the character before it: its marks, and the vowels and finals of a Korean syllable in parts.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31-\u0e3a\u0e47-\u0e4e\u1160-\u11ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\uff9e\uff9f"
)
_CLUSTER = re.compile(f"(?s:.)(?:(?:{_NO_WIDTH})*[{_MARKS}])*")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; for each of its characters, where what it stands for begins and ends in the source."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source, `end` exclusive, that the characters from `start` to `end` stand for.

        :raises IndexError: when the span is empty or leaves the text.
        """
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> str:
    """`text` for comparing: composed, without ligatures, width forms and invisible characters; case is kept.

    References of HTML ("&nbsp;") are the characters that they stand for.
    """
    if "&" in text:
        text = read_references(text)
    return text if text.isascii() else _fold_characters(text)


def _fold_characters(text: str) -> str:
    plain = _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match.group()), _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", plain)


def fold_with_offsets(text: str) -> Folded:
    """`fold(text)`, and where in `text` each of its characters stands."""
    if fold(text) == text:  # nearly every text
        return Folded(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    if references := find_references(text):
        return _fold_read(text, references)
    return _fold_with_offsets(text)


def _fold_read(text: str, references: list[tuple[int, int, str]]) -> Folded:
    """As `fold_with_offsets`, where there are references: what they show is folded, and stands where they stand."""
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, character in [*references, (len(text), len(text), "")]:
        starts += [*range(position, start), *([start] * len(character))]
        ends += [*range(position + 1, start + 1), *([end] * len(character))]
        position = end
    folded = _fold_with_offsets(read_references(text))
    return Folded(
        folded.text, tuple(starts[start] for start in folded.starts), tuple(ends[end - 1] for end in folded.ends)
    )


def _fold_with_offsets(text: str) -> Folded:
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    while position < len(text):
        invisible = _INVISIBLE.match(text, position)
        if invisible is not None:
            position = invisible.end()
            continue
        cluster = _CLUSTER.match(text, position)
        assert cluster is not None  # it fits any character
        folded = _fold_characters(cluster.group())
        characters.append(folded)
        starts += [position] * len(folded)
        ends += [cluster.end()] * len(folded)
        position = cluster.end()
    return Folded("".join(characters), tuple(starts), tuple(ends))
