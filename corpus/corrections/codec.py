"""Corrections as an open file: one JSON object, a record each, read back by whatever it needs of them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, get_args

from corpus.bounds import MAX_ID_CHARS, MAX_NAME_CHARS
from corpus.corrections.layer import Corrections
from corpus.corrections.record import MAX_WORDS_CHARS, Correction, CorrectionKind
from corpus.corrections.records_file import read_anchor, read_each, read_file, read_line, write_file
from corpus.errors import CorrectionInvalid
from corpus.one_line import MAX_LINE_CHARS

# Raise it when what is there comes to mean something else.
VERSION = 1
_KINDS: dict[str, CorrectionKind] = {kind: kind for kind in get_args(CorrectionKind)}
# These are about a place, the others about a speaker.
_WITH_PLACE = frozenset({"reassign", "words"})
_MAX_TO_CHARS = {"rename": MAX_NAME_CHARS, "reassign": MAX_NAME_CHARS, "words": MAX_WORDS_CHARS}


def write_corrections(corrections: Corrections) -> bytes:
    """The file, UTF-8 with a line break at its end; `read_corrections` reads it back."""
    return write_file(map(asdict, corrections.records), "correction", VERSION)


def read_corrections(data: bytes, name: str) -> Corrections:
    """The corrections in a file.

    :param name: the file's, for what is wrong with it.
    :raises CorrectionInvalid: when it is no such file, or a record in it is none.
    """
    try:
        records = read_file(data, name, "correction", VERSION)
        return Corrections(tuple(read_each(records, _read_record, name, "correction")))
    except ValueError as error:
        raise CorrectionInvalid(str(error)) from error


def _read_record(record: Mapping[str, Any]) -> Correction:
    kind: CorrectionKind | None = _KINDS.get(str(record.get("kind")))
    if kind is None:
        raise ValueError(f"is of the kind {record.get('kind')!s:.40}, expected one of {', '.join(_KINDS)}")
    with_place = kind in _WITH_PLACE
    doc_id = read_line(record, "doc_id", MAX_ID_CHARS, may_lack=kind == "rename")
    to = read_line(record, "to", _MAX_TO_CHARS.get(kind, 10), may_lack=kind in ("drop", "reassign"))
    if kind == "role" and to not in ("asks", "answers"):
        raise ValueError(f"has the role {to!r}, expected asks or answers")
    at = record.get("at")
    if with_place and not isinstance(at, dict):
        raise ValueError("lacks its place, “at”")
    return Correction(
        id=read_line(record, "id", 64) or "",
        kind=kind,
        by=read_line(record, "by", MAX_LINE_CHARS) or "",
        when=read_line(record, "when", 40) or "",
        doc_id=doc_id,
        at=read_anchor(at) if with_place and isinstance(at, dict) else None,
        speaker=None if with_place else read_line(record, "speaker", MAX_NAME_CHARS),
        to=to,
    )
