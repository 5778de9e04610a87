"""One quote a row: the columns of the tables for spreadsheets, and such rows read back."""

import re
from collections.abc import Iterator, Mapping

from corpus import one_line
from qa.answers import Citation, citation_from_dict
from qa.errors import AnswersInvalid
from qa.exports.records import ExportedAnswers, ExportedQuote

COLUMNS = (
    *("question", "asked_of", "text", "corrected", "speaker", "role", "document", "title", "start", "end"),
    *("time", "from", "to", "page", "maker", "hash", "probability", "note", "citation"),
)
# Of what is said of a quote besides its place: the column, and the key in a citation.
_SAID = {"speaker": "speaker", "role": "role", "title": "document_title", "corrected": "corrected", "maker": "maker"}
_TIME = re.compile(r"(?P<hours>\d{1,6}):(?P<minutes>\d\d):(?P<seconds>\d\d)\.(?P<milliseconds>\d{3})")


def make_rows(answers: ExportedAnswers) -> Iterator[list[str | int | float | None]]:
    """The cells of each quote, in the order of `COLUMNS`; None for what is not known."""
    return (_make_row(exported) for exported in answers.quotes)


def _make_row(exported: ExportedQuote) -> list[str | int | float | None]:
    quote = exported.quote
    return [
        one_line(exported.question, None),
        exported.asked_of,
        quote.text,
        quote.corrected,
        quote.speaker,
        quote.role,
        quote.doc_id,
        quote.title,
        quote.start,
        quote.end,
        *map(_format_exactly, (quote.start_ms, exported.from_ms, exported.to_ms)),
        quote.page,
        quote.maker,
        quote.source_sha256,
        exported.probability,
        exported.note or None,
        exported.citation,
    ]


def read_row(row: Mapping[str, object], number: int) -> Citation:
    """The citation in a row; what its columns do not say is not claimed.

    :param number: of the row, for the message.
    :raises AnswersInvalid: when it lacks its words or its place.
    """
    record: dict[str, object] = {
        "cited_text": _text(row.get("text")) or "",
        "doc_id": _text(row.get("document")) or "",
        "start_char_index": _whole(row.get("start"), "start", number),
        "end_char_index": _whole(row.get("end"), "end", number),
        "source_sha256": _text(row.get("hash")) or "",
    }
    for column, key in _SAID.items():
        if column in row:
            record[key] = _text(row[column])
    if "page" in row:
        record["page"] = None if row["page"] in (None, "") else _whole(row["page"], "page", number)
    if "time" in row:
        record["start_ms"] = _milliseconds(row["time"], number)
    return citation_from_dict(record)


def require_columns(found: list[str]) -> None:
    """Refuse a table that holds no quotes.

    :raises AnswersInvalid: when a column is missing without which a quote cannot be checked.
    """
    missing = [column for column in ("text", "document", "start", "end") if column not in found]
    if missing:
        raise AnswersInvalid(
            f"it has no column {missing[0]!r}; expected those of an exported table, {', '.join(COLUMNS)}"
        )


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _whole(value: object, column: str, number: int) -> int:
    written = str(value)
    if isinstance(value, float) and value.is_integer():  # as spreadsheets keep numbers
        written = str(int(value))
    if not re.fullmatch(r"\d{1,15}", written):
        raise AnswersInvalid(f"row {number} has {one_line(written, 40)!r} as {column!r}, expected a whole number")
    return int(written)


def _milliseconds(value: object, number: int) -> int | None:
    if value in (None, ""):
        return None
    match = _TIME.fullmatch(str(value))
    if match is None:
        raise AnswersInvalid(
            f"row {number} has {one_line(str(value), 40)!r} as 'time', expected such as 0:04:11.250; "
            "keep the column as text"
        )
    hours, minutes, seconds, milliseconds = (int(part) for part in match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds


def _format_exactly(at_ms: int | None) -> str | None:
    """Such as "0:04:11.250"."""
    if at_ms is None:
        return None
    seconds, milliseconds = divmod(at_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{milliseconds:03}"
