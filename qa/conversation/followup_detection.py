"""Whether a question points back to what was said before it. English, by rule: its words alone tell.

The numbers were chosen on one half of CANARD's dialogues and of FriendsQA, see `tests/bench/conversation.py`.
"""

import re

from index import content_words
from qa.conversation.names import find_names

# "Who was the director?" names no topic of its own; with more words of its own, a question does.
_FEW_WORDS = 2
# With this many before it, a pronoun stands for something in the question itself.
_ENOUGH_WORDS = 3
# With this many in all, it names its own topic, whoever "they" are.
_OWN_TOPIC_WORDS = 5

__all__ = ["OPENER", "WORD", "points_back"]

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_PRONOUNS = frozenset("he she it they him her them his hers its their theirs himself herself itself themselves".split())
OPENER = re.compile(r"(?:and|but|so|then|or|also)\b[\s,]*|(?:what|how)\s+about\b\s*", re.IGNORECASE)
_CLOSER = re.compile(r"\b(?:then|too|either)\W*$", re.IGNORECASE)
_POINTER = re.compile(
    r"""\b(?:this|these|those)\b
    | \bthat\b(?=\s*(?:[?.,!]|$|out\b|\w+\s*[?.]?$))                   # "after that?", "that book?"
    | \b(?:of|about|on|to|in|for|with|by|after|before|than|like|at|from|is|was|does|did|do)\s+that\b(?!\s+the\b)
    | \b(?:the|which|any|other|give|see|try|take)\s+(?:(?:\w+(?:st|nd|rd|th)|last|other|new|newer|old|older)\s+)?ones?\b
    | \bthe\s+(?:former|latter|other|same|second|third|rest)\b(?=\s*(?:[?.,]|$))
    | \bothers\b(?=\s*(?:[?.,]|$))
    | \b(?:what|who|where|anything|something|how|why|when|did|do|does)\s+else\b
    | \b(?:previous(?:ly)?|above|such\s+cases?)\b
    | (?<!is\ )(?<!are\ )(?<!was\ )(?<!were\ )\bthere\b(?=\s*(?:[?.,]|$|too|as\s+well|before|after))
    | ^\W*(?:why|how|when|where|who|which|what|since\s+when|how\s+(?:so|come)|really|for\s+example|like\s+what)
      (?:\s+(?:not|so|exactly|is\s+that|was\s+that))?\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
# "Is it common for …", "was it John's own wish to …": this "it" points forward.
_FORWARD_IT = re.compile(
    r"\bit\s+(?:[\w'’]+\s+){1,4}?(?:to|that|if|whether|for\s+\w+\s+to|how|who|when)\b", re.IGNORECASE
)
# "When is it that Ann leaves?"
_CLEFT_IT = re.compile(r"\bit\s+that\s+(?:the\b|(?-i:[A-Z]))", re.IGNORECASE)
# "Who said that he would come?", "Who ordered theirs first?": who is asked for, "he" is too. A verb of one's own makes
# it so: in "Who is he?" and "Who did he marry?" the pronoun is somebody else.
_WHO_ACTS = re.compile(
    r"\W*who\s+(?:(?:has|had|have|will|would|can|could)\s+)?"
    r"(?!(?:is|are|was|were|do|does|did|has|had|have|will|would|can|could|should|else|all|he|she|they)\b)\w+\b",
    re.IGNORECASE,
)
_LIKE_WHO = frozenset("he she they theirs himself herself themselves".split())
# With such a word before it, "they" are those.
_EVERYBODY = re.compile(r"\b(?:every|any|some|no)(?:one|body)\b", re.IGNORECASE)
# "Who was the director?" asks for a name; "Who opens the door?" names its own scene.
_WHO_IS_THE = re.compile(r"\W*who(?:['’]s|\s+(?:is|are|was|were))\s+(?:an?|the|other|any|more)\b", re.IGNORECASE)
_WHO = re.compile(r"\W*who\b", re.IGNORECASE)
_SET_APART = re.compile(
    r"\b(?:apart|aside)\s+from\b|\b(?:besides|other\s+than|except|in\s+addition\s+to)\b", re.IGNORECASE
)
_DETERMINED = re.compile(r"\b(?:the|an?|your|our|my|some|most|(?<!how )many|each|every)\s+(.+)", re.IGNORECASE)
_DEFINITE = re.compile(r"\b(?:the|other|any|more)\b", re.IGNORECASE)


def points_back(question: str) -> bool:
    """Whether words of `question` stand for something that was said before it."""
    if OPENER.match(question.strip()) or _CLOSER.search(question) or not content_words(question):
        return True
    if len(content_words(question)) >= _OWN_TOPIC_WORDS:
        return False
    pointer = _POINTER.search(question)
    if pointer and not _SET_APART.search(question) and len(content_words(question[: pointer.start()])) < _ENOUGH_WORDS:
        return True
    for match in WORD.finditer(question):
        word = match.group().casefold()
        if word not in _PRONOUNS or (word == "it" and _points_forward(question, match.start())):
            continue
        if word in _LIKE_WHO and _WHO_ACTS.match(question):
            continue
        if not _has_antecedent(question[: match.start()], plural=word.startswith("the")):
            return True
    few = len(content_words(question)) <= _FEW_WORDS and not find_names(question)
    names_a_scene = _WHO.match(question) and not _WHO_IS_THE.match(question)
    return few and not names_a_scene and bool(_DEFINITE.search(question))


def _points_forward(question: str, start: int) -> bool:
    """Whether the "it" at `start` stands for what follows it."""
    return bool(_FORWARD_IT.match(question, start) or _CLEFT_IT.match(question, start))


def _has_antecedent(before: str, *, plural: bool) -> bool:
    """Whether the part of a question before a pronoun names whom or what it stands for."""
    words = content_words(before)
    determined = _DETERMINED.search(before)
    return (
        len(words) >= _ENOUGH_WORDS
        or bool(find_names(before))
        or (determined is not None and bool(content_words(determined[1])))
        or (plural and _EVERYBODY.search(before) is not None)
        or (plural and any(word.endswith("s") and not word.endswith("ss") for word in words))
    )
