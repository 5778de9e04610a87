"""Quotes by who said them: everybody who was found, and apart from them who said it with a "not".

Whether two people agree is for whoever reads them. What can be told for sure is that a sentence has a "not", a "no" or
a "never" at the very words that were asked about, and such quotes are set beside the others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexicon import stem
from qa.across import asks_across
from qa.answers import Citation, Quote, name_speaker
from qa.conversation.topic_words import telling_stems

# A "not" counts where it stands so few words before a word of the question, with no end of a clause between.
_REACH = 4
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[.,;:!?–—]")
_NOT = frozenset(
    "not no never nobody none neither nor nothing without hardly cannot denied denies deny refused unaware".split()
)
_SAYS_NO = re.compile(
    r"\W*(?:(?:well|oh|so|but|and)\W+)*(?:no|never|not at all)\b(?!\s+(?:doubt|question|wonder|matter))", re.I
)
_IDIOM = re.compile(r"\bno\s+(?:doubt|question|wonder|matter)\b|\bnot\s+only\b|\bnot\s+just\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PersonQuotes:
    """What one person said: the numbers of their quotes, from 1 on; `denies` where they have a "not" at what was asked.

    `name` is who it was, as it stands within a sentence, `title` the document, where nobody is named.
    """

    name: str
    title: str | None
    denies: bool
    numbers: tuple[int, ...]


def group_people(question: str, quotes: Sequence[Citation]) -> tuple[PersonQuotes, ...]:
    """The quotes by who said them, in the order of each one's first; those on the other side from the first one last.

    Nobody is on another side where all have a "not", or nobody has, or the question has one itself.
    """
    denying = _find_denying(question, quotes)
    numbers: dict[tuple[str, str | None, bool], list[int]] = {}
    for number, (quote, denies) in enumerate(zip(quotes, denying, strict=True), start=1):
        title = quote.title if quote.speaker is None else None
        key = (name_speaker(quote.speaker, quote.role, quote.kind), title, denies)
        numbers.setdefault(key, []).append(number)
    groups = [PersonQuotes(*key, tuple(found)) for key, found in numbers.items()]
    return tuple(sorted(groups, key=lambda group: group.denies != groups[0].denies))


def find_sides(question: str, quotes: Sequence[Citation]) -> tuple[tuple[PersonQuotes, ...], ...]:
    """What stands side by side of an answer to a question to everybody: who was found, and who said it with a "not".

    Empty where the question was to nobody else, one person was found, or the quotes are in another order.
    """
    groups = group_people(question, quotes) if asks_across(question) else ()
    numbers = [number for group in groups for number in group.numbers]
    if _count_people(groups) < 2 or numbers != list(range(1, len(quotes) + 1)):
        return ()
    sides = [tuple(group for group in groups if (group.denies == groups[0].denies) is same) for same in (True, False)]
    return tuple(side for side in sides if side)


def arrange_people(question: str, quotes: Sequence[Quote], documents: int) -> tuple[tuple[Quote, ...], str]:
    """The quotes person by person, and how many people were found in how many of the `documents` that were searched.

    They stay as they are, and nothing is said, where `documents` is 0: the question was not to everybody.
    """
    if not documents or not quotes:
        return tuple(quotes), ""
    groups = group_people(question, quotes)
    arranged = tuple(quotes[number - 1] for group in groups for number in group.numbers)
    return arranged, _count_found(groups, quotes, documents)


def _count_found(groups: Sequence[PersonQuotes], quotes: Sequence[Citation], documents: int) -> str:
    people = _count_people(groups)
    found = len({quote.doc_id for quote in quotes})
    apart = _count_people([group for group in groups if group.denies != groups[0].denies])
    how = "without" if groups[0].denies else "with"
    sides = f" {apart} of them {how} a “not” or “no” where it is asked about, at the end." if apart else ""
    who = f"{people} {'person' if people == 1 else 'people'}"
    rest = documents - found
    if not rest:
        return f"{who}, in all {documents} transcripts.{sides}"
    others = "the other one" if rest == 1 else f"the other {rest}"
    return f"{who} in {found} of {documents} transcripts; in {others} nothing was found.{sides}"


def _count_people(groups: Sequence[PersonQuotes]) -> int:
    return len({(group.name, group.title) for group in groups})


def _find_denying(question: str, quotes: Sequence[Citation]) -> list[bool]:
    asked = telling_stems(question)
    if any(_is_not(token) for token in _tokens(question)):
        return [False] * len(quotes)
    denying = [_denies(quote.shown, asked) for quote in quotes]
    return denying if not all(denying) else [False] * len(quotes)


def _denies(words: str, asked: frozenset[str]) -> bool:
    """Whether there is a "not" at one of the words that were asked about, or the sentence begins with "no"."""
    if _SAYS_NO.match(words):
        return True
    since_not = _REACH + 1
    for token in _tokens(_IDIOM.sub(" ", words)):
        if not token[0].isalpha():
            since_not = _REACH + 1
        elif _is_not(token):
            since_not = 0
        else:
            since_not += 1
            if since_not <= _REACH and stem(token) in asked:
                return True
    return False


def _tokens(text: str) -> list[str]:
    return [token.casefold().replace("’", "'") for token in _TOKEN.findall(text)]


def _is_not(token: str) -> bool:
    return token in _NOT or token.endswith("n't")
