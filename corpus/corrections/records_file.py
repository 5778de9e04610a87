"""An open file of records that people made: one JSON object with a list, each record checked as it is read."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from corpus.corrections.anchor import CONTEXT_CHARS, MAX_EXACT_CHARS, Anchor
from corpus.one_line import is_one_line, one_line

MAX_RECORDS = 100_000
MAX_FILE_BYTES = 128 * 1024 * 1024

T = TypeVar("T")


def write_file(records: Iterable[Mapping[str, Any]], what: str, version: int) -> bytes:
    """The file, UTF-8 with a line break at its end; what a record does not say is left out of it."""
    said = [{key: value for key, value in record.items() if value not in (None, (), False)} for record in records]
    return (json.dumps({"version": version, f"{what}s": said}, ensure_ascii=False, indent=1) + "\n").encode()


def read_file(data: bytes, name: str, what: str, version: int) -> list[object]:
    """The records in a file, under the plural of `what`, as JSON has them.

    :param name: the file's, for what is wrong with it.
    :raises ValueError: when it is no such file, of another version, or too large.
    """
    if len(data) > MAX_FILE_BYTES:
        raise ValueError(f"{name} has more than the {MAX_FILE_BYTES:,} bytes that are read")
    try:
        stored = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} is no JSON: {one_line(str(error))}; mend it or move it away") from error
    records = stored.get(f"{what}s") if isinstance(stored, dict) else None
    if not isinstance(records, list):
        raise ValueError(f'{name} is no file of {what}s; expected {{"version": {version}, "{what}s": […]}}')
    if stored.get("version") != version:
        raise ValueError(
            f"{name} is of version {one_line(str(stored.get('version')), 20)}, expected {version}; "
            "a newer version of this program may read it"
        )
    if len(records) > MAX_RECORDS:
        raise ValueError(f"{name} has {len(records):,} {what}s, at most {MAX_RECORDS:,} are read")
    return records


def read_each(records: Sequence[object], read: Callable[[Mapping[str, Any]], T], name: str, what: str) -> Iterator[T]:
    """What `read` makes of each; where it raises ValueError, the message says which record of which file it is.

    :raises ValueError: also where two have the same id.
    """
    seen: set[str] = set()
    for number, record in enumerate(records, start=1):
        try:
            if not isinstance(record, dict):
                raise ValueError("is no object")
            made = read(record)
        except ValueError as error:
            raise ValueError(f"{name}: {what} {number} {error}; mend it or take it out") from error
        if record["id"] in seen:
            raise ValueError(f"{name} has two {what}s with the id {record['id']!r}; take one out")
        seen.add(record["id"])
        yield made


def read_line(record: Mapping[str, Any], key: str, max_chars: int, *, may_lack: bool = False) -> str | None:
    """The line at `key`.

    :raises ValueError: when it is no visible line of at most `max_chars` characters, or missing and may not be.
    """
    value = record.get(key)
    if value is None and may_lack:
        return None
    if not isinstance(value, str) or not value.strip() or not is_one_line(value, max_chars):
        raise ValueError(
            f"has {one_line(str(value), 40)!r} as “{key}”, expected a line of at most {max_chars} characters"
        )
    return value


def read_anchor(found: Mapping[str, Any]) -> Anchor:
    """The place of a record.

    :raises ValueError: when it is none.
    """
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
