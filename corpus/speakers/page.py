"""The lines of a text with what the judgement of its labels asks of them again and again."""

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corpus.clocks import CLOCK, CLOCK_IN_WORDS
from corpus.lines import Line
from corpus.sentences import QUESTION_MARKS, SENTENCE_ENDS
from corpus.speakers.grammar import LabelCandidate
from corpus.speakers.words import SPOKEN, SPOKEN_UNSPACED

_WORDS_AFTER = 400
# A shorter line is no wrapped one.
_MIN_WRAPPED_CHARS = 40
_LINES_BELOW = 4
_ONLY_CLOCK = re.compile(rf"\W*(?:{CLOCK}|{CLOCK_IN_WORDS})\W*")
_CLOCK_FIRST = re.compile(r"\W{0,3}\d{1,3}:\d{2}")
_LINE_ENDS = (*SENTENCE_ENDS, "-", "–", "—")
_CLOSERS = " \t\u00a0\"'”’*_)]\u202c\u200f\u200e"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class TextPage:
    """The lines of a text and where its paragraphs begin."""

    lines: Sequence[Line]
    paragraph_starts: tuple[int, ...]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "TextPage":
        """The page of these lines, numbered from 0."""
        starts = []
        blank = True
        for line in lines:
            now = not line.text or line.text.isspace()
            if blank and not now:
                starts.append(line.number)
            blank = now
        return cls(lines, tuple(starts))

    def count_paragraphs(self, first: int, last: int) -> int:
        """How many paragraphs begin on the lines from `first` to `last`, both included."""
        return bisect_left(self.paragraph_starts, last + 1) - bisect_left(self.paragraph_starts, first)

    def begins_paragraph(self, number: int) -> bool:
        """Whether the line is the first of a paragraph."""
        at = bisect_left(self.paragraph_starts, number)
        return at < len(self.paragraph_starts) and self.paragraph_starts[at] == number

    def breaks_a_sentence(self, number: int) -> bool:
        """Whether the line above runs on into this one."""
        if number == 0 or self.begins_paragraph(number):
            return False
        above = self.lines[number - 1].text.rstrip(_CLOSERS)
        if not above or not (above[-1].isalpha() or above.endswith(",")):
            return False
        if len(above) >= _MIN_WRAPPED_CHARS:
            return True
        return above.split()[-1].islower() and not self.begins_paragraph(number - 1)  # a title may stand there

    def says_sentence(self, label: LabelCandidate) -> bool:
        """Whether the words on the label's line end as a sentence does."""
        return ends_sentence(self.lines[label.line].text[label.end - label.start :])

    def said_after(self, label: LabelCandidate, led: Collection[int] = ()) -> str:
        """The first words behind a label, on its line or below it.

        :param led: the numbers of lines with labels, which say nothing for the label above them.
        """
        line = self.lines[label.line]
        if label.has_text:
            return line.text[label.end - label.start :][:_WORDS_AFTER]
        for below in self.lines[label.line + 1 : label.line + 1 + _LINES_BELOW]:
            if below.number in led or (label.has_clock and _CLOCK_FIRST.match(below.text)):
                return ""
            if below.text and not below.text.isspace() and not _ONLY_CLOCK.fullmatch(below.text[:_WORDS_AFTER]):
                return below.text[:_WORDS_AFTER]
        return ""


def ends_sentence(said: str) -> bool:
    """Whether the words end as a sentence does."""
    said = said.rstrip(_CLOSERS)
    return said.endswith(_LINE_ENDS) and len(said) > 1


def is_spoken(said: str) -> bool:
    """Whether somebody says this to somebody: "I", "you", "thanks"."""
    words = {word.casefold() for word in _WORD.findall(said)}
    return not words.isdisjoint(SPOKEN) or any(word in said for word in SPOKEN_UNSPACED)


def is_asked(said: str) -> bool:
    """Whether a question is in the words."""
    return any(mark in said for mark in QUESTION_MARKS) or "か。" in said
