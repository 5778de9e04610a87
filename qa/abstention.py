"""Why a question is not answered, in words."""

from collections.abc import Sequence

from index.lexicon import content_words, trim_ending
from qa.answers import join_words
from qa.attribution import is_saying


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
