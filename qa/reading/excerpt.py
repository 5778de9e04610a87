"""A passage as the reader sees it: its words, and a little of what stands around them."""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus import Document, Passage, fold

# How much of what was said before is shown, and of what was said after. Enough for a pronoun or a question to be
# understood; in quick talk, where a sentence is a few words, that is several turns.
MAX_AROUND_CHARS = 160


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence and its surroundings, folded. Only `text` is quoted; the rest is there to understand it."""

    text: str
    before: str = ""
    after: str = ""


def excerpt_at(document: Document, passage: Passage) -> Excerpt:
    """The passage with what stands before and after it, each turn there led by its speaker's name."""
    return Excerpt(
        text=fold(document.text[passage.start : passage.end]),
        before=" ".join(reversed(_gather(document, passage, -1))).strip(),
        after=" ".join(_gather(document, passage, 1)).strip(),
    )


def sentence_at(document: Document, passage: Passage) -> Excerpt:
    """The passage with nothing around it."""
    return Excerpt(fold(document.text[passage.start : passage.end]))


def _gather(document: Document, passage: Passage, step: int) -> list[str]:
    """What stands on one side of the passage, a text a turn, the nearest first; cut at the far end."""
    gathered: list[str] = []
    room = MAX_AROUND_CHARS
    for label, start, end in _outward(document, passage, step):
        # Twice what is shown is looked at, for the white space that goes.
        if step < 0:
            text = document.text[max(start, end - 2 * room) : end].strip()[-room:]
        else:
            text = document.text[start : min(end, start + 2 * room)].strip()[:room]
        gathered.append(fold(label + text))
        room -= len(gathered[-1])
        if room <= 0:
            break
    return gathered


def _outward(document: Document, passage: Passage, step: int) -> Iterator[tuple[str, int, int]]:
    """The label and the span of the rest of the passage's turn on one side, then of each turn beyond it."""
    number = passage.turn
    turn = document.turns[number]
    # What follows in the same turn needs no name: the one before the passage still holds.
    yield (_label(turn.speaker), turn.start, passage.start) if step < 0 else ("", passage.end, turn.end)
    number += step
    while 0 <= number < len(document.turns):
        turn = document.turns[number]
        if turn.kind != "furniture":
            yield _label(turn.speaker), turn.start, turn.end
        number += step


def _label(speaker: str | None) -> str:
    return f"{speaker}: " if speaker else ""
