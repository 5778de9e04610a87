"""Whom and what a text names: runs of capitalized words. English, by rule, no model."""

import re
from collections.abc import Iterable

from index.lexicon import SENTENCE_STARTERS

_TOKEN = re.compile(r"[^\W_]+(?:[.'’&/-][^\W_]+)*\.?|[^\w\s]")
_POSSESSIVE = re.compile(r"['’]s?$")
# Small words inside a name: "Mothers of Invention", "Vincent van Gogh".
_INSIDE = frozenset("of the de da di del della la le van von der den und &".split())
# Capitalized, but nobody and nothing that "he" or "it" would point to.
_CALENDAR = frozenset(
    """january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday""".split()
)
# After a single capitalized word at the start of a sentence, these show that it is a name.
_AFTER_NAME = frozenset(
    "is was has had did does says said will would can could and made became took went began".split()
)
# In front of a name, these show that a question is about it: "Where did Ann go?".
_ASKS_ABOUT = frozenset("did do does is was are were has had have will would can could".split())
# How much heavier a mention weighs that is the subject or the owner of something.
_SUBJECT_WEIGHT = 2.0
# Of more names than this the weightiest are ranked: each is compared with the others.
_MAX_RANKED = 300


def find_names(text: str) -> list[str]:
    """The names in `text`, in order, repeated where they are repeated, without a possessive ending.

    A single capitalized word that begins a sentence counts only when what follows it shows that it is a name.
    """
    return [name for name, _ in _find_mentions(text)]


def rank_names(texts: Iterable[tuple[str, float]]) -> list[str]:
    """The names in `texts`, the most weighty first, ties in order of mention; short forms count for the long one.

    :param texts: each with the weight of a mention in it.
    """
    weights: dict[str, float] = {}
    for text, weight in texts:
        for name, is_subject in _find_mentions(text):
            weights[name] = weights.get(name, 0.0) + weight * (_SUBJECT_WEIGHT if is_subject else 1.0)
    order = {name: place for place, name in enumerate(weights)}
    merged: dict[str, float] = {}
    ranked = sorted(weights, key=lambda name: -weights[name])[:_MAX_RANKED]
    for name in sorted(ranked, key=lambda name: (-len(name.split()), order[name])):
        words = set(name.casefold().split())
        longer = next((other for other in merged if words <= set(other.casefold().split())), name)
        merged[longer] = merged.get(longer, 0.0) + weights[name]
    order = {name: position for position, name in enumerate(weights)}
    return sorted(merged, key=lambda name: (-merged[name], order[name]))


def _find_mentions(text: str) -> list[tuple[str, bool]]:
    """Each name, and whether it begins a sentence, owns something, or is what a question's first verb asks about."""
    tokens = [match.group() for match in _TOKEN.finditer(text)]
    mentions = []
    start = 0
    while start < len(tokens):
        if not _is_capital(tokens[start]):
            start += 1
            continue
        end = _end_of_run(tokens, start)
        run = tokens[start:end]
        begins = start == 0 or not tokens[start - 1][0].isalnum() or tokens[start - 1].endswith(".")
        if begins:
            kept = _strip_starters(run)
            following = tokens[end].casefold().rstrip(".") if end < len(tokens) else ""
            if len(kept) == len(run) == 1 and not _is_plain_name(run[0], following):
                kept = []
            begins = len(kept) == len(run)
            run = kept
        name = _POSSESSIVE.sub("", " ".join(run).rstrip("."))
        if name and name.casefold() not in _CALENDAR | SENTENCE_STARTERS:
            owns = bool(_POSSESSIVE.search(run[-1]))
            mentions.append((name, begins or owns or (start > 0 and tokens[start - 1].casefold() in _ASKS_ABOUT)))
        start = end
    return mentions


def _is_capital(token: str) -> bool:
    return token[0].isupper() and not re.fullmatch(r"I(?:['’].*)?", token)


def _end_of_run(tokens: list[str], start: int) -> int:
    """Where the capitalized words from `start` on end, small words between two of them included."""
    end = start + 1
    while end < len(tokens) and not _closes(tokens[end - 1]):
        if _is_capital(tokens[end]):
            end += 1
            continue
        step = end
        while step < len(tokens) and step - end < 2 and tokens[step] in _INSIDE:
            step += 1
        if step == end or step == len(tokens) or not _is_capital(tokens[step]):
            break
        end = step + 1
    return end


def _closes(token: str) -> bool:
    """Whether the name ends with this token: an owner, or the end of a sentence that is no initial or "Mr."."""
    return bool(_POSSESSIVE.search(token)) or (token.endswith(".") and len(token) > 3)


def _strip_starters(run: list[str]) -> list[str]:
    while run and re.split("['’]", run[0].casefold())[0] in SENTENCE_STARTERS:
        run = run[1:]
    return run


def _is_plain_name(word: str, following: str) -> bool:
    return (word.isupper() and len(word) > 1) or following in _AFTER_NAME or bool(_POSSESSIVE.search(word))
