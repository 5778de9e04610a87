"""The formats of exports: what each is called, how its file ends, and what writes and reads it."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from qa.answers import Citation, load_answers
from qa.answers.codec import MAX_ANSWERS_BYTES
from qa.errors import AnswersInvalid, ExportInvalid
from qa.exports.records import ExportedAnswers

# A workbook or a Word file with a hundred thousand quotes unpacks to less; a zip bomb to far more.
MAX_UNPACKED_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its name, what people call it, how its files end, and their media type.

    `writer` and `reader` name a function each, as "module:function"; the module, and what it needs, is loaded when it
    is used. There is no reader where a file says no place of a quote, which could be checked again.
    """

    name: str
    label: str
    ending: str
    media_type: str
    writer: str
    reader: str | None = None

    def write(self, answers: ExportedAnswers) -> bytes:
        """The answers as the bytes of such a file.

        :raises ExportInvalid: when they do not fit into the format.
        """
        return cast(Callable[[ExportedAnswers], bytes], _load(self.writer))(answers)

    def read(self, data: bytes) -> list[Citation]:
        """The quotes in such a file.

        :raises AnswersInvalid: when it is none, or the format holds no places.
        """
        if self.reader is None:
            raise AnswersInvalid(f"{self.label} names no places of quotes, so that there is nothing to check")
        return cast(Callable[[bytes], list[Citation]], _load(self.reader))(data)


def _write_json(answers: ExportedAnswers) -> bytes:
    parts = [
        {
            "question": part.question,
            "asked_of": part.asked_of,
            "text": part.words,
            "short": part.short,
            "confidence": part.probability,
            "has_confidence": part.probability is not None,
            "note": part.note,
            "quotes": [{**exported.quote.to_dict(), "citation": exported.citation} for exported in part.quotes],
        }
        for part in answers.parts
    ]
    return (json.dumps({"answers": parts}, ensure_ascii=False, indent=2) + "\n").encode()


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = (
    ExportFormat(
        "word",
        "Word, with footnotes",
        ".docx",
        f"{_OFFICE}.wordprocessingml.document",
        "word:write_word_notes",
        "word:read_word_notes",
    ),
    ExportFormat(
        "markdown",
        "Markdown, with notes",
        ".md",
        "text/markdown",
        "markdown:write_markdown_notes",
        "markdown:read_markdown_notes",
    ),
    ExportFormat("html", "A page that stands alone", ".html", "text/html", "page:write_page", "page:read_page"),
    ExportFormat("csv", "CSV, a quote a row", ".csv", "text/csv", "csv_table:write_csv", "csv_table:read_csv"),
    ExportFormat(
        "xlsx", "Excel, a quote a row", ".xlsx", f"{_OFFICE}.spreadsheetml.sheet", "xlsx:write_xlsx", "xlsx:read_xlsx"
    ),
    ExportFormat("qdpx", "REFI-QDA project", ".qdpx", "application/vnd.qdpx+zip", "qdpx:write_qdpx", "qdpx:read_qdpx"),
    ExportFormat(
        "annotations",
        "W3C Web Annotations",
        ".jsonld",
        "application/ld+json",
        "annotations:write_annotations",
        "annotations:read_annotations",
    ),
    ExportFormat("ris", "RIS references", ".ris", "application/x-research-info-systems", "ris:write_ris"),
    ExportFormat("csl", "CSL-JSON references", ".csl.json", "application/vnd.citationstyles.csl+json", "ris:write_csl"),
    ExportFormat("json", "JSON", ".json", "application/json", "formats:_write_json"),
)
ENDINGS = tuple(each.ending for each in FORMATS)


def find_format(path: Path) -> ExportFormat:
    """The format that the end of the file's name tells.

    :raises ExportInvalid: when it tells none.
    """
    fitting = [each for each in FORMATS if path.name.lower().endswith(each.ending)]
    if not fitting:
        raise ExportInvalid(f"{path} ends in none of {', '.join(ENDINGS)}")
    return max(fitting, key=lambda each: len(each.ending))


def named_format(name: str) -> ExportFormat:
    """The format of that name.

    :raises ExportInvalid: when there is none.
    """
    found = [each for each in FORMATS if each.name == name]
    if not found:
        raise ExportInvalid(f"{name!r:.60} is no format; expected one of {', '.join(each.name for each in FORMATS)}")
    return found[0]


def load_citations(path: Path) -> list[Citation]:
    """The quotes in an exported file, in whichever format; one whose name tells none is read as JSON.

    :raises AnswersInvalid: when it cannot be read, or is none that was exported here.
    """
    try:
        form = find_format(path)
    except ExportInvalid:
        form = named_format("json")
    if form.name == "json":
        return [quote for answer in load_answers(path) for quote in answer.quotes]
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ANSWERS_BYTES + 1)
        if len(data) > MAX_ANSWERS_BYTES:
            raise AnswersInvalid(f"it has more than the {MAX_ANSWERS_BYTES:,} bytes that are read; split it")
        _check_unpacked(path)
        return form.read(data)
    except AnswersInvalid as error:
        raise AnswersInvalid(f"{path}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise AnswersInvalid(f"{path} cannot be read: {error}; give a file that was exported here") from error


def _check_unpacked(path: Path) -> None:
    """Refuse an archive that unpacks to more than any export does, before anything in it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        return
    if size > MAX_UNPACKED_BYTES:
        raise AnswersInvalid(f"it unpacks to {size:,} bytes, more than an export does ({MAX_UNPACKED_BYTES:,})")


def _load(named: str) -> object:
    module, function = named.split(":")
    return getattr(import_module(f"qa.exports.{module}"), function)
