"""The report on a draft as HTML for the page: a line a quotation, with links to where its words stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa import CheckedQuotation, DraftReport
from qa.checking import BAD, GOOD, VERDICT_NAMES, SourcePlace, describe, summarize
from ui.markup import render

# What is shown of each quotation's places; all of them are in the report that a program gets.
MAX_SHOWN_PLACES = 5


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A line of the report; `mark` is "good", "bad" or "other"."""

    mark: str
    verdict: str
    named: str | None
    text: str
    said: tuple[str, ...]
    places: tuple[SourcePlace, ...]
    nearest: SourcePlace | None


@dataclass(frozen=True, slots=True)
class DraftPiece:
    """A part of the draft's text; `number` is that of its line in the report, None for what is no quotation."""

    text: str
    number: int | None = None
    mark: str = ""
    verdict: str = ""


def render_checked(report: DraftReport) -> str:
    """The draft with its quotations marked, and the report in its order; without quotations it says so."""
    rows = [_show(quotation) for quotation in report.quotations]
    return render("checked.html", "checked", summarize(report), list(_cut(report, rows)), rows)


def _cut(report: DraftReport, rows: Sequence[CheckedRow]) -> Iterator[DraftPiece]:
    position = 0
    for number, (quotation, row) in enumerate(zip(report.quotations, rows, strict=True), start=1):
        if quotation.start >= position:
            yield DraftPiece(report.text[position : quotation.start])
            yield DraftPiece(quotation.text, number, row.mark, row.verdict)
            position = quotation.end
    yield DraftPiece(report.text[position:])


def _show(quotation: CheckedQuotation) -> CheckedRow:
    return CheckedRow(
        mark="bad" if quotation.verdict in BAD else "good" if quotation.verdict in GOOD else "other",
        verdict=VERDICT_NAMES[quotation.verdict],
        named=quotation.attributed_to,
        text=quotation.text,
        said=tuple(describe(quotation)),
        places=quotation.places[:MAX_SHOWN_PLACES],
        nearest=quotation.nearest,
    )
