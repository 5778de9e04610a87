"""A report as a file: a page, Markdown, a Word document with comments, or JSON, by the end of its name."""

import json
from collections.abc import Callable
from pathlib import Path

from index import write_atomically
from qa.checking.markdown_report import write_markdown
from qa.checking.page_report import write_page
from qa.checking.records import DraftReport
from qa.errors import DraftInvalid

__all__ = ["REPORT_SUFFIXES", "export_report", "write_report"]


def export_report(report: DraftReport, suffix: str) -> bytes:
    """The report in the form that a file name's end tells, one of `REPORT_SUFFIXES`.

    :raises DraftInvalid: when it is none of them.
    """
    export = _EXPORTS.get(suffix.lower())
    if export is None:
        raise DraftInvalid(f"{suffix!r} is none of {', '.join(REPORT_SUFFIXES)}")
    return export(report)


def write_report(report: DraftReport, path: Path) -> None:
    """Write the report in the form that the name's end tells.

    :raises DraftInvalid: when that is none of `REPORT_SUFFIXES`, or it cannot be written there.
    """
    export = _EXPORTS.get(path.suffix.lower())
    if export is None:
        raise DraftInvalid(f"{path} ends in none of {', '.join(REPORT_SUFFIXES)}")
    try:
        write_atomically(path, export(report))
    except OSError as error:
        raise DraftInvalid(f"{path} cannot be written: {error.strerror or error}") from error


def _json(report: DraftReport) -> bytes:
    return (json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n").encode()


def _word(report: DraftReport) -> bytes:
    from qa.checking.word_report import write_word  # python-docx is loaded for this alone

    return write_word(report)


_EXPORTS: dict[str, Callable[[DraftReport], bytes]] = {
    ".html": lambda report: write_page(report).encode(),
    ".md": lambda report: write_markdown(report).encode(),
    ".docx": _word,
    ".json": _json,
}
REPORT_SUFFIXES = tuple(_EXPORTS)
