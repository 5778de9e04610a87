"""When the words of a document are said in its recording: stretches of the text with their times, kept compactly."""

import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from corpus.bounds import MAX_START_MS
from corpus.one_line import one_line

# A day of talk has some 200,000 words; whatever has more stretches than this is no transcript of one recording.
MAX_SPANS = 1_000_000
_COLUMNS = 5
_BYTES_A_NUMBER = 8
MAX_MAKER_CHARS = 200


class TimedSpan(NamedTuple):
    """A stretch of the text (code points, `end` exclusive) and when it is said, in milliseconds of the recording.

    `end_ms` is None where the source does not tell when it ends. `probability`, 0 to 1, is how sure whoever wrote it
    down was of it, None where that is not told; it is kept in hundredths.
    """

    start: int
    end: int
    start_ms: int
    end_ms: int | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """The timed stretches of a document, in order of the text, none over another: its words, or its captions.

    `packed` holds them compressed, some five bytes a word. `maker` names the program that wrote the words down by
    listening (name, version, date), None where people did or nobody says.
    """

    packed: bytes
    maker: str | None = None

    @classmethod
    def from_spans(cls, spans: Sequence[TimedSpan], *, maker: str | None = None) -> "Track | None":
        """The track of these spans; None where there is none, or more than `MAX_SPANS`.

        Times that no recording has are left out; so are ends that are not after their beginnings.

        :raises ValueError: when the spans are empty, overlap or are out of order.
        """
        kept = [_bound(span) for span in spans if 0 <= span.start_ms <= MAX_START_MS]
        if not kept or len(kept) > MAX_SPANS:
            return None
        if any(span.start < 0 or span.end <= span.start for span in kept) or any(
            after.start < before.end for before, after in pairwise(kept)
        ):
            raise ValueError("the timed stretches of a text are empty or not in its order")
        return cls(_pack(kept), one_line(maker, MAX_MAKER_CHARS) if maker else None)

    @property
    def spans(self) -> tuple[TimedSpan, ...]:
        """The stretches, in order of the text.

        :raises ValueError: when `packed` does not hold any.
        """
        return _unpack(self.packed)


def _bound(span: TimedSpan) -> TimedSpan:
    end_ms = span.end_ms if span.end_ms is not None and span.start_ms < span.end_ms <= MAX_START_MS else None
    probability = None if span.probability is None else min(1.0, max(0.0, span.probability))
    return span._replace(end_ms=end_ms, probability=probability)


def _pack(spans: Sequence[TimedSpan]) -> bytes:
    """Columns one after the other, each number as the difference to the one before where they grow."""
    starts = [span.start for span in spans]
    times = [span.start_ms for span in spans]
    columns = (
        [starts[0], *(after - before for before, after in pairwise(starts))],
        [span.end - span.start for span in spans],
        [times[0], *(after - before for before, after in pairwise(times))],
        [-1 if span.end_ms is None else span.end_ms - span.start_ms for span in spans],
        [-1 if span.probability is None else round(100 * span.probability) for span in spans],
    )
    numbers = array("q", [number for column in columns for number in column])
    if sys.byteorder == "big":
        numbers.byteswap()
    return zlib.compress(numbers.tobytes(), 9)


@lru_cache(maxsize=32)
def _unpack(packed: bytes) -> tuple[TimedSpan, ...]:
    most = MAX_SPANS * _COLUMNS * _BYTES_A_NUMBER
    try:
        raw = zlib.decompressobj().decompress(packed, most + 1)
    except zlib.error as error:
        raise ValueError(f"the times of a text are damaged: {error}") from error
    if not raw or len(raw) > most or len(raw) % (_COLUMNS * _BYTES_A_NUMBER):
        raise ValueError("the times of a text are damaged: they are cut off or too many")
    numbers = array("q", raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    count = len(numbers) // _COLUMNS
    starts, lengths, times, lasting, sure = (numbers[count * n : count * (n + 1)] for n in range(_COLUMNS))
    return tuple(
        TimedSpan(start, start + length, ms, None if lasts < 0 else ms + lasts, None if percent < 0 else percent / 100)
        for start, length, ms, lasts, percent in zip(
            accumulate(starts), lengths, accumulate(times), lasting, sure, strict=True
        )
    )
