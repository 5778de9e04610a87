"""Evidence into the quotes that are shown, and quotes into the text of an answer."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from corpus import Document
from index.lexicon import content_words, trim_ending
from qa.answer import Quote
from qa.attribution import is_saying
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

NOT_ANSWERED = "The source does not answer this."
# What an answer looks like: quotes, their absence, or plain words where nothing was asked of the source ("Thanks!").
AnswerKind = Literal["quotes", "abstention", "words"]


def tell_kind(*, abstained: bool, text: str) -> AnswerKind:
    """How to show an answer; every place that shows one goes by this.

    :param text: the whole text of the answer.
    """
    if not abstained:
        return "quotes"
    return "abstention" if text.startswith(NOT_ANSWERED) else "words"


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


def compose_text(quotes: Sequence[Quote]) -> str:
    """The quotes as an answer: a paragraph each, led by who said it, numbered in order."""
    return "\n\n".join(f"{introduce(quote)}: “{quote.text}” [{number}]" for number, quote in enumerate(quotes, start=1))


def introduce(quote: Quote) -> str:
    """Who said it, so that nobody's words pass for another's."""
    named = name_speaker(quote.speaker, quote.role, quote.kind)
    return named if quote.speaker is not None else named[0].upper() + named[1:]


def name_speaker(speaker: str | None, role: str | None = None, kind: str = "speech") -> str:
    """Whose words these are, as it stands within a sentence.

    :param kind: of the turn; speech of nobody named is somebody's, narration is nobody's.
    """
    if speaker is None:
        return "somebody not named" if kind == "speech" else "the text, outside the dialogue"
    return f"{speaker} (asking)" if role == "asks" else speaker


def explain_abstention(question: str, passages: Sequence[str]) -> str:
    """Why there is no answer, naming the words of the question that none of the passages has.

    That somebody "describes" or "thinks" something is how people ask, and no word to miss.
    """
    said = {trim_ending(word) for passage in passages for word in content_words(passage)}
    missing = [word for word in content_words(question) if trim_ending(word) not in said and not is_saying(word)]
    if not passages:
        return "There is nothing to read there."
    if not missing:
        return "No sentence comes close enough to the question."
    words = join_words([f"“{word}”" for word in missing], "or")
    return f"No sentence comes close enough to the question; nothing near it mentions {words}."


def join_words(words: Sequence[str], conjunction: str) -> str:
    """As in "a, b and c": the last of several words is led by `conjunction`; there is at least one."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
