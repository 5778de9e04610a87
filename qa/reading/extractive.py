"""The product's own reader: a small network trained to find the sentence that answers, and to say when none does."""

import json
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from corpus import Document, Passage
from index import Embedder, FloatArray, Hit
from qa.errors import ReaderUnavailable
from qa.reading.excerpt import Excerpt, excerpt_at, sentence_at
from qa.reading.reader import Evidence, Reading, find_cosines
from qa.reading.rerank_depth import count_reread

if TYPE_CHECKING:
    from qa.reading.encoding import PairEncoder
    from qa.reading.network import ReaderNetwork, Score

Settings = TypeVar("Settings")

SETTINGS_FILE = "reader.json"
# The trained network, its word pieces, what was fitted to it, and its model card.
MODEL_FOLDER = Path(__file__).parent / "model"
# What the second reading counts for, 0 to 1. In talk, where a sentence is a few words, it alone would rank best; in
# prose of long sentences, the sentence by itself does.
_AROUND = 2 / 3


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What is fitted to the network, on questions that it was not trained on; `python -m qa.training fit` writes it.

    `weights` are those of `Features`, by name, in the score that ranks. `slope` and `offset` turn the best score into
    the probability that it is right. Below `min_confidence` there is no answer, below `sure_confidence` perhaps one.
    """

    weights: dict[str, float]
    slope: float
    offset: float
    min_confidence: float
    sure_confidence: float


@dataclass(frozen=True, slots=True)
class Features:
    """What is known about one passage: two of the network's `Logits`, and how near the question retrieval put it."""

    pair: float
    relevance: float
    cosine: float


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage as it was read alone, and, if it was, again in its surroundings; its short answer in the document."""

    hit: Hit
    alone: Features
    around: Features | None
    short: tuple[int, int] | None


class ExtractiveReader:
    """Reads the sentences that were found: each alone, then the likeliest few in their surroundings.

    Either reading sees what the other does not: alone, a sentence is judged by its own words; its surroundings tell
    what they are about. The network is loaded when first used; one reader serves many threads.
    """

    def __init__(
        self,
        embedder: Embedder,
        folder: Path = MODEL_FOLDER,
        *,
        reread: Callable[[Sequence[float]], int] = count_reread,
    ) -> None:
        """Read with the model in `folder`; `embedder` gives the cosine of passages that only their words had found.

        :param reread: of the passages with these scores, best first, how many to read in their surroundings too.
        """
        self._embedder = embedder
        self._folder = folder
        self._count_reread = reread
        self._lock = threading.Lock()
        self._loaded: tuple[ReaderNetwork, PairEncoder] | None = None

    @cached_property
    def settings(self) -> ReaderSettings:
        """What was fitted to the network.

        :raises ReaderUnavailable: when the file is missing or not of the form.
        """
        return read_settings(self._folder, ReaderSettings)

    @property
    def min_confidence(self) -> float:
        """The threshold that was fitted."""
        return self.settings.min_confidence

    @property
    def sure_confidence(self) -> float:
        """As fitted."""
        return self.settings.sure_confidence

    @property
    def note(self) -> str:
        """Nothing: it always reads as well as it can."""
        return ""

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """What was read twice, scored by both readings; then what was read once, scored by that one.

        The two scores are of one scale, but the first reading knows less: the score of a passage that was read once is
        bounded by the lowest of those that were read twice.
        """
        weights = self.settings.weights
        evidence: list[Evidence] = []
        once = []
        for found in self.read_passages(question, hits, documents, embedding=embedding):
            if found.around is None:
                once.append(found)
            else:
                evidence.append(_to_evidence(found, score_both(found.alone, found.around, weights)))
        evidence.sort(key=lambda each: (-each.score, each.doc_id, each.start))
        bound = evidence[-1].score if evidence else 0.0
        evidence += [_to_evidence(found, min(bound, score_features(found.alone, weights))) for found in once]
        return Reading(tuple(evidence), to_probability(evidence[0].score, self.settings) if evidence else 0.0)

    def read_passages(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> list[ReadPassage]:
        """The passages as the first reading ranks them; the first of them were read again."""
        weights = self.settings.weights
        passages = [(documents[hit.passage.doc_id], hit.passage) for hit in hits]
        sentences = [sentence_at(*each) for each in passages]
        texts = [sentence.text for sentence in sentences]
        cosines = find_cosines(question, embedding, hits, texts, self._embedder)
        scores = self._score(question, sentences)
        alone = [Features(score.pair, score.relevance, cosine) for score, cosine in zip(scores, cosines, strict=True)]
        order, count = rank_by_first_reading(alone, weights, self._count_reread)
        reread = order[:count]
        around: dict[int, Features] = {}
        second = self._score(question, [excerpt_at(*passages[position]) for position in reread])
        for position, score in zip(reread, second, strict=True):
            around[position] = Features(score.pair, score.relevance, cosines[position])
            scores[position] = score
        return [
            ReadPassage(
                hits[position],
                alone[position],
                around.get(position),
                _find_in_document(scores[position].short, *passages[position]),
            )
            for position in order
        ]

    def warm_up(self) -> None:
        """Load the network now."""
        self._score("ready", [Excerpt("Ready.")])

    def _score(self, question: str, excerpts: Sequence[Excerpt]) -> "list[Score]":
        from qa.reading.network import score_excerpts

        network, encoder = self._model()
        return score_excerpts(network, encoder, [(question, excerpt) for excerpt in excerpts])

    def _model(self) -> "tuple[ReaderNetwork, PairEncoder]":
        with self._lock:
            if self._loaded is None:
                # Only who reads pays for what runs the network.
                from safetensors import SafetensorError

                from qa.reading.network import load_reader

                try:
                    self._loaded = load_reader(self._folder)
                except (OSError, ValueError, RuntimeError, SafetensorError) as error:
                    raise ReaderUnavailable(
                        f"the reader's model in {self._folder} cannot be loaded: {error}"
                    ) from error
            return self._loaded


def read_settings(folder: Path, kind: Callable[..., Settings]) -> Settings:
    """What was fitted to the model in `folder`, as a `kind`.

    :raises ReaderUnavailable: when the file is missing or not of the form.
    """
    path = folder / SETTINGS_FILE
    try:
        return kind(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ReaderUnavailable(f"the reader's settings {path} cannot be read: {error}") from error


def score_features(features: Features, weights: Mapping[str, float]) -> float:
    """The score that ranks: the weighted sum of the features."""
    return sum(weight * float(getattr(features, name)) for name, weight in weights.items())


def rank_by_first_reading(
    alone: Sequence[Features], weights: Mapping[str, float], reread: Callable[[Sequence[float]], int] = count_reread
) -> tuple[list[int], int]:
    """The positions of the passages as the first reading ranks them, and how many of them are read again."""
    scores = [score_features(features, weights) for features in alone]
    order = sorted(range(len(scores)), key=lambda position: -scores[position])
    return order, reread([scores[position] for position in order])


def score_both(alone: Features, around: Features, weights: Mapping[str, float]) -> float:
    """The score of a passage that was read twice."""
    return (1 - _AROUND) * score_features(alone, weights) + _AROUND * score_features(around, weights)


def to_probability(score: float, settings: ReaderSettings) -> float:
    """The probability, 0 to 1, that a passage of this score answers, where it is the best."""
    return squash(settings.slope * score + settings.offset)


def squash(log_odds: float) -> float:
    """The probability of these log-odds."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, log_odds))))


def to_log_odds(probability: float) -> float:
    """The log-odds of this probability, bounded as in `squash`."""
    bounded = min(1 - 1e-9, max(1e-9, probability))
    return math.log(bounded / (1 - bounded))


def _find_in_document(short: tuple[int, int] | None, document: Document, passage: Passage) -> tuple[int, int] | None:
    """The span of the document that a span of the folded passage stands for."""
    if short is None:
        return None
    start, end = document.read_with_offsets(passage.start, passage.end).to_source(*short)
    return passage.start + start, passage.start + end


def _to_evidence(found: ReadPassage, score: float) -> Evidence:
    passage = found.hit.passage
    return Evidence(passage.doc_id, passage.start, passage.end, score, found.short)
