"""What a question turned up, before it is decided whether that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus import Document
from index import EVERYWHERE, FloatArray, Hit, Scope
from qa.answers import Quote, RetrievedPassage
from qa.headline import is_headline
from qa.reading.reader import Evidence, Reading
from qa.replies import asks_about_asking, is_put_to_somebody


@dataclass(frozen=True, slots=True)
class Findings:
    """What a question turned up: the hits, best first, their documents by id, and what the reader made of them.

    `asked` is the question as it was put, `standalone` as it was understood. `embedding` is that of the question as it
    was searched for, shape `(dim,)`: all cosines are to it. `scope` is what was looked at.
    `parts` is what each part of a question in parts turned up; empty for any other. `across` is in how many documents
    each was looked for, where the question was put to all of them; else 0.
    """

    asked: str
    standalone: str
    embedding: FloatArray
    hits: tuple[Hit, ...]
    documents: dict[str, Document]
    reading: Reading
    timings_ms: dict[str, float]
    scope: Scope = EVERYWHERE
    parts: tuple["Findings", ...] = ()
    across: int = 0

    @property
    def narrowed(self) -> bool:
        """Whether only some speakers were looked at."""
        return self.scope.speakers is not None

    @property
    def all_documents(self) -> dict[str, Document]:
        """Those of the question and of its parts, by id."""
        return {doc_id: document for each in (self, *self.parts) for doc_id, document in each.documents.items()}


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


def find_short(question: str, evidence: Sequence[Evidence], documents: Mapping[str, Document]) -> str | None:
    """The words of the shortest exact answer in the best evidence; None where they cannot stand alone.

    Alone, without the name beside them, what was put to somebody would pass for the answer.
    """
    if not evidence or evidence[0].short is None:
        return None
    best, (start, end) = evidence[0], evidence[0].short
    document = documents[best.doc_id]
    if any(words.start < end and start < words.end for words in document.words):
        return None  # what the source says there is not what was said
    turn = document.turn_at(best.start, best.end)
    asked = turn is not None and is_put_to_somebody(document, turn, best.start, best.end)
    if asked and not asks_about_asking(question):
        return None
    text = document.text
    fits = is_headline(question, text[best.start : best.end], start - best.start, end - best.start)
    return text[start:end] if fits else None
