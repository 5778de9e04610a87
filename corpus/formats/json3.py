"""YouTube's captions in JSON (json3)."""

from collections.abc import Iterator
from typing import Any

from corpus.errors import SourceEmpty
from corpus.formats.captions import read_caption_lines
from corpus.formats.extract import Extract
from corpus.formats.times import parse_ms


def is_json3(data: object) -> bool:
    """Whether the object is a caption track of YouTube."""
    events = data.get("events") if isinstance(data, dict) else None
    return isinstance(events, list) and any(isinstance(event, dict) and "tStartMs" in event for event in events)


def read_json3(data: dict[str, Any], name: str) -> Extract:
    """The captions in order, with their times.

    :raises SourceEmpty: when no caption has words.
    """
    extract = read_caption_lines(_read_events(data["events"]))
    if not extract.turns:
        raise SourceEmpty(f"{name} has no caption with words; check the export")
    return extract


def _read_events(events: list[Any]) -> Iterator[tuple[str, int | None]]:
    for event in events:
        segments = event.get("segs") if isinstance(event, dict) else None
        if not isinstance(segments, list):
            continue
        words = [segment.get("utf8") for segment in segments if isinstance(segment, dict)]
        yield "".join(word for word in words if isinstance(word, str)), parse_ms(event.get("tStartMs"), unit="ms")
