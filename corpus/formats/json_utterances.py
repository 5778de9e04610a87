"""Utterances in JSON: records with a text, or with parts that have one, and with a speaker and a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.formats.extract import Piece, clean_name
from corpus.formats.fields import find_time_field, is_end_field, read_unit
from corpus.formats.json_records import MAX_PART_DEPTH, Parts, Record, RecordList, as_records, speaker_of, text_of
from corpus.formats.times import Unit, parse_ms
from corpus.formats.word_times import WordTime, fit_words, read_probability

_SPEAKER_TABLES = ("speakers", "participants", "speaker_names", "speakerNames", "speaker_map", "users")
_MAX_DEPTH = 40
# An utterance does not last this many seconds a character, so that whole numbers that do are milliseconds.
_MIN_MS_A_CHARACTER = 5
_MIN_MS_A_CHARACTER_OF_SPAN = 20


def find_utterances(data: object) -> Iterator[Piece]:
    """The pieces of the list that says most, of those that know their speakers if any do."""
    parts = Parts()
    best = max(_walk(data, None, 0, parts), key=lambda found: found.worth, default=None)
    if best is not None:
        names = {number: clean_name(name) or "" for number, name in _name_speakers(data, 0)}
        reader = _Reader(names, _find_unit(best.records, parts), parts)
        for record in best.records:
            yield from reader.read(record, None, 0)


def _walk(data: object, key: str | None, depth: int, parts: Parts) -> Iterator[RecordList]:
    """Every list of utterances, not those inside one that names speakers.

    Lists of several parts under one key ("sections", each with "turns") are one list.
    """
    if depth > _MAX_DEPTH:
        return
    records = as_records(data)
    if records and any(parts.has_words(record, 0) for record in records):
        found = parts.make_list(key, records)
        yield found
        if found.named:
            return
    if isinstance(data, dict):
        for inner_key, inner in data.items():
            yield from _walk(inner, inner_key, depth + 1, parts)
    elif isinstance(data, list):
        by_key: dict[str | None, list[RecordList]] = {}
        for record in records:
            for inner_list in _walk(record, None, depth + 1, parts):
                by_key.setdefault(inner_list.key, []).append(inner_list)
        for inner_key, lists in by_key.items():
            every = [record for inner_list in lists for record in inner_list.records]
            chars = sum(inner_list.chars for inner_list in lists)
            yield RecordList(inner_key, any(inner_list.named for inner_list in lists), every, chars)


def _name_speakers(data: object, depth: int) -> Iterator[tuple[str, str]]:
    """Names by number or id, from a table of the speakers near the top."""
    if depth > MAX_PART_DEPTH or not isinstance(data, dict):
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


def _find_unit(records: Sequence[Record], parts: Parts) -> Unit:
    """Whether whole numbers are milliseconds: an utterance of two words does not last for minutes."""
    lasting, starts, chars = [], [], 0
    for record in parts.find_leaves(records, 0):
        start = next((record[key] for key in find_time_field(record) if _is_whole(record[key])), None)
        end = next((value for key, value in record.items() if is_end_field(key) and _is_whole(value)), None)
        said = max(1, parts.count_chars(record))
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


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads records with the names of the speakers and what whole numbers count."""

    names: dict[str, str]
    unit: Unit
    parts: Parts

    def read(self, record: Record, speaker: str | None, depth: int) -> Iterator[Piece]:
        """The pieces of a record; `speaker` speaks where it names nobody."""
        value = speaker_of(record)
        if value is not None:
            known = self.names.get(str(value))
            speaker = known or clean_name(value if isinstance(value, str) else f"Speaker {value}")
        start_ms = _start_of(record, self.unit)
        text = text_of(record)
        if text is not None:
            yield self._write(record, speaker, text, start_ms)
            return
        parts = self.parts.parts_of(record, depth)
        if any(_is_space(part) for part in parts):  # Rev: words and marks, spaces included
            first = _start_of(parts[0], "s")
            yield Piece(speaker, "".join(text_of(part) or "" for part in parts), start_ms if first is None else first)
            return
        for part in _join_marks(parts):
            for piece in self.read(part, speaker, depth + 1):
                start = piece.start_ms if piece.start_ms is not None else start_ms
                yield replace(piece, start_ms=start)

    def _write(self, record: Record, speaker: str | None, text: str, start_ms: int | None) -> Piece:
        """An utterance or a word, with the times of its words where it has them beside its text (Whisper's "words")."""
        said = record.get("words")
        words = [
            (text_of(word) or "", WordTime(begins, _end_of(word, self.unit), read_probability(word)))
            for word in (said if isinstance(said, list) else ())
            if isinstance(word, dict) and (begins := _start_of(word, self.unit)) is not None
        ]
        sure = read_probability(record) if len(text.split()) == 1 else None
        end_ms = _end_of(record, self.unit)
        return Piece(speaker, text, start_ms, end_ms=end_ms, words=fit_words(text, words), probability=sure)


def _is_space(part: Record) -> bool:
    text = text_of(part)
    return text is not None and text.isspace()


def _join_marks(parts: Sequence[Record]) -> list[Record]:
    """The parts with a punctuation mark of its own joined to the word before it."""
    joined: list[Record] = []
    for part in parts:
        text = text_of(part)
        if joined and text and len(text) <= 3 and not any(map(str.isalnum, text)) and text_of(joined[-1]) is not None:
            joined[-1] = {**joined[-1], "text": f"{text_of(joined[-1])}{text}"}
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


def _end_of(record: Record, unit: Unit) -> int | None:
    offsets = record.get("offsets")
    if isinstance(offsets, dict):
        return parse_ms(offsets.get("to"), unit="ms")
    return next(
        (
            found
            for key, value in record.items()
            if is_end_field(key) and (found := parse_ms(value, unit=read_unit(key) or unit)) is not None
        ),
        None,
    )
