"""Where speakers contradict each other in so many words: a statement, and the sentence that takes it up.

By words alone, so that what it finds is said to be that; who disagrees politely, or in a long answer, is not found.
"""

import re
from collections.abc import Iterator, Sequence

from corpus import Document
from qa.conversation.spoken_sentences import Span, SpokenSentence, spoken_sentences
from qa.conversation.topic_words import telling_stems

# A contradiction stands at the beginning of a reply.
_FIRST_SENTENCES = 3
# And it is about one of the last sentences before it.
_LAST_SENTENCES = 6
# "But" and "no" alone contradict only where the same things are spoken of.
_MIN_SHARED = 1
_MIN_STATEMENT_WORDS = 4
_STRONG = re.compile(
    r"""\b(?:i|we)\s+(?:(?:would|will|have\s+to|must|do|strongly|totally|completely|really|respectfully|kind\s+of)\s+)*
      (?:disagree|object|beg\s+to\s+differ)\b
    | \b(?:i|we)\s+(?:(?:do\s+not|don['’]t|can(?:no|['’])t|cannot|wouldn['’]t|would\s+not)\s+)(?:really\s+|quite\s+)?
      (?:agree|accept\s+that|buy\s+that|see\s+it\s+that\s+way|think\s+so
       |think\s+(?:that|it|this)(?:['’]s|\s+is)\s+(?:quite\s+|really\s+|necessarily\s+|entirely\s+|at\s+all\s+)*
        (?:true|right|correct|so|the\s+case|fair|accurate|how))\b
    | \b(?:that|this|it)(?:\s+is|['’]s|\s+was)\s+(?:just\s+|simply\s+|absolutely\s+|completely\s+)?
      (?:not|n['’]t)\s+(?:quite\s+|really\s+|exactly\s+|entirely\s+|at\s+all\s+)*
      (?:true|right|correct|so|the\s+case|fair|how|what\s+(?:i|we))\b
    | \b(?:that|this|it)\s+(?:isn|wasn)['’]t\s+(?:quite\s+|really\s+|exactly\s+|entirely\s+)*
      (?:true|right|correct|so|the\s+case|fair|how|what\s+(?:i|we))\b
    | \b(?:that|this)(?:\s+is|['’]s)\s+(?:just\s+|simply\s+|absolutely\s+)?(?:wrong|false|untrue|nonsense|a\s+myth)\b
    | \bon\s+the\s+contrary\b | \bi\s+(?:would\s+)?(?:dispute|deny|contest|reject)\b | \bquite\s+the\s+opposite\b
    | \b(?:i['’]m|i\s+am)\s+not\s+(?:so\s+|too\s+)?(?:sure|convinced)\s+
      (?:about\s+|of\s+|i\s+agree|that['’]s|that\s+is)""",
    re.IGNORECASE | re.VERBOSE,
)
_WEAK = re.compile(
    r"\W*(?:(?:well|yes|yeah|okay|look|oh)\W+)?(?:but|no|nope|however|not\s+really|actually)\b", re.IGNORECASE
)
# "I disagree with the mayor" in a story is no reply; and nobody is contradicted by "I don't disagree".
_AGREES = re.compile(r"\b(?:don['’]t|do\s+not|can['’]t|cannot|couldn['’]t)\s+(?:really\s+)?disagree\b", re.IGNORECASE)

# A name or a month, by its capital within a sentence.
_CAPITAL = re.compile(r"(?<=[\s,;] )[A-Z][a-z]{2,}\b|(?<=[a-z] )[A-Z][a-z]{2,}\b")


def find_disagreements(document: Document, speakers: frozenset[str] | None, at_most: int) -> list[tuple[Span, Span]]:
    """Pairs of a statement and of what contradicts it, in order; what stands out by its words first to be kept.

    :param speakers: only pairs in which this one speaks, or between these; None is everybody.
    """
    pairs = list(_find_pairs(document, speakers))
    kept = sorted(pairs, key=lambda pair: (-pair[0], pair[2][0]))[:at_most]
    return [(statement, reply) for _, statement, reply in sorted(kept, key=lambda pair: pair[2])]


def _find_pairs(document: Document, speakers: frozenset[str] | None) -> Iterator[tuple[int, Span, Span]]:
    """Each pair, with 1 where the reply says that it contradicts, and 0 where it only begins with "but" or "no"."""
    named = frozenset(speaker.name for speaker in document.speakers)
    before: list[SpokenSentence] = []
    used: set[Span] = set()
    for turn in _turns(list(spoken_sentences(document, named))):
        speaker = turn[0].turn.speaker
        if before and _is_between(frozenset({speaker or "", before[0].turn.speaker or ""}), speakers):
            found = _contradict(before, turn[:_FIRST_SENTENCES])
            if found is not None and found[1] not in used:
                used.add(found[1])
                yield found
        before = turn


def _is_between(two: frozenset[str], speakers: frozenset[str] | None) -> bool:
    return speakers is None or (bool(two & speakers) if len(speakers) == 1 else two <= speakers)


def _turns(said: Sequence[SpokenSentence]) -> Iterator[list[SpokenSentence]]:
    """What each speaker says in one go."""
    turn: list[SpokenSentence] = []
    for sentence in said:
        if turn and sentence.turn.speaker != turn[-1].turn.speaker:
            yield turn
            turn = []
        turn.append(sentence)
    if turn:
        yield turn


def _contradict(before: Sequence[SpokenSentence], reply: Sequence[SpokenSentence]) -> tuple[int, Span, Span] | None:
    """The statement and the sentence of the reply that contradicts it, if one does."""
    # "No" to a question is its answer.
    asked = before[-1].asks
    stating = [
        sentence
        for sentence in before[-_LAST_SENTENCES:]
        if not sentence.asks and len(sentence.text.split()) >= _MIN_STATEMENT_WORDS
    ]
    if not stating:
        return None
    for place, sentence in enumerate(reply):
        strong = _STRONG.search(sentence.text) is not None and not _AGREES.search(sentence.text)
        weak = place == 0 and not asked and _WEAK.match(sentence.text) is not None
        if not strong and not weak:
            continue
        around = " ".join(each.text for each in reply[place : place + 2])
        stems = telling_stems(around)
        capitals = set(_CAPITAL.findall(around))
        shared = [len(stems & telling_stems(statement.text)) for statement in stating]
        named = [len(capitals.intersection(_CAPITAL.findall(statement.text))) for statement in stating]
        best = max(range(len(stating)), key=lambda number: (shared[number] + named[number], number))
        if strong or (shared[best] >= _MIN_SHARED and not sentence.asks and len(sentence.text.split()) > 3):
            return int(strong), stating[best].span, sentence.span
    return None
