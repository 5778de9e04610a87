"""English words by what they are good for: which say little alone, and which are forms of one word.

Three tasks leave words out, and each has a list of its own, made of a shared one and of what only some of them need.
"""

import re

from corpus import fold

__all__ = ["FUNCTION_WORDS", "SEARCH_STOP_WORDS", "SENTENCE_STARTERS", "content_words", "stem", "trim_ending"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

# In every list: articles, pronouns, auxiliary verbs, prepositions, question words.
_SHARED = frozenset(
    """a about all also an and any are as at been being by can could did do does even for from had has have he her here
    his how in into is it its just like many may me might more most much my of on one only or our out over she should so
    some such than that the their them then there these they this those to too up us very was we were what when where
    which who whom whose why will with would you your""".split()
)
# They join clauses, or deny: nothing to search for and no names, but a sentence that is compared with its source by its
# words says something else without them.
_JOINING = frozenset(
    "after because before but during each if no not other something tell through whether while".split()
)
# Of talk in general, in any place but at the beginning of a sentence.
_TALKING = frozenset("am be done get i kind lot off say saying says thing things think way".split())
# They begin a reply, but the meaning of a question may depend on them ("must", "still", "yet").
_REPLYING = frozenset("must oh ok okay still well yeah yes yet".split())

# Not looked up in the index, since they stand in nearly every passage or say how something is asked for.
SEARCH_STOP_WORDS = (
    _SHARED
    | _JOINING
    | _TALKING
    | frozenset("according anything asked doing ever give him itself make speak speaker talk want".split())
)
# Words that a sentence often begins with, whose capital letter names nothing; the beginnings of "aren't" and the like
# among them.
SENTENCE_STARTERS = (
    _SHARED
    | _JOINING
    | _REPLYING
    | frozenset(
        """again although another aren besides both cannot couldn didn doesn don either every few first hadn hasn haven
        hello hers hi however instead isn last later let maybe mr mrs ms neither never nor now once perhaps please
        shouldn since somebody someone thank thanks though thus two under until upon wasn weren within without won
        wouldn""".split()
    )
)
# Not counted where a sentence is compared with its source by its words: they come and go without a change of meaning.
FUNCTION_WORDS = (
    _SHARED
    | _TALKING
    | _REPLYING
    | frozenset(
        """actually bit gets getting go goes going got having knew know knows mean means quite really said shall sort
        thinks thought""".split()
    )
)


def content_words(text: str) -> list[str]:
    """The words of `text` without those that say nothing alone, folded, in lower case, each once, in order."""
    words = (match.group().casefold().replace("’", "'") for match in _WORD.finditer(fold(text)))
    return [word for word in dict.fromkeys(words) if word.split("'")[0] not in SEARCH_STOP_WORDS]


def stem(word: str) -> str:
    """The word without the endings that do not make it another: "opens", "opened" and "opening" are "open".

    It goes further than `trim_ending`: "hope" and "hop" are one too. For comparing sentences, where a form that is
    missed makes a true one look false.
    """
    word = re.sub(r"'s$", "", word)
    cut = re.sub(r"(?<=\w{3})(?:ies|ied|ing|ed|es|s|y|e)$", "", word)
    return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] else cut


def trim_ending(word: str) -> str:
    """The word without the commonest endings: "walked", "walks" and "walking" are "walk".

    For saying which words of a question no passage has, where two words that are taken for one hide what is missing:
    with `stem` in its place, 30 of the answers in tests/golden read otherwise.
    """
    return re.sub(r"(?<=\w{3})(?:'s|ies|ing|ed|es|s|y)$", "", word)
