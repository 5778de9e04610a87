"""Where a text quotes by double marks: “”, „“, «», »«, ‹›, 「」, 『』 and straight ones, nested or over paragraphs.

One pass over the marks with a short stack: the time grows with the length of the text, whatever it is made of.
"""

import re
from dataclasses import dataclass

# What closes each mark that opens. Germans close with the mark that opens in English, Swedes with the one that opened.
CLOSERS = {
    "“": "”“",
    "„": '“”"‟',
    "‟": "”",
    "”": "”",
    '"': '"',
    "＂": "＂",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
    "「": "」",
    "『": "』",
    "﹁": "﹂",
    "﹃": "﹄",
    "〝": "〞〟",
}
_MARKS = "".join(CLOSERS) + "”」』﹂﹄〞〟"
# Marks that only ever open or only ever close need no look at what stands beside them.
_ALWAYS_OPEN, _ALWAYS_CLOSE = frozenset("„「『﹁﹃〝"), frozenset("」』﹂﹄〞〟")
# A paragraph ends at an empty line; lines of a block quote in Markdown may be empty but for their mark.
PARAGRAPH = r"\n[ \t\r]*(?:>[> \t]*)?\n(?:[ \t\r\n]|>(?=[> \t]*\n))*"
_EVENT = re.compile(
    # In tags, addresses and code, marks are no quotation.
    r"(?P<skip><[a-zA-Z/!][^<>\n]{0,500}>|\]\([^()\n]{0,500}\)|`[^`\n]{1,200}`)"
    rf"|(?P<paragraph>{PARAGRAPH})"
    rf"|(?P<mark>[{_MARKS}])"
)
_NEXT_WORD = re.compile(r"(?:>[> \t]*)?[ \t]*(?P<mark>\S)")
# Who has no double marks on the keyboard sets single ones twice; only where they open something do they close it.
_DOUBLED = (
    (re.compile(r"(?<![\w‘])‘‘(?=[^\s‘])"), re.compile(r"(?<=[^\s’])’’(?!\w)"), " “", "” "),
    (re.compile(r"(?<![\w'])''(?=[^\s'])"), re.compile(r"(?<=[^\s'])''(?![\w'])"), " “", "” "),
    (re.compile(r"(?<![\w`])``(?=[^\s`])"), re.compile(r"(?<=[^\s'])''(?![\w'])"), " “", "” "),
)
# What stands behind a mark that closes, and begins nothing: “… --”, he said.
_BEHIND_CLOSED = ",.;!?)]}%’'"
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """Marks that belong together: what they quote begins at `start` and ends before `end`, the marks not included."""

    start: int
    end: int


def find_pairs(text: str, *, line_is_paragraph: bool = False) -> list[Pair]:
    """What stands between double marks, in order; of marks within marks only the outer ones.

    A mark that is not closed in its paragraph opens nothing, unless the next paragraph begins with such a mark again.

    :param line_is_paragraph: a line break ends a paragraph too.
    """
    return keep_outer(_Scan(text, line_is_paragraph).run())


def join_doubled(text: str) -> str:
    """`text` with single marks that are set twice, ‘‘…’’ or ``…'', as double ones; its length stays."""
    for opens, closes, opening, closing in _DOUBLED:
        if opens.search(text) is not None:
            text = closes.sub(closing, opens.sub(opening, text))
    return text


def keep_outer(pairs: list[Pair]) -> list[Pair]:
    """The pairs that stand in no other one, in order; of two that overlap, the first."""
    kept: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: (pair.start, -pair.end)):
        if not kept or pair.start >= kept[-1].end:
            kept.append(pair)
    return kept


def paragraph_breaks(line_is_paragraph: bool) -> str:
    """The pattern of what stands between two paragraphs."""
    return r"\n\s*" if line_is_paragraph else PARAGRAPH


class _Scan:
    """Goes through the marks of a text and notes each pair when it is closed."""

    def __init__(self, text: str, line_is_paragraph: bool) -> None:
        self._text = text
        self._event = (
            re.compile(_EVENT.pattern.replace(PARAGRAPH, paragraph_breaks(True))) if line_is_paragraph else _EVENT
        )
        self._open: list[tuple[str, int]] = []
        self._pairs: list[Pair] = []

    def run(self) -> list[Pair]:
        position = 0
        while (event := self._event.search(self._text, position)) is not None:
            position = event.end()
            if event["paragraph"] is not None:
                position = self._end_paragraph(position)
            elif event["mark"] is not None:
                self._read(event["mark"], event.start())
        return self._pairs

    def _end_paragraph(self, place: int) -> int:
        """Forget what is open, unless it goes on behind a mark that says so; gives where to read on."""
        if self._open:
            following = _NEXT_WORD.match(self._text, place)
            mark = self._open[0][0]
            # Old French books begin what goes on with the mark that closes.
            if following is not None and (following["mark"] == mark or (mark, following["mark"]) == ("«", "»")):
                del self._open[1:]
                return following.end()
            self._open.clear()
        return place

    def _read(self, mark: str, place: int) -> None:
        before = self._text[place - 1 : place]
        after = self._text[place + 1 : place + 2]
        level = self._find_open(mark)
        may_open = mark in CLOSERS
        if level is not None and not (may_open and self._opens_rather(mark, before, after, level)):
            opened = self._open[level][1]
            del self._open[level:]
            self._pairs.append(Pair(opened, place))
        elif may_open and self._may_open(mark, before, after):
            if mark in '"＂':
                # Another straight mark that opens: the one before was never closed.
                self._open = [known for known in self._open if known[0] != mark]
            if len(self._open) < MAX_DEPTH:
                self._open.append((mark, place + 1))

    def _find_open(self, mark: str) -> int | None:
        """The level of the innermost open mark that this one can close."""
        for level in range(len(self._open) - 1, -1, -1):
            if mark in CLOSERS[self._open[level][0]]:
                return level
        return None

    def _opens_rather(self, mark: str, before: str, after: str, level: int) -> bool:
        """Whether a mark that could close opens, by what stands beside it."""
        opened = self._open[level][0]
        if mark in _ALWAYS_CLOSE or (opened, mark) in {("„", "“"), ("«", "»"), ("“", "”"), ("„", "”")}:
            return False
        return _is_edge(before) and not _is_edge(after) and after not in _BEHIND_CLOSED

    def _may_open(self, mark: str, before: str, after: str) -> bool:
        if mark in _ALWAYS_OPEN:
            return True
        if mark in "«“‹" and (not self._open or _is_edge(before)):
            return after != ""  # with a space behind it too, as in French
        if mark in '"＂' and before.isdigit():
            return False  # inches, seconds
        return _is_edge(before) and not after.isspace() and after != ""


def _is_edge(character: str) -> bool:
    """Whether a word can begin behind it, or end before it: space, brackets, dashes, or nothing at all."""
    return (
        not character
        or character.isspace()
        or character in "([{—–-/=>*_~|¿¡:，。、；：！？（【《…"
        or ("\u3000" <= character <= "\u9fff")
    )
