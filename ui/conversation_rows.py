"""An exchange as a row of the file that conversations are kept in, and back."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from corpus import fold
from ui.conversation import Exchange

# An exchange as JSON: twelve quotes of a sentence each, with what a language model wrote, take a tenth of it.
MAX_EXCHANGE_CHARS = 400_000
Row = tuple[Any, ...]


class ConversationNotKept(Exception):
    """Conversations that cannot be read or written now; the message says why."""


def searchable(text: str | None) -> str:
    """`text` so that it is found in whatever case and with or without accents it is searched for."""
    decomposed = unicodedata.normalize("NFKD", fold(text or "")).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def to_row(conversation_id: str, position: int, exchange: Exchange) -> Row:
    """The row of an exchange, in the order of the columns.

    :raises ConversationNotKept: when it is too long.
    """
    record = encodable(json.dumps(exchange.to_dict(), ensure_ascii=False))
    if len(record) > MAX_EXCHANGE_CHARS:
        raise ConversationNotKept(
            f"the answer is not kept: it has {len(record):,} characters, at most {MAX_EXCHANGE_CHARS:,} are kept; "
            "save it as a file"
        )
    question = encodable(exchange.question)
    words = searchable("\n".join(map(encodable, (question, *_read_words(exchange)))))
    return conversation_id, exchange.exchange_id, position, exchange.asked_at, question, record, words


def _read_words(exchange: Exchange) -> Iterator[str]:
    if exchange.answer is not None:
        yield exchange.answer.text
        for quote in exchange.answer.quotes:
            yield quote.text
            yield quote.speaker or ""


def encodable(text: str) -> str:
    """`text` without halves of characters, which no file takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def parse(text: object) -> object:
    """The JSON value in a text; None when there is none."""
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError):
        return None
