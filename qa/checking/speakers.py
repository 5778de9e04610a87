"""Names as a draft tells them, matched to the labels under which people speak in the sources."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus import Role
from qa.checking.saying import TITLES

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# Labels that name nobody: whoever said it may be anybody.
_NAMELESS = re.compile(
    r"(?:unknown(?:\s+speaker)?|unidentified.*|speaker(?:\s*[\w#]+)?|participant(?:\s*[\w#]+)?|interviewee|respondent|guest"
    r"|voice|male.*|female.*|spk\w*|s\d+|[a-z]\d*|sprecher\w*(?:\s*\w+)?|hablante.*|locuteur.*|answer|witness)",
    re.IGNORECASE,
)
_MIN_NAME_CHARS = 2
# In a label like "The Witness" they name nobody; other articles are surnames too ("Le", "Das").
_SMALL_WORDS = frozenset({"the", "of", "and"})


@dataclass(frozen=True, slots=True)
class KnownSpeaker:
    """A label, in how a document has it, and whether its owner asks or answers there."""

    label: str
    role: Role | None


class SpeakerBook:
    """All who speak in the sources, by the words of their labels."""

    def __init__(self, labels: Iterable[str]) -> None:
        self.labels = tuple(dict.fromkeys(labels))
        self._words: Mapping[str, tuple[str, ...]] = {label: split_name(label) for label in self.labels}
        self._by_word: defaultdict[str, list[str]] = defaultdict(list)
        for label, words in self._words.items():
            for word in {word.casefold() for word in words if len(word) >= _MIN_NAME_CHARS}:
                self._by_word[word].append(label)

    def has_word(self, word: str) -> bool:
        """Whether the word, which begins with a capital where it is a name, is a part of a label."""
        return word.casefold() in self._by_word and not word.islower()

    def find(self, name: str) -> frozenset[str]:
        """The labels that the name may stand for; none for a stranger's."""
        words = split_name(name)
        found = {
            label
            for word in words
            for label in self._by_word.get(word.casefold(), ())
            if is_same_person(words, self._words[label])
        }
        initials = "".join(word[0] for word in words).upper()
        if len(words) > 1:
            found |= {label for label in self._by_word.get(initials.casefold(), ()) if label.isupper()}
        exact = {label for label in found if label.casefold() == name.replace("’", "'").casefold()}
        return frozenset(exact or found)


def split_name(name: str) -> tuple[str, ...]:
    """The words of a name without titles; all of them where it is made of nothing else."""
    words = [re.sub(r"['’]s?$", "", word) for word in _WORD.findall(name.replace("’", "'"))]
    words = [word for word in words if word]
    words = [word for word in words if word.casefold() not in _SMALL_WORDS] or words
    bare = [word for word in words if word.casefold() not in TITLES]
    return tuple(bare or words)


def is_same_person(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names can be one person's: all words of the shorter in the longer.

    Initials stand for names that they begin, and short names for long ones: "Jo" for "Josephine".
    """
    shorter, longer = sorted((one, other), key=len)
    left = [word.casefold() for word in longer]
    whole = 0
    for word in map(str.casefold, shorter):
        match = next((known for known in left if known == word), None)
        if match is None:
            match = next((known for known in left if 1 in (len(known), len(word)) and known[0] == word[0]), None)
        if match is None:
            match = next((known for known in left if _is_short_for(*sorted((known, word), key=len))), None)
        if match is None:
            return False
        whole += len(match) > 1 and match == word
        left.remove(match)
    return whole > 0


def _is_short_for(short: str, long: str) -> bool:
    return len(short) >= _MIN_NAME_CHARS and long.startswith(short)


def is_nameless(label: str | None) -> bool:
    """Whether a label leaves open who it is."""
    return label is None or _NAMELESS.fullmatch(label.strip()) is not None
