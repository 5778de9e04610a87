"""A passage as the reader sees it: its words, and a little of what stands around them."""

from dataclasses import dataclass

from corpus import Document, Passage, split_sentences

# How much of the sentence before and of the one after is shown. Enough for a pronoun or a question to be understood.
MAX_AROUND_CHARS = 160


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence and its surroundings. Only `text` is quoted; `before` and `after` are there to understand it."""

    text: str
    before: str = ""
    after: str = ""


def excerpt_at(document: Document, passage: Passage) -> Excerpt:
    """The passage with the sentence before and the one after, each turn led by its speaker's name."""
    turn = document.turns[passage.turn]
    before = _last_sentence(document, turn.start, passage.start)
    label = ""
    if before:
        before = _label(turn.speaker) + before
    else:
        label = _label(turn.speaker)
        previous = _neighbour(document, passage.turn, -1)
        if previous is not None:
            said_by = document.turns[previous]
            before = _label(said_by.speaker) + _last_sentence(document, said_by.start, said_by.end)
    after = _first_sentence(document, passage.end, turn.end)
    if not after:
        following = _neighbour(document, passage.turn, 1)
        if following is not None:
            says = document.turns[following]
            after = _label(says.speaker) + _first_sentence(document, says.start, says.end)
    return Excerpt(
        text=document.text[passage.start : passage.end],
        before=f"{before[-MAX_AROUND_CHARS:]} {label}".strip(),
        after=after[:MAX_AROUND_CHARS],
    )


def _label(speaker: str | None) -> str:
    return f"{speaker}: " if speaker else ""


def _neighbour(document: Document, turn: int, step: int) -> int | None:
    """The number of the nearest turn on one side that is part of the text, or None."""
    turn += step
    while 0 <= turn < len(document.turns):
        if document.turns[turn].kind != "furniture":
            return turn
        turn += step
    return None


def _last_sentence(document: Document, start: int, end: int) -> str:
    # Twice what is shown is read, so that the cut never makes a sentence that is shown whole a shorter one.
    spans = split_sentences(document.text, max(start, end - 2 * MAX_AROUND_CHARS), end)
    return document.text[spans[-1][0] : spans[-1][1]] if spans else ""


def _first_sentence(document: Document, start: int, end: int) -> str:
    spans = split_sentences(document.text, start, min(end, start + 2 * MAX_AROUND_CHARS))
    return document.text[spans[0][0] : spans[0][1]] if spans else ""
