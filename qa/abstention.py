"""Why a question is not answered, in words that are true."""

import re
from collections.abc import Callable, Collection, Sequence

from index.lexicon import content_words, trim_ending
from qa.answers import ELSEWHERE, Quote, join_words, name_speaker
from qa.attribution import is_saying

# Said to be polite, or to ask: nothing that a source would mention.
_COURTESY = frozenset(
    """thank thanks please kindly hello hi hey sorry cheers ok okay else anything anyone anybody someone somebody really
    actually maybe perhaps exactly mean means happen happened happens question answer interview transcript text source
    document conversation people person""".split()
)

# How a thing is asked about: "what role does lithium play" misses lithium, and no play.
_FRAMES = re.compile(
    r"\b(?:role|part)\b(?P<kept>.*)\bplay(?:s|ed|ing)?\b|\b(?:take|took|taken|takes|taking)\s+place\b", re.IGNORECASE
)


def explain_abstention(
    question: str, passages: Sequence[str], is_said: Callable[[str], bool] = lambda word: False
) -> str:
    """Why there is no answer, naming the words of the question that the source never has.

    That somebody "describes" or "thinks" something is how people ask, and no word to miss, as is what "role" a thing
    "plays".

    :param passages: the texts of what was found.
    :param is_said: whether a word, in any of its forms, stands anywhere in what was searched.
    """
    if not passages:
        return "There is nothing to read there."
    said = {trim_ending(word) for passage in passages for word in content_words(passage)}
    missing = [
        word
        for word in content_words(_FRAMES.sub(lambda frame: frame["kept"] or "", question))
        if trim_ending(word) not in said and not is_saying(word) and word not in _COURTESY and not is_said(word)
    ]
    if not missing:
        return "No sentence comes close enough to the question."
    words = join_words([f"“{word}”" for word in missing], "or")
    return f"No sentence comes close enough to the question; the source never mentions {words}."


def explain_open_parts(parts: Sequence[str]) -> str | None:
    """Which parts of a question nothing was found for, None where there are none."""
    return f"Not answered: {join_words([f'“{part}”' for part in parts], 'and')}" if parts else None


def explain_filter(speaker: str | None, found: Quote) -> str:
    """That what was chosen hides what would be quoted without it, and whose words these are.

    :param speaker: the name that was chosen, None where only documents were.
    """
    chosen = f"the words of {speaker}" if speaker else "the documents that were chosen"
    who = name_speaker(found.speaker, found.role, found.kind)
    return f"{ELSEWHERE} there may be an answer, by {who} in “{found.title}”; only {chosen} were searched."


def explain_narrowing(names: Collection[str], found: Quote) -> str:
    """That nothing fits of those whose words are asked for, and that somebody else put it to them, or speaks of it."""
    them = join_words(sorted(names), "and")
    who = name_speaker(found.speaker, found.role, found.kind)
    says = "says" if len(names) == 1 else "say"
    nothing = f"Nothing that {them} {says} comes close enough to the question"
    return f"{nothing}; {who} {'puts it to others' if found.role == 'asks' else 'speaks of it'}."
