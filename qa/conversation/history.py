"""OpenAI-style messages into what was asked and what was quoted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from qa.answers import parse_quotes, read_quoted_words
from qa.errors import HistoryInvalid
from qa.question import MAX_QUESTION_CHARS

# An OpenAI-style message: {"role": "user" or "assistant", "content": text or parts with text}. An assistant's may carry
# the answer's "quotes", as `Answer.to_dict()` gives them.
Message = Mapping[str, Any]
# How much of a conversation is read: what is further back, or longer, is nothing that a question points back to, and
# reading it would take the time of others.
MAX_MESSAGES = 60
MAX_CONTENT_CHARS = 20_000
MAX_QUOTES = 12
MAX_QUOTE_CHARS = 2_000


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

    Of a long conversation the last `MAX_MESSAGES`, of a long message the beginning.

    :raises HistoryInvalid: when a message has no role or content.
    """
    exchanges: list[PastExchange] = []
    for message in messages[-MAX_MESSAGES:]:
        text = _read_content(message)
        if message["role"] == "user" and text:
            exchanges.append(PastExchange(text[:MAX_QUESTION_CHARS]))
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
        return content[:MAX_CONTENT_CHARS].strip()
    parts = content if isinstance(content, list | tuple) else [content]
    texts = [part["text"] for part in parts if isinstance(part, Mapping) and isinstance(part.get("text"), str)]
    return " ".join(texts)[:MAX_CONTENT_CHARS].strip()


def _read_quotes(message: Message, text: str) -> tuple[PastQuote, ...]:
    """The quotes that the message carries, or else those in its text."""
    carried = tuple(islice(read_quoted_words(message.get("quotes")), MAX_QUOTES))
    said = carried or tuple((words, speaker, None) for words, speaker in parse_quotes(text)[:MAX_QUOTES])
    return tuple(PastQuote(words[:MAX_QUOTE_CHARS], speaker, doc_id) for words, speaker, doc_id in said)
