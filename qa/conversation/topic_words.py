"""What a talk is about, word by word: stems to compare sentences by, and nouns. English, by rule, no model."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from corpus import fold
from index import content_words
from index.lexicon import FUNCTION_WORDS, stem
from qa.conversation.names import rank_names

__all__ = ["find_topics", "telling_stems"]

_MIN_CHARS = 4
# They stand in every talk, whatever it is about.
_FILLERS = frozenset(
    """absolutely actually again always amount anybody anyone anyway around away back basically become bunch came charm
    come comes coming completely couple course definitely different dollar dollars done else ended ends episode
    especially evening every everybody everyone everything exactly example fact feel feels felt finally first
    found getting give gives giving gonna good great guess guys happen happened happening happens hard help hope
    hour hours interesting involved keep kept kind kinda know last least let letting literally little long look
    looked looking looks lots love made make makes making maybe mean means mentioned middle minute minutes month
    months morning mouth myself need needed needs never next nice night nobody nothing number numbers obviously
    okay once ones others ourselves part people perhaps person piece place podcast point points pretty probably
    problem question questions quite rather real really rest right said same saw says second seem seemed seems
    seen sense shall show since somebody someone something sometimes somewhere soon sort start started starting
    step still stuff sure take taken takes taking talk talked talking tell telling terms thank thanks that's
    themselves there's they're thing things think thinking thought three time times today together told took
    totally tried true truly trying turn turned type understand used using usually want wanted wanting wants
    week weeks whatever wherever whole wonderful word words work worked working works worry yeah year years
    yesterday yourself""".split()
)
_FILLER_STEMS = frozenset(stem(word) for word in _FILLERS | FUNCTION_WORDS)


def telling_stems(text: str) -> frozenset[str]:
    """The stems of the words of `text` that tell of what it is, of letters alone."""
    words = (word for word in content_words(text) if len(word) >= _MIN_CHARS and word.isalpha())
    return frozenset(stem(word) for word in words) - _FILLER_STEMS


# What stands in front of a noun, and of no verb and no adverb.
_BEFORE_NOUN = frozenset(
    """a an the this these those my your his her its our their some any no every each many several most of in on at for
    from with by about into between without through during""".split()
)
# What stands in front of a verb.
_BEFORE_VERB = frozenset("i we you they he she it who to will would can could should must don't didn't not let".split())
# With one of these behind it, a word within a noun's place is the noun and no adjective.
_BEHIND_NOUN = _BEFORE_NOUN | frozenset(
    """and or but is are was were be been has have had will would can could should to that which who when where because
    as so than if it they we you i he she""".split()
)
_NO_NOUN = re.compile(r"(?:ly|ing|ed|est|ful|ous|ive|able|ible|ical|less)$")
_MIN_NOUN_CHARS = 5
_MIN_MENTIONS = 2
_MAX_NAME_WORDS = 3
_MIN_SHARE_OF_USES = 0.5
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[^\w\s]")


def find_topics(said: Sequence[str], at_most: int) -> list[str]:
    """Names and nouns that come up more than once in what was `said`, the commonest first, as one would ask about them.

    Names and nouns take turns: a talk that is full of names is about things as well.
    """
    whole = " ".join(said)
    ranked = (name for name in rank_names((text, 1.0) for text in said) if len(name.split()) <= _MAX_NAME_WORDS)
    again = (name for name in ranked if len(re.findall(rf"\b{re.escape(name)}\b", whole)) >= _MIN_MENTIONS)
    names = list(itertools.islice(again, at_most))
    in_names = {word for name in names for word in name.casefold().split()}
    nouns = [noun for noun in _find_nouns(whole) if noun.split()[-1] not in in_names]
    pairs = itertools.zip_longest(names, nouns)
    return [topic for pair in pairs for topic in pair if topic is not None][:at_most]


def _find_nouns(text: str) -> list[str]:
    """The nouns, as far as what stands about them tells: "the port is" has one, "really go" has none."""
    tokens = [token.replace("’", "'") for token in _TOKEN.findall(fold(text))]
    words = [token.casefold() for token in tokens]
    uses: Counter[str] = Counter(words)
    as_noun: Counter[str] = Counter()
    as_verb: Counter[str] = Counter()
    countable: Counter[str] = Counter()
    for before, word, behind in zip(words, words[1:], words[2:], strict=False):
        as_noun[word] += before in _BEFORE_NOUN and (behind in _BEHIND_NOUN or not behind[0].isalnum())
        countable[word] += before in ("the", "a", "an")
        as_verb[word] += before in _BEFORE_VERB
    nouns = [
        word
        for word, count in as_noun.most_common()
        if count >= _MIN_MENTIONS
        and len(word) >= _MIN_NOUN_CHARS
        and _NO_NOUN.search(word) is None
        and telling_stems(word)
        and count >= _MIN_SHARE_OF_USES * (uses[word] - count)
        and as_verb[word] * 3 <= count
    ]
    single = {word for word in nouns if 2 * countable[word] >= as_noun[word] and not word.endswith("s")}
    return [f"the {word}" if word in single else word for word in nouns]
