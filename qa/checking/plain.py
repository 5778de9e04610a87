"""A report in the words of a terminal: a line for each quotation, what is wrong with it below."""

from corpus import one_line
from qa.answers import format_time
from qa.checking.records import BAD, VERDICTS, CheckedQuotation, DraftReport, SourcePlace

_MAX_SHOWN_CHARS = 300
# What each verdict is called where people read it.
VERDICT_NAMES = {
    "exact": "exact",
    "typography": "exact but for typography",
    "edited": "edited, with marks",
    "changed": "changed",
    "stitched": "stitched together",
    "misattributed": "somebody else’s words",
    "not_found": "not found",
    "no_quotation": "no quotation",
    "paraphrase": "reported speech",
}


def format_report(report: DraftReport) -> str:
    """The report for a terminal, each part on one visible line."""
    lines = [line for quotation in report.quotations for line in _format(quotation, report.text)]
    return "\n".join([*lines, summarize(report)])


def summarize(report: DraftReport) -> str:
    """How many quotations got which verdict, in a sentence."""
    counts = report.count()
    named = [f"{counts[verdict]} {VERDICT_NAMES[verdict]}" for verdict in VERDICTS if counts[verdict]]
    where = "1 document" if report.documents == 1 else f"{report.documents} documents"
    return f"{', '.join(named) or 'no quotations'}; held against {where}"


def describe(quotation: CheckedQuotation) -> list[str]:
    """What there is to say of a quotation, a sentence each: what differs, whose it is, where else it stands."""
    said = [str(change) for change in quotation.changes]
    if quotation.verdict == "changed" and not said:
        said.append("the words differ further on")
    if quotation.note:
        said.append(quotation.note)
    if quotation.is_twice:
        said.append(f"it was said in {len(quotation.places)} places")
    return said


def show_place(place: SourcePlace) -> str:
    """Who, in which document, and where there."""
    page = f", page {place.page}" if place.page is not None else ""
    time = f", {format_time(place.start_ms)}" if place.start_ms is not None else ""
    who = one_line(place.speaker or ("somebody not named" if place.kind == "speech" else "nobody’s speech"))
    return f"{who}, {one_line(place.title)}{page}{time}, characters {place.start}–{place.end}"


def _format(quotation: CheckedQuotation, text: str) -> list[str]:
    line = text.count("\n", 0, quotation.start) + 1
    mark = "✗" if quotation.verdict in BAD else "·"
    words = one_line(quotation.text, _MAX_SHOWN_CHARS)
    lines = [f"{mark} line {line}: {VERDICT_NAMES[quotation.verdict]}: “{words}”"]
    lines += [f"    {one_line(sentence, 2 * _MAX_SHOWN_CHARS)}" for sentence in describe(quotation)]
    lines += [f"    {show_place(place)}" for place in quotation.places[:3]]
    if quotation.nearest is not None:
        nearest = one_line(quotation.nearest.text, _MAX_SHOWN_CHARS)
        lines.append(f"    nearest, not a match: “{nearest}” ({show_place(quotation.nearest)})")
    return lines
