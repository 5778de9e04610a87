"""Text as a comparison of quotations sees it: typography folded away, and each character knows where it stands.

Two texts that fold to the same differ in nothing but marks of quotation, spaces, dashes, ellipses, width forms, markup
and the sounds that a transcript notes between the words. What a person said is the same in both. All else is kept:
a comma that is missing, a capital inside a sentence and a hyphen between words still make them two.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from corpus import Folded, fold, fold_with_offsets

# Every mark that opens or closes a quotation somewhere, apostrophes among them since many are both.
MARKS = "\"'“”„‟‘’‚‛«»‹›「」『』﹁﹂﹃﹄〝〞〟＂＇´`ʼ′″"
_APOSTROPHES = "'’‘‛´`ʼ＇′"
# What a mark becomes that stands between two words, and one inside a word.
QUOTE, APOSTROPHE = '"', "'"
_DASHES = "-‐‑‒–—―−﹘﹣"
# Scripts that put no space between words: each character is compared alone.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+(?:['.,:](?=[^\W_])[^\W_{UNSPACED}]+)*")
_SOUNDS = (
    r"laugh(?:s|ed|ing|ter)?|chuckl(?:es?|ed|ing)|giggl(?:es?|ed|ing)|applause|claps?|clapping|sighs?|sighing|coughs?"
    r"|coughing|pause[sd]?|music|cheers?|cheering|risas?|rires?|lacht|lachen|gelächter|applaus|aplausos"
    r"|applaudissements|笑声?|掌声"
)
_MARKUP = re.compile(
    r"(?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
    r"|\\(?P<escaped>[\\`*_{}\[\]()#+\-.!~>|\"'&<$])"
    r"|(?P<link>\[(?P<shown>[^\[\]\n]{1,200})\]\([^()\s]{1,500}\))"
    r"|(?P<tag></?(?:em|strong|b|i|u|a|span|br|mark|sup|sub|p|q)\b[^<>]{0,300}>)"
    rf"|(?P<sound>\s?(?:\\?\[|\()(?:{_SOUNDS})(?:\\?\]|\)))"
    r"|(?P<clock>\s?[\[(]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d{1,3})?[\])])"
    r"|(?P<emphasis>(?<![\d*])\*{1,3}+(?=\S)|(?<=[^\s*])\*{1,3}+(?!\d)|(?<!\w)_{1,3}(?=\w)|(?<=[\w.,!?])_{1,3}(?!\w))",
    re.IGNORECASE,
)
_MAY_HAVE_MARKUP = re.compile(r"[&\\*_<\[(]")
_MARK_CLASS = re.escape(MARKS)
# Possessive, so that no run of spaces is looked at twice; and first a look at whether there is anything to fold, which
# there seldom is.
_TYPOGRAPHY = re.compile(
    rf"(?=[{_DASHES}{_MARK_CLASS}…]|\.\s?\.|。。|\s[{_DASHES}{_MARK_CLASS}\s….;:!?]|[^\S ])(?:"
    rf"(?P<apostrophe>(?<=\w)[{_APOSTROPHES}](?=\w))"
    r"|(?P<ellipsis>\s*+(?:…|\.\s?\.\s?\.|。。。)(?:\s?[.…。])*+\s*+)"
    rf"|(?P<dash>\s*+[{_DASHES}]++\s*+)"
    rf"|(?P<mark>\s*+[{_MARK_CLASS}]++(?:\s*+[{_MARK_CLASS}]++)*+\s*+)"
    r"|(?P<before>\s++(?=[;:!?]))"
    r"|(?P<spaces>\s\s++|[^\S ]))"
)
_TYPED = {"apostrophe": APOSTROPHE, "ellipsis": "…", "dash": "-", "mark": QUOTE, "before": "", "spaces": " "}
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text after replacements; `to_start` and `to_end` lead back to the text that it was made of."""

    text: str
    # Of each replacement: where it begins and ends in `text`, where what it replaces begins and ends.
    _begins: list[int] = field(repr=False)
    _ends: list[int] = field(repr=False)
    _from: list[int] = field(repr=False)
    _until: list[int] = field(repr=False)

    def to_start(self, place: int) -> int:
        """Where the character at `place` begins in the text before."""
        number = bisect_right(self._begins, place) - 1
        if number < 0:
            return place
        if place < self._ends[number]:
            return self._from[number]
        return self._until[number] + place - self._ends[number]

    def to_end(self, place: int) -> int:
        """Where the character before `place` ends in the text before; `place` is at least 1."""
        last = place - 1
        number = bisect_right(self._begins, last) - 1
        if number < 0:
            return place
        if last < self._ends[number]:
            return self._until[number]
        return self._until[number] + place - self._ends[number]


@dataclass(frozen=True, slots=True)
class Comparable:
    """A folded text and the way back: what its characters stand for in the source, in code points."""

    text: str
    _forms: Folded | None
    _stages: tuple[Rewritten, ...]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source, `end` exclusive, that the characters from `start` to `end` stand for."""
        for stage in reversed(self._stages):
            start, end = stage.to_start(start), stage.to_end(end)
        return (start, end) if self._forms is None else self._forms.to_source(start, end)


def make_comparable(text: str) -> Comparable:
    """`text` folded, with the way back; "" stays "". Its time grows with the length of the text alone."""
    forms = None if fold(text) == text else fold_with_offsets(text)
    stages = []
    known = text if forms is None else forms.text
    if _MAY_HAVE_MARKUP.search(known) is not None:
        stages.append(_rewrite(known, _MARKUP, _show_markup))
        known = stages[-1].text
    stages.append(_rewrite(known, _TYPOGRAPHY, _show_typography))
    return Comparable(stages[-1].text, forms, tuple(stages))


def fold_for_comparing(text: str) -> str:
    """`text` folded as `make_comparable` does."""
    known = fold(text)
    if _MAY_HAVE_MARKUP.search(known) is not None:
        known = _MARKUP.sub(_show_markup, known)
    return _TYPOGRAPHY.sub(_show_typography, known)


def count_notes(text: str) -> int:
    """How many sounds and times are noted between the words, as in "[laughs]"."""
    return sum(match["sound"] is not None or match["clock"] is not None for match in _MARKUP.finditer(text))


def lower(text: str) -> str:
    """`text` in small letters, each character where it was: the one letter that becomes two is left out of it."""
    return text.replace("İ", "I").lower()


def split_words(text: str) -> list[str]:
    """The words of a folded text in small letters, in order; of scripts without spaces, the characters."""
    return WORD.findall(lower(text))


def _show_markup(match: re.Match[str]) -> str:
    if match["entity"] is not None:
        return html.unescape(match["entity"])
    if match["tag"] is not None:
        return " " if match["tag"].lower().startswith(("<br", "<p", "</p")) else ""
    return match["escaped"] or match["shown"] or ""


def _show_typography(match: re.Match[str]) -> str:
    return _TYPED[match.lastgroup or "spaces"]


def _rewrite(text: str, pattern: re.Pattern[str], show: Callable[[re.Match[str]], str]) -> Rewritten:
    pieces: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    froms: list[int] = []
    untils: list[int] = []
    length = position = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        shown = show(match)
        pieces += (text[position:start], shown)
        length += start - position
        begins.append(length)
        length += len(shown)
        ends.append(length)
        froms.append(start)
        untils.append(end)
        position = end
    pieces.append(text[position:])
    return Rewritten("".join(pieces), begins, ends, froms, untils)
