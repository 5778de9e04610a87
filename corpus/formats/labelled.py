"""Lines of speech that a format keeps apart, with the labels that stand in them found as in any text."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from corpus.formats.extract import Piece, clean_text
from corpus.formats.word_times import words_of_part
from corpus.transcript import split_turns

# Single words are no lines with labels.
_MIN_CHARS_A_PIECE = 8


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A stretch of the line of that number without its label; `speaker` where a label begins their words here."""

    number: int
    text: str
    speaker: str | None
    labelled: bool


def split_labels(lines: Sequence[str]) -> Iterator[LabelledLine]:
    """The lines in order, parted where a label stands; none is empty, and a line of a label alone is left out.

    What is no label is kept, whatever it would be in a text: a format that has only speech has no furniture.
    """
    text = "\n".join(lines)
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    end = 0
    for turn in split_turns(text):
        labelled = turn.speaker is not None and any(character.isalpha() for character in text[end : turn.start])
        first = bisect_right(starts, turn.start) - 1
        last = bisect_right(starts, turn.end - 1) - 1
        for number in range(first, last + 1):
            start, stop = max(turn.start, starts[number]), min(turn.end, starts[number + 1] - 1)
            if text[start:stop].strip():
                begins = labelled and start == turn.start
                yield LabelledLine(number, text[start:stop].strip(), turn.speaker if begins else None, begins)
        end = turn.end


def find_label_lines(lines: Sequence[str]) -> dict[int, bool]:
    """The numbers of the lines on which a label stands, and whether words stand behind it on the same line."""
    text = "\n".join(lines)
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    found = {}
    end = 0
    for turn in split_turns(text):
        gap = text[end : turn.start].rstrip()
        if turn.speaker is not None and any(character.isalpha() for character in gap):
            number = bisect_right(starts, end + len(gap) - 1) - 1
            found[number] = number == bisect_right(starts, turn.start) - 1
        end = turn.end
    return found


def label_pieces(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces; where none has a speaker, with those of the labels in their words, each until another is named."""
    pieces = list(pieces)
    chars = sum(len(piece.text) for piece in pieces)
    if chars < _MIN_CHARS_A_PIECE * len(pieces) or any(piece.speaker is not None for piece in pieces):
        return pieces
    labelled: list[Piece] = []
    speaker: str | None = None
    for part in split_labels([clean_text(piece.text) for piece in pieces]):
        if part.labelled:
            speaker = part.speaker
        piece = pieces[part.number]
        words = words_of_part(clean_text(piece.text), piece.words, part.text)
        fresh = piece.fresh or part.labelled
        labelled.append(replace(piece, speaker=speaker, text=part.text, fresh=fresh, words=words))
    return labelled if speaker is not None else pieces
