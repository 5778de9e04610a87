"""A report in JSON read back: what `DraftReport.to_dict` writes, whoever it came from."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_args

from qa.checking.records import VERDICTS, Change, CheckedQuotation, DraftReport, SourcePlace, WordChange
from qa.errors import DraftInvalid

T = TypeVar("T")


def load_report(path: str | Path) -> DraftReport:
    """The report in a JSON file.

    :raises DraftInvalid: when it cannot be read, or holds none.
    """
    try:
        return read_report(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise DraftInvalid(f"{path} holds no report: {error}") from error


def read_report(record: object) -> DraftReport:
    """The report that `DraftReport.to_dict` gave as `record`; keys that are not known are passed over.

    :raises DraftInvalid: when it is none.
    """
    try:
        found = _object(record, "the report")
        draft = _object(found["draft"], "the draft")
        text = _text(draft["text"], "the draft’s text")
        quotations = tuple(_read_quotation(each, text) for each in _list(found["quotations"], "quotations"))
        return DraftReport(
            _text(draft["name"], "the draft’s name"),
            _text(draft["format"], "the draft’s format"),
            text,
            _number(found["documents"], "documents"),
            quotations,
        )
    except KeyError as error:
        raise DraftInvalid(f"this is no report of a check: {error.args[0]!r} is missing") from error


def _read_quotation(record: object, text: str) -> CheckedQuotation:
    found = _object(record, "a quotation")
    start, end = _number(found["start"], "start"), _number(found["end"], "end")
    if not 0 <= start < end <= len(text) or text[start:end] != found["text"]:
        raise DraftInvalid(f"the quotation at {start}-{end} is not what the draft has there")
    if found["verdict"] not in VERDICTS:
        raise DraftInvalid(f"{found['verdict']!r:.40} is no verdict; expected one of {', '.join(VERDICTS)}")
    nearest = found["nearest"]
    return CheckedQuotation(
        text=text[start:end],
        start=start,
        end=end,
        verdict=found["verdict"],
        attributed_to=_text_or_none(found["attributed_to"], "attributed_to"),
        told=_text_or_none(found.get("told"), "told"),
        places=tuple(_read_place(each) for each in _list(found["places"], "places")),
        nearest=None if nearest is None else _read_place(nearest),
        changes=tuple(_read_change(each) for each in _list(found.get("changes", []), "changes")),
        note=_text(found.get("note", ""), "note"),
    )


def _read_place(record: object) -> SourcePlace:
    found = _object(record, "a place")
    for name in ("start", "end"):
        _number(found[name], name)
    for name in ("start_ms", "page"):
        if found.get(name) is not None:
            _number(found[name], name)
    for name in ("doc_id", "title", "text", "before", "after"):
        _text(found[name], name)
    for name in ("speaker", "link"):
        _text_or_none(found.get(name), name)
    if found["kind"] not in ("speech", "narration", "furniture") or found.get("role") not in (None, "asks", "answers"):
        raise DraftInvalid("a place is of no kind, or its speaker has no such role")
    return _make(SourcePlace, found)


def _read_change(record: object) -> WordChange:
    found = _object(record, "a change")
    if found["change"] not in get_args(Change):
        raise DraftInvalid(f"{found['change']!r:.40} is no change; expected one of {', '.join(get_args(Change))}")
    for name in ("said", "written"):
        _text(found[name], name)
    return _make(WordChange, found)


def _make(kind: type[T], found: dict[str, Any]) -> T:
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # both are dataclasses
    return kind(**{name: value for name, value in found.items() if name in names})


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DraftInvalid(f"{what} is {value!r:.40}, expected an object")
    return value


def _list(value: object, what: str) -> list[object]:
    if not isinstance(value, list):
        raise DraftInvalid(f"{what} is {value!r:.40}, expected a list")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise DraftInvalid(f"{what} is {value!r:.40}, expected text")
    return value


def _text_or_none(value: object, what: str) -> str | None:
    return None if value is None else _text(value, what)


def _number(value: object, what: str) -> int:
    if type(value) is not int or value < 0:
        raise DraftInvalid(f"{what} is {value!r:.40}, expected a whole number")
    return value
