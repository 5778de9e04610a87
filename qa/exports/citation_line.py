"""The line that cites a quote, made of a template in which only names of fields act."""

import re
from collections.abc import Mapping

from corpus import is_one_line, one_line
from qa.answers import Quote, format_time, introduce
from qa.errors import ExportInvalid
from qa.exports.records import Reference

MAX_TEMPLATE_CHARS = 500
# The order in which oral history archives cite an interview: who, by whom, when, what, where in it, where it is kept.
DEFAULT_CITATION = (
    "{speaker}[, interview by {interviewer}][, {date}][, {place}], “{title}”[, {time}][, page {page}], "
    "characters {start}–{end}[, written down by {maker}][, {collection}][, {archive}][, {identifier}][, {url}]"
)
FIELDS = (
    *("speaker", "interviewer", "date", "place", "title", "time", "page", "start", "end"),
    *("maker", "recording", "collection", "archive", "identifier", "url", "doc_id", "sha256"),
)
_FIELD = re.compile(r"\{([a-z0-9_]+)\}")
_GROUP = re.compile(r"\[([^\[\]]*)\]")


def check_template(template: str) -> str:
    """`template`, in which "{title}" stands for a field; what stands in "[…]" is left out where its field is empty.

    :raises ExportInvalid: when it names another field, has other brackets, or is no line of `MAX_TEMPLATE_CHARS`.
    """
    if not template.strip() or not is_one_line(template, MAX_TEMPLATE_CHARS):
        raise ExportInvalid(
            f"the citation template has {len(template):,} characters, expected one line of 1 to {MAX_TEMPLATE_CHARS}"
        )
    unknown = [name for name in _FIELD.findall(template) if name not in FIELDS]
    if unknown:
        raise ExportInvalid(
            f"the citation template names {one_line(unknown[0], 60)!r}; the fields are {', '.join(FIELDS)}"
        )
    left = re.search(r"[{}\[\]]", _FIELD.sub("", _GROUP.sub(lambda group: group[1], template)))
    if left is not None:
        raise ExportInvalid(
            f"the citation template has a {left[0]!r} that belongs to nothing; write {{title}} for a field and "
            "[…] around what is left out where its field is empty"
        )
    return template


def cite(template: str, values: Mapping[str, str]) -> str:
    """The template, which `check_template` has seen, with its fields filled in; a value is never read as a template."""
    groups = _GROUP.split(template)  # outside and inside of brackets by turns
    filled = [
        "" if number % 2 and any(not values[name] for name in _FIELD.findall(piece)) else _fill(piece, values)
        for number, piece in enumerate(groups)
    ]
    return one_line("".join(filled), None)


def _fill(piece: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda field: values[field[1]], piece)


def values_of(quote: Quote, reference: Reference, from_ms: int | None, to_ms: int | None) -> dict[str, str]:
    """The fields of a quote, as text; "" where they are not known."""
    return {
        "speaker": introduce(quote),
        "interviewer": "" if quote.role == "asks" else reference.interviewer,
        "date": reference.date,
        "place": reference.place,
        "title": one_line(quote.title),
        "time": _format_range(from_ms, to_ms),
        "page": "" if quote.page is None else str(quote.page),
        "start": str(quote.start),
        "end": str(quote.end),
        "maker": "" if quote.maker is None else f"a machine ({one_line(quote.maker)})",
        "recording": "" if quote.media_fragment is None else f"#{one_line(quote.media_fragment)}",
        "collection": reference.collection,
        "archive": reference.archive,
        "identifier": reference.identifier,
        "url": reference.url,
        "doc_id": quote.doc_id,
        "sha256": quote.source_sha256,
    }


def _format_range(from_ms: int | None, to_ms: int | None) -> str:
    """Such as "4:11–4:20"; without its end where that is not known, "" without a beginning."""
    if from_ms is None:
        return ""
    return format_time(from_ms) if to_ms is None else f"{format_time(from_ms)}–{format_time(to_ms)}"
