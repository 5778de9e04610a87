"""Utterances in JSON: records with a text, or with parts that have one, and with a speaker and a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.formats.extract import Piece, clean_name
from corpus.formats.fields import find_speaker_field, find_text_field, find_time_field, is_end_field, read_unit
from corpus.formats.rows import find_columns, guess_columns, read_cells
from corpus.formats.times import Unit, parse_ms

Record = dict[str, Any]

# Where a list of utterances says the same as another, the first of these is taken; the rest by how much they say.
_PREFERRED = (
    *("utterances", "turns", "monologues", "segments", "paragraphs", "sentences", "audio_segments", "Transcript"),
    *("transcripts", "text_blocks", "elements"),
)
# Of several readings of one utterance the first is the best.
_ALTERNATIVES = ("alternatives", "nBest", "NBest")
_SPEAKER_TABLES = ("speakers", "participants", "speaker_names", "speakerNames", "speaker_map", "users")
_NAMES = ("name", "display_name", "displayName", "real_name", "label", "id")
_MAX_DEPTH = 40
_MAX_PART_DEPTH = 4
# An utterance does not last this many seconds a character, so that whole numbers that do are milliseconds.
_MIN_MS_A_CHARACTER = 5
_MIN_MS_A_CHARACTER_OF_SPAN = 20


@dataclass(frozen=True, slots=True)
class _List:
    """A list of utterances: its key, whether it names speakers, its records."""

    key: str | None
    named: bool
    records: list[Record]

    @property
    def worth(self) -> tuple[bool, int, int]:
        """What makes it better than another: speakers, then its key, then how much it says."""
        rank = len(_PREFERRED) - _PREFERRED.index(self.key) if self.key in _PREFERRED else 0
        return self.named, rank, sum(_count_chars(record) for record in self.records)


def find_utterances(data: object) -> Iterator[Piece]:
    """The pieces of the list that says most, of those that know their speakers if any do."""
    best = max(_walk(data, None, 0), key=lambda found: found.worth, default=None)
    if best is not None:
        names = dict(_name_speakers(data, 0))
        unit = _find_unit(best.records)
        for record in best.records:
            yield from _read_utterance(record, None, names, unit, 0)


def _walk(data: object, key: str | None, depth: int) -> Iterator[_List]:
    """Every list of utterances, not those inside one that names speakers.

    Lists of several parts under one key ("sections", each with "turns") are one list.
    """
    if depth > _MAX_DEPTH:
        return
    records = _as_records(data)
    if records and any(_has_words(record, 0) for record in records):
        named = any(_names_speaker(record, 0) for record in records)
        yield _List(key, named, records)
        if named:
            return
    if isinstance(data, dict):
        for inner_key, inner in data.items():
            yield from _walk(inner, inner_key, depth + 1)
    elif isinstance(data, list):
        by_key: dict[str | None, list[_List]] = {}
        for record in records:
            for found in _walk(record, None, depth + 1):
                by_key.setdefault(found.key, []).append(found)
        for inner_key, lists in by_key.items():
            every = [record for found in lists for record in found.records]
            yield _List(inner_key, any(found.named for found in lists), every)


def _as_records(data: object) -> list[Record]:
    """The records of a list; those of a table in rows, of columns side by side, or of an object that numbers them."""
    if isinstance(data, list):
        if len(data) > 1 and all(isinstance(row, list) and row for row in data):
            return _read_table(data)
        return [record for record in data if isinstance(record, dict)]
    if not isinstance(data, dict) or not data:
        return []
    columns = [list(column.values()) if isinstance(column, dict) else column for column in data.values()]
    if all(str(key).isdecimal() for key in data) and all(isinstance(value, dict) for value in data.values()):
        return list(data.values())
    texts = find_text_field(data)
    if texts and len(data) > 1 and all(isinstance(column, list) for column in columns):
        rows = list(zip(*columns, strict=False))
        plain = not any(isinstance(value, dict | list) for value in columns[list(data).index(texts[0])])
        return [dict(zip(data, row, strict=True)) for row in rows] if plain and len(rows) > 1 else []
    return []


def _read_table(data: list[list[Any]]) -> list[Record]:
    """The rows of lists with plain values as records, under their headings or by what stands in them."""
    if any(isinstance(cell, dict | list) for row in data for cell in row):
        return []
    rows = [["" if cell is None else str(cell) for cell in row] for row in data]
    columns = find_columns(rows[0], rows[1:])
    header, below = (rows[0], rows[1:]) if columns is not None else ([], rows)
    columns = columns or guess_columns(rows)
    if columns is None:
        return []
    read = read_cells(header, below, columns)
    return [{"speaker": cells.speaker, "text": cells.said, "start_ms": cells.start_ms} for cells in read]


def _has_words(record: Record, depth: int) -> bool:
    return _text_of(record) is not None or bool(_parts_of(record, depth))


def _text_of(record: Record) -> str | None:
    for key in find_text_field(record):
        value = record[key]
        if isinstance(value, dict) and not any(isinstance(inner, dict | list) for inner in value.values()):
            value = next((value[inner] for inner in find_text_field(value)), None)
        if isinstance(value, str):
            return value
    for key in _ALTERNATIVES:
        alternatives = record.get(key)
        if isinstance(alternatives, list) and alternatives and isinstance(alternatives[0], dict):
            return next(
                (text for name in find_text_field(alternatives[0]) if isinstance(text := alternatives[0][name], str)),
                None,
            )
    return None


def _parts_of(record: Record, depth: int) -> list[Record]:
    """The stretches of an utterance that has no text itself: sentences, words, "text_blocks", Rev's "elements"."""
    if depth > _MAX_PART_DEPTH:
        return []
    found: list[_List] = []
    for key, value in record.items():
        parts = value.get(key) if isinstance(value, dict) else value
        if not isinstance(parts, list) or not parts:
            continue
        if key in {"words", "tokens"} and all(isinstance(word, str) for word in parts):
            return [{"text": " ".join(parts)}]
        records = [part for part in parts if isinstance(part, dict)]
        if any(_has_words(part, depth + 1) for part in records):
            found.append(_List(key, any(_names_speaker(part, depth + 1) for part in records), records))
    return max(found, key=lambda parts: parts.worth).records if found else []


