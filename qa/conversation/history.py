"""OpenAI-style messages into what was asked and what was quoted."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.compose import NOT_ANSWERED
from qa.errors import HistoryInvalid

# An OpenAI-style message: {"role": "user" or "assistant", "content": text or parts with text}. An assistant's may carry
# the answer's "quotes", as `Answer.to_dict()` gives them.
Message = Mapping[str, Any]

_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"\*\*|^>[ \t]?", re.MULTILINE)
# A quote in the text of an answer, and who is named in front of it.
_QUOTE = re.compile(
    r"(?:^|\n)[ \t]*(?P<speaker>[^\n“”:]{1,80}):[ \t]*(?:\[\d+\][ \t]*)?\n?[ \t]*“(?P<text>.+?)”[ \t]*(?=\[\d+\]|\n|$)",
    re.DOTALL,
)
_ASKING = re.compile(r" \(asking\)$")


@dataclass(frozen=True, slots=True)
class PastQuote:
    """Words that were quoted, who said them, and in which document; None where the message does not tell."""

    text: str
    speaker: str | None = None
    doc_id: str | None = None


@dataclass(frozen=True, slots=True)
class PastExchange:
    """A question and what was quoted in answer to it; nothing when that was an abstention."""

    question: str
    said: tuple[PastQuote, ...] = ()


def read_history(messages: Sequence[Message]) -> tuple[PastExchange, ...]:
    """The exchanges of a conversation, oldest first; messages of other roles than the two are passed over.

    :raises HistoryInvalid: when a message has no role or content.
    """
    exchanges: list[PastExchange] = []
    for message in messages:
        text = _read_content(message)
        if message["role"] == "user" and text:
            exchanges.append(PastExchange(text))
        elif message["role"] == "assistant" and exchanges:
            said = _read_quotes(message) or _parse_quotes(text)
            exchanges[-1] = PastExchange(exchanges[-1].question, (*exchanges[-1].said, *said))
    return tuple(exchanges)


def _read_content(message: Message) -> str:
    if not isinstance(message, Mapping) or "role" not in message or "content" not in message:
        raise HistoryInvalid(
            f"a message of the history is {message!r:.80}, expected {{'role': 'user', 'content': '…'}}"
        )
    content = message["content"]
    if isinstance(content, str):
        return content.strip()
    parts = content if isinstance(content, list | tuple) else [content]
    return " ".join(
        part["text"] for part in parts if isinstance(part, Mapping) and isinstance(part.get("text"), str)
    ).strip()


def _read_quotes(message: Message) -> tuple[PastQuote, ...]:
    """The quotes that the message carries; what has not their form is passed over."""
    quotes = message.get("quotes")
    if not isinstance(quotes, list | tuple):
        return ()
    return tuple(
        PastQuote(
            text=quote["cited_text"],
            speaker=_text_or_none(quote.get("speaker")),
            doc_id=_text_or_none(quote.get("doc_id")),
        )
        for quote in quotes
        if isinstance(quote, Mapping) and isinstance(quote.get("cited_text"), str)
    )


def _parse_quotes(content: str) -> tuple[PastQuote, ...]:
    """The quotes in the text of an answer, plain or as a page shows it; a text without any is itself what was said."""
    # Markup only where there is some: a source may itself have "&#39;" in it.
    on_page = _MARKUP.search(content) is not None
    text = html.unescape(_MARKUP.sub("", _TAG.sub("", content))).strip() if on_page else content
    if not text or text.startswith(NOT_ANSWERED):
        return ()
    found = [
        PastQuote(match["text"], _ASKING.sub("", match["speaker"].strip()) or None) for match in _QUOTE.finditer(text)
    ]
    return tuple(found) or (PastQuote(re.sub(r" *\[\d+\]$", "", text).strip("“”")),)


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
