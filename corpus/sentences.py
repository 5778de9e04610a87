"""Text into sentences, offsets kept."""

import re

from corpus.references import find_references, mask_references, read_references

# A line break between paragraphs always ends a sentence: headings and list items carry no full stop.
_PARAGRAPH_BREAK = re.compile(r"(?:\r\n|\r|\n)(?:[ \t\u00a0]*(?:\r\n|\r|\n))+")
# Without such a mark inside, a paragraph is one sentence.
_SENTENCE_END = re.compile(r"[.?!\u2026]")
# The library's time grows with the square of a run of marks, so that it gets no more than this at once; a sentence
# that is longer is cut.
_MAX_SPLIT_CHARS = 4000
# What ends a sentence in the scripts that are read.
SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "।", "؟")
# Latin, full-width and Arabic; and what may close a quotation or a bracket behind them.
QUESTION_MARKS = ("?", "？", "؟")
# Marks of direction, joiners and the mark of byte order.
_NO_ROOM = frozenset("\u061c\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
_EDGES = frozenset(char for char in map(chr, range(0x3001)) if char.isspace()) | _NO_ROOM
_CLOSERS = "”’\"'»)]」 "


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences of `text[start:end]`, in order, as code points of `text`, `end` exclusive.

    White space around a sentence belongs to none, and neither do references to white space ("&nbsp;"); no reference is
    cut in two. A text without words gives an empty list.
    """
    end = len(text) if end is None else end
    if "&" in text[start:end]:
        return _split_masked(text[start:end], start)
    return _split(text, start, end)


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    for paragraph_start, paragraph_end in _split_at(_PARAGRAPH_BREAK, text, start, end):
        for sentence_start, sentence_end in _find_spans(text[paragraph_start:paragraph_end].rstrip()):
            span = strip_span(text, paragraph_start + sentence_start, paragraph_start + sentence_end)
            if span is not None:
                spans.append(span)
    return spans


def _split_masked(text: str, offset: int) -> list[tuple[int, int]]:
    """The sentences of a text that has references: split as it reads, in spans of what is written.

    :param offset: where the text begins in the one that is meant.
    """
    masked = mask_references(text)
    # Of a sentence, the first and the last character are none of the spaces that fill a reference up.
    starts = {at: start for start, end, _ in find_references(text) for at in range(start, end)}
    ends = {at: end for start, end, _ in find_references(text) for at in range(start, end)}
    return [
        (offset + starts.get(start, start), offset + ends.get(end - 1, end))
        for start, end in _split(masked, 0, len(masked))
    ]


def _find_spans(paragraph: str) -> list[tuple[int, int]]:
    first = _SENTENCE_END.search(paragraph)
    if first is None or first.end() == len(paragraph):
        return [(0, len(paragraph))]  # most turns of a conversation are one short sentence
    from nupunkt import sent_spans  # only who cuts longer turns pays for its loading

    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(paragraph):
        end = at + _MAX_SPLIT_CHARS
        found = sent_spans(paragraph[at:end])
        if end < len(paragraph) and len(found) > 1:
            end = at + found.pop()[0]  # the last sentence may go on behind what was looked at
        elif end < len(paragraph):
            end = paragraph.rfind(" ", at, end) + 1 or end
            found = [(0, end - at)]
        spans += [(at + start, at + stop) for start, stop in found]
        at = end
    return spans


def is_question(sentence: str) -> bool:
    """Whether a sentence ends in a question mark, inside closing quotation marks or brackets too."""
    return read_references(sentence).rstrip(_CLOSERS).endswith(QUESTION_MARKS)


def strip_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space and marks that take no room at its ends, or None when nothing else is in it."""
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return (start, end) if start < end else None


def _split_at(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    for match in pattern.finditer(text, start, end):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, end))
    return spans
