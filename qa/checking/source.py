"""A document as quotations are looked for in it: what was said, folded, in stretches of one speaker each."""

from bisect import bisect_right
from dataclasses import dataclass
from urllib.parse import quote as escape_url

from corpus import Document, Turn
from qa.checking.comparable import QUOTE, WORD, Comparable, lower, make_comparable
from qa.checking.records import SourcePlace

# Between stretches; folded text has no line breaks.
BREAK = "\n"
# How much of a turn is shown around a place, on either side; it is cut at the ends of sentences where there are some.
AROUND_CHARS = 280
_SENTENCE_ENDS = ".?!…。？！"
# What an address has room for, of the words that it highlights.
_MAX_LINKED_CHARS = 120


@dataclass(frozen=True, slots=True)
class Stretch:
    """Turns that follow each other and are one speaker's; `start` and `end` are its place in the folded text."""

    number: int
    start: int
    end: int
    turn: Turn


class SourceText:
    """The quotable text of a document, folded; labels, furniture and what a page added are not in it."""

    def __init__(self, document: Document, start: int = 0, end: int | None = None) -> None:
        """Fold what stands from `start` to `end` (code points) of the document, by default all of it."""
        self.document = document
        end = len(document.text) if end is None else end
        # Of each turn: where it begins in the folded text and in the document, and how the one becomes the other.
        self._turns: list[tuple[int, int, Comparable]] = []
        pieces: list[str] = []
        length = 0
        previous: Turn | None = None
        self.stretches: list[Stretch] = []
        for turn in document.turns:
            first, last = max(turn.start, start), min(turn.end, end)
            if turn.kind == "furniture" or first >= last:
                continue
            folded = make_comparable(document.text[first:last])
            if not folded.text:
                continue
            goes_on = previous is not None and (turn.speaker, turn.kind) == (previous.speaker, previous.kind)
            if pieces:
                pieces.append(" " if goes_on else BREAK)
                length += 1
            if goes_on:
                open_one = self.stretches[-1]
                stop = length + len(folded.text)
                self.stretches[-1] = Stretch(open_one.number, open_one.start, stop, open_one.turn)
            else:
                self.stretches.append(Stretch(len(self.stretches), length, length + len(folded.text), turn))
            self._turns.append((length, first, folded))
            pieces.append(folded.text)
            length += len(folded.text)
            previous = turn
        self.text = "".join(pieces)
        self.lowered = lower(self.text)
        # Captions in capitals, and recognised speech without any, say nothing by case.
        self.one_case = self.text == self.lowered or self.text == self.text.upper()
        self.words: list[str] = WORD.findall(self.lowered)
        self._spans: list[tuple[int, int]] | None = None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each of `words` stands in `text`; made when first asked for, as most documents hold no quotation."""
        if self._spans is None:
            self._spans = [match.span() for match in WORD.finditer(self.lowered)]
        return self._spans

    def word_at(self, place: int) -> int:
        """The number of the first word that begins at `place` of the folded text or behind it."""
        return bisect_right(self.spans, (place - 1, len(self.text) + 1))

    def stretch_at(self, place: int) -> Stretch:
        """The stretch in which the character at `place` of the folded text stands."""
        return self.stretches[bisect_right(self.stretches, place, key=lambda stretch: stretch.start) - 1]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the document that the characters from `start` to `end` of the folded text stand for."""
        return self._to_source(start, start + 1)[0], self._to_source(end - 1, end)[1]

    def place(self, start: int, end: int) -> SourcePlace:
        """The place that the characters from `start` to `end` of the folded text stand for."""
        return self.place_of(*self.to_source(start, end))

    def place_of(self, start: int, end: int) -> SourcePlace:
        """The place from `start` to `end` of the document's text, which begins in a turn."""
        return place_in(self.document, start, end)

    def _to_source(self, start: int, end: int) -> tuple[int, int]:
        number = bisect_right(self._turns, start, key=lambda known: known[0]) - 1
        begin, origin, folded = self._turns[number]
        first, last = folded.to_source(min(start - begin, len(folded.text) - 1), min(end - begin, len(folded.text)))
        return origin + first, origin + last


def place_in(document: Document, start: int, end: int) -> SourcePlace:
    """The place from `start` to `end` (code points) of a document, which begins in one of its turns."""
    turn = document.turns[bisect_right(document.turns, start, key=lambda turn: turn.start) - 1]
    text = document.text
    return SourcePlace(
        doc_id=document.doc_id,
        title=document.title,
        start=start,
        end=end,
        text=text[start:end],
        speaker=turn.speaker,
        role=document.role_of(turn.speaker),
        kind=turn.kind,
        start_ms=turn.start_ms,
        page=turn.page,
        before=text[_find_sentence_start(text, max(turn.start, start - AROUND_CHARS), start) : start],
        after=text[end : _find_sentence_end(text, end, min(max(turn.end, end), end + AROUND_CHARS))],
        link=_link(document.source, text[start:end]),
    )


def _find_sentence_start(text: str, start: int, end: int) -> int:
    """Where the sentence before the last begins in `text[start:end]`, or the first word there."""
    ends = [
        place for place in range(start, end) if text[place] in _SENTENCE_ENDS and text[place + 1 : place + 2].isspace()
    ]
    begin = ends[-2] + 1 if len(ends) > 1 else start
    if begin == start and start > 0 and text[start - 1].isalnum() and text[start : start + 1].isalnum():
        begin = text.find(" ", start, end) + 1 or start
    while begin < end and (text[begin].isspace() or text[begin] in QUOTE):
        begin += 1
    return begin


def _find_sentence_end(text: str, start: int, end: int) -> int:
    """Where the sentence that goes on at `start`, and the next one, end in `text[start:end]`."""
    ends = [place + 1 for place in range(start, end) if text[place] in _SENTENCE_ENDS]
    if ends:
        return ends[min(1, len(ends) - 1)]
    if end < len(text) and text[end - 1 : end].isalnum() and text[end].isalnum():
        return max(text.rfind(" ", start, end), start)
    return end


def _link(source: str | None, words: str) -> str | None:
    """The address of a source on the web, with the words that a browser highlights there."""
    if source is None or not source.startswith(("http://", "https://")):
        return None
    shown = " ".join(words.split())
    if len(shown) > _MAX_LINKED_CHARS:
        first, last = shown[:_MAX_LINKED_CHARS].rsplit(" ", 1)[0], shown[-40:].split(" ", 1)[-1]
        return f"{source}#:~:text={_escape(first)},{_escape(last)}"
    return f"{source}#:~:text={_escape(shown)}"


def _escape(words: str) -> str:
    return escape_url(words, safe="").replace("-", "%2D")  # a dash has a meaning in such an address
