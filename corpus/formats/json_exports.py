"""JSON exports of speech recognisers and transcript tools.

Two shapes cover them: utterances that carry their speaker and time (Whisper, AssemblyAI, Deepgram's utterances,
podcast transcripts, Otter, Descript, Oyez; here), and single words joined with their speakers by number or by time
(AWS, Google, IBM, Speechmatics, Kaldi, Deepgram; in `corpus.formats.json_words`).
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from corpus.errors import SourceEmpty, SourceNotText, SourceUnreadable
from corpus.formats.extract import Extract, Piece, clean_name, write_pieces
from corpus.formats.json_words import find_words, parse_ms

TEXT_KEYS = ("text", "body", "transcript", "content", "utterance", "sentence", "caption", "words", "value", "Content")
SPEAKER_KEYS = (
    *("speaker", "speaker_name", "speakerName", "speaker_label", "speakerLabel", "speaker_id", "speakerId"),
    *("ParticipantRole", "participant", "name", "role", "author", "channel"),
)
_START_KEYS = (
    *(
        "start",
        "start_time",
        "startTime",
        "begin",
        "from",
        "timestamp",
        "time",
        "offset",
        "offsets",
        "ts",
        "timestamps",
    ),
)
_MS_KEYS = ("start_ms", "startMs", "offset_ms", "BeginOffsetMillis", "begin_ms", "start_time_ms")
# Where a list of utterances says the same as another, the first of these is taken; the rest by how much they say.
_PREFERRED = ("utterances", "turns", "monologues", "segments", "audio_segments", "Transcript", "transcripts")


def parse_json(text: str) -> object | None:
    """The object or list that the text is in JSON (or JSON Lines), or None when it is not."""
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return None
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return _parse_lines(text)
    return found if isinstance(found, dict | list) else None


def _parse_lines(text: str) -> list[object] | None:
    try:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return found if len(found) > 1 and all(isinstance(record, dict) for record in found) else None


def read_json(text: str, name: str) -> Extract:
    """The speech in a JSON export, in order of time.

    :raises SourceUnreadable: when it is no JSON.
    :raises SourceNotText: when it holds nothing that looks like a transcript.
    :raises SourceEmpty: when what it holds has no words.
    """
    data = parse_json(text)
    if data is None:
        raise SourceUnreadable(f"{name} is not valid JSON; export the transcript again")
    try:
        pieces = find_words(data)
        if pieces is None:
            pieces = list(_find_utterances(data))
    except RecursionError as error:
        raise SourceNotText(f"{name} is nested deeper than any transcript; export it again") from error
    if not pieces:
        raise SourceNotText(
            f"{name} holds no transcript that is known here; expected segments with a text, or words with times, "
            "as Whisper, AWS Transcribe, Google or Deepgram write them; export it as text, SRT or WebVTT"
        )
    extract = write_pieces(pieces, title=_find_title(data))
    if not extract.turns:
        raise SourceEmpty(f"{name} holds a transcript without words; check the recording")
    return extract


def _find_title(data: object) -> str | None:
    if not isinstance(data, dict):
        return None
    inner = data.get("transcript")
    titles = [source.get("title") for source in (inner, data) if isinstance(source, dict)]
    return next((title for title in titles if isinstance(title, str) and title.strip()), None)


def _find_utterances(data: object) -> Iterator[Piece]:
    """The pieces of the list that says most, of those that know their speakers if any do."""
    lists = list(_walk_lists(data, None, 0))
    if lists:
        best = max(lists, key=lambda found: (found[1], _rank(found[0]), _count_chars(found[2])))[2]
        speakers = _name_speakers(data)
        in_ms = _is_in_ms(best)
        for record in best:
            yield from _read_utterance(record, None, speakers, in_ms)
    elif isinstance(data, dict):
        text = next((data[key] for key in TEXT_KEYS if isinstance(data.get(key), str)), None)
        if text is not None:
            yield Piece(None, text)


def _rank(name: str | None) -> int:
    return len(_PREFERRED) - _PREFERRED.index(name) if name in _PREFERRED else 0


def _walk_lists(data: object, key: str | None, depth: int) -> Iterator[tuple[str | None, bool, list[dict[str, Any]]]]:
    """Every list of utterances, not those inside one: its key, whether it names speakers, its records.

    Lists of several parts under one key ("sections", each with "turns") are one list.
    """
    if isinstance(data, dict):
        for inner_key, inner in data.items():
            yield from _walk_lists(inner, inner_key, depth + 1)
    elif isinstance(data, list):
        records = [record for record in data if isinstance(record, dict)]
        if records and any(_has_text(record) for record in records):
            yield key, any(_speaker_of(record) is not None for record in records), records
            return
        inner_lists = [found for record in records for found in _walk_lists(record, None, depth + 1)]
        by_key: dict[str | None, list[tuple[bool, list[dict[str, Any]]]]] = {}
        for inner_key, named, inner_records in inner_lists:
            by_key.setdefault(inner_key, []).append((named, inner_records))
        for inner_key, found in by_key.items():
            yield inner_key, any(named for named, _ in found), [record for _, records in found for record in records]


def _has_text(record: dict[str, Any]) -> bool:
    return _text_of(record) is not None or _blocks_of(record) is not None


def _text_of(record: dict[str, Any]) -> str | None:
    return next((record[key] for key in TEXT_KEYS if isinstance(record.get(key), str)), None)


def _blocks_of(record: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The stretches of an utterance that has them ("text_blocks", Rev's "elements"), when it has no text itself."""
    for key in ("text_blocks", "elements"):
        blocks = record.get(key)
        if isinstance(blocks, list) and blocks and all(isinstance(block, dict) for block in blocks):
            return blocks
    return None


