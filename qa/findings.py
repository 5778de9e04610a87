"""What a question turned up, before it is decided whether that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus import Document
from index import FloatArray, Hit
from qa.answers import Quote, RetrievedPassage
from qa.reading.reader import Reading


@dataclass(frozen=True, slots=True)
class Findings:
    """What a question turned up: the hits, best first, their documents by id, and what the reader made of them.

    `embedding` is that of the question as it was searched for, shape `(dim,)`: all cosines are to it. `narrowed` says
    that only some speakers were looked at.
    """

    standalone: str
    embedding: FloatArray
    hits: tuple[Hit, ...]
    documents: dict[str, Document]
    reading: Reading
    timings_ms: dict[str, float]
    narrowed: bool = False


def quote_hits(hits: Sequence[Hit], documents: Mapping[str, Document]) -> tuple[RetrievedPassage, ...]:
    """The passages found, their words quoted from `documents`, which has each by its id."""
    return tuple(
        RetrievedPassage(
            passage_id=hit.passage.passage_id,
            quote=Quote.from_span(documents[hit.passage.doc_id], hit.passage.start, hit.passage.end, score=hit.score),
            cosine=hit.cosine,
            bm25=hit.bm25,
        )
        for hit in hits
    )


def find_short(reading: Reading, documents: Mapping[str, Document]) -> str | None:
    """The words of the shortest exact answer in the best evidence, of which there must be some; None without one."""
    best = reading.evidence[0]
    return None if best.short is None else documents[best.doc_id].text[best.short[0] : best.short[1]]
