"""A question in a conversation into one that stands alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from index import content_words
from qa.errors import HistoryInvalid

# An OpenAI-style message: {"role": "user" or "assistant", "content": text or parts with text}.
Message = Mapping[str, Any]

# Words that point at something said before.
_POINTERS = frozenset("he she it they him her them his its their that this those these there one ones".split())
_OPENERS = ("and ", "but ", "so ", "what about ", "how about ", "why?", "how?", "when?", "where?", "who?")
# With more words of its own than this, a question names its topic itself.
_MAX_OWN_WORDS = 2


def make_standalone(question: str, history: Sequence[Message]) -> str:
    """`question` with the previous question in front where it points back at it, else unchanged.

    Only the person's questions count: an answer's words would pull the search towards what was already shown.

    :raises HistoryInvalid: when a message has no role or content.
    """
    asked = [text for message in history if (text := _read(message)) and message["role"] == "user"]
    if not asked or not _points_back(question):
        return question
    return f"{asked[-1]} {question}"


def _points_back(question: str) -> bool:
    words = question.casefold().replace("?", " ").replace(",", " ").split()
    if len(content_words(question)) > _MAX_OWN_WORDS:
        return False
    return bool(_POINTERS & set(words)) or question.casefold().startswith(_OPENERS) or not content_words(question)


def _read(message: Message) -> str:
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
