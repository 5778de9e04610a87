"""Conditions as an open file: one JSON object, a record each, read back by whatever it needs of them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, get_args

from corpus.bounds import MAX_ID_CHARS, MAX_NAME_CHARS
from corpus.conditions.names import find_words
from corpus.conditions.overlay import Conditions
from corpus.conditions.record import MAX_FORMS, Condition, ConditionKind, check_day
from corpus.corrections.records_file import read_anchor, read_each, read_file, read_line, write_file
from corpus.errors import ConditionInvalid
from corpus.one_line import MAX_LINE_CHARS

# Raise it when what is there comes to mean something else.
VERSION = 1
_KINDS: dict[str, ConditionKind] = {kind: kind for kind in get_args(ConditionKind)}
_EVERYWHERE = frozenset({"pseudonym", "no_export"})


def write_conditions(conditions: Conditions) -> bytes:
    """The file, UTF-8 with a line break at its end; `read_conditions` reads it back."""
    return write_file(map(asdict, conditions.records), "condition", VERSION)


def read_conditions(data: bytes, name: str) -> Conditions:
    """The conditions in a file.

    :param name: the file's, for what is wrong with it.
    :raises ConditionInvalid: when it is no such file, or a record in it is none.
    """
    try:
        records = read_file(data, name, "condition", VERSION)
        return Conditions(tuple(read_each(records, _read_record, name, "condition")))
    except ValueError as error:
        raise ConditionInvalid(str(error)) from error


def _read_record(record: Mapping[str, Any]) -> Condition:
    kind: ConditionKind | None = _KINDS.get(str(record.get("kind")))
    if kind is None:
        raise ValueError(f"is of the kind {record.get('kind')!s:.40}, expected one of {', '.join(_KINDS)}")
    at = record.get("at")
    if kind == "off_record" and not isinstance(at, dict):
        raise ValueError("lacks its place, “at”")
    return Condition(
        id=read_line(record, "id", 64) or "",
        kind=kind,
        by=read_line(record, "by", MAX_LINE_CHARS) or "",
        when=read_line(record, "when", 40) or "",
        doc_id=read_line(record, "doc_id", MAX_ID_CHARS, may_lack=kind in _EVERYWHERE),
        until=_read_day(record) if kind == "embargo" else None,
        named=record.get("named") is True,
        at=read_anchor(at) if kind == "off_record" and isinstance(at, dict) else None,
        forms=_read_forms(record) if kind == "pseudonym" else (),
        to=read_line(record, "to", MAX_NAME_CHARS) if kind == "pseudonym" else None,
    )


def _read_day(record: Mapping[str, Any]) -> str:
    try:
        return check_day(read_line(record, "until", 40) or "")
    except ConditionInvalid as error:
        raise ValueError(f"has as “until” what is no day: {error}") from error


def _read_forms(record: Mapping[str, Any]) -> tuple[str, ...]:
    forms = record.get("forms")
    if not isinstance(forms, list) or not 1 <= len(forms) <= MAX_FORMS:
        raise ValueError(f"lacks the forms of a name, “forms”, expected 1 to {MAX_FORMS} of them")
    read = tuple(read_line({"forms": form}, "forms", MAX_NAME_CHARS) or "" for form in forms)
    if not all(map(find_words, read)):
        raise ValueError("has a form of a name without letters and digits")
    return read
