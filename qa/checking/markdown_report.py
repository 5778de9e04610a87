"""A report as Markdown: a paragraph a quotation; nothing of a draft or a source acts as Markdown in it."""

import re
from collections.abc import Iterator

from qa.checking.plain import VERDICT_NAMES, describe, show_place, summarize
from qa.checking.records import BAD, CheckedQuotation, DraftReport, SourcePlace
from qa.safe_text import escape_markdown

_ADDRESS = re.compile(r"https?://[^\s<>()\"'\\]+")


def write_markdown(report: DraftReport) -> str:
    """The report, all quotations in the draft's order."""
    title = f": {escape_markdown(report.name)}" if report.name else ""
    lines = [f"# Quotations{title}", "", escape_markdown(summarize(report)), ""]
    for number, quotation in enumerate(report.quotations, start=1):
        lines += _write(number, quotation)
    return "\n".join(lines)


def _write(number: int, quotation: CheckedQuotation) -> Iterator[str]:
    mark = "**" if quotation.verdict in BAD else ""
    yield f"## {number}. {mark}{escape_markdown(VERDICT_NAMES[quotation.verdict])}{mark}"
    yield ""
    yield f"> “{escape_markdown(quotation.text)}”"
    yield ""
    if quotation.attributed_to is not None:
        yield f"- The draft names {escape_markdown(quotation.attributed_to)}"
    elif quotation.verdict != "no_quotation":
        yield "- The draft names nobody"
    for sentence in describe(quotation):
        yield f"- {escape_markdown(sentence[0].upper() + sentence[1:])}"
    for place in quotation.places:
        yield f"- {_show(place)}"
    if quotation.nearest is not None:
        yield f"- Nearest, not a match: {_show(quotation.nearest)}"
    yield ""


def _show(place: SourcePlace) -> str:
    words = f"{escape_markdown(place.before)} **{escape_markdown(place.text)}** {escape_markdown(place.after)}".strip()
    shown = escape_markdown(show_place(place))
    if place.link is not None and _ADDRESS.fullmatch(place.link) is not None:
        shown = f"[{shown}]({place.link})"
    return f"{shown}: “{words}”"
