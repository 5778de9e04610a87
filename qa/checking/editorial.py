"""The marks of an editor within a quotation: what is left out, put in, or set in other letters, and what is said."""

import re
from dataclasses import dataclass
from typing import Literal

from qa.checking.comparable import ELLIPSIS, QUOTE, fold_for_comparing, split_words

# How two literal parts are joined: by words left out, by words in brackets that stand for some, or by nothing.
Gap = Literal["start", "omission", "bracket", "adjacent"]
_REMARK = (
    r"sic!?|emphasis[^\[\]()]{0,30}|italics[^\[\]()]{0,30}|my emphasis|Hervorhebung[^\[\]()]{0,40}"
    r"|énfasis[^\[\]()]{0,30}"
    r"|nous soulignons|corsivo[^\[\]()]{0,30}|原文如此"
)
_MARK = re.compile(
    rf"(?P<remark>\s?[\[(](?:{_REMARK})[\])])"
    rf"|(?P<omission>[\[(]\s?{ELLIPSIS}\s?[\])](?:\s?{ELLIPSIS})?|\[\s?\])"
    r"|\[(?P<letters>[^\W\d_]{1,3})\](?=[^\W\d_])"
    r"|(?P<stem>[^\W\d_]{2,40})\[[^\W\d_]{1,6}\](?![^\W\d_])"
    r"|(?P<bracket>\[(?P<inside>[^\[\]]{1,120})\])"
    rf"|(?P<ellipsis>{ELLIPSIS})",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(
    r"\*{1,3}(?=\S)[^*\n]{1,200}\*{1,3}|(?<!\w)_{1,3}(?=\S)[^_\n]{1,200}_{1,3}(?!\w)|<(?:em|strong|b|i|u)\b"
)
# What may stand at the edges of a literal part without being said.
EDGES = f" ,.;:-'{QUOTE}{ELLIPSIS}。、"
# In block quotes, the mark of each line; in a quotation that runs over paragraphs, the mark that begins each.
_LINE_MARK = re.compile(r"\n[ \t]*(?:>[ \t]?)+")
_REPEATED_MARK = re.compile(r"(\n[ \t]*\n\s*)[“\"„«»‹‘'「『](?=\S)|(\n[ \t]*\n\s*)«\s")


@dataclass(frozen=True, slots=True)
class LiteralPart:
    """Words that claim to be said, folded: `gap` is how they are joined to the part before.

    `stem` is the beginning of a word in the gap whose ending is in brackets ("port[s]"), `inserted` what brackets hold.
    """

    text: str
    gap: Gap
    stem: str = ""
    inserted: str = ""


def fold_quotation(text: str) -> str:
    """The words of a quotation folded, without the marks that lines and paragraphs repeat."""
    if "\n" in text:
        text = _REPEATED_MARK.sub(r"\1\2", _LINE_MARK.sub("\n", text))
    return fold_for_comparing(text).strip()


def has_emphasis(text: str) -> bool:
    """Whether words of the draft are set in other letters by its own markup."""
    return _EMPHASIS.search(text) is not None


def split_parts(folded: str) -> tuple[LiteralPart, ...]:
    """The literal parts of a folded quotation; one, joined by "start", where the editor left no mark."""
    parts: list[LiteralPart] = []
    gap: Gap = "start"
    stem = inserted = ""
    piece = ""
    position = 0
    for mark in _MARK.finditer(folded):
        piece += folded[position : mark.start()]
        position = mark.end()
        if mark["remark"] is not None:
            continue
        following, next_stem, next_inserted = _read(mark)
        if split_words(piece):
            parts.append(LiteralPart(piece, gap, stem, inserted))
            gap, stem, inserted = following, next_stem, next_inserted
        elif gap in ("start", "adjacent") or following == "omission":
            gap, stem, inserted = following, next_stem, next_inserted
        piece = mark["letters"] or ""
    piece += folded[position:]
    if split_words(piece):
        parts.append(LiteralPart(piece, gap, stem, inserted))
    return tuple(parts)


def has_marks(folded: str) -> bool:
    """Whether an editor left a mark in a folded quotation."""
    return _MARK.search(folded) is not None


def _read(mark: re.Match[str]) -> tuple[Gap, str, str]:
    if mark["letters"] is not None:
        return "adjacent", "", ""
    if mark["stem"] is not None:
        return "bracket", mark["stem"].lower(), mark.group()
    if mark["bracket"] is not None:
        return "bracket", "", mark["inside"]
    return "omission", "", ""
