"""Who said a quote and where it stands, in words; quotes as `Quote.to_dict()` gives them."""

from typing import Any

from corpus.sentences import is_question
from qa.compose import name_speaker
from qa.text import format_time

QUESTION = "interviewer’s question"
PREMISE = "interviewer’s premise"


def name_voice(quote: dict[str, Any]) -> str:
    """Whose words these are; interviewers are marked, so that what they put forward passes for nobody's answer."""
    if quote["speaker"] is None:
        named = name_speaker(None, kind=quote["kind"])
        return named[0].upper() + named[1:]
    mark = mark_interviewer(quote)
    return f"{quote['speaker']} ({mark})" if mark else str(quote["speaker"])


def mark_interviewer(quote: dict[str, Any]) -> str | None:
    """What the words of somebody who asks are: a question, or the premise of one; None for everybody else."""
    if quote["role"] != "asks":
        return None
    return QUESTION if is_question(quote["cited_text"]) else PREMISE


def describe_place(quote: dict[str, Any]) -> str:
    """Page and time where they are known, and the characters, the last not included."""
    page = f"page {quote['page']}, " if quote["page"] is not None else ""
    time = f"{format_time(quote['start_ms'])}, " if quote["start_ms"] is not None else ""
    return f"{page}{time}characters {quote['start_char_index']}–{quote['end_char_index']}"


def describe_moment(quote: dict[str, Any]) -> str:
    """Page and time only, "" where neither is known."""
    page = f"page {quote['page']}" if quote["page"] is not None else ""
    time = format_time(quote["start_ms"]) if quote["start_ms"] is not None else ""
    return ", ".join(part for part in (page, time) if part)
