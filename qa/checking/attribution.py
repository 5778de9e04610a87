"""Whom a draft names as the speaker of a quotation, from the words around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus import Role
from qa.checking.marks import PARAGRAPH, Pair
from qa.checking.mentions import Mention, Mentions, find_first_stop, find_last_stop
from qa.checking.saying import ACCORDING, ACCORDING_BEHIND, ARTICLES, TITLES, VERB

# How far from a quotation somebody who is named can still be its speaker, in code points.
REACH_CHARS = 400
_BREAK = re.compile(PARAGRAPH)
_MARKS = "\"'“”„‟‘’‚«»‹›「」『』*_ \t\u00a0\u202f"
_FULL_STOPS = ".?!。？！"
_COLON = (":", "：", ",", "，")
# "— Balarezo", "(Balarezo)", also on the line below.
_SIGNED = re.compile(r"[\s>*_]*(?:[—–―]|--?|\()\s*[*_]*")
_TAG_START = re.compile(r"[\s,，–—-]*")
_CONJUNCTION = re.compile(
    r"(?:whereas|while|but|and|although|though|yet|because|während|aber|und|mientras|pero|tandis|mais|et|mentre|ma)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
# These never have the speaker behind them, as in "told Zhao"; "so" has him nowhere else.
_NEVER_INVERTED = frozenset("told tell tells calls called describes described".split())
_ONLY_INVERTED = frozenset({"so"})
# Behind these, what is quoted may be a name for something.
_NAMING = frozenset("calls call called describes described dubs dubbed".split())
_VERB_AT_END = re.compile(rf"({VERB.pattern})$", re.IGNORECASE)
_MIN_DIRECT_WORDS = 4
_ASKED_BACK = re.compile(r"(?<!\w)(?:I|we|We)$")
_SHORT_TAG_CHARS = 70
# How far in front of a verb its subject may stand: somebody of the sources, and a stranger, who may be a place.
_FAR_CHARS, _NEAR_CHARS = 160, 60
# How long what stands between a verb and the name may be: "’s ambassador to China, ".
_TITLE_CHARS = 40


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the draft names: in its words, by the labels that may be meant, or by a part ("the interviewer")."""

    name: str
    labels: frozenset[str] = frozenset()
    role: Role | None = None


