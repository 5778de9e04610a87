"""Who is spoken of where in a draft: names, "she", "the interviewer"; quoted words are not looked at."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus import Role
from index.lexicon import SENTENCE_STARTERS
from qa.checking.comparable import UNSPACED
from qa.checking.marks import Pair
from qa.checking.saying import (
    ANSWERING,
    ARTICLES,
    ASKING,
    OBJECT_MARKS,
    PRONOUN,
    TITLES,
    UNSPACED_VERB,
    VERB,
    is_pronoun,
)
from qa.checking.speakers import SpeakerBook

# What a quoted character is masked with.
MASK = "\x00"
_TOKEN = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+(?:['’-][^\W_{UNSPACED}]+)*")
_PARTICLES = frozenset("de del della di da das dos du la le van von der den ten bin ibn al el y e zu zur".split())
_JOINS = re.compile(r"[ \u00a0]|\.[ \u00a0]?|-")
# A full stop behind one of these, or behind a single capital, ends no sentence.
_SHORT = re.compile(
    r"(?:^|[^\w])(?:mr|mrs|ms|dr|prof|st|sr|sra|jr|vs|no|gen|sen|gov|rep|hr|fr|m|mme|[A-ZÀ-Þ])$", re.IGNORECASE
)
_STOP = re.compile(r"[.!?…](?:[”\"’'»“)\]]|\[\d{1,3}\])*(?=\s|$)|[。！？][”」』’]?")
_CJK_LABEL = re.compile(f"[{UNSPACED}]")
_UNKNOWN_CJK = re.compile(r"[\u4e00-\u9fff·]{2,8}$")
# "Zhao asked Balarezo", "Zhao preguntó al embajador Balarezo".
_ASKED = re.compile(
    r"(?<![^\W\d_])(?:ask(?:s|ed|ing)|press(?:es|ed)|question(?:s|ed)|interview(?:s|ed)|challeng(?:es|ed)|confront(?:s|ed)"
    r"|pregunt[aó]|frag(?:t|te)|demand(?:e|é)|chie(?:de|se))\s+(?:(?:al?|den|die|à|a)\s+)?(?:(?:[Tt]he|[Ee]l)\s+)?"
    r"(?:[^\W\d_]+\s+){0,2}$|(?:问|問)$"
)
_BEFORE_ARTICLE = re.compile(
    r"(?:^|\s)(?:by|to|of|about|with|from|against|told|asked|for)\s+(?:the|a|an)$", re.IGNORECASE
)
# What may stand behind the name of a stranger who then speaks: a verb, with what goes with verbs, or what parts it off.
_SUBJECT = re.compile(
    rf"['’]?s?\s*[,(–—:：,，]|\s+(?:{VERB.pattern}|(?:has|had|have|was|is|also|then|later|now|once|again|never|who|himself"
    r"|herself|and|hat|hatte|ha|había|a|avait|aussi|auch|también|anche|[^\W\d_]+ly)(?![^\W_]))|\s*$|\s*(?=[\u4e00-\u9fff])",
    re.IGNORECASE,
)
_MAX_BACK_CHARS = 3000
_GENDERS = {
    **dict.fromkeys("he él er il ele on он 他 彼".split(), "he"),
    **dict.fromkeys("she ella sie elle ela ona она 她 彼女".split(), "she"),
}
_GENDERED_TITLES = {
    **dict.fromkeys("mr sir herr señor sr monsieur m signor pan господин".split(), "he"),
    **dict.fromkeys("mrs ms miss madam madame frau señora sra mme mlle signora pani госпожа".split(), "she"),
}
# Words that begin sentences and name nobody.
_STARTERS = (
    SENTENCE_STARTERS
    | ARTICLES
    | frozenset(
        """according asked earlier yesterday today monday tuesday wednesday thursday friday saturday sunday meanwhile
        laut nach als auch aber und wenn dann hier dort heute gestern wie was wer so ja nein im am in an auf bei mit für
        según segun como cuando pero también hoy ayer luego así sí no en con por para de al y
        selon comme quand mais aussi hier puis ainsi oui non en avec pour dans sur et ce cette ces cet
        secondo come quando ma anche oggi ieri poi così sì e nel con per
        według jak kiedy ale także dziś по как когда но также сегодня вчера и в на с""".split()
    )
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody spoken of from `start` to `end` of the draft.

    `labels` are those of the sources that may be meant; none for a stranger, a pronoun, or a `noun` ("the ambassador").
    `role` is set where the word tells it ("the interviewer").
    """

    start: int
    end: int
    text: str
    labels: frozenset[str] = frozenset()
    is_pronoun: bool = False
    noun: str = ""
    role: Role | None = None

    @property
    def is_name(self) -> bool:
        """Whether it is a name, and nothing that stands for one."""
        return not self.is_pronoun and not self.noun


