"""Where a text quotes by single marks, ‘’, ‚‘ or straight ones, and where such a mark is an apostrophe."""

import re

from qa.checking.marks import Pair, paragraph_breaks

_OPENS = r"(?<![\w'’‘.,!?])[‘'‚](?=[\w\[(…“\"¿¡—–-])"
# Letters are left out at the beginning of these.
_ELISION = r"(?!(?:tis|twas|twere|em|til|cause|cos|bout|round|neath|n|nuff|kay|\d0s?)\b)"
_CLOSES = r"(?<=[^\s(\[‘])['’‘](?!\w)"
# Behind the mark of a possessive stands what is owned, and none of these.
_NOT_OWNED = frozenset(
    """a about after and are aren't as at be because before but by can can't could did do does for from had has have if
    in is isn't it must of on or should since so than that the then they this to until was wasn't we were weren't when
    where which while who will with would you he she i""".split()
)
_NEXT_WORD = re.compile(r"['’‘] ([^\W\d_]+(?:['’][^\W\d_]+)?)")
_STRONG = frozenset('.,!?…—–;:”"»)]')


def find_single_pairs(text: str, *, line_is_paragraph: bool = False) -> list[Pair]:
    """What stands between single marks, in order. An apostrophe, also one at the end of a word, opens and closes none.

    :param line_is_paragraph: a line break ends a paragraph too.
    """
    pattern = re.compile(
        rf"(?P<paragraph>{paragraph_breaks(line_is_paragraph)})"
        rf"|(?P<opens>{_OPENS}{_ELISION})|(?P<closes>{_CLOSES})",
        re.IGNORECASE,
    )
    return _Scan(text).run(pattern)


class _Scan:
    """Keeps an open mark and what may close it until the next one opens, then decides which did."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._opened: int | None = None
        self._strong: int | None = None
        self._weak: int | None = None
        self._possessive: int | None = None
        self._pairs: list[Pair] = []

    def run(self, pattern: re.Pattern[str]) -> list[Pair]:
        position = 0
        while (event := pattern.search(self._text, position)) is not None:
            position = max(event.end(), position + 1)
            if event["opens"] is not None:
                self._decide()
                self._opened = event.start() + 1
            elif event["closes"] is not None:
                self._note(event.start())
            elif self._opened is not None:
                # A paragraph that begins with the mark again goes on with what was not closed in the one before.
                goes_on = self._text[position : position + 1] in ("‘", "'") and not self._may_close()
                if goes_on:
                    position += 1
                else:
                    self._decide()
        self._decide()
        return self._pairs

    def _may_close(self) -> bool:
        return any(place is not None for place in (self._strong, self._weak, self._possessive))

    def _note(self, place: int) -> None:
        if self._opened is None or place <= self._opened:
            return
        before = self._text[place - 1]
        if before in _STRONG:
            self._strong = place if self._strong is None else self._strong
        elif before in "sS" and self._owns(place):
            self._possessive = place  # the last one: those before are rather "the workers’"
        elif self._weak is None:
            self._weak = place

    def _owns(self, place: int) -> bool:
        following = _NEXT_WORD.match(self._text, place)
        word = following[1].replace("’", "'") if following is not None else ""
        return word[:1].islower() and word not in _NOT_OWNED

    def _decide(self) -> None:
        if self._opened is not None:
            closed = next((at for at in (self._strong, self._weak, self._possessive) if at is not None), None)
            if closed is not None:
                self._pairs.append(Pair(self._opened, closed))
        self._opened = self._strong = self._weak = self._possessive = None
