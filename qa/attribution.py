"""Whose words a question asks for: "What did Ms Okafor say about the port?" wants hers, not what others said of it.

What the interviewer suggested would else pass for the interviewee's claim: the premise of a question has the words that
people ask about.
"""

import re
from collections.abc import Iterable

_SAYING = re.compile(
    r"(?:claim|sa(?:y|id)|th(?:ink|ought)|believe|argue|mention|t(?:ell|old)|descri(?:be|ption)|explain|call"
    r"|admit|den(?:y|ied)|promise|suggest|recommend|expect|want|feel|felt|view|opinion|answer|repl(?:y|ied)|respond|state"
    r"|insist|warn|propose|predict|hope|regret|agree|disagree|see|remember|recall|account|words?|accept|confirm|conced"
    r"|concede|acknowledge|maintain|reckon|remark|stress|complain|moan|contend|assert|hold|held|support)(?:s|d|ed|ing)?",
    re.IGNORECASE,
)
# A name after one of these is spoken of, not speaking; "according to" is the exception.
_SPOKEN_OF = frozenset("about of to with for from by on against than like near over under and or".split())
_TITLES = frozenset("mr mrs ms miss dr prof professor ambassador president minister sir madam senator".split())
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MIN_NAME_CHARS = 2
_OPENERS = frozenset("and but so then or".split())
_ASKS_WHETHER = frozenset("did does do has have had".split())
# "Has the minister herself really ever said": how far behind the first word the saying may stand.
_MAX_BEFORE_SAYING = 6
_MIN_CLAIM_WORDS = 3
# "Balarezo really ever said": how far behind the name the saying may stand, in words.
_MAX_BETWEEN = 3


def asks_for_words(question: str) -> bool:
    """Whether the question speaks of saying at all: without that it asks for nobody's words."""
    return any(word.lower() == "according" or is_saying(word) for word in _split(question))


def find_claim(question: str) -> str | None:
    """What somebody is asked to have said, as a question of its own: "Did Ann say that it was cold?" is "it was cold?".

    A sentence that answers says "it was warm", and seldom that anybody says so. None for a question of another form.
    """
    words = question.strip().split()
    while words and words[0].lower() in _OPENERS:
        words = words[1:]
    if not words or words[0].lower() not in _ASKS_WHETHER:
        return None
    for place in range(2, min(len(words), _MAX_BEFORE_SAYING + 1)):
        if is_saying(words[place]):
            claim = words[place + 1 :]
            claim = claim[1:] if claim and claim[0].lower() == "that" else claim
            return f"{' '.join(claim).rstrip(' ?.!')}?" if len(claim) >= _MIN_CLAIM_WORDS else None
    return None


def is_saying(word: str) -> bool:
    """Whether the word tells that somebody speaks or thinks, in any of its forms: "claimed", "opinion"."""
    return _SAYING.fullmatch(word) is not None


def find_speakers_asked_for(question: str, speakers: Iterable[str]) -> frozenset[str]:
    """The `speakers`, by their labels, whose saying the question asks for; empty where it asks for nobody's.

    A speaker is named by the whole label or by its last word, in capitals where the label has them.
    """
    words = _split(question)
    return frozenset(speaker for speaker in speakers if _says(words, _WORD.findall(speaker)))


def _split(question: str) -> list[str]:
    return [re.sub(r"['’]s$", "", word) for word in _WORD.findall(question)]


def _says(words: list[str], label: list[str]) -> bool:
    """Whether a name of the label stands among the words as somebody who speaks."""
    for name in (label, label[-1:]):
        if not name or len("".join(name)) < _MIN_NAME_CHARS or not name[-1][0].isupper():
            continue
        for place in range(len(words) - len(name) + 1):
            after = place + len(name)
            if words[place:after] == name and _is_subject(words[:place], words[after:]):
                return True
    return False


def _is_subject(before: list[str], after: list[str]) -> bool:
    """Whether the name between `before` and `after` says something, and is not only spoken of."""
    # "according to the Peruvian Ambassador Balarezo": titles and first names may stand between.
    while len(before) > 1 and (before[-1].lower() in _TITLES or before[-1][0].isupper()):
        before = before[:-1]
    plain = [word.lower() for word in before[-2:]]
    if plain == ["according", "to"]:
        return True
    spoken_of = bool(plain) and plain[-1] in _SPOKEN_OF
    return not spoken_of and any(is_saying(word) for word in after[: _MAX_BETWEEN + 1])
