"""The report on a draft as HTML for the page: a line a quotation, with links to where its words stand."""

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


def render_checked(report: DraftReport) -> str:
    """The report, in the draft's order; without quotations it says so."""
    return render("checked.html", "checked", summarize(report), [_show(quotation) for quotation in report.quotations])


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
