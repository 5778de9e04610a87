"""Corrections as an open file: one JSON object, a record each, read back by whatever it needs of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, get_args

from corpus.bounds import MAX_ID_CHARS, MAX_NAME_CHARS
from corpus.corrections.anchor import CONTEXT_CHARS, MAX_EXACT_CHARS, Anchor
from corpus.corrections.layer import Corrections
from corpus.corrections.record import MAX_WORDS_CHARS, Correction, CorrectionKind
from corpus.errors import CorrectionInvalid
from corpus.one_line import MAX_LINE_CHARS, is_one_line, one_line

# Raise it when what is there comes to mean something else.
VERSION = 1
MAX_CORRECTIONS = 100_000
MAX_CORRECTIONS_BYTES = 128 * 1024 * 1024
_KINDS: dict[str, CorrectionKind] = {kind: kind for kind in get_args(CorrectionKind)}
# These are about a place, the others about a speaker.
_WITH_PLACE = frozenset({"reassign", "words"})
_MAX_TO_CHARS = {"rename": MAX_NAME_CHARS, "reassign": MAX_NAME_CHARS, "words": MAX_WORDS_CHARS}


def write_corrections(corrections: Corrections) -> bytes:
    """The file, UTF-8 with a line break at its end; `read_corrections` reads it back."""
    records = [
        {key: value for key, value in asdict(record).items() if value is not None} for record in corrections.records
    ]
    stored = {"version": VERSION, "corrections": records}
    return (json.dumps(stored, ensure_ascii=False, indent=1) + "\n").encode()


def read_corrections(data: bytes, name: str) -> Corrections:
    """The corrections in a file.

    :param name: the file's, for what is wrong with it.
    :raises CorrectionInvalid: when it is no such file, or a record in it is none.
    """
    if len(data) > MAX_CORRECTIONS_BYTES:
        raise CorrectionInvalid(f"{name} has more than the {MAX_CORRECTIONS_BYTES:,} bytes that are read")
    try:
        stored = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CorrectionInvalid(f"{name} is no JSON: {one_line(str(error))}; mend it or move it away") from error
    if not isinstance(stored, dict) or not isinstance(stored.get("corrections"), list):
        raise CorrectionInvalid(f'{name} is no file of corrections; expected {{"version": 1, "corrections": […]}}')
    if stored.get("version") != VERSION:
        raise CorrectionInvalid(
            f"{name} is of version {one_line(str(stored.get('version')), 20)}, expected {VERSION}; "
            "a newer version of this program may read it"
        )
    records = stored["corrections"]
    if len(records) > MAX_CORRECTIONS:
        raise CorrectionInvalid(f"{name} has {len(records):,} corrections, at most {MAX_CORRECTIONS:,} are read")
    read = []
    for number, record in enumerate(records, start=1):
        try:
            read.append(_read_record(record))
        except ValueError as error:
            raise CorrectionInvalid(f"{name}: correction {number} {error}; mend it or take it out") from error
    _check_ids(read, name)
    return Corrections(tuple(read))


def _check_ids(records: Iterable[Correction], name: str) -> None:
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            raise CorrectionInvalid(f"{name} has two corrections with the id {record.id!r}; take one out")
        seen.add(record.id)


def _read_record(record: object) -> Correction:
    if not isinstance(record, dict):
        raise ValueError("is no object")
    kind: CorrectionKind | None = _KINDS.get(str(record.get("kind")))
    if kind is None:
        raise ValueError(f"is of the kind {record.get('kind')!s:.40}, expected one of {', '.join(_KINDS)}")
    with_place = kind in _WITH_PLACE
    doc_id = _read_line(record, "doc_id", MAX_ID_CHARS, may_lack=kind == "rename")
    to = _read_line(record, "to", _MAX_TO_CHARS.get(kind, 10), may_lack=kind in ("drop", "reassign"))
    if kind == "role" and to not in ("asks", "answers"):
        raise ValueError(f"has the role {to!r}, expected asks or answers")
    at = record.get("at")
    if with_place and not isinstance(at, dict):
        raise ValueError("lacks its place, “at”")
    return Correction(
        id=_read_line(record, "id", 64) or "",
        kind=kind,
        by=_read_line(record, "by", MAX_LINE_CHARS) or "",
        when=_read_line(record, "when", 40) or "",
        doc_id=doc_id,
        at=_read_anchor(at) if with_place and isinstance(at, dict) else None,
        speaker=None if with_place else _read_line(record, "speaker", MAX_NAME_CHARS),
        to=to,
    )


def _read_line(record: Mapping[str, Any], key: str, max_chars: int, *, may_lack: bool = False) -> str | None:
    value = record.get(key)
    if value is None and may_lack:
        return None
    if not isinstance(value, str) or not value.strip() or not is_one_line(value, max_chars):
        raise ValueError(
            f"has {one_line(str(value), 40)!r} as “{key}”, expected a line of at most {max_chars} characters"
        )
    return value


def _read_anchor(found: Mapping[str, Any]) -> Anchor:
    values: dict[str, Any] = {}
    for known in fields(Anchor):
        value = found.get(known.name, "" if known.name in ("ends", "prefix", "suffix") else None)
        if known.name in ("start", "end"):
            if type(value) is not int or not 0 <= value < 2**40:
                raise ValueError(f"has {value!s:.40} as “{known.name}” of its place, expected a code point")
        elif not isinstance(value, str) or len(value) > max(CONTEXT_CHARS, MAX_EXACT_CHARS):
            raise ValueError(f"has no text of at most {MAX_EXACT_CHARS} characters as “{known.name}” of its place")
        values[known.name] = value
    if values["start"] >= values["end"] or not values["exact"]:
        raise ValueError("has a place without words")
    return Anchor(**values)
