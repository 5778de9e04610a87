"""When some words of a document are said: by the times of the words, of the captions, or of the turn they stand in."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.document import Document
from corpus.track import TimedSpan

# What the times rest on; "interpolated" ones are about right.
How = Literal["words", "cues", "interpolated"]

# A caption that is shown for longer is divided by its characters; a shorter one is played whole, so that no word of the
# quote is cut off.
MAX_CUE_MS = 10_000
# A place within a longer stretch is not told: reckoned by characters in a podcast with 442 captions, 95 in 100 places
# are off by at most 3.1 seconds in stretches of 15 seconds, by 3.9 in 60, 5.7 in 120 and 7.2 in 240.
MAX_BLOCK_MS = 120_000
# The same podcast: 18 characters a second.
_MS_A_CHAR = 55
# The most that a word lasts which is said before a pause: so much, and so much a character.
_MAX_WORD_MS = 600
_MAX_MS_A_CHAR = 120
_MAX_WORD_CHARS = 40


@dataclass(frozen=True, slots=True)
class QuoteTimes:
    """From when to when words are said, in milliseconds of the recording, and what that rests on.

    `how` is "words" or "cues" where these have times of their own, "interpolated" where the times were reckoned from
    those of a longer stretch and are about right only.
    """

    start_ms: int
    end_ms: int
    how: How


def quote_times(document: Document, start: int, end: int) -> QuoteTimes | None:
    """When `document.text[start:end]` is said; None where that cannot be told.

    It cannot where the document has no times, or where the words stand in a stretch of more than `MAX_BLOCK_MS`.

    :raises ValueError: when the document's track is damaged.
    """
    spans = document.track.spans if document.track is not None else ()
    first, last = _covering(spans, start, end)
    if first < last:
        return _from_spans(document.text, spans, first, last, start, end)
    return _from_turn(document, start, end)


def timed_words(document: Document, start: int, end: int) -> list[TimedSpan]:
    """The words of the span that have times of their own, in order, each with an end; empty where they have none."""
    spans = document.track.spans if document.track is not None else ()
    first, last = _covering(spans, start, end)
    return [
        spans[number]._replace(end_ms=_end_of(document.text, spans, number))
        for number in range(first, last)
        if _is_word(document.text, spans[number])
    ]


def _covering(spans: Sequence[TimedSpan], start: int, end: int) -> tuple[int, int]:
    """The numbers of the first span that reaches into the quote, and of the first that begins after it."""
    first = bisect_right(spans, start, key=lambda span: span.end)
    return first, bisect_left(spans, end, key=lambda span: span.start)


def _from_spans(
    text: str, spans: Sequence[TimedSpan], first: int, last: int, start: int, end: int
) -> QuoteTimes | None:
    opening, closing = spans[first], spans[last - 1]
    start_ms, start_is_sure = _place(text, spans, first, max(start, opening.start))
    if not start_is_sure and _lasts(text, spans, first) > MAX_BLOCK_MS:
        return None
    end_ms, end_is_sure = _end_of(text, spans, last - 1), True
    if end < closing.end and _lasts(text, spans, last - 1) > MAX_CUE_MS and not _is_word(text, closing):
        if _lasts(text, spans, last - 1) > MAX_BLOCK_MS:
            return None
        end_ms, end_is_sure = _divide(text, spans, last - 1, end), False
    if end_ms <= start_ms:
        return None
    if not (start_is_sure and end_is_sure):
        return QuoteTimes(start_ms, end_ms, "interpolated")
    are_words = _is_word(text, opening) and _is_word(text, closing)
    return QuoteTimes(start_ms, end_ms, "words" if are_words else "cues")


def _place(text: str, spans: Sequence[TimedSpan], number: int, at: int) -> tuple[int, bool]:
    """When the quote begins that begins at `at` in this span, and whether that is sure."""
    span = spans[number]
    if at <= span.start or _is_word(text, span) or _lasts(text, spans, number) <= MAX_CUE_MS:
        return span.start_ms, True
    return _divide(text, spans, number, at), False


def _divide(text: str, spans: Sequence[TimedSpan], number: int, at: int) -> int:
    span = spans[number]
    share = (at - span.start) / (span.end - span.start)
    return span.start_ms + round(share * _lasts(text, spans, number))


def _lasts(text: str, spans: Sequence[TimedSpan], number: int) -> int:
    return _end_of(text, spans, number) - spans[number].start_ms


def _end_of(text: str, spans: Sequence[TimedSpan], number: int) -> int:
    """When a span ends: as it says, or when the next one begins that begins later, a word after at most its length."""
    span = spans[number]
    if span.end_ms is not None:
        return span.end_ms
    chars = span.end - span.start
    reckoned = span.start_ms + _MAX_WORD_MS + _MAX_MS_A_CHAR * chars
    later = next((after.start_ms for after in spans[number + 1 : number + 4] if after.start_ms > span.start_ms), None)
    if later is None:
        return reckoned
    return min(later, reckoned) if _is_word(text, span) else later


def _is_word(text: str, span: TimedSpan) -> bool:
    return span.end - span.start <= _MAX_WORD_CHARS and not any(map(str.isspace, text[span.start : span.end]))


def _from_turn(document: Document, start: int, end: int) -> QuoteTimes | None:
    """By the time at which the turn begins and that at which the next one does, as if all was said at one speed."""
    number = document.turn_at(start, end)
    turn = document.turns[number] if number is not None else None
    if number is None or turn is None or turn.start_ms is None:
        return None
    following = document.turns[number + 1 :]
    later = next((count for count, after in enumerate(following) if after.start_ms is not None), None)
    until_ms = None if later is None else following[later].start_ms
    chars = sum(said.end - said.start for said in (turn, *following[: later or 0]))
    lasts = _MS_A_CHAR * chars if until_ms is None else until_ms - turn.start_ms
    if not 0 < lasts <= MAX_BLOCK_MS:
        return None
    begins = turn.start_ms + round(lasts * (start - turn.start) / chars)
    ends = turn.start_ms + round(lasts * (end - turn.start) / chars)
    return QuoteTimes(begins, max(ends, begins + 1), "interpolated")
