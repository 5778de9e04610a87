"""Why a question is not answered, in words."""

import re
from collections.abc import Sequence

from index import content_words
from qa.answers import join_words
from qa.attribution import is_saying


def explain_abstention(question: str, passages: Sequence[str]) -> str:
    """Why there is no answer, naming the words of the question that none of the passages has.

    That somebody "describes" or "thinks" something is how people ask, and no word to miss.
    """
    said = {_stem(word) for passage in passages for word in content_words(passage)}
    missing = [word for word in content_words(question) if _stem(word) not in said and not is_saying(word)]
    if not passages:
        return "There is nothing to read there."
    if not missing:
        return "No sentence comes close enough to the question."
    words = join_words([f"“{word}”" for word in missing], "or")
    return f"No sentence comes close enough to the question; nothing near it mentions {words}."


def _stem(word: str) -> str:
    """The word without the endings that do not make it another: "walked", "walks" and "walking" are "walk"."""
    return re.sub(r"(?<=\w{3})(?:'s|ies|ing|ed|es|s|y)$", "", word)
