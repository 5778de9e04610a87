"""Records in JSON: their text, their speaker, and the parts of those that have no text themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.formats.fields import find_question_and_answer, find_speaker_field, find_text_field
from corpus.formats.rows import find_columns, guess_columns, read_cells

Record = dict[str, Any]

# Where a list of utterances says the same as another, the first of these is taken; the rest by how much they say.
_PREFERRED = (
    *("utterances", "turns", "monologues", "segments", "paragraphs", "sentences", "audio_segments", "Transcript"),
    *("transcripts", "text_blocks", "elements"),
)
# Of several readings of one utterance the first is the best.
_ALTERNATIVES = ("alternatives", "nBest", "NBest")
_NAMES = ("name", "display_name", "displayName", "real_name", "label", "id")
MAX_PART_DEPTH = 4


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of utterances: its key, whether it names speakers, its records, how much they say."""

    key: str | None
    named: bool
    records: list[Record]
    chars: int

    @property
    def worth(self) -> tuple[bool, int, int]:
        """What makes it better than another: speakers, then its key, then how much it says."""
        rank = len(_PREFERRED) - _PREFERRED.index(self.key) if self.key in _PREFERRED else 0
        return self.named, rank, self.chars


class Parts:
    """The parts of records, each looked for once: an object is part of many lists that may be the transcript."""

    def __init__(self) -> None:
        # The record is kept with its parts, so that its id stays its own.
        self._found: dict[tuple[int, int], tuple[Record, list[Record]]] = {}

    def make_list(self, key: str | None, records: list[Record], depth: int = 0) -> RecordList:
        """The records as one list."""
        named = any(self.names_speaker(record, depth) for record in records)
        return RecordList(key, named, records, sum(self.count_chars(record) for record in records))

    def has_words(self, record: Record, depth: int) -> bool:
        """Whether the record has a text, or parts that have one."""
        return text_of(record) is not None or bool(self.parts_of(record, depth))

    def parts_of(self, record: Record, depth: int) -> list[Record]:
        """The stretches of an utterance that has no text itself: sentences, words, "text_blocks", Rev's "elements"."""
        key = id(record), depth
        if key not in self._found:
            self._found[key] = record, self._find_parts(record, depth)
        return self._found[key][1]

    def _find_parts(self, record: Record, depth: int) -> list[Record]:
        if depth > MAX_PART_DEPTH:
            return []
        pair = find_question_and_answer(list(record))
        if pair is not None:
            asked_and_answered = [(key, record[key]) for key in (list(record)[number] for number in pair)]
            if all(isinstance(said, str) for _, said in asked_and_answered):
                return [{"speaker": key, "text": said} for key, said in asked_and_answered]
        found: list[RecordList] = []
        for key, value in record.items():
            parts = value.get(key) if isinstance(value, dict) else value
            if not isinstance(parts, list) or not parts:
                continue
            if key in {"words", "tokens"} and all(isinstance(word, str) for word in parts):
                return [{"text": " ".join(parts)}]
            records = [part for part in parts if isinstance(part, dict)]
            if any(self.has_words(part, depth + 1) for part in records):
                found.append(self.make_list(key, records, depth + 1))
        return max(found, key=lambda parts: parts.worth).records if found else []

    def names_speaker(self, record: Record, depth: int) -> bool:
        """Whether the record or a part of it says who speaks."""
        if speaker_of(record) is not None:
            return True
        if text_of(record) is not None:
            return False
        return any(self.names_speaker(part, depth + 1) for part in self.parts_of(record, depth))

    def count_chars(self, record: Record) -> int:
        """How much the record says."""
        text = text_of(record)
        return len(text) if text is not None else sum(len(text_of(part) or "") for part in self.parts_of(record, 0))

    def find_leaves(self, records: Sequence[Record], depth: int) -> Iterator[Record]:
        """The records that have a text themselves, those in others too."""
        for record in records:
            if text_of(record) is not None or depth > MAX_PART_DEPTH:
                yield record
            else:
                yield from self.find_leaves(self.parts_of(record, depth), depth + 1)


def as_records(data: object) -> list[Record]:
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


def text_of(record: Record) -> str | None:
    """The text of a record, or of the best of its readings."""
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


def speaker_of(record: Record) -> str | int | None:
    """The name or number of the speaker in a record."""
    for key in find_speaker_field(record):
        value = record[key]
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            holders = [value, *(inner for inner in value.values() if isinstance(inner, dict))]
            value = next((holder[key] for holder in holders for key in _NAMES if holder.get(key)), None)
        if (isinstance(value, str) and value.strip()) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
    return None