class Attributor:
    """Finds out, quotation by quotation in their order, who is named as speaking."""

    def __init__(self, text: str, pairs: Sequence[Pair], mentions: Mentions) -> None:
        """Look at `text`, whose quotations, in order, are `pairs`; the text of `mentions` is the same, masked."""
        self._text = text
        self._masked = mentions.text
        self._pairs = pairs
        self._mentions = mentions
        self._last: tuple[int, Told | None] = (0, None)

    def find(self, number: int) -> Told | None:
        """Who is named as the speaker of the quotation of that number; None where nobody is."""
        pair = self._pairs[number]
        told = self._find_beside(number, pair) or self._inherit(number, pair)
        self._last = (pair.end, told)
        return told

    def direct(self, number: int) -> bool:
        """Whether a verb of saying or a colon joins the quotation to somebody."""
        pair = self._pairs[number]
        start, end = self._sides(number, pair)
        before = self._masked[start : pair.start].rstrip(_MARKS)
        lead = before[-40:]
        if before.endswith(_COLON) and (before.endswith((":", "：")) or VERB.search(lead) is not None):
            return True
        verb = _VERB_AT_END.search(lead)
        if verb is not None and verb[1].casefold() not in _NAMING:
            return len(self._text[pair.start : pair.end].split()) >= _MIN_DIRECT_WORDS
        return self._tagged(pair, end)

    def _sides(self, number: int, pair: Pair) -> tuple[int, int]:
        """From where to where the words around a quotation can be about it: its paragraph, up to the next one."""
        start = max(0, pair.start - REACH_CHARS)
        breaks = list(_BREAK.finditer(self._masked, start, pair.start))
        if breaks:
            start = breaks[-1].end()
        end = min(len(self._masked), pair.end + REACH_CHARS)
        following = self._pairs[number + 1].start - 1 if number + 1 < len(self._pairs) else end
        broken = _BREAK.search(self._masked, pair.end, end)
        return start, max(pair.end, min(end, following, broken.start() if broken is not None else end))

    def _find_beside(self, number: int, pair: Pair) -> Told | None:
        start, end = self._sides(number, pair)
        begin = find_last_stop(self._masked, start, pair.start)
        stop = find_first_stop(self._masked, self._behind(pair), end)
        label = self._label(begin, pair.start)
        if label is not None and self._text[pair.end - 1 : pair.end] in _FULL_STOPS:
            return label
        if self._tagged(pair, end):
            return self._in_clause(pair.end, stop, behind=True) or self._in_clause(begin, pair.start, behind=False)
        return (
            label
            or self._in_clause(begin, pair.start, behind=False)
            or self._above(start, pair)
            or self._signed(pair)
            or (None if self._leads_on(pair, end) else self._in_tail(pair, stop))
            or self._weakly(begin, pair, stop)
        )

    def _behind(self, pair: Pair) -> int:
        """The first character behind the closing mark."""
        match = re.compile(rf"[{re.escape(_MARKS.strip())}]*").match(self._masked, pair.end)
        return pair.end if match is None else match.end()

    def _tagged(self, pair: Pair, end: int) -> bool:
        """Whether what follows says who spoke: "…," said Balarezo; "…?" she asked."""
        behind = self._behind(pair)
        following = self._masked[behind:end].lstrip()
        # A full stop ends the sentence, unless a comma goes on with it, as everywhere but in English.
        goes_on = following.startswith((",", "，", "–", "—", "-"))
        if self._leads_on(pair, end):
            return False
        if not goes_on and self._text[pair.end - 1 : pair.end] not in ",，?!？！—–-…":
            return False
        lead = _TAG_START.match(self._masked, behind, end)
        begin = lead.end() if lead is not None else behind
        return self._begins_with_tag(begin, find_first_stop(self._masked, begin, end))

    def _leads_on(self, pair: Pair, end: int) -> bool:
        """Whether what follows says who spoke the next one: “…”, Ann replied: “…”."""
        following = self._masked[self._behind(pair) : end].strip()
        outside = self._text[pair.end - 1] not in ",，?!？！" and following.startswith((",", "，"))
        return outside and following.rstrip(_MARKS).endswith((":", "："))

    def _begins_with_tag(self, begin: int, stop: int) -> bool:
        if _CONJUNCTION.match(self._masked, begin, stop) is not None:
            return False  # of another clause
        verb = VERB.match(self._masked, begin, stop)
        if verb is not None or ACCORDING.match(self._masked, begin, stop) is not None:
            return True
        first = next(iter(self._mentions.between(begin, stop)), None)
        if first is None or first.start - begin > 40:
            return False
        return VERB.search(self._masked, first.end, min(stop, first.end + 100)) is not None

    def _in_clause(self, start: int, end: int, *, behind: bool) -> Told | None:
        """Who speaks by a verb of saying, or "according to", in a part of a sentence; the nearest first."""
        mentions = self._mentions.between(start, end)
        for word in ACCORDING.finditer(self._masked, start, end):
            named = [mention for mention in mentions if 0 <= mention.start - word.end() <= 30]
            if named and (told := self._tell(named)) is not None:
                return told
        for word in ACCORDING_BEHIND.finditer(self._masked, start, end):
            named = [mention for mention in mentions if 0 <= word.start() - mention.end <= 2]
            if named and (told := self._tell(named)) is not None:
                return told
        verbs = [match.span() for match in VERB.finditer(self._masked, start, end)]
        for verb in verbs if behind else reversed(verbs):
            told = self._by_verb(mentions, verb, start)
            if told is not None:
                return told
        return None

    def _by_verb(self, mentions: Sequence[Mention], verb: tuple[int, int], start: int) -> Told | None:
        word = self._masked[verb[0] : verb[1]].casefold()
        if _ASKED_BACK.search(self._masked[max(start, verb[0] - 4) : verb[0]].rstrip()) is not None:
            return None  # the writer's own words
        free = [mention for mention in mentions if not self._mentions.is_possessive(mention)]
        left = [
            mention
            for mention in free
            if mention.end <= verb[0]
            and not self._mentions.is_object(mention)
            and self._reaches(mention, verb[0], start)
            and self._mentions.may_speak(mention)
        ]
        right = self._behind_verb(mentions, verb[1])
        if word in _ONLY_INVERTED:
            left = []
        if word in _NEVER_INVERTED:
            right = []
        starts = not self._masked[start : verb[0]].strip(_MARKS + ",，–—-;")
        if starts or not left:
            return self._tell(right) or self._tell(left[::-1])
        return self._tell(left[::-1]) or self._tell(right)

    def _behind_verb(self, mentions: Sequence[Mention], end: int) -> list[Mention]:
        """Who stands behind a verb as its subject: "said Ann", "said the singer Ann", "said Peru's ambassador, Ann"."""
        found: list[Mention] = []
        for mention in mentions:
            if mention.start < end:
                continue
            gap = self._masked[end : mention.start]
            possessive = bool(found) and self._mentions.is_possessive(found[-1])
            if gap.strip(" ,") == "by":  # "asked by Ann"
                gap = ""
            if len(gap.strip(" ,")) > (_TITLE_CHARS if possessive else 0) or len(gap) > _TITLE_CHARS:
                break
            found.append(mention)
            if mention.is_name and not self._mentions.is_possessive(mention):
                break
            end = mention.end
        named = [mention for mention in found if not self._mentions.is_possessive(mention)]
        return named[::-1]

    def _reaches(self, mention: Mention, end: int, start: int) -> bool:
        """Whether it can be the subject of a verb at `end`: not of another sentence, nor of a clause behind ";".

        Who begins the sentence, which does at `start`, can be so from further on.
        """
        between = self._masked[mention.end : end]
        begins = not self._masked[start : mention.start].strip(_MARKS + "\n>-#") or mention.start - start < _TITLE_CHARS
        far = (REACH_CHARS if begins else _FAR_CHARS) if mention.labels else _NEAR_CHARS
        return len(between) <= far and ";" not in between and "\n\n" not in between

    def _tell(self, mentions: Sequence[Mention]) -> Told | None:
        """The first who is known to the sources, else the first named; pronouns and nouns stand for who came before."""
        near = [mention for mention in mentions if mention.is_pronoun or mention.labels or mention.role]
        for mention in (*near, *mentions):
            if mention.role is not None:
                return Told(mention.text, role=mention.role)
            if mention.is_name:
                return Told(mention.text, mention.labels)
            meant = self._mentions.resolve(mention)
            if meant is not None:
                return Told(meant.text, meant.labels)
        return None

    def _label(self, begin: int, end: int) -> Told | None:
        """Who is named as in "Balarezo: “…”", or in a sentence that ends in a colon."""
        if not self._masked[begin:end].rstrip(_MARKS).endswith((":", "：")):
            return None
        told = self._in_clause(begin, end, behind=False)
        if told is not None:
            return told
        mentions = self._mentions.between(begin, end)
        known = [mention for mention in mentions if mention.labels or mention.role]
        # A stranger only where nothing but the name stands there.
        alone = [m for m in mentions if m.is_name and not self._masked[begin : m.start].strip(_MARKS + "\n>-#")]
        alone = [m for m in alone if not self._masked[m.end : end].strip(_MARKS + ":：\n")]
        return self._tell(known or alone)

    def _above(self, start: int, pair: Pair) -> Told | None:
        """Who the paragraph above announces, where it ends in a colon and the quotation begins its own."""
        if self._masked[start : pair.start].strip(_MARKS + ">\n\r"):
            return None
        above = self._masked[max(0, start - REACH_CHARS) : start].rstrip(" \t\r\n>*_")
        if not above.endswith((":", "：")):
            return None
        end = max(0, start - REACH_CHARS) + len(above)
        begin = find_last_stop(self._masked, max(0, end - REACH_CHARS), end)
        return self._label(begin, end)

    def _signed(self, pair: Pair) -> Told | None:
        behind = self._behind(pair)
        match = _SIGNED.match(self._masked, behind)
        if match is None:
            return None
        named = [mention for mention in self._mentions.between(match.end(), match.end() + 80) if mention.is_name]
        gap = self._masked[match.end() : named[0].start] if named else ""
        titled = all(word.casefold() in TITLES | ARTICLES for word in re.findall(r"[^\W_]+", gap))
        return self._tell(named[:1]) if titled and "\n" not in gap else None

    def _in_tail(self, pair: Pair, stop: int) -> Told | None:
        """Who speaks by the rest of the sentence behind a quoted part, or by a short sentence of its own."""
        ended = self._text[pair.end - 1 : pair.end] in ".。"
        if ended and stop - pair.end > _SHORT_TAG_CHARS:
            return None
        return self._in_clause(self._behind(pair), stop, behind=True)

    def _weakly(self, begin: int, pair: Pair, stop: int) -> Told | None:
        """The one speaker of the sources who is named in the sentence; None where none is, or several are."""
        ended = self._text[pair.end - 1 : pair.end] in ".。?!"
        known = [m for m in self._mentions.between(begin, pair.end if ended else stop) if m.labels]
        if not known or len({mention.labels for mention in known}) > 1 or self._mentions.is_object(known[0]):
            return None
        return Told(known[0].text, known[0].labels)

    def _inherit(self, number: int, pair: Pair) -> Told | None:
        """Who spoke just before in the same paragraph, where nobody else is named in between."""
        end, told = self._last
        if number == 0 or told is None or _BREAK.search(self._masked, end, pair.start) is not None:
            return None
        between = self._mentions.between(end, pair.start)
        others = [
            mention
            for mention in between
            if mention.labels and mention.labels != told.labels and not self._mentions.is_object(mention)
        ]
        return told if pair.start - end <= REACH_CHARS and not others else None
