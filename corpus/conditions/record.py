"""A condition: what whoever was interviewed asked for, or an archive promised, of what may be shown of a transcript."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from corpus.bounds import MAX_NAME_CHARS
from corpus.conditions.names import find_words, gives_away, list_forms
from corpus.corrections.anchor import Anchor, make_anchor
from corpus.document import Document
from corpus.errors import ConditionInvalid
from corpus.one_line import is_one_line, one_line

ConditionKind = Literal["embargo", "off_record", "pseudonym", "no_export"]
MAX_FORMS = 40
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; it lies over the sources of a collection and never changes them.

    `embargo`: the document is not there for anybody who asks, until the day `until` (ISO 8601, UTC) has begun; `named`
    says whether its title may be told meanwhile. `off_record`: what stands `at` is not shown. `pseudonym`: whoever is
    called one of `forms` is called `to`. `no_export`: what the document says goes into no export.

    `doc_id` is the document; None, for `pseudonym` and `no_export` only, is every one. `by` is whoever set it, `when`
    the time, UTC, as ISO 8601.
    """

    id: str
    kind: ConditionKind
    by: str
    when: str
    doc_id: str | None = None
    until: str | None = None
    named: bool = False
    at: Anchor | None = None
    forms: tuple[str, ...] = ()
    to: str | None = None


def embargo(doc_id: str, until: str, *, by: str, named: bool = False) -> Condition:
    """Keep a document back until the day `until` has begun (YYYY-MM-DD, UTC).

    :param named: its title may be told meanwhile.
    :raises ConditionInvalid: when that is no day.
    """
    return _make("embargo", by, doc_id=doc_id, until=check_day(until), named=named)


def off_record(document: Document, start: int, end: int, *, by: str) -> Condition:
    """Keep back what stands at `start` to `end` of a document (code points, `end` exclusive).

    :raises ConditionInvalid: when nothing stands there.
    """
    if not 0 <= start < end <= len(document.text) or not document.text[start:end].strip():
        raise ConditionInvalid(
            f"{start}-{end} are no words of {one_line(document.doc_id)}, which has {len(document.text):,} characters; "
            "give the words, or where they start and end"
        )
    at = make_anchor(document.text, document.sha256, start, end)
    return _make("off_record", by, doc_id=document.doc_id, at=at)


def pseudonym(name: str, to: str, *, by: str, doc_id: str | None = None, forms: tuple[str, ...] = ()) -> Condition:
    """Show `to` wherever `name` stands, in one document or in all of them.

    :param forms: in which other forms the name stands; without any, its parts by themselves (see `list_forms`).
    :raises ConditionInvalid: when `name`, `to` or a form is no name, or `to` gives the name away.
    """
    known = tuple(dict.fromkeys(_check_name(form) for form in (name, *(forms or list_forms(name)))))
    if len(known) > MAX_FORMS:
        raise ConditionInvalid(f"the name has {len(known)} forms, at most {MAX_FORMS} are taken; leave some out")
    shown = _check_name(to)
    for form in known:
        if not find_words(form):
            raise ConditionInvalid(f"{one_line(form, 80)!r} has no letters or digits; give a name, or a form of it")
        if gives_away(shown, form):
            raise ConditionInvalid(f"{one_line(shown, 80)!r} has words of the name in it; give another pseudonym")
    return _make("pseudonym", by, doc_id=doc_id, forms=known, to=shown)


def no_export(*, by: str, doc_id: str | None = None) -> Condition:
    """Keep what a document says, or what all of them say, out of every export."""
    return _make("no_export", by, doc_id=doc_id)


def check_day(day: str) -> str:
    """The day.

    :raises ConditionInvalid: when it is none, as YYYY-MM-DD.
    """
    try:
        if _DATE.fullmatch(day) is None:
            raise ValueError
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise ConditionInvalid(f"{one_line(day, 40)!r} is no day; expected one such as 2027-01-31") from error


def describe_condition(condition: Condition) -> str:
    """What a condition says, in a few words; it has the hidden ones in it, and is for whoever owns the collection."""
    if condition.kind == "embargo":
        return f"not shown until {condition.until}{', but named' if condition.named else ''}"
    if condition.kind == "pseudonym":
        return f"{' / '.join(condition.forms)} is shown as {condition.to}"
    if condition.at is not None:
        return f"off the record: “{one_line(condition.at.exact, 40)}” ({condition.at.start}-{condition.at.end})"
    return "not exported"


def _make(
    kind: ConditionKind,
    by: str,
    *,
    doc_id: str | None,
    until: str | None = None,
    named: bool = False,
    at: Anchor | None = None,
    forms: tuple[str, ...] = (),
    to: str | None = None,
) -> Condition:
    when = datetime.now(UTC).isoformat(timespec="microseconds")
    by = one_line(by) or "somebody"
    return Condition(secrets.token_hex(6), kind, by, when, doc_id, until, named, at, forms, to)


def _check_name(name: str) -> str:
    name = name.strip()
    if not name or not is_one_line(name, MAX_NAME_CHARS):
        raise ConditionInvalid(
            f"the name is {one_line(name, 80)!r}, expected one line of at most {MAX_NAME_CHARS} characters"
        )
    return name
