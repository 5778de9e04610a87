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

    def warm_up(self) -> None:
        """Load what reading needs now, so that the first question does not wait for it."""
        ...

    def read(self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Reading:
        """Rank what in the passages of `hits` answers `question`; `documents` has every document named there, by id."""
        ...


# What a BM25 point adds to a cosine, and what a sentence that is itself a question loses, since it seldom answers one.
BM25_WEIGHT = 0.01
QUESTION_PENALTY = 0.03
# A logistic regression of "the first sentence is right" on the score, over the 31 visible questions about the bundled
# interview. It is flat, because the score hardly tells an answerable question from an unanswerable one.
CONFIDENCE_SLOPE = 3.3
CONFIDENCE_OFFSET = -1.67
# Refuses five of the six unanswerable ones among them, and half of the others.
MIN_SCORE = 0.51


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

    def warm_up(self) -> None:
        """The embedder is loaded by whoever asks."""

    def read(self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Reading:
        """The passages, which are sentences, ranked by cosine plus weighted BM25; questions lose a little."""
        evidence = []
        texts = [documents[hit.passage.doc_id].text[hit.passage.start : hit.passage.end] for hit in hits]
        for hit, text, cosine in zip(hits, texts, find_cosines(question, hits, texts, self._embedder), strict=True):
            passage = hit.passage
            asks = text.endswith(("?", "？"))
            score = cosine + BM25_WEIGHT * (hit.bm25 or 0.0) - QUESTION_PENALTY * asks
            evidence.append(Evidence(passage.doc_id, passage.start, passage.end, score))
        evidence.sort(key=lambda found: (-found.score, found.doc_id, found.start))
        return Reading(tuple(evidence), _confidence(evidence[0].score) if evidence else 0.0)


def find_cosines(question: str, hits: Sequence[Hit], texts: Sequence[str], embedder: Embedder) -> list[float]:
    """The cosine of each hit, whose words are in `texts`; computed where only its words were found."""
    cosines = [hit.cosine or 0.0 for hit in hits]
    missing = [place for place, hit in enumerate(hits) if hit.cosine is None]
    if missing:
        computed = embedder.embed_passages([texts[place] for place in missing]) @ embedder.embed_question(question)
        for place, cosine in zip(missing, computed, strict=True):
            cosines[place] = float(cosine)
    return cosines


def _confidence(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-(CONFIDENCE_SLOPE * score + CONFIDENCE_OFFSET)))
