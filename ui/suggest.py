"""Questions to click on: what the interviewer asked, and where nobody asks, what the speakers talk about most."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from corpus import BUNDLED_NAME, Document, is_question, split_sentences
from index import content_words

MAX_EXAMPLES = 4
MAX_NEXT = 3
# Shorter ones are "Why?", longer ones hard to take in on a button.
MIN_QUESTION_CHARS = 20
MAX_QUESTION_CHARS = 150
_MAX_TURNS_READ = 60
_MAX_CHARS_READ = 100_000
_MIN_WORD_CHARS = 5

# Chosen by hand for the bundled interview; it does not answer the last one, to show what that looks like.
BUNDLED_EXAMPLES = (
    "How much faster will cargo reach Shanghai?",
    "For how long has China been Peru's largest trading partner?",
    "Could the port be used by the military?",
    "What did it cost to build the port?",
)


def suggest_first(document: Document) -> list[str]:
    """Questions with which to start on a document; `()` when it offers none."""
    if document.doc_id == BUNDLED_NAME:
        return list(BUNDLED_EXAMPLES)
    return _take(_ask_like_it(document, range(len(document.turns))), MAX_EXAMPLES, ())


def suggest_next(document: Document, turn: int, asked: Collection[str]) -> list[str]:
    """Questions to go on with after a quote from that turn; none that is among `asked`."""
    near = sorted(range(len(document.turns)), key=lambda number: (abs(number - turn - 1), number))
    return _take(_ask_like_it(document, near), MAX_NEXT, asked)


def _take(questions: Iterator[str], count: int, asked: Collection[str]) -> list[str]:
    known = {question.casefold() for question in asked}
    taken: list[str] = []
    for question in questions:
        if question.casefold() not in known:
            taken.append(question)
            known.add(question.casefold())
        if len(taken) == count:
            break
    return taken


def _ask_like_it(document: Document, turns: Collection[int]) -> Iterator[str]:
    yield from _interviewer_questions(document, turns)
    yield from _topic_questions(document)


def _interviewer_questions(document: Document, turns: Collection[int]) -> Iterator[str]:
    asking = {speaker.name for speaker in document.speakers if speaker.role == "asks"}
    read = [number for number in turns if document.turns[number].speaker in asking][:_MAX_TURNS_READ]
    for number in read:
        turn = document.turns[number]
        for start, end in split_sentences(document.text, turn.start, turn.end):
            question = " ".join(document.text[start:end].split())
            if is_question(question) and MIN_QUESTION_CHARS <= len(question) <= MAX_QUESTION_CHARS:
                yield question


def _topic_questions(document: Document) -> Iterator[str]:
    answering = [speaker.name for speaker in document.speakers if speaker.role != "asks"]
    words = re.findall(r"\w+", document.text[:_MAX_CHARS_READ].casefold())
    telling = {word for word in content_words(" ".join(set(words))) if len(word) >= _MIN_WORD_CHARS and word.isalpha()}
    counts = Counter(word for word in words if word in telling)
    names = {part.casefold() for speaker in document.speakers for part in speaker.name.split()}
    topics = [word for word, count in counts.most_common(4 * MAX_EXAMPLES) if count > 1 and word not in names]
    for place, topic in enumerate(topics):
        who = f"{answering[place % len(answering)]} say" if answering else "the text say"
        yield f"What does {who} about {topic}?"
