"""A report as a Word document: the draft's text, with a comment at each quotation."""

import io
import itertools
from bisect import bisect_left

import docx
from docx.document import Document as WordDocument
from docx.text.run import Run

from corpus import one_line
from qa.checking.plain import VERDICT_NAMES, describe, show_place
from qa.checking.records import CheckedQuotation, DraftReport
from qa.safe_text import xml_text

_AUTHOR, _INITIALS = "On the Record", "OTR"
_MAX_PLACES = 10


def write_word(report: DraftReport) -> bytes:
    """The document as the bytes of a .docx file, a paragraph a line of the draft."""
    document = docx.Document()
    quotations = [quotation for quotation in report.quotations if quotation.verdict != "no_quotation"]
    edges = sorted({edge for quotation in quotations for edge in (quotation.start, quotation.end)})
    runs: list[tuple[int, Run]] = []
    position = 0
    for line in report.text.split("\n"):
        runs += _write_line(document, line, position, edges)
        position += len(line) + 1
    starts = [start for start, _ in runs]
    for quotation in quotations:
        commented = [run for _, run in runs[bisect_left(starts, quotation.start) : bisect_left(starts, quotation.end)]]
        if commented:
            document.add_comment(commented, text=_explain(quotation), author=_AUTHOR, initials=_INITIALS)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _write_line(document: WordDocument, line: str, start: int, edges: list[int]) -> list[tuple[int, Run]]:
    """A paragraph of the line, which begins at `start` of the draft, in runs that are parted at `edges`."""
    if not line.strip():
        return []
    paragraph = document.add_paragraph()
    inside = edges[bisect_left(edges, start + 1) : bisect_left(edges, start + len(line))]
    places = [start, *inside, start + len(line)]
    return [
        (first, paragraph.add_run(xml_text(line[first - start : last - start])))
        for first, last in itertools.pairwise(places)
    ]


def _explain(quotation: CheckedQuotation) -> str:
    lines = [VERDICT_NAMES[quotation.verdict].capitalize()]
    lines += describe(quotation)
    lines += [show_place(place) for place in quotation.places[:_MAX_PLACES]]
    if quotation.verdict not in ("exact", "typography"):
        lines += [f"The source has: “{one_line(place.text, None)}”" for place in quotation.places[:_MAX_PLACES]]
    if quotation.nearest is not None:
        lines.append(
            f"Nearest, not a match: “{one_line(quotation.nearest.text, None)}” ({show_place(quotation.nearest)})"
        )
    return xml_text("\n".join(lines))
