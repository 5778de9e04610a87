"""A report as Markdown: a paragraph a quotation; nothing of a draft or a source acts as Markdown in it."""

import re
from collections.abc import Iterator

from corpus import one_line
from qa.checking.plain import VERDICT_NAMES, describe, show_place, summarize
from qa.checking.records import BAD, CheckedQuotation, DraftReport, SourcePlace

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#+\-!|~&$])")
# What some readers make a link of without any mark.
_LINKS = ((re.compile(r"://"), "&#58;//"), (re.compile(r"(?i)\bwww\."), "www&#46;"), (re.compile("@"), "&#64;"))
_ADDRESS = re.compile(r"https?://[^\s<>()\"'\\]+")


def write_markdown(report: DraftReport) -> str:
    """The report, all quotations in the draft's order."""
    title = f": {_escape(report.name)}" if report.name else ""
    lines = [f"# Quotations{title}", "", _escape(summarize(report)), ""]
    for number, quotation in enumerate(report.quotations, start=1):
        lines += _write(number, quotation)
    return "\n".join(lines)


def _write(number: int, quotation: CheckedQuotation) -> Iterator[str]:
    mark = "**" if quotation.verdict in BAD else ""
    yield f"## {number}. {mark}{_escape(VERDICT_NAMES[quotation.verdict])}{mark}"
    yield ""
    yield f"> “{_escape(quotation.text)}”"
    yield ""
    if quotation.attributed_to is not None:
        yield f"- The draft names {_escape(quotation.attributed_to)}"
    elif quotation.verdict != "no_quotation":
        yield "- The draft names nobody"
    for sentence in describe(quotation):
        yield f"- {_escape(sentence[0].upper() + sentence[1:])}"
    for place in quotation.places:
        yield f"- {_show(place)}"
    if quotation.nearest is not None:
        yield f"- Nearest, not a match: {_show(quotation.nearest)}"
    yield ""


def _show(place: SourcePlace) -> str:
    words = f"{_escape(place.before)} **{_escape(place.text)}** {_escape(place.after)}".strip()
    shown = _escape(show_place(place))
    if place.link is not None and _ADDRESS.fullmatch(place.link) is not None:
        shown = f"[{shown}]({place.link})"
    return f"{shown}: “{words}”"


def _escape(text: str) -> str:
    text = _MARKDOWN.sub(r"\\\1", one_line(text, None))
    for link, shown in _LINKS:
        text = link.sub(shown, text)
    return text
