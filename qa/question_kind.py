"""What a question asks for, by its words: what kind of thing, and how many. English, by rule."""

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


_WANTS_SEVERAL = re.compile(
    r"^\W*(?:list|name|give|which of)\b"
    r"|\b(?:reasons|examples|ways|factors|steps|points|things|arguments|benefits|advantages|challenges|concerns)\b"
    # "Which big debates came up …", "What faults in the industry …": a noun in the plural, as far as its end tells.
    r"|\b(?:what|which)\s+(?:(?!(?:is|was|does|do|did|has)\b)[\w’'-]+\s+){0,2}?[\w’'-]{2,}[^\Wsui]s\s+(?:are|were|do|did"
    r"|does|has|have|had|will|can|could|would|should|might|must|lie|lay|led|made|make|drive|drove|came|come|ran|went|in"
    r"|of|on|about|for|by|from|at|besides|[a-z]+ed)\b"
    # "hobbies besides coding?": typed in a hurry.
    r"|^\W*(?!(?:is|was|are|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|his|this|its|yes|perhaps|always)\b)"
    r"(?!.*\b(?:what|which|who|how|when|why|where)\w*\b)"
    r"(?:all\s+)?(?:the\s+)?(?:[a-z]+\s+)?[a-z]{2,}[^\Wsui]s\s+\w"
    r"|\bwhat\s+(?:all|else)\b|\b(?:two|three|four|five|several|various|different|both)\s+\w+s\b"
    r"|\bin\s+what\s+order\b|^\W*compare\b|\b(?:comparison|differences?|similarit\w+)\b",
    re.IGNORECASE,
)
_WANTS_PEOPLE = re.compile(
    r"^\W*(?:(?:and|so|but)\s+)?(?:who|which\s+(?:of\s+the\s+)?(?:people|persons|speakers|guests|witnesses|participants"
    r"|hosts|panell?ists))\b(?!\s+(?:is|was|are|were)\s+(?:the|an?)\b)|\b(?:does|did|do|has|have)\s+any(?:body|one)\b",
    re.IGNORECASE,
)


class Wanted(Enum):
    """What a question wants: one thing, several, or people who said or did something."""

    ONE = "one"
    SEVERAL = "several"
    PEOPLE = "people"


def find_wanted(question: str) -> Wanted:
    """Whether the question asks for more than one thing: a list, reasons, examples; or for people."""
    if _WANTS_PEOPLE.search(question):
        return Wanted.PEOPLE
    return Wanted.SEVERAL if _WANTS_SEVERAL.search(question) else Wanted.ONE
