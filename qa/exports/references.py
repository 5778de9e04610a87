"""What is known of an interview beyond its words: from a table of the archive's, else from the transcript itself."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from corpus import Document, one_line
from qa.answers import join_words
from qa.errors import ExportInvalid
from qa.exports.records import REFERENCE_FIELDS, Reference

MAX_REFERENCES_BYTES = 16 * 1024 * 1024
_MAX_VALUE_CHARS = 300
# The head of a transcript is shorter than this.
_HEAD_CHARS = 2000
_DATE = re.compile(
    r"^[ \t*_#]*(?:date(?: of (?:the )?interview)?|interview date|interviewed on|recorded(?: on)?)[ \t*_]*:[ \t*_]*"
    r"(?P<date>\S[^\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)


def load_references(path: Path) -> dict[str, Reference]:
    """The references in a CSV file, by document: a column `doc_id`, and some of `REFERENCE_FIELDS`.

    :raises ExportInvalid: when it cannot be read, has no such columns, or others.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_REFERENCES_BYTES + 1)
        if len(data) > MAX_REFERENCES_BYTES:
            raise ExportInvalid(f"{path} has more than the {MAX_REFERENCES_BYTES:,} bytes that are read; split it")
        text = data.decode("utf-8-sig")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ExportInvalid(f"{path} cannot be read: {error}; give a table saved as CSV in UTF-8") from error
    expected = ("doc_id", *REFERENCE_FIELDS)
    columns = [str(column) for column in (rows[0] if rows else {})]
    unknown = [column for column in columns if column not in expected]
    if "doc_id" not in columns or unknown:
        found = f"the column {one_line(unknown[0], 60)!r}" if unknown else "no column 'doc_id' or no rows"
        raise ExportInvalid(f"{path} has {found}; expected the columns {', '.join(expected)}")
    return {row["doc_id"]: Reference(**{name: _clean(row.get(name)) for name in REFERENCE_FIELDS}) for row in rows}


def find_reference(document: Document, given: Mapping[str, Reference]) -> Reference:
    """What is known of the document: what was given, and else who asks in it and the date in its head."""
    reference = given.get(document.doc_id, Reference())
    if not reference.interviewer:
        asking = [one_line(speaker.name) for speaker in document.speakers if speaker.role == "asks"]
        reference = replace(reference, interviewer=join_words(asking, "and") if asking else "")
    if not reference.date:
        found = _DATE.search(document.text[:_HEAD_CHARS])
        reference = replace(reference, date=_clean(found["date"].strip(" *_")) if found else "")
    return reference


def _clean(value: str | None) -> str:
    return one_line(value or "", _MAX_VALUE_CHARS)
