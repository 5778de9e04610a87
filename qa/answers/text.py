"""An answer as plain text, and what such a text quotes."""

import html
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from corpus import one_line

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
_ASKING = re.compile(r" \(asking\)$")
# Within the words of a quote: what would pass for its end, and breaks that are not those between two lines.
_QUOTE_END = re.compile(r"(?P<close>[“”]\s*)\[(?P<number>\d+)\]")
_STRANGE_BREAK = re.compile(r"\r(?!\n)|[\v\f\x1c-\x1e\x85\u2028\u2029]|\n\s*\n")
_NUMBER = re.compile(r"\[(\d+)\]")
# How the words of a quote are shown.
_ShowWords = Callable[[str], str]


def compose_answer(answer: "AnswerRecord") -> str:
    """The answer: its words, and its quotes numbered in order."""
    return _compose(answer, _keep_lines)


def compose_words(answer: "AnswerRecord") -> str:
    """What an answer says besides its quotes, "" where these are all of it."""
    parts = (answer.lead, answer.notice, join_sentences(answer.written))
    return "\n\n".join(part for part in parts if part)


def join_sentences(sentences: "Sequence[WrittenSentence]") -> str:
    """Written sentences as one paragraph, each with the numbers of its quotes behind it."""
    return " ".join(map(str, sentences))


def compose_quotes(quotes: "Sequence[Citation]") -> str:
    """A paragraph a quote, led by who said it, numbered in order."""
    return _compose_quotes(quotes, _keep_lines)


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
    return found or ((re.sub(r" *\[\d+\]$", "", text).strip("“”"), None),)


def format_answer(answer: "AnswerRecord") -> str:
    """The answer for a terminal, with where each quote stands; for an abstention the closest passages."""
    lines = [_compose(answer, _fold), ""]
    if answer.abstained:
        closest = [passage.quote for passage in answer.passages[:MAX_CLOSEST]]
        if closest:
            lines.append("Closest, not an answer:")
            lines += [f"- {introduce(quote)}: “{_fold(quote.text)}” ({format_place(quote)})" for quote in closest]
    else:
        lines += [f"[{number}] {format_place(quote)}" for number, quote in enumerate(answer.quotes, start=1)]
        lines.append(f"Confidence {answer.confidence:.2f}")
    if answer.written:
        lines.append(
            f"Phrased by the language model {one_line(answer.model or '?')}; the quotes are the source's own words."
        )
    return "\n".join(lines).rstrip()


def introduce(quote: "Citation") -> str:
    """Who said it, so that nobody's words pass for another's."""
    named = name_speaker(quote.speaker, quote.role, quote.kind)
    return named if _show_name(quote.speaker) else named[0].upper() + named[1:]


def name_speaker(speaker: str | None, role: str | None = None, kind: str = "speech") -> str:
    """Whose words these are, as it stands within a sentence.

    :param kind: of the turn; speech of nobody named is somebody's, narration is nobody's.
    """
    name = _show_name(speaker)
    if not name:
        return "somebody not named" if kind == "speech" else "the text, outside the dialogue"
    return f"{name} (asking)" if role == "asks" else name


def join_words(words: Sequence[str], conjunction: str) -> str:
    """As in "a, b and c": the last of several words is led by `conjunction`; there is at least one."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def format_place(quote: "Citation") -> str:
    """Where a quote stands: speaker, title, page and time if known, characters (from 0, the last one not included)."""
    return f"{_show_name(quote.speaker) or 'no speaker'}, {one_line(quote.title)}, {format_span(quote)}"


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


def _compose(answer: "AnswerRecord", show_words: _ShowWords) -> str:
    if answer.kind == "words":
        return answer.lead
    if answer.kind == "abstention":
        return " ".join(filter(None, (NOT_ANSWERED, answer.reason, answer.notice)))
    parts = (compose_words(answer), _compose_quotes(answer.quotes, show_words))
    return "\n\n".join(part for part in parts if part)


def _compose_quotes(quotes: "Sequence[Citation]", show_words: _ShowWords) -> str:
    return "\n\n".join(
        f"{introduce(quote)}: “{show_words(quote.text)}” [{number}]" for number, quote in enumerate(quotes, start=1)
    )


def _keep_lines(words: str) -> str:
    """The words of a quote as they are, unless their line breaks could end it and begin another one."""
    may_end = ("“" in words or "”" in words) and ("\n" in words or _QUOTE_END.search(words) is not None)
    return _fold(words) if may_end or _STRANGE_BREAK.search(words) is not None else words


def _fold(words: str) -> str:
    """The words of a quote on one line, without a mark that would pass for its end."""
    return _QUOTE_END.sub(r"\g<close>(\g<number>)", one_line(words, None))


def _show_name(speaker: str | None) -> str:
    """A name as it stands in front of a quote, which it must not seem to be; "" for none."""
    name = one_line(speaker or "").replace("“", '"').replace("”", '"')
    return _NUMBER.sub(r"(\1)", name)
