"""Which words answer a question, and whether any do: the seam, and the first reader behind it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus import Document
from index import Embedder, Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a document (code points, `end` exclusive) that may answer, inside one passage that was read.

    `score` ranks it (higher is better); `short` is the span of the shortest exact answer in it, or None.
    """

    doc_id: str
    start: int
    end: int
    score: float
    short: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found: evidence, best first, and the probability, 0 to 1, that it answers the question."""

    evidence: tuple[Evidence, ...]
    confidence: float


class Reader(Protocol):
    """Reads the retrieved passages for the words that answer."""

    @property
    def min_confidence(self) -> float:
        """Below this confidence its evidence is no answer."""
        ...

    def read(self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Reading:
        """Rank what in the passages of `hits` answers `question`; `documents` has every document named there, by id."""
        ...


# What a BM25 point adds to a cosine.
BM25_WEIGHT = 0.01
# A logistic regression of "the first sentence is right" on the score, over the 31 visible questions about the bundled
# interview. It is nearly flat, because the score hardly tells an answerable question from an unanswerable one.
CONFIDENCE_SLOPE = 1.27
CONFIDENCE_OFFSET = -0.96
# Refuses two thirds of the unanswerable ones among them.
MIN_SCORE = 0.53


class SimilarityReader:
    """The sentence that is nearest to the question by embedding and by words; it understands neither.

    A stand-in until the trained reader, with nothing to load beyond the embedder.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def min_confidence(self) -> float:
        """The confidence at `MIN_SCORE`."""
        return _confidence(MIN_SCORE)

    def read(self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Reading:
        """The passages, which are sentences, ranked by cosine plus weighted BM25."""
        cosines = self._cosines(question, hits, documents)
        evidence = [
            Evidence(hit.passage.doc_id, hit.passage.start, hit.passage.end, cosine + BM25_WEIGHT * (hit.bm25 or 0.0))
            for hit, cosine in zip(hits, cosines, strict=True)
        ]
        evidence.sort(key=lambda found: (-found.score, found.doc_id, found.start))
        return Reading(tuple(evidence), _confidence(evidence[0].score) if evidence else 0.0)

    def _cosines(self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]) -> list[float]:
        """The cosine of each hit; computed where only its words were found."""
        missing = [hit.passage for hit in hits if hit.cosine is None]
        computed: dict[str, float] = {}
        if missing:
            texts = [documents[passage.doc_id].text[passage.start : passage.end] for passage in missing]
            found = self._embedder.embed_passages(texts) @ self._embedder.embed_question(question)
            computed = {passage.passage_id: float(cosine) for passage, cosine in zip(missing, found, strict=True)}
        return [computed[hit.passage.passage_id] if hit.cosine is None else hit.cosine for hit in hits]


def _confidence(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-(CONFIDENCE_SLOPE * score + CONFIDENCE_OFFSET)))
