"""Questions to click on: what the interviewer asked that stands alone, and what the speakers come back to.

They are candidates: `ui.suggestions` shows those of them that the transcript answers.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from corpus import BUNDLED_NAME, Document, is_question, split_sentences
from index import content_words
from qa.conversation.followup_detection import points_back
from qa.conversation.topic_words import find_topics

# Shorter ones are "Why?", longer ones hard to take in on a button.
MIN_QUESTION_CHARS = 20
MAX_QUESTION_CHARS = 150
MIN_CONTENT_WORDS = 3
_MAX_TURNS_READ = 60
_MAX_CHARS_READ = 100_000
_MAX_TOPICS = 12

# Chosen by hand for the bundled interview; it does not answer the last one, to show what that looks like.
BUNDLED_EXAMPLES = (
    "How much faster will cargo reach Shanghai?",
    "For how long has China been Peru's largest trading partner?",
    "Could the port be used by the military?",
    "What did it cost to build the port?",
)
# How a question begins that is not an echo ("You grew up there?") or the end of something longer.
_OPENS = re.compile(
    r"""(?:(?:in|at|on|for|to|from|with|by|of|since|until)\s+)?(?:what|how|why|when|where|who|whom|which|whose)\b
    |(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|might|may|must)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Words that stand for something said before, or for who asks. `points_back` lets a question have some of them that
# names enough of its own; on a button, where nothing stands before it, none may be.
_LEANS = re.compile(
    r"""\b(?:this|these|those|it|its|itself|he|she|him|his|her|hers|they|them|their|theirs|here|there|else|another|other
      |others|same|such|so|too|either|also|then|just|now|again|mentioned|earlier|above|one|ones|i|me|my|mine|we|us|our)\b
    |\bit['’]\w+ | \bthat['’]\w+ | \b(?:you|we|i)\s+(?:said|say|told|talked|described|spoke|mention|referred|brought)\b
    |\b(?:of|about|on|to|in|for|with|by|after|before|than|like|at|from|is|was|does|did|do|and|or|but|say|all)\s+that\b
    |\bthat\W*$""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A question that may be offered.

    `span` is where the transcript itself asks it, None where it is made of a `topic`; `speaker` is who is to answer
    then.
    """

    question: str
    span: tuple[int, int] | None = None
    topic: str | None = None
    speaker: str | None = None


def hand_chosen(document: Document) -> tuple[str, ...]:
    """The questions that were chosen by hand to start with; `()` for every document but the bundled one."""
    return BUNDLED_EXAMPLES if document.doc_id == BUNDLED_NAME else ()


def find_candidates(document: Document, turn: int = -1, asked: Collection[str] = ()) -> Iterator[Offer]:
    """What may be offered after a quote from that turn (-1: to begin with), the nearest first; nothing of `asked`."""
    known = {question.casefold() for question in asked}
    for candidate in _alternate(_interviewer_questions(document, turn), _topic_questions(document)):
        if candidate.question.casefold() not in known:
            known.add(candidate.question.casefold())
            yield candidate


def stands_alone(question: str) -> bool:
    """Whether a question of an interviewer is understood by somebody who has read nothing before it."""
    return (
        MIN_QUESTION_CHARS <= len(question) <= MAX_QUESTION_CHARS
        and is_question(question)
        and _OPENS.match(question) is not None
        and _LEANS.search(question) is None
        and len(content_words(question)) >= MIN_CONTENT_WORDS
        and not points_back(question)
    )


def _alternate(asked: Iterator[Offer], made: Iterator[Offer]) -> Iterator[Offer]:
    """Two that were asked, then one that was made: those that were asked are often answered best."""
    sources = [asked, asked, made]
    while sources:
        for source in list(sources):
            candidate = next(source, None)
            if candidate is None:
                sources = [left for left in sources if left is not source]
            else:
                yield candidate


def _interviewer_questions(document: Document, after: int) -> Iterator[Offer]:
    asking = {speaker.name for speaker in document.speakers if speaker.role == "asks"}
    turns = sorted(range(len(document.turns)), key=lambda number: (abs(number - after - 1), number))
    for number in [number for number in turns if document.turns[number].speaker in asking][:_MAX_TURNS_READ]:
        turn = document.turns[number]
        for start, end in split_sentences(document.text, turn.start, turn.end):
            question = " ".join(document.text[start:end].split())
            if stands_alone(question):
                yield Offer(question, span=(start, end))


def _topic_questions(document: Document) -> Iterator[Offer]:
    said_by: dict[str | None, list[str]] = {}
    read = 0
    for turn in document.turns:
        if turn.kind != "furniture" and document.role_of(turn.speaker) != "asks" and read < _MAX_CHARS_READ:
            said_by.setdefault(turn.speaker, []).append(document.text[turn.start : turn.end])
            read += turn.end - turn.start
    if any(speaker is not None for speaker in said_by):
        said_by.pop(None, None)  # where people speak, what is narrated is about them
    names = {part.casefold() for speaker in document.speakers for part in speaker.name.split()}
    for topic in find_topics([text for said in said_by.values() for text in said], _MAX_TOPICS):
        if names & set(topic.casefold().split()):
            continue
        uses = {speaker: len(_uses_of(topic).findall(" ".join(said))) for speaker, said in said_by.items()}
        speaker = max(uses, key=lambda name: uses[name])
        if uses[speaker] > 1:
            who = f"{speaker} say" if speaker is not None else "the text say"
            yield Offer(f"What does {who} about {topic}?", topic=topic, speaker=speaker)


def _uses_of(topic: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(topic.removeprefix('the '))}", re.IGNORECASE)


def mentions(topic: str, words: str) -> bool:
    """Whether the words of a quote name the topic."""
    return _uses_of(topic).search(words) is not None
