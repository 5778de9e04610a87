"""What kind of thing a question asks for, by its first words. English, by rule."""

import re
from enum import Enum


class QuestionKind(Enum):
    """What an answer has to have: a number, a time, somebody, a place, a reason; or yes or no; or anything."""

    YES_NO = "yes or no"
    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    OTHER = "other"


_LEAD = r"^\W*(?:(?:and|but|so|then|or|also|ok(?:ay)?|well|please|now)\b[\s,]*)*"
_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must"
    r"|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|don['’]t|doesn['’]t|didn['’]t|hasn['’]t|haven['’]t|hadn['’]t|can['’]t"
    r"|couldn['’]t|won['’]t|wouldn['’]t|shouldn['’]t)"
)
_KINDS: tuple[tuple[QuestionKind, str], ...] = (
    (QuestionKind.YES_NO, rf"{_LEAD}(?:even|not|really|ever)?\s*{_AUXILIARY}\s+(?!not\s*$)\w"),
    # "Who is larger, Peru or Brazil?", "Which is the biggest, Peru or Brazil?"
    (
        QuestionKind.YES_NO,
        r"^[^,?]*\b(?:which|who|what)\b[^?]*\b(?:of\s+the\s+two\b|,\s*[\w\s’'-]+\bor\b[\w\s’'-]+\??\s*$)",
    ),
    (
        QuestionKind.NUMBER,
        r"\bhow\s+(?:many|much|old|long|far|large|big|tall|high|deep|wide|fast|heavy|often)\b"
        r"|\bwhat\s+(?:number|percentage|share|proportion|fraction|amount|sum|price|age)\b|\bat\s+what\s+age\b",
    ),
    (
        QuestionKind.TIME,
        rf"{_LEAD}(?:since\s+|until\s+|by\s+)?when\b|\b(?:what|which)\s+(?:year|month|day|date|time|week)\b",
    ),
    (QuestionKind.PERSON, rf"{_LEAD}(?:(?:to|from|with|by|for|at)\s+)?(?:who|whom|whose)\b"),
    (QuestionKind.PLACE, rf"{_LEAD}(?:from\s+)?where\b|\b(?:what|which)\s+(?:city|country|place|town|region)\b"),
    (
        QuestionKind.REASON,
        rf"{_LEAD}(?:why|how\s+come|what\s+for)\b|\b(?:for\s+what\s+reason|what\s+(?:is|was)\s+the\s+reason|what\s+made)\b",
    ),
)
# "He sold the house?": words that claim, and are asked.
_CLAIMS = re.compile(r"\W*(?:\w[\w’'-]*\W+){3,}\w[\w’'-]*\s*\?\s*$")
_ASKS_WHAT = re.compile(r"\b(?:what|which|how|who\w*|where|when|why)\b", re.IGNORECASE)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def find_kind(question: str) -> QuestionKind:
    """The kind of the question; `OTHER` where its words do not tell."""
    found = next((kind for kind, pattern in _COMPILED if pattern.search(question)), QuestionKind.OTHER)
    if found is QuestionKind.OTHER and _CLAIMS.match(question) and not _ASKS_WHAT.search(question):
        return QuestionKind.YES_NO
    return found
