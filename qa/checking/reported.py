"""Reported speech: sentences that give what somebody said in the writer's words, without quotation marks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.checking.attribution import Told
from qa.checking.marks import Pair
from qa.checking.mentions import MASK, Mention, Mentions
from qa.checking.saying import ACCORDING, TITLES, VERB

# "that", and what stands for it; without it, English goes on at once ("she said the port would open").
_THAT = re.compile(
    r"\s*,?\s*(?:also\s+|today\s+|[^\W\d_]+ly\s+)?(?:that|whether|que|qu['’]|dass|daß|ob|che|że|что|, что)(?![^\W_])\s*"
    r"|\s*[,，:：]\s*(?=[\u4e00-\u9fff])",
    re.IGNORECASE,
)
# Between a verb and "that" may stand who was told, or when.
_WHOM = re.compile(r"(?<=[^\W\d_])\s+[^.,;:!?\n]{1,60}?\s(?:that|whether)\s")
_TELLING = frozenset(
    """tell tells told warns warned reminds reminded assures assured informs informed asks asked promises
    promised""".split()
)
_WHEN = re.compile(r"\s+(?:on|in|at|during|to|after|before|from|last|this|yesterday|today|again|later|then)\s")
_ASKING = re.compile(r"(?:asks?|asked|asking|wonders?|wondered|enquire[sd]|inquire[sd])", re.IGNORECASE)
_QUESTION = re.compile(r"\s+(?:if|why|how|what|when|where|who|which)\s", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|[.](?=\d|\w))+[.!?。！？]?")
# Verbs behind which a clause may follow without "that".
_BARE = re.compile(
    r"(?:says?|said|believes?|believed|thinks?|thought|argues?|argued|claims?|claimed|adds?|added|admits?|admitted|hopes?|hoped"
    r"|insists?|insisted|notes?|noted|explains?|explained|predicts?|predicted|表示|说|認為|认为|指出|强调|称)",
    re.IGNORECASE,
)
_BARE_START = re.compile(
    r"\s+(?:the|a|an|he|she|it|they|his|her|its|their|there|this|these|those|we|no|all|most|many|some|in|[A-Z][^\W\d_]*)\s"
    r"|(?=[\u4e00-\u9fff])"
)
MIN_WORDS = 4
MIN_CJK = 6
MAX_CHARS = 1200
_EDGES = " \t\r\n,，.。;；:："
_CJK = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class ReportedSpeech:
    """The clause that reports, from `start` to `end` of the draft, and whose words it claims to give."""

    start: int
    end: int
    told: Told


def find_reported(mentions: Mentions, pairs: Sequence[Pair]) -> Iterator[ReportedSpeech]:
    """The reported clauses outside quotations, in order; a clause that quotes a part is left to that quotation."""
    text = mentions.text
    for sentence in _SENTENCE.finditer(text):
        if MASK in sentence.group() or sentence.end() - sentence.start() > MAX_CHARS:
            continue
        found = _read(mentions, *sentence.span())
        if found is not None and _is_long_enough(text[found.start : found.end]):
            yield found


def _read(mentions: Mentions, start: int, end: int) -> ReportedSpeech | None:
    named = [
        mention
        for mention in mentions.between(start, end)
        if mention.is_pronoun or mention.labels or mention.role or mention.noun in TITLES
    ]
    if not named:
        return None
    text = mentions.text
    for word in ACCORDING.finditer(text, start, end):
        person = next((mention for mention in named if 0 <= mention.start - word.end() <= 20), None)
        told = _tell(mentions, person)
        if person is not None and told is not None:
            before = (start, word.start())
            behind = (person.end, end)
            return _clause(text, *(behind if behind[1] - behind[0] > before[1] - before[0] else before), told)
    for verb in VERB.finditer(text, start, end):
        person = next((m for m in reversed(named) if m.end <= verb.start() and not mentions.is_object(m)), None)
        told = _tell(mentions, person)
        if person is None or told is None or verb.start() - person.end > 100:
            continue
        that = _THAT.match(text, verb.end(), end)
        that = that or _read_object(text, verb.group(), verb.end(), end)
        if that is None and _ASKING.fullmatch(verb.group()):
            that = _QUESTION.match(text, verb.end(), end)
        if that is not None:
            return _clause(text, that.end(), end, told)
        if _BARE.fullmatch(verb.group()) and _BARE_START.match(text, verb.end(), end):
            return _clause(text, verb.end(), end, told)
        if not text[verb.end() : end].strip(_EDGES) and text[start : person.start].rstrip().endswith((",", "，")):
            return _clause(text, start, person.start, told)
    return None


def _read_object(text: str, verb: str, start: int, end: int) -> re.Match[str] | None:
    """What stands between a verb and its clause, "that" included, as in "told the inquiry on Thursday that"."""
    if verb.casefold() not in _TELLING and _WHEN.match(text, start, end) is None:
        return None
    return _WHOM.match(text, start, end)


def _tell(mentions: Mentions, person: Mention | None) -> Told | None:
    """Who it is, where that is somebody who speaks in the sources."""
    if person is None:
        return None
    if person.role is not None:
        return Told(person.text, role=person.role)
    meant = person if person.is_name else mentions.resolve(person)
    return Told(meant.text, meant.labels) if meant is not None and meant.labels else None


def _clause(text: str, start: int, end: int, told: Told) -> ReportedSpeech:
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return ReportedSpeech(start, end, told)


def _is_long_enough(clause: str) -> bool:
    return len(clause.split()) >= MIN_WORDS or len(_CJK.findall(clause)) >= MIN_CJK
