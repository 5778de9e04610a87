"""Exported quotes against today's sources: whether the words still stand, and where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus import Document
from index import DocumentNotFound, PassageView
from qa.answers import Citation

Verdict = Literal["exact", "moved", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a citation.

    `exact`: the same words, of the same speaker, at the same place. `moved`: the same at `start` to `end` now.
    `changed`: what stands there now, between the same surroundings or by another speaker, is `now`. `gone`: the
    document or the words are no longer there.
    """

    citation: Citation
    verdict: Verdict
    start: int | None = None
    end: int | None = None
    now: str | None = None


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
        return Finding(citation, "gone")
    start, end = citation.start, citation.end
    if document.text[start:end] == citation.text and _speaker_at(document, start, end) == citation.speaker:
        return Finding(citation, "exact", start, end)
    places = sorted(
        _find_all(document.text, citation.text), key=lambda place: _distance(document.text, place, citation)
    )
    for place in places:
        if _speaker_at(document, place, place + len(citation.text)) == citation.speaker:
            return Finding(citation, "moved", place, place + len(citation.text))
    if places:
        place = places[0]
        return Finding(citation, "changed", place, place + len(citation.text), now=citation.text)
    between = _find_between(document.text, citation)
    if between is not None:
        return Finding(citation, "changed", *between, now=document.text[slice(*between)])
    return Finding(citation, "gone")


def _speaker_at(document: Document, start: int, end: int) -> str | None:
    """Who says the span; a name that nobody has when it lies in no single turn of the text."""
    turn = document.turn_at(start, end)
    if turn is None or document.turns[turn].kind == "furniture":
        return ""
    return document.turns[turn].speaker


def _find_all(text: str, words: str) -> Iterator[int]:
    place = text.find(words)
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


def _distance(text: str, place: int, citation: Citation) -> tuple[int, int]:
    """How little the surroundings agree, then how far it moved; smaller is nearer."""
    end = place + len(citation.text)
    before = _count_common(text[max(0, place - len(citation.prefix)) : place][::-1], citation.prefix[::-1])
    after = _count_common(text[end : end + len(citation.suffix)], citation.suffix)
    return -(before + after), abs(place - citation.start)


def _count_common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


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
