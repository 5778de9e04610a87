"""The passages around what was quoted before: the answer to a follow-up question mostly stands there.

In the hand-written conversations of `tests/eval`, nine in ten follow-ups are answered within a few sentences of the
quote before; see `tests/bench/conversation.py` for what it brings.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from corpus import Document, Passage, Role
from index import RRF_K, DocumentNotFound, FloatArray, Hit, PassageView, Scope, content_words
from qa.conversation.history import PastExchange, PastQuote

# How many passages on either side of a quote are near it.
NEAR = 12
# Nearness is one more ranking beside meaning and words. It weighs as much as these two together, so that what stands
# next to a quote is always read.
_NEAR_WEIGHT = 2.0
# How many of the passages with the words of a quote are looked at for the quote itself.
_LOOK_AT = 3
_LOOK_BACK = 3


class Span(Protocol):
    """A part of a document."""

    @property
    def doc_id(self) -> str: ...  # noqa: D102

    @property
    def start(self) -> int: ...  # noqa: D102

    @property
    def end(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class QuoteLocation:
    """Where a quote stands: code points, `end` exclusive."""

    doc_id: str
    start: int
    end: int

    def covers(self, other: Span) -> bool:
        """Whether a passage, or a span of one, stands in it whole."""
        return other.doc_id == self.doc_id and self.start <= other.start and other.end <= self.end


def locate_quotes(view: PassageView, said: Sequence[PastQuote], scope: Scope) -> list[QuoteLocation]:
    """Where the quotes stand that the documents in `scope` hold word for word, in their order; the others are left out.

    A quote of which only the words are known is looked up by them.
    """
    places = []
    for quote in said:
        for document in _holders(view, quote, scope):
            start = document.text.find(quote.text)
            if start >= 0:
                places.append(QuoteLocation(document.doc_id, start, start + len(quote.text)))
                break
    return places


def find_title(view: PassageView, exchanges: Sequence[PastExchange], scope: Scope) -> str | None:
    """The title of the document that was quoted last, as far back as `_LOOK_BACK` exchanges.

    None when none was, and where there is only one document to look in: its title tells it from no other.
    """
    several = len(view.documents()) > 1 if scope.doc_ids is None else len(scope.doc_ids) > 1
    if not several:
        return None
    for exchange in reversed(exchanges[-_LOOK_BACK:]):
        for place in locate_quotes(view, exchange.quotes[:1], scope):
            return view.document(place.doc_id).title
    return None


def _holders(view: PassageView, quote: PastQuote, scope: Scope) -> Iterator[Document]:
    """The documents that may hold a quote, the likeliest first."""
    if quote.doc_id is not None and scope.has_document(quote.doc_id):
        with suppress(DocumentNotFound):
            yield view.document(quote.doc_id)
    matching = view.matching(content_words(quote.text), _LOOK_AT, Scope(scope.doc_ids))
    for doc_id in dict.fromkeys(passage.doc_id for passage, _ in matching):
        yield view.document(doc_id)


def add_neighbours(
    view: PassageView,
    hits: Sequence[Hit],
    places: Sequence[QuoteLocation],
    embedding: FloatArray,
    *,
    top_k: int,
    scope: Scope,
) -> list[Hit]:
    """The `top_k` best of `hits` and of the passages near `places`, which rank by how near they stand.

    :param hits: as `index.retrieve` gives them for `embedding`.
    """
    near: dict[str, tuple[float, Passage, float]] = {}
    for place in places:
        around = view.around(embedding, place.doc_id, place.start, NEAR, scope.speakers)
        before = [pair for pair in around if pair[0].end <= place.start]
        after = [pair for pair in around if pair[0].end > place.start]
        # What follows comes before what precedes: people ask on.
        distances = [*enumerate(after), *((steps + 0.5, pair) for steps, pair in enumerate(reversed(before)))]
        for distance, (passage, cosine) in distances:
            known = near.get(passage.passage_id)
            if known is None or distance < known[0]:
                near[passage.passage_id] = (distance, passage, cosine)
    found = {hit.passage.passage_id: hit for hit in hits}
    by_distance = sorted(near.values(), key=lambda entry: (entry[0], entry[1].passage_id))
    for rank, (_, passage, cosine) in enumerate(by_distance, start=1):
        hit = found.get(passage.passage_id, Hit(passage, 0.0, cosine, None))
        found[passage.passage_id] = replace(hit, score=hit.score + _NEAR_WEIGHT / (RRF_K + rank))
    best = sorted(found.values(), key=lambda hit: (-hit.score, hit.passage.passage_id))[:top_k]
    return rank_quoted_last(best, places)


def rank_quoted_last(hits: Sequence[Hit], places: Sequence[QuoteLocation]) -> list[Hit]:
    """`hits` with the passages that were just quoted whole behind the others: they match by their words in the query.

    They stay in, since the same sentence may answer twice.
    """
    return sorted(hits, key=lambda hit: any(place.covers(hit.passage) for place in places))


def restrict_to_role(view: PassageView, role: Role, places: Sequence[QuoteLocation], scope: Scope) -> Scope:
    """`scope` with only the speakers who ask, or who answer, where the quotes stand; unchanged if nobody does."""
    doc_ids = frozenset(place.doc_id for place in places) or scope.doc_ids
    if doc_ids is None:
        infos = view.documents()
        doc_ids = frozenset(info.doc_id for info in infos) if len(infos) == 1 else frozenset()
    speakers = {
        speaker.name for doc_id in sorted(doc_ids) for speaker in view.document(doc_id).speakers if speaker.role == role
    }
    return Scope(doc_ids, frozenset(speakers)) if speakers else scope
