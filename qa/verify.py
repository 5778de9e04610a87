"""Exported quotes against today's sources: whether the words still stand, where, and whose they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from corpus import Document, count_agreeing, find_all
from index import DocumentNotFound, PassageView
from qa.answers import Citation, Quote
from qa.errors import QuoteInvalid

__all__ = ["Finding", "Verdict", "verify"]

# `exact` and `moved` are good; `changed`, `gone`, `absent` and `invalid` are not.
Verdict = Literal["exact", "moved", "changed", "gone", "absent", "invalid"]
# Of words that stand in more places than this, the others are not looked at: a quote is longer than that.
MAX_PLACES = 2000
# What is said of a quote besides its words, and what it is called.
_CLAIMS = {
    "title": "title",
    "speaker": "speaker",
    "kind": "kind of text",
    "role": "role",
    "page": "page",
    "start_ms": "time in milliseconds",
    "corrected": "correction",
    "media_fragment": "place in the recording",
    "maker": "program that wrote it down",
}
_ABSENT = "this index has no document of that name: it was never in it, or was removed"
# An edited source may have got another headline; that is reported, but the words are still its own.
_MOVING = frozenset({"title"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a citation.

    `exact`: the same words, at the same place, and all that is said of them is so. `moved`: the same at `start` to
    `end` now. `changed`: what stands there now, between the same surroundings or with something else said of it, is
    `now`. `gone`: the document is there, the words are no longer in it. `absent`: the index has no such document;
    whether it ever had cannot be told. `invalid`: it is no quote, having no words or crossing from one turn into
    another, labels included. `differences` says in words what is not so.
    """

    citation: Citation
    verdict: Verdict
    start: int | None = None
    end: int | None = None
    now: str | None = None
    differences: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the citation may be relied on."""
        return self.verdict in ("exact", "moved")


def verify(citations: Sequence[Citation], view: PassageView) -> list[Finding]:
    """What became of each citation, in order; found again by its words, among several places by what was around."""
    documents: dict[str, Document | None] = {}
    for citation in citations:
        if citation.doc_id not in documents:
            try:
                documents[citation.doc_id] = view.document(citation.doc_id)
            except DocumentNotFound:
                documents[citation.doc_id] = None
    return [_verify(citation, documents[citation.doc_id]) for citation in citations]


def _verify(citation: Citation, document: Document | None) -> Finding:
    if document is None:
        return Finding(citation, "absent", differences=(_ABSENT,))
    if not any(character.isalnum() for character in citation.text):
        return Finding(citation, "invalid", differences=("there are no words in it",))
    places = list(_find_places(document.text, citation))
    quotes = [quote for place in places if (quote := _quote_at(document, place, citation)) is not None]
    compared = [(quote, _find_differences(citation, quote, document)) for quote in quotes]
    for quote, differences in compared:
        if not differences and _is_at_its_place(quote, citation):
            return Finding(citation, "exact", quote.start, quote.end)
        if all(name in _MOVING for name in differences) and not _is_at_its_place(quote, citation):
            return Finding(citation, "moved", quote.start, quote.end, differences=tuple(differences.values()))
    if compared:
        quote, differences = compared[0]
        return Finding(citation, "changed", quote.start, quote.end, quote.text, tuple(differences.values()))
    if places:
        end = places[0] + len(citation.text)
        why = "the words cross from one turn into another, or are none of anybody's"
        return Finding(citation, "invalid", places[0], end, differences=(why,))
    between = _find_between(document.text, citation)
    if between is not None:
        return Finding(citation, "changed", *between, now=document.text[slice(*between)])
    return Finding(citation, "gone")


def _quote_at(document: Document, place: int, citation: Citation) -> Quote | None:
    try:
        return Quote.from_span(document, place, place + len(citation.text), score=citation.score)
    except QuoteInvalid:
        return None


def _is_at_its_place(quote: Quote, citation: Citation) -> bool:
    return (quote.start, quote.end) == (citation.start, citation.end)


def _find_differences(citation: Citation, quote: Quote, document: Document) -> dict[str, str]:
    """What is said of the words and is not so, in words, by what it is; what was not said is not so either way."""
    found = {
        name: f"the {called} is {_show(getattr(quote, name))}, not {_show(getattr(citation, name))}"
        for name, called in _CLAIMS.items()
        if name not in citation.unstated and getattr(quote, name) != getattr(citation, name)
    }
    if citation.source_sha256 == document.sha256:  # nothing can have moved in the very same text
        if not _is_at_its_place(quote, citation):
            found["start"] = f"it stands at {quote.start}-{quote.end} of this very text"
        if document.has_own_turns and "turn" not in citation.unstated and citation.turn != quote.turn:
            found["turn"] = f"the turn is {quote.turn}, not {citation.turn}"
        before, after = document.text[: quote.start], document.text[quote.end :]
        if not (before.endswith(citation.prefix) and after.startswith(citation.suffix)):
            found["prefix"] = "the text around it is another one"
    return found


def _show(value: object) -> str:
    return "none" if value is None else f"“{value}”" if isinstance(value, str) else str(value)


def _find_places(text: str, citation: Citation) -> Iterator[int]:
    """Where the words stand: where they are said to, then where the surroundings agree most."""
    said = citation.start if text[max(0, citation.start) : max(0, citation.end)] == citation.text else -1
    if said >= 0:
        yield said
    found = sorted(
        islice(find_all(text, citation.text), MAX_PLACES), key=lambda place: _distance(text, place, citation)
    )
    yield from (place for place in found if place != said)


def _distance(text: str, place: int, citation: Citation) -> tuple[int, int]:
    """How little the surroundings agree, then how far it moved; smaller is nearer."""
    agreeing = count_agreeing(text, place, place + len(citation.text), citation.prefix, citation.suffix)
    return -agreeing, abs(place - citation.start)


def _find_between(text: str, citation: Citation) -> tuple[int, int] | None:
    """What stands now between the old surroundings, when both are there, in order, and not far apart."""
    prefix, suffix = citation.prefix.strip(), citation.suffix.strip()
    if not prefix or not suffix:
        return None
    before = text.find(prefix)
    if before < 0:
        return None
    start = before + len(prefix)
    end = text.find(suffix, start, start + 3 * len(citation.text) + 200)
    return None if end < 0 else (start, end)
