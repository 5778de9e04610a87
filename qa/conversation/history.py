"""OpenAI-style messages into what was asked and what was quoted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.answers import parse_quotes, read_quoted_words
from qa.errors import HistoryInvalid

# An OpenAI-style message: {"role": "user" or "assistant", "content": text or parts with text}. An assistant's may carry
# the answer's "quotes", as `Answer.to_dict()` gives them.
Message = Mapping[str, Any]


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
    quotes: tuple[PastQuote, ...] = ()


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
            quotes = _read_quotes(message, text)
            exchanges[-1] = PastExchange(exchanges[-1].question, (*exchanges[-1].quotes, *quotes))
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


def _read_quotes(message: Message, text: str) -> tuple[PastQuote, ...]:
    """The quotes that the message carries, or else those in its text."""
    carried = tuple(PastQuote(*quoted) for quoted in read_quoted_words(message.get("quotes")))
    return carried or tuple(PastQuote(*quoted) for quoted in parse_quotes(text))
