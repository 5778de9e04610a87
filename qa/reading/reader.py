"""Which words answer a question, and whether any do: the seam."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus import Document
from index import Embedder, FloatArray, Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a document (code points, `end` exclusive) that may answer, inside one passage that was read.

    `score` ranks it, higher is better: of two passages that were read equally closely, a difference of one is a factor
    of e in the odds that this one answers. One that was read less closely scores no higher than any that was read more
    closely. `short` is the span of the shortest exact answer in it, or None.
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

    @property
    def sure_confidence(self) -> float:
        """From this confidence on its evidence is an answer, and below it one perhaps."""
        ...

    @property
    def note(self) -> str:
        """A sentence for whoever asks, where it does not read as well as it could; "" where it does."""
        ...

    def warm_up(self) -> None:
        """Load what reading needs now, so that the first question does not wait for it."""
        ...

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """Rank what in the passages of `hits` answers `question`; `documents` has every document named there, by id.

        :param embedding: what the cosines of `hits` are to, shape `(dim,)`; None for hits without any.
        """
        ...


def find_cosines(
    question: str, embedding: FloatArray | None, hits: Sequence[Hit], texts: Sequence[str], embedder: Embedder
) -> list[float]:
    """The cosine of each hit, whose words are in `texts`; computed where only its words were found.

    :param embedding: what the cosines are to, shape `(dim,)`; None takes that of the question.
    """
    cosines = [hit.cosine or 0.0 for hit in hits]
    missing = [position for position, hit in enumerate(hits) if hit.cosine is None]
    if missing:
        asked = embedder.embed_question(question) if embedding is None else embedding
        computed = embedder.embed_passages([texts[position] for position in missing]) @ asked
        for position, cosine in zip(missing, computed, strict=True):
            cosines[position] = float(cosine)
    return cosines
