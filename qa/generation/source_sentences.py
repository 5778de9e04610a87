"""The numbered source sentences that a language model is given; each is a place, whatever it makes of it."""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus import Document, Role, split_sentences
from index import Hit

# What a transcript must not be able to do in a prompt: begin a line, look like one of our numbers, or close the message
# as the marks of chat templates do.
_NUMBER = re.compile(r"\[(\s*\d[\d\s,;-]*)\]")
_TEMPLATE_MARK = re.compile(r"<(?=[|/]|[a-z_]+>)|(?<=[|])>|\[(?=/?INST\])", re.IGNORECASE)
# Documents whose sentences are kept cut.
_KEPT = 32


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A source sentence: its number in the prompt (from 1 on) and its place, `end` exclusive, in one turn."""

    number: int
    doc_id: str
    start: int
    end: int
    turn: int
    text: str
    speaker: str | None
    role: Role | None

    def __str__(self) -> str:
        """As the model sees it."""
        asks = " (interviewer)" if self.role == "asks" else ""
        return f"[{self.number}] {disarm(self.speaker or 'Text')}{asks}: {disarm(self.text)}"


def sentences_of_document(document: Document) -> tuple[SourceSentence, ...]:
    """Every sentence of `document` that can be quoted, in order."""
    return _make_lines((document, *span) for span in _cut(document))


def sentences_of_hits(hits: Iterable[Hit], documents: Mapping[str, Document]) -> tuple[SourceSentence, ...]:
    """The passages of `hits` in the order of the sources, so that what belongs together stands together."""
    places = sorted({(hit.passage.doc_id, hit.passage.start, hit.passage.end) for hit in hits})
    return _make_lines((documents[doc_id], start, end) for doc_id, start, end in places)


def find_asked(sentence: SourceSentence, document: Document) -> list[str]:
    """The sentences of the interviewer's turn that the turn of `sentence` answers."""
    turn = document.turns[max(0, sentence.turn - 1)]
    if document.role_of(turn.speaker) != "asks":
        return []
    return [document.text[start:end] for start, end in split_sentences(document.text, turn.start, turn.end)]


def disarm(text: str) -> str:
    """`text` on one line, without what would mean something in a prompt: numbers in brackets, marks of templates."""
    text = "".join(character if character.isprintable() else " " for character in text)
    return _TEMPLATE_MARK.sub("‹", _NUMBER.sub(r"(\1)", " ".join(text.split())))


def format_sentences(lines: Sequence[SourceSentence]) -> str:
    """The lines as the model sees them."""
    return "\n".join(str(line) for line in lines)


def _make_lines(places: Iterable[tuple[Document, int, int]]) -> tuple[SourceSentence, ...]:
    lines: list[SourceSentence] = []
    for document, start, end in places:
        number = document.turn_at(start, end)
        if number is None or document.turns[number].kind == "furniture":
            continue
        speaker = document.turns[number].speaker
        lines.append(
            SourceSentence(
                number=len(lines) + 1,
                doc_id=document.doc_id,
                start=start,
                end=end,
                turn=number,
                text=document.bracket(start, end) or document.text[start:end],
                speaker=speaker,
                role=document.role_of(speaker),
            )
        )
    return tuple(lines)


@functools.lru_cache(maxsize=_KEPT)
def _cut(document: Document) -> tuple[tuple[int, int], ...]:
    turns = (turn for turn in document.turns if turn.kind != "furniture")
    return tuple(span for turn in turns for span in split_sentences(document.text, turn.start, turn.end))