def mask_quoted(text: str, pairs: Sequence[Pair]) -> str:
    """`text` with what is quoted masked, but for its last character, which tells whether a sentence ended there."""
    pieces = []
    position = 0
    for pair in pairs:
        pieces += [text[position : pair.start], MASK * (pair.end - pair.start - 1), text[pair.end - 1 : pair.end]]
        position = pair.end
    pieces.append(text[position:])
    return "".join(pieces)


def find_last_stop(text: str, start: int, end: int) -> int:
    """Where the sentence begins that goes on at `end`; not before `start`."""
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop.end() < end and not _is_short(text, stop.start(), start):
            begin = stop.end()
    return begin


def find_first_stop(text: str, start: int, end: int) -> int:
    """Where the sentence ends that goes on at `start`; not behind `end`."""
    for stop in _STOP.finditer(text, start, end):
        if not _is_short(text, stop.start(), start):
            return stop.start()
    return end


def _is_short(text: str, stop: int, start: int) -> bool:
    return text[stop] == "." and _SHORT.search(text[max(start, stop - 6) : stop]) is not None


class Mentions:
    """All who are spoken of outside the quotations of a draft, found once and looked up by place."""

    def __init__(self, masked: str, book: SpeakerBook) -> None:
        self.text = masked
        self._book = book
        self._cjk_labels = [label for label in book.labels if _CJK_LABEL.search(label)]
        self._all = sorted(self._find(), key=lambda mention: mention.start)
        self._starts = [mention.start for mention in self._all]
        self._genders = self._find_genders()

    def between(self, start: int, end: int) -> list[Mention]:
        """Those that stand whole between `start` and `end`, in order."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [mention for mention in self._all[first:last] if mention.end <= end]

    def is_object(self, mention: Mention) -> bool:
        """Whether the word before, or before the article, says that this one is spoken to, or of."""
        before = self.text[max(0, mention.start - 24) : mention.start].rstrip()
        word = re.search(r"[^\W_]+$", before)
        if word is not None and word.group().casefold() in OBJECT_MARKS:
            return True
        return not mention.labels and _BEFORE_ARTICLE.search(before) is not None

    def may_speak(self, mention: Mention) -> bool:
        """Whether what follows a name lets it be a subject: "Horizon IT system has" is not one called Horizon."""
        return (
            mention.labels != frozenset() or not mention.is_name or _SUBJECT.match(self.text, mention.end) is not None
        )

    def is_possessive(self, mention: Mention) -> bool:
        """Whether it only says whose somebody else is: "Peru's ambassador"."""
        return self.text[mention.end : mention.end + 2] in ("'s", "’s")

    def resolve(self, mention: Mention) -> Mention | None:
        """Who is meant by a pronoun or a noun: somebody named before; a noun wants to stand beside the name once."""
        end = mention.start
        before = [known for known in self.between(max(0, end - _MAX_BACK_CHARS), end) if known.is_name]
        candidates = [known for known in before if known.labels or self._speaks(known)]
        if mention.noun:
            called = [each for each in candidates if self._is_called(each, mention.noun)]
            # An office that the draft gives to nobody is that of the only one who is spoken of.
            known = [each for each in candidates if each.labels]
            if not called and mention.noun in TITLES and len({each.labels for each in known}) == 1:
                called = known
            return called[-1] if called else None
        gender = _GENDERS.get(mention.text.casefold())
        # "She" is not Mr O'Brien.
        fitting = [known for known in candidates if self._genders.get(known.labels, gender) == gender]
        candidates = fitting if gender is not None else candidates
        if not candidates:
            return None
        begin = find_last_stop(self.text, max(0, candidates[-1].start - 400), candidates[-1].start)
        sentence = [known for known in candidates if known.start >= begin]
        # Whoever was asked speaks next.
        asked = [known for known in sentence if self._is_asked(known, begin)]
        free = [known for known in sentence if not self.is_object(known)]
        return (asked or free or sentence)[0]

    def _is_asked(self, mention: Mention, start: int) -> bool:
        before = self.text[max(start, mention.start - 60) : mention.start]
        return _ASKED.search(before) is not None

    def _find_genders(self) -> dict[frozenset[str], str]:
        """Of those whom the draft once names with "Mr", "Ms" and the like, which of the two."""
        genders: dict[frozenset[str], str] = {}
        for mention in self._all:
            before = self.text[max(0, mention.start - 12) : mention.start].split()[-1:]
            for word in (*before, mention.text.split(" ", 1)[0]):
                title = word.rstrip(".").casefold()
                if mention.labels and title in _GENDERED_TITLES:
                    genders[mention.labels] = _GENDERED_TITLES[title]
        return genders

    def _speaks(self, mention: Mention) -> bool:
        """Whether a verb of saying stands beside a stranger's name, so that it is a person's."""
        around = self.text[max(0, mention.start - 14) : mention.start], self.text[mention.end : mention.end + 14]
        return any(VERB.search(side) is not None for side in around)

    def _is_called(self, known: Mention, noun: str) -> bool:
        around = self.text[max(0, known.start - 60) : known.end + 60].casefold()
        return re.search(rf"(?<!\w){re.escape(noun)}(?!\w)", around) is not None

    def _find(self) -> Iterator[Mention]:
        for match in PRONOUN.finditer(self.text):
            yield Mention(*match.span(), match.group(), is_pronoun=True)
        for label in self._cjk_labels:
            for match in re.finditer(re.escape(label), self.text):
                yield Mention(*match.span(), label, self._book.find(label))
        yield from self._find_strangers()
        group: list[re.Match[str]] = []
        tokens = list(_TOKEN.finditer(self.text))
        for number, token in enumerate(tokens):
            if group and not self._goes_on(group[-1], token, tokens[number + 1 : number + 2]):
                yield from self._read_group(group)
                group = []
            if group or self._is_name_word(token.group()):
                group.append(token)
            if token.group().casefold() in ARTICLES:
                yield from self._read_noun(tokens[number : number + 4])
        yield from self._read_group(group)

    def _find_strangers(self) -> Iterator[Mention]:
        """Names in Chinese characters that stand right before a verb of saying."""
        for verb in UNSPACED_VERB.finditer(self.text):
            name = _UNKNOWN_CJK.search(self.text[max(0, verb.start() - 8) : verb.start()])
            if name is not None and not self._holds_label(name.group()) and not PRONOUN.search(name.group()):
                yield Mention(verb.start() - len(name.group()), verb.start(), name.group())

    def _holds_label(self, words: str) -> bool:
        return any(label in words or words in label for label in self._cjk_labels)

    def _is_name_word(self, word: str) -> bool:
        if not word[0].isupper() or is_pronoun(word):
            return False
        return self._book.has_word(word) or word.casefold() not in _STARTERS

    def _goes_on(self, last: re.Match[str], token: re.Match[str], following: list[re.Match[str]]) -> bool:
        gap = self.text[last.end() : token.start()]
        if _JOINS.fullmatch(gap) is None or ("." in gap and _SHORT.search(last.group()) is None):
            return False
        if self._is_name_word(token.group()):
            return True
        return token.group() in _PARTICLES and bool(following) and self._is_name_word(following[0].group())

    def _read_group(self, group: list[re.Match[str]]) -> Iterator[Mention]:
        if not group:
            return
        start, end = group[0].start(), group[-1].end()
        name = re.sub(r"['’]s$", "", self.text[start:end])
        labels = self._book.find(name)
        if not labels and len(group) == 1 and name.casefold() in TITLES:
            return
        yield Mention(start, start + len(name), name, labels)

    def _read_noun(self, tokens: list[re.Match[str]]) -> Iterator[Mention]:
        """As in "the ambassador", "the young reporter": an article and the first noun that can be somebody's."""
        article, *words = tokens
        chosen: re.Match[str] | None = None
        role: Role | None = None
        for token in words:
            word = token.group().casefold()
            if self.text[(chosen or article).end() : token.start()].strip() or (chosen and token.group()[0].isupper()):
                break  # another clause, or a name
            chosen = token
            role = "asks" if word in ASKING else "answers" if word in ANSWERING else None
            if role is not None or word in TITLES:
                break
        if chosen is not None:
            start, end = article.start(), chosen.end()
            yield Mention(start, end, self.text[start:end], noun=chosen.group().casefold(), role=role)
