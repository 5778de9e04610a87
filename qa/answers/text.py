"""An answer as plain text, and what such a text quotes."""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from corpus import one_line
from qa.answers.citations import Citation

# What an answer is: quotes, their absence, or plain words where nothing was asked of the source ("Thanks!").
AnswerKind = Literal["quotes", "abstention", "words"]
NOT_ANSWERED = "The source does not answer this."
# The same where only a part of the source was searched, and the rest of it may; the reason begins with these words.
NOT_ANSWERED_HERE = "What was chosen does not answer this."
ELSEWHERE = "Without the filter"

_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"\*\*|^>[ \t]?", re.MULTILINE)
# A quote in the text of an answer, and who is named in front of it.
_QUOTE = re.compile(
    r"(?:^|\n)[ \t]*(?P<speaker>[^\n“”:]{1,80}):[ \t]*(?:\[\d+\][ \t]*)?\n?[ \t]*“(?P<text>.+?)”[ \t]*(?=\[\d+\]|\n|$)",
    re.DOTALL,
)
_NUMBER = re.compile(r"\[\d+\]$")
_ASKING = re.compile(r" \(asking\)$")
# Within the words of a quote: what would pass for its end, and breaks that are not those between two lines.
_QUOTE_END = re.compile(r"(?P<close>[“”]\s*)\[(?P<number>\d+)\]")
_STRANGE_BREAK = re.compile(r"\r(?!\n)|[\v\f\x1c-\x1e\x85\u2028\u2029]|\n\s*\n")
_NUMBER = re.compile(r"\[(\d+)\]")
# How the words of a quote are shown.
ShowWords = Callable[[str], str]


def compose_text(
    kind: AnswerKind,
    words: str,
    reasons: Iterable[str | None],
    quotes: Sequence[Citation],
    show_words: ShowWords | None = None,
) -> str:
    """An answer as plain text: its words and its quotes, or that there are none and why.

    :param show_words: how the words of a quote are shown, by default as they are.
    """
    if kind == "words":
        return words
    if kind == "abstention":
        given = [reason for reason in reasons if reason]
        return " ".join([refuse(given[0] if given else None), *given])
    return "\n\n".join(part for part in (words, compose_quotes(quotes, show_words)) if part)


def refuse(reason: str | None) -> str:
    """The sentence before the reason: that the source does not answer, or what was chosen of it."""
    return NOT_ANSWERED_HERE if reason is not None and reason.startswith(ELSEWHERE) else NOT_ANSWERED


def compose_quotes(quotes: Sequence[Citation], show_words: ShowWords | None = None) -> str:
    """A paragraph a quote, led by who said it, numbered in order."""
    show_words = show_words or _keep_lines
    return "\n\n".join(
        f"{introduce(quote)}: “{show_words(quote.shown)}” [{number}]" for number, quote in enumerate(quotes, start=1)
    )


def parse_quotes(text: str) -> tuple[tuple[str, str | None], ...]:
    """The quotes in the text of an answer and who is named with each; a text without any is itself one quote.

    It may be plain text, as `compose_text` gives it, or Markdown, as the chat shows it. Clients that keep a
    conversation as messages of text send nothing else back.
    """
    # Markup only where there is some: a source may itself have "&#39;" in it.
    on_page = _MARKUP.search(text) is not None
    text = html.unescape(_MARKUP.sub("", _TAG.sub("", text))).strip() if on_page else text
    if not text or text.startswith((NOT_ANSWERED, NOT_ANSWERED_HERE)):
        return ()
    found = tuple((match["text"], _ASKING.sub("", match["speaker"].strip()) or None) for match in _QUOTE.finditer(text))
    return found or ((_NUMBER.sub("", text).rstrip(" ").strip("“”"), None),)


def introduce(quote: Citation) -> str:
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


def format_place(quote: Citation) -> str:
    """Where a quote stands: speaker, title, page and time if known, characters (from 0, the last one not included)."""
    return f"{_show_name(quote.speaker) or 'no speaker'}, {one_line(quote.title)}, {format_span(quote)}"


def format_span(quote: Citation) -> str:
    """Page and time where they are known, the characters (from 0, the last one not included), and what can be heard."""
    moment = format_moment(quote)
    heard = format_heard(quote)
    span = f"{moment}{', ' if moment else ''}characters {quote.start}–{quote.end}"
    return f"{span}, {heard}" if heard else span


def format_heard(quote: Citation) -> str:
    """Where the words are in the recording, as a media fragment, and which program wrote them down; "" for neither."""
    about = "about " if quote.timing == "interpolated" else ""
    place = f"recording {about}#{one_line(quote.media_fragment)}" if quote.media_fragment else ""
    maker = f"written down by a machine ({one_line(quote.maker)})" if quote.maker else ""
    doubt = f"which was not sure of: {one_line(quote.doubtful, None)}" if quote.doubtful else ""
    return ", ".join(part for part in (place, maker, doubt) if part)


def format_moment(quote: Citation) -> str:
    """Page and time only, "" where neither is known."""
    page = f"page {quote.page}" if quote.page is not None else ""
    time = format_time(quote.start_ms) if quote.start_ms is not None else ""
    return ", ".join(part for part in (page, time) if part)


def format_time(milliseconds: int) -> str:
    """A time of a recording, such as "1:02:03" or "4:11"."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _keep_lines(words: str) -> str:
    """The words of a quote as they are, unless their line breaks could end it and begin another one."""
    may_end = ("“" in words or "”" in words) and ("\n" in words or _QUOTE_END.search(words) is not None)
    return fold_lines(words) if may_end or _STRANGE_BREAK.search(words) is not None else words


def fold_lines(words: str) -> str:
    """The words of a quote on one line, without a mark that would pass for its end."""
    return _QUOTE_END.sub(r"\g<close>(\g<number>)", one_line(words, None))


def _show_name(speaker: str | None) -> str:
    """A name as it stands in front of a quote, which it must not seem to be; "" for none."""
    name = one_line(speaker or "").replace("“", '"').replace("”", '"')
    return _NUMBER.sub(r"(\1)", name)