def _names_speaker(record: Record, depth: int) -> bool:
    if _speaker_of(record) is not None:
        return True
    return _text_of(record) is None and any(_names_speaker(part, depth + 1) for part in _parts_of(record, depth))


def _speaker_of(record: Record) -> str | int | None:
    for key in find_speaker_field(record):
        value = record[key]
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = next((value[inner] for inner in _NAMES if value.get(inner)), None)
        if (isinstance(value, str) and value.strip()) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
    return None


def _count_chars(record: Record) -> int:
    text = _text_of(record)
    return len(text) if text is not None else sum(len(_text_of(part) or "") for part in _parts_of(record, 0))


def _name_speakers(data: object, depth: int) -> Iterator[tuple[str, str]]:
    """Names by number or id, from a table of the speakers near the top."""
    if depth > _MAX_PART_DEPTH or not isinstance(data, dict):
        return
    for key, table in data.items():
        if key not in _SPEAKER_TABLES:
            yield from _name_speakers(table, depth + 1)
        elif isinstance(table, dict):
            yield from (
                (str(number), name)
                for number, entry in table.items()
                if (name := _name_in(entry if isinstance(entry, dict) else {"name": entry})) is not None
            )
        elif isinstance(table, list):
            entries = [entry for entry in table if isinstance(entry, dict)]
            numbered = [(entry.get("id", entry.get("speaker_id", entry.get("speaker"))), entry) for entry in entries]
            yield from (
                (str(number), name)
                for number, entry in numbered
                if number is not None and (name := _name_in(entry)) is not None
            )


def _name_in(entry: Record) -> str | None:
    named = (entry.get("name"), entry.get("speaker_name"), entry.get("displayName"), entry.get("label"))
    return next((name for name in named if isinstance(name, str) and name.strip()), None)


def _find_unit(records: Sequence[Record]) -> Unit:
    """Whether whole numbers are milliseconds: an utterance of two words does not last for minutes."""
    lasting, starts, chars = [], [], 0
    for record in records:
        start = next((record[key] for key in find_time_field(record) if _is_whole(record[key])), None)
        end = next((value for key, value in record.items() if is_end_field(key) and _is_whole(value)), None)
        said = max(1, _count_chars(record))
        if start is not None:
            starts.append(start)
            chars += said
            if end is not None:
                lasting.append((end - start) // said)
    if lasting:
        return "ms" if sorted(lasting)[len(lasting) // 2] > _MIN_MS_A_CHARACTER else "s"
    if len(starts) < 2:
        return "s"
    return "ms" if starts[-1] - starts[0] > _MIN_MS_A_CHARACTER_OF_SPAN * chars else "s"


def _is_whole(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1


def _read_utterance(
    record: Record, speaker: str | None, names: dict[str, str], unit: Unit, depth: int
) -> Iterator[Piece]:
    value = _speaker_of(record)
    if value is not None:
        known = names.get(str(value))
        speaker = clean_name(known or (value if isinstance(value, str) else f"Speaker {value}"))
    start_ms = _start_of(record, unit)
    text = _text_of(record)
    if text is not None:
        yield Piece(speaker, text, start_ms)
        return
    parts = _parts_of(record, depth)
    if any(_is_space(part) for part in parts):  # Rev: words and marks, spaces included
        first = _start_of(parts[0], "s")
        yield Piece(speaker, "".join(_text_of(part) or "" for part in parts), start_ms if first is None else first)
        return
    for part in _join_marks(parts):
        for piece in _read_utterance(part, speaker, names, unit, depth + 1):
            start = piece.start_ms if piece.start_ms is not None else start_ms
            yield Piece(piece.speaker, piece.text, start)


def _is_space(part: Record) -> bool:
    text = _text_of(part)
    return text is not None and text.isspace()


def _join_marks(parts: Sequence[Record]) -> list[Record]:
    """The parts with a punctuation mark of its own joined to the word before it."""
    joined: list[Record] = []
    for part in parts:
        text = _text_of(part)
        if joined and text and len(text) <= 3 and not any(map(str.isalnum, text)) and _text_of(joined[-1]) is not None:
            joined[-1] = {**joined[-1], "text": f"{_text_of(joined[-1])}{text}"}
        else:
            joined.append(part)
    return joined


def _start_of(record: Record, unit: Unit) -> int | None:
    for key in find_time_field(record):
        # whisper.cpp: {"offsets": {"from": 2000}} in milliseconds
        found = parse_ms(record[key], unit="ms" if key == "offsets" else read_unit(key) or unit)
        if found is not None:
            return found
    return None
