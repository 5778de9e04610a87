"""Question and answer: what was put to somebody is no answer, what they said to it is.

An interviewer's premise ("Some say that the port has military purposes") has the very words that people ask about, and
nobody has claimed it. The answer is looked for in the reply.
"""

import re
from collections.abc import Mapping, Sequence

from corpus import Document, is_question
from index import FloatArray, Hit, PassageView, Scope
from qa.reading.demotion import demote
from qa.reading.reader import Evidence, Reading

# The replies to so many of the best passages that ask are read along, so many sentences of each.
_LOOK_AT, _REPLY = 12, 3
# The reply begins within so many turns; a note or a page's head may stand between.
_TURNS_ON = 3
# How much less probable it is, in log-odds, that what was put to somebody answers.
ASKED_MALUS = 1.5
_ASKS_ABOUT_ASKING = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|interviewers?|hosts?|moderators?|reporters?|journalists?|question(?:s|ed|er|ing)?"
    r"|suggest(?:s|ed|ion)?|insinuat\w*|impl(?:y|ies|ied)|put\s+to|brings?\s+up|brought\s+up|raise[sd]?|mention(?:s|ed)?"
    r"|remark(?:s|ed)?|complain(?:s|ed)?)\b",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(
    r"^\W*(?:who|whose|which\s+of\b|(?:was|is)\s+it\s+(?:[\w.’']+\s+){1,4}(?:who|that))\b",
    re.IGNORECASE,
)


def asks_about_asking(question: str) -> bool:
    """Whether the question is about what was asked or suggested."""
    return _ASKS_ABOUT_ASKING.search(question) is not None


def may_be_answered_by_asking(question: str) -> bool:
    """Whether the words of who asks may answer: they introduce people, and say what they ask."""
    return asks_about_asking(question) or _ASKS_WHO.search(question) is not None


def is_put_to_somebody(document: Document, turn: int, start: int, end: int) -> bool:
    """Whether the words at this place of a turn ask: who says them asks, or they are a question at its end."""
    said = document.turns[turn]
    if document.role_of(said.speaker) == "asks":
        return True
    return is_question(document.text[start:end]) and end >= said.end - 1


def add_replies(
    view: PassageView, hits: Sequence[Hit], documents: Mapping[str, Document], embedding: FloatArray, scope: Scope
) -> list[Hit]:
    """`hits` with the first sentences of what was replied where one of the best of them asks.

    :param documents: those of the hits, by id.
    """
    known = {hit.passage.passage_id for hit in hits}
    added = []
    for hit in hits[:_LOOK_AT]:
        passage, document = hit.passage, documents[hit.passage.doc_id]
        if not is_put_to_somebody(document, passage.turn, passage.start, passage.end):
            continue
        asked = document.turns[passage.turn]
        following = view.around(embedding, passage.doc_id, asked.end, _REPLY, scope.speakers)
        for reply, cosine in following:
            if reply.start >= asked.end and reply.passage_id not in known:
                known.add(reply.passage_id)
                added.append(Hit(reply, 0.0, cosine, None))
    return [*hits, *added]


def prefer_replies(reading: Reading, documents: Mapping[str, Document]) -> Reading:
    """The reading with what was put to somebody behind what was said."""
    return demote(reading, lambda each: ASKED_MALUS * is_asked(each, documents[each.doc_id]))


def find_reply(asked: Evidence, reading: Reading, documents: Mapping[str, Document]) -> Evidence | None:
    """The best evidence in what was replied to `asked`; None where that asks nothing, or no reply was read."""
    document = documents[asked.doc_id]
    turn = document.turn_at(asked.start, asked.end)
    if turn is None or not is_put_to_somebody(document, turn, asked.start, asked.end):
        return None
    replies = range(turn + 1, min(turn + 1 + _TURNS_ON, len(document.turns)))
    reply = next((number for number in replies if document.turns[number].speaker != document.turns[turn].speaker), None)
    in_reply = (
        each
        for each in reading.evidence
        if each.doc_id == asked.doc_id and document.turn_at(each.start, each.end) == reply
    )
    return None if reply is None else max(in_reply, key=lambda each: each.score, default=None)


def is_asked(evidence: Evidence, document: Document) -> bool:
    """Whether the evidence, which is of this document, was put to somebody."""
    turn = document.turn_at(evidence.start, evidence.end)
    return turn is not None and is_put_to_somebody(document, turn, evidence.start, evidence.end)
