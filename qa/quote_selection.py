"""Which of the evidence is quoted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from corpus import Document
from qa.findings import Findings
from qa.question_kind import Wanted, find_wanted
from qa.reading.demotion import find_margin, lower
from qa.reading.reader import Evidence, Reader, Reading
from qa.replies import asks_about_asking, find_reply, is_asked, may_be_answered_by_asking

MAX_QUOTES_IN_PARTS = 6
QUOTES_A_PART = 2


@dataclass(frozen=True, slots=True)
class _Limits:
    """At most so many quotes; each comes within `gap` of the best one's score, in log-odds."""

    most: int
    gap: float


# A further quote must come this near to the score of the first, else it would only dilute it; less near where several
# things are asked for. Chosen on the part “choose” of the interviews, see docs/evaluation.md; that for people was
# widened by as much as the scores of the small reader lie further apart since it has heard interviews.
LIMITS = {
    Wanted.ONE: _Limits(3, 0.4),
    Wanted.SEVERAL: _Limits(12, 2.0),
    Wanted.PEOPLE: _Limits(8, 2.4),
}


# Of a question to everybody on a shelf everybody is quoted whose words are probable enough by themselves. Such
# questions are broad ("who …", "what is said about …"), and the reader is less sure of what answers them than of what
# answers a precise one: by so much, in log-odds, it may be. Chosen on the part “choose” of tests/eval/across, see
# docs/tables.md.
MOST_ACROSS = 24
QUOTES_A_PERSON = 2
ACROSS_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """The evidence to quote, best first; `confidence` that it answers; the parts of the question that stay open."""

    evidence: tuple[Evidence, ...]
    confidence: float
    open_parts: tuple[str, ...] = ()


def choose_evidence(findings: Findings, reader: Reader, margin: float = 0.0) -> Choice:
    """What to quote of what was found; of a question in parts the best of each part, in their order.

    :param reader: says how sure it has to be.
    :param margin: by how much less sure it may be, in log-odds; of a question to everybody by `ACROSS_MARGIN` at least.
    """
    threshold = lower(reader.min_confidence, max(margin, ACROSS_MARGIN) if findings.across else margin)

    def is_sure(reading: Reading) -> bool:
        return bool(reading.evidence) and reading.confidence >= threshold

    whole: Sequence[Evidence] = ()
    if is_sure(findings.reading):
        whole = choose_people(findings, threshold) if findings.across else choose_from(findings)
    answered = [part for part in findings.parts if is_sure(part.reading)]
    if not answered:
        return Choice(tuple(whole), findings.reading.confidence)
    of_parts = [choose_from(part)[:QUOTES_A_PART] for part in answered]
    in_turn = (each for row in zip_longest(*of_parts) for each in row if each is not None)
    chosen = _first_of_each([*whole[:1], *in_turn, *whole[1:]], lambda each: (each.doc_id, each.start, each.end))
    return Choice(
        tuple(chosen[:MAX_QUOTES_IN_PARTS]),
        max(reading.confidence for reading in (findings.reading, *(part.reading for part in answered))),
        tuple(part.asked for part in findings.parts if not is_sure(part.reading)),
    )


def choose_from(findings: Findings) -> list[Evidence]:
    """What to quote if it has to be answered: the best, and what scores nearly as high; more where more is wanted."""
    reading = findings.reading
    wanted = find_wanted(findings.asked)
    limits = LIMITS[wanted]
    near = [each for each in reading.evidence if each.score >= reading.evidence[0].score - limits.gap]
    # The same words of the same speaker once.
    documents = findings.documents
    near = _first_of_each(near, lambda each: (_words_of(each, documents), _speaker_of(each, documents)))
    if wanted is Wanted.PEOPLE:
        one_each = _first_of_each(near, lambda each: _speaker_of(each, documents))
        near = one_each if len(one_each) > 1 else near
    chosen = near[: limits.most]
    # Whose question or suggestion it was does not stand without what was said to it.
    about_asking = chosen and may_be_answered_by_asking(findings.asked)
    reply = find_reply(chosen[0], reading, documents) if about_asking else None
    return chosen if reply is None or reply in chosen else [*chosen[: limits.most - 1], reply]


def choose_people(findings: Findings, min_confidence: float) -> list[Evidence]:
    """Who has an answer to a question to everybody: the best of each, and what comes as near as a further quote must.

    :param min_confidence: how probable it has to be by itself that somebody's words answer.
    """
    reading, documents = findings.reading, findings.documents
    lowest = reading.evidence[0].score - find_margin(reading, min_confidence)
    near = [each for each in reading.evidence if each.score >= lowest]
    if not asks_about_asking(findings.asked):
        near = [each for each in near if not is_asked(each, documents[each.doc_id])] or near[:1]
    near = _first_of_each(near, lambda each: (_words_of(each, documents), _speaker_of(each, documents)))
    return _some_of_each(near, lambda each: _speaker_of(each, documents) or each.doc_id)[:MOST_ACROSS]


def _first_of_each(evidence: Iterable[Evidence], key: Callable[[Evidence], object]) -> list[Evidence]:
    """Of the evidence with one key the first."""
    first: dict[object, Evidence] = {}
    for each in evidence:
        first.setdefault(key(each), each)
    return list(first.values())


def _some_of_each(evidence: Iterable[Evidence], key: Callable[[Evidence], object]) -> list[Evidence]:
    """Of the evidence with one key the first, and what comes as near to it as a further quote must."""
    kept: dict[object, list[Evidence]] = {}
    for each in evidence:
        same = kept.setdefault(key(each), [])
        if not same or (len(same) < QUOTES_A_PERSON and each.score >= same[0].score - LIMITS[Wanted.ONE].gap):
            same.append(each)
    return [each for same in kept.values() for each in same]


def _words_of(evidence: Evidence, documents: Mapping[str, Document]) -> str:
    return documents[evidence.doc_id].text[evidence.start : evidence.end]


def _speaker_of(evidence: Evidence, documents: Mapping[str, Document]) -> str | None:
    document = documents[evidence.doc_id]
    turn = document.turn_at(evidence.start, evidence.end)
    return None if turn is None else document.turns[turn].speaker
