"""YouTube's captions in JSON (json3)."""

from collections.abc import Iterator
from typing import Any

from corpus.errors import SourceEmpty
from corpus.formats.captions import read_caption_lines
from corpus.formats.extract import Extract
from corpus.formats.times import parse_ms
from corpus.formats.word_times import write_time_tag


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


def _read_events(events: list[Any]) -> Iterator[tuple[str, int | None, int | None]]:
    for event in events:
        segments = event.get("segs") if isinstance(event, dict) else None
        if not isinstance(segments, list):
            continue
        start_ms, lasts_ms = parse_ms(event.get("tStartMs"), unit="ms"), parse_ms(event.get("dDurationMs"), unit="ms")
        end_ms = None if start_ms is None or lasts_ms is None else start_ms + lasts_ms
        words = (_read_segment(segment, start_ms) for segment in segments if isinstance(segment, dict))
        yield "".join(words), start_ms, end_ms


def _read_segment(segment: dict[str, Any], start_ms: int | None) -> str:
    words, offset_ms = segment.get("utf8"), parse_ms(segment.get("tOffsetMs"), unit="ms")
    if not isinstance(words, str):
        return ""
    # The first word of a caption has no offset: it begins with it.
    if start_ms is None or not offset_ms or not words.strip():
        return words
    return f"{write_time_tag(start_ms + offset_ms)}{words}"
