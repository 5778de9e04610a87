"""A passage as the reader sees it: its words, and a little of what stands around them."""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus import Document, Passage, fold

# How much of what was said before is shown, and of what was said after. Enough for a pronoun or a question to be
# understood; in quick talk, where a sentence is a few words, that is several turns.
MAX_AROUND_CHARS = 160
# How many turns back the question is looked for that a long reply is to, and in how much of each: a word put in between
# ("Right.") does not end a reply.
_TURNS_BACK = 4
_ASKED_WITHIN_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence and its surroundings, folded. Only `text` is quoted; the rest is there to understand it.

    `asked` is the question that it was said in reply to, where that does not stand in `before` anyway.
    """

    text: str
    before: str = ""
    after: str = ""
    asked: str = ""


def excerpt_at(document: Document, passage: Passage) -> Excerpt:
    """The passage with what stands before and after it, each turn there led by its speaker's name."""
    return Excerpt(
        text=document.read(passage.start, passage.end),
        before=" ".join(reversed(_gather(document, passage, -1))).strip(),
        after=" ".join(_gather(document, passage, 1)).strip(),
        asked=_find_asked(document, passage),
    )


def sentence_at(document: Document, passage: Passage) -> Excerpt:
    """The passage with nothing around it."""
    return Excerpt(document.read(passage.start, passage.end))


def _gather(document: Document, passage: Passage, step: int) -> list[str]:
    """What stands on one side of the passage, a text a turn, the nearest first; cut at the far end."""
    gathered: list[str] = []
    room = MAX_AROUND_CHARS
    for label, start, end in _outward(document, passage, step):
        # Twice what is shown is looked at, for the white space that goes.
        if step < 0:
            text = document.read(max(start, end - 2 * room), end).strip()[-room:]
        else:
            text = document.read(start, min(end, start + 2 * room)).strip()[:room]
        gathered.append(fold(label) + text)
        room -= len(gathered[-1])
        if room <= 0:
            break
    return gathered


def _find_asked(document: Document, passage: Passage) -> str:
    """The last question of somebody else before the passage's turn, led by their name, where it is out of sight."""
    turn = document.turns[passage.turn]
    if passage.start - turn.start < MAX_AROUND_CHARS:
        return ""
    for other in reversed(document.turns[max(0, passage.turn - _TURNS_BACK) : passage.turn]):
        if other.kind == "furniture" or other.speaker == turn.speaker:
            continue
        said = document.text[max(other.start, other.end - _ASKED_WITHIN_CHARS) : other.end]
        mark = said.rfind("?")
        if mark >= 0:
            asked = said[max(0, mark - MAX_AROUND_CHARS) : mark + 1]
            if mark > MAX_AROUND_CHARS:  # cut within a word, perhaps
                asked = asked.partition(" ")[2]
            return _label(other.speaker) + fold(asked).strip()
    return ""


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
