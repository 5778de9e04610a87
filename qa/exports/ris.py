"""The interviews that are quoted, as references for reference managers: RIS and CSL-JSON, an entry an interview."""

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus import Document, one_line
from qa.exports.records import ExportedAnswers, Reference

_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def write_ris(answers: ExportedAnswers) -> bytes:
    """RIS; an interview is a personal communication there, as reference managers have it."""
    entries = ["".join(_write_entry(document, reference)) for document, reference in _entries(answers)]
    return "\r\n".join(entries).encode()


def _write_entry(document: Document, reference: Reference) -> Iterator[str]:
    lines = [("TY", "PCOMM"), ("ID", document.doc_id), *(("AU", name) for name in _interviewees(document))]
    iso = _ISO_DATE.fullmatch(reference.date)
    # The form of RIS is YYYY/MM/DD/other; a date in words is the other.
    date = f"{'/'.join(part or '' for part in iso.groups())}/" if iso else f"///{reference.date}"
    lines += [
        ("A2", reference.interviewer),
        ("TI", document.title),
        ("DA", date if reference.date else ""),
        ("PY", iso[1] if iso else ""),
        ("CY", reference.place),
        ("DP", reference.archive),
        ("T2", reference.collection),
        ("CN", reference.identifier),
        ("UR", reference.url),
        ("N1", f"sha256 {document.sha256}"),
    ]
    yield from (f"{tag}  - {one_line(value, None)}\r\n" for tag, value in lines if value)
    yield "ER  - \r\n"


def write_csl(answers: ExportedAnswers) -> bytes:
    """CSL-JSON, which Zotero, pandoc and others read."""
    entries = [_make_entry(document, reference) for document, reference in _entries(answers)]
    return (json.dumps(entries, ensure_ascii=False, indent=2) + "\n").encode()


def _make_entry(document: Document, reference: Reference) -> dict[str, Any]:
    iso = _ISO_DATE.fullmatch(reference.date)
    issued = {"date-parts": [[int(part) for part in iso.groups() if part]]} if iso else {"literal": reference.date}
    entry: dict[str, Any] = {
        "id": document.doc_id,
        "type": "interview",
        "title": one_line(document.title),
        "author": [{"literal": name} for name in _interviewees(document)],
        "interviewer": [{"literal": reference.interviewer}] if reference.interviewer else [],
        "issued": issued if reference.date else {},
        "event-place": reference.place,
        "archive": reference.archive,
        "archive_collection": reference.collection,
        "call-number": reference.identifier,
        "URL": reference.url,
        "note": f"sha256: {document.sha256}",
    }
    return {key: value for key, value in entry.items() if value}


def _entries(answers: ExportedAnswers) -> Iterator[tuple[Document, Reference]]:
    return ((document, answers.references[doc_id]) for doc_id, document in answers.documents.items())


def _interviewees(document: Document) -> list[str]:
    return [one_line(speaker.name) for speaker in document.speakers if speaker.role != "asks"]