def _speaker_of(record: dict[str, Any]) -> str | int | None:
    for key in SPEAKER_KEYS:
        value = record.get(key)
        if isinstance(value, dict):
            value = value.get("name") or value.get("label") or value.get("id")
        if (isinstance(value, str) and value.strip()) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
    return None


def _count_chars(records: Sequence[dict[str, Any]]) -> int:
    return sum(len(_text_of(record) or "") for record in records)


def _name_speakers(data: object) -> dict[str, str]:
    """Names by number or id, from a table "speakers" at the top or one level below."""
    tables = [data, *data.values()] if isinstance(data, dict) else []
    names: dict[str, str] = {}
    for table in tables:
        entries = table.get("speakers") if isinstance(table, dict) else None
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict):
                name = entry.get("name") or entry.get("speaker_name") or entry.get("label")
                key = entry.get("id", entry.get("speaker_id"))
                if isinstance(name, str) and key is not None:
                    names[str(key)] = name
    return names


def _is_in_ms(records: Sequence[dict[str, Any]]) -> bool:
    """Whether whole numbers are milliseconds: an utterance of two words does not last for minutes."""
    lasting = [
        (record["end"] - record["start"]) // max(1, len(_text_of(record) or ""))
        for record in records
        if isinstance(record.get("start"), int) and isinstance(record.get("end"), int)
    ]
    return bool(lasting) and sorted(lasting)[len(lasting) // 2] > 5


def _read_utterance(
    record: dict[str, Any], speaker: str | None, speakers: dict[str, str], in_ms: bool
) -> Iterator[Piece]:
    value = _speaker_of(record)
    if value is not None:
        known = speakers.get(str(value))
        speaker = known or (value if isinstance(value, str) else f"Speaker {value}")
    start_ms = _start_of(record, in_ms)
    blocks = _blocks_of(record)
    if blocks is None or _text_of(record) is not None:
        yield Piece(clean_name(speaker) if speaker else None, _text_of(record) or "", start_ms)
        return
    if all(block.get("type") in ("text", "punct") for block in blocks):  # Rev: words and marks, spaces included
        first = _start_of(blocks[0], in_ms=False)
        yield Piece(speaker, "".join(_text_of(block) or "" for block in blocks), first)
        return
    for block in blocks:
        yield Piece(speaker, _text_of(block) or "", _start_of(block, in_ms))


def _start_of(record: dict[str, Any], in_ms: bool) -> int | None:
    for key in _MS_KEYS:
        if key in record:
            return parse_ms(record[key], in_ms=True)
    for key in _START_KEYS:
        value = record.get(key)
        if isinstance(value, dict):  # whisper.cpp: {"offsets": {"from": 2000}} in milliseconds
            return parse_ms(value.get("from"), in_ms=key == "offsets")
        if value is not None:
            return parse_ms(value, in_ms=in_ms)
    return None
