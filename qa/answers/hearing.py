"""Where words are in the recording of their document, and how sure it is that they are the words."""

from typing import TypedDict

from corpus import Document, QuoteTimes, quote_times, timed_words

# Below even odds.
DOUBTFUL_BELOW = 0.5


class HeardFields(TypedDict):
    """The fields of a citation that tell of its recording; see `Citation`."""

    media_fragment: str | None
    timing: str | None
    maker: str | None
    doubtful: str | None


def hear(document: Document, start: int, end: int) -> HeardFields:
    """The fields of a citation that tell of its recording, each None where the document does not."""
    times = quote_times(document, start, end)
    doubtful = [
        document.text[word.start : word.end]
        for word in timed_words(document, start, end)
        if word.probability is not None and word.probability < DOUBTFUL_BELOW
    ]
    return {
        "media_fragment": None if times is None else write_fragment(times),
        "timing": None if times is None else times.how,
        "maker": None if document.track is None else document.track.maker,
        "doubtful": " ".join(doubtful) or None,
    }


def write_fragment(times: QuoteTimes) -> str:
    """As in https://www.w3.org/TR/media-frags/: "t=12.5,17.2"."""
    return f"t={_seconds(times.start_ms)},{_seconds(times.end_ms)}"


def _seconds(milliseconds: int) -> str:
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")
