"""Which of the evidence is quoted."""

import re
from collections.abc import Mapping, Sequence

from corpus import Document
from qa.answers import Quote
from qa.reading.reader import Evidence

MAX_QUOTES = 3
MAX_LISTED_QUOTES = 4
# A further quote must come this near to the score of the first, else it would only dilute it; less near where several
# things are asked for. In log-odds: two thirds and two fifths of the odds of the first.
MAX_SCORE_GAP = 0.4
MAX_LISTED_SCORE_GAP = 0.9
_WANTS_SEVERAL = re.compile(
    r"^\W*(?:list|name|give|which of)\b"
    r"|\b(?:reasons|examples|ways|factors|steps|points|things|arguments|benefits|advantages|challenges|concerns)\b"
    r"|\b(?:what|which)\s+(?:\w+\s+){0,2}\w{3,}s\s+(?:are|were|do|did|does|has|have|had|will|can|could|would)\b"
    r"|\bwhat\s+(?:all|else)\b|\bwho\s+(?:all|else)\b",
    re.IGNORECASE,
)


def choose_quotes(question: str, evidence: Sequence[Evidence], documents: Mapping[str, Document]) -> tuple[Quote, ...]:
    """Quotes, best first: the best, and those that score nearly as high, none twice; more where a list is asked for."""
    several = wants_several(question)
    most, gap = (MAX_LISTED_QUOTES, MAX_LISTED_SCORE_GAP) if several else (MAX_QUOTES, MAX_SCORE_GAP)
    quotes: list[Quote] = []
    for found in evidence:
        if found.score < evidence[0].score - gap or len(quotes) == most:
            break
        quote = Quote.from_span(documents[found.doc_id], found.start, found.end, score=found.score)
        if not any(quote.text == other.text and quote.speaker == other.speaker for other in quotes):
            quotes.append(quote)
    return tuple(quotes)


def wants_several(question: str) -> bool:
    """Whether the question asks for more than one thing: a list, reasons, examples."""
    return _WANTS_SEVERAL.search(question) is not None
