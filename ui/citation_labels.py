"""Who said a quote, in words for the page."""

from corpus import is_question
from qa.answers import Citation, name_speaker

QUESTION = "interviewer’s question"
PREMISE = "interviewer’s premise"


def name_voice(quote: Citation) -> str:
    """Whose words these are; interviewers are marked, so that what they put forward passes for nobody's answer."""
    if quote.speaker is None:
        named = name_speaker(None, kind=quote.kind)
        return named[0].upper() + named[1:]
    mark = mark_interviewer(quote)
    named = name_speaker(quote.speaker)
    return f"{named} ({mark})" if mark else named


def mark_interviewer(quote: Citation) -> str | None:
    """What the words of somebody who asks are: a question, or the premise of one; None for everybody else."""
    if quote.role != "asks":
        return None
    return QUESTION if is_question(quote.text) else PREMISE
