"""Where words stand in a text, and how much of what was around them is still there."""

from collections.abc import Iterator


def find_all(text: str, words: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Where `words`, which are not empty, stand in `text[start:end]`, in order, overlapping or not."""
    end = len(text) if end is None else end
    place = text.find(words, start, end)
    while place >= 0:
        yield place
        place = text.find(words, place + 1, end)


def count_agreeing(text: str, start: int, end: int, prefix: str, suffix: str) -> int:
    """How many characters on either side of `text[start:end]`, the nearest first, are those of what was around it."""
    before = text[max(0, start - len(prefix)) : start]
    return _count_common(before[::-1], prefix[::-1]) + _count_common(text[end : end + len(suffix)], suffix)


def _count_common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
