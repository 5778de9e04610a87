"""The answer as a record: what it is made of, as text, and as JSON that can be read back."""

from qa.answers.citations import Citation, Quote, RetrievedPassage, WrittenSentence
from qa.answers.codec import (
    citation_from_dict,
    confirm,
    confirm_answer,
    from_dict,
    load_answers,
    read_quoted_words,
)
from qa.answers.records import Answer, AnswerRecord, Route
from qa.answers.terminal import MAX_CLOSEST, format_answer
from qa.answers.text import (
    ELSEWHERE,
    NOT_ANSWERED,
    AnswerKind,
    compose_quotes,
    format_moment,
    format_place,
    format_span,
    format_time,
    introduce,
    join_words,
    name_speaker,
    parse_quotes,
)

__all__ = [
    "ELSEWHERE",
    "MAX_CLOSEST",
    "NOT_ANSWERED",
    "Answer",
    "AnswerKind",
    "AnswerRecord",
    "Citation",
    "Quote",
    "RetrievedPassage",
    "Route",
    "WrittenSentence",
    "citation_from_dict",
    "compose_quotes",
    "confirm",
    "confirm_answer",
    "format_answer",
    "format_moment",
    "format_place",
    "format_span",
    "format_time",
    "from_dict",
    "introduce",
    "join_words",
    "load_answers",
    "name_speaker",
    "parse_quotes",
    "read_quoted_words",
]
