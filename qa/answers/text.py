"""An answer as plain text, and what such a text quotes."""

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.answers.records import AnswerRecord, Citation, WrittenSentence

NOT_ANSWERED = "The source does not answer this."
MAX_CLOSEST = 3

_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"\*\*|^>[ \t]?", re.MULTILINE)
# A quote in the text of an answer, and who is named in front of it.
_QUOTE = re.compile(
    r"(?:^|\n)[ \t]*(?P<speaker>[^\n“”:]{1,80}):[ \t]*(?:\[\d+\][ \t]*)?\n?[ \t]*“(?P<text>.+?)”[ \t]*(?=\[\d+\]|\n|$)",
    re.DOTALL,
)
_NUMBER = re.compile(r"\[\d+\]$")
_ASKING = re.compile(r" \(asking\)$")


def compose_answer(answer: "AnswerRecord") -> str:
    """The answer: its words, and its quotes numbered in order."""
    if answer.kind == "words":
        return answer.lead
    if answer.kind == "abstention":
        return " ".join(filter(None, (NOT_ANSWERED, answer.reason, answer.notice)))
    return "\n\n".join(part for part in (compose_words(answer), compose_quotes(answer.quotes)) if part)


def compose_words(answer: "AnswerRecord") -> str:
    """What an answer says besides its quotes, "" where these are all of it."""
    parts = (answer.lead, answer.notice, join_sentences(answer.written))
    return "\n\n".join(part for part in parts if part)


def join_sentences(sentences: "Sequence[WrittenSentence]") -> str:
    """Written sentences as one paragraph, each with the numbers of its quotes behind it."""
    return " ".join(map(str, sentences))


def compose_quotes(quotes: "Sequence[Citation]") -> str:
    """A paragraph a quote, led by who said it, numbered in order."""
    return "\n\n".join(f"{introduce(quote)}: “{quote.text}” [{number}]" for number, quote in enumerate(quotes, start=1))


def parse_quotes(text: str) -> tuple[tuple[str, str | None], ...]:
    """The quotes in the text of an answer and who is named with each; a text without any is itself one quote.

    It may be plain text, as `compose_answer` gives it, or Markdown, as the chat shows it. Clients that keep a
    conversation as messages of text send nothing else back.
    """
    # Markup only where there is some: a source may itself have "&#39;" in it.
    on_page = _MARKUP.search(text) is not None
    text = html.unescape(_MARKUP.sub("", _TAG.sub("", text))).strip() if on_page else text
    if not text or text.startswith(NOT_ANSWERED):
        return ()
    found = tuple((match["text"], _ASKING.sub("", match["speaker"].strip()) or None) for match in _QUOTE.finditer(text))
    return found or ((_NUMBER.sub("", text).rstrip(" ").strip("“”"), None),)


def format_answer(answer: "AnswerRecord") -> str:
    """The answer for a terminal, with where each quote stands; for an abstention the closest passages."""
    lines = [answer.text, ""]
    if answer.abstained:
        closest = [passage.quote for passage in answer.passages[:MAX_CLOSEST]]
        if closest:
            lines.append("Closest, not an answer:")
            lines += [f"- {introduce(quote)}: “{quote.text}” ({format_place(quote)})" for quote in closest]
    else:
        lines += [f"[{number}] {format_place(quote)}" for number, quote in enumerate(answer.quotes, start=1)]
        lines.append(f"Confidence {answer.confidence:.2f}")
    if answer.written:
        lines.append(f"Phrased by the language model {answer.model}; the quotes are the source's own words.")
    return "\n".join(lines).rstrip()


def introduce(quote: "Citation") -> str:
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


def join_words(words: Sequence[str], conjunction: str) -> str:
    """As in "a, b and c": the last of several words is led by `conjunction`; there is at least one."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def format_place(quote: "Citation") -> str:
    """Where a quote stands: speaker, title, page and time if known, characters (from 0, the last one not included)."""
    return f"{quote.speaker or 'no speaker'}, {quote.title}, {format_span(quote)}"


def format_span(quote: "Citation") -> str:
    """Page and time where they are known, and the characters (from 0, the last one not included)."""
    moment = format_moment(quote)
    return f"{moment}{', ' if moment else ''}characters {quote.start}–{quote.end}"


def format_moment(quote: "Citation") -> str:
    """Page and time only, "" where neither is known."""
    page = f"page {quote.page}" if quote.page is not None else ""
    time = format_time(quote.start_ms) if quote.start_ms is not None else ""
    return ", ".join(part for part in (page, time) if part)


def format_time(milliseconds: int) -> str:
    """A time of a recording, such as "1:02:03" or "4:11"."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
