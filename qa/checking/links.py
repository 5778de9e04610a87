"""Links from a report to the chat, which opens a transcript at a place and marks the words."""

from dataclasses import replace
from urllib.parse import quote as escape_url
from urllib.parse import urlsplit

from qa.checking.records import CheckedQuotation, DraftReport, SourcePlace

__all__ = ["link_places"]


def link_places(report: DraftReport, chat: str) -> DraftReport:
    """The report with a link for every place: into the chat at the address `chat`, where it serves the same index.

    :raises ValueError: when the address is none of a page.
    """
    if not chat.startswith(("http://", "https://")):
        raise ValueError(f"{chat!r} is no address of a page; expected http://127.0.0.1:7860/ or the like")
    parts = urlsplit(chat)
    base = parts._replace(
        path=f"{parts.path.rstrip('/')}/", fragment=""
    ).geturl()  # it may name a collection behind "?"
    return replace(report, quotations=tuple(_link(quotation, base) for quotation in report.quotations))


def _link(quotation: CheckedQuotation, base: str) -> CheckedQuotation:
    places = tuple(_address(place, base) for place in quotation.places)
    nearest = None if quotation.nearest is None else _address(quotation.nearest, base)
    return replace(quotation, places=places, nearest=nearest)


def _address(place: SourcePlace, base: str) -> SourcePlace:
    return replace(place, link=f"{base}#{escape_url(place.doc_id, safe='')}:{place.start}-{place.end}")
