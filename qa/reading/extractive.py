"""The product's own reader: a small network trained to find the sentence that answers, and to say when none does."""

import json
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Document
from index import Embedder, Hit
from qa.errors import ReaderUnavailable
from qa.reading.excerpt import Excerpt, excerpt_at
from qa.reading.reader import Evidence, Reading, find_cosines

if TYPE_CHECKING:
    from qa.reading.encoding import Encoder
    from qa.reading.network import ReaderNetwork, Score

SETTINGS_FILE = "reader.json"
# The trained network, its word pieces, what was fitted to it, and its model card.
MODEL_FOLDER = Path(__file__).parent / "model"
# How many of the passages are read a second time, with what stands around them. The sentence alone says best whether
# it answers; its surroundings tell apart the few that may.
READ_WITH_SURROUNDINGS = 6


@dataclass(frozen=True, slots=True)
class Settings:
    """What is fitted to the network, on questions that it was not trained on; `python -m qa.training fit` writes it.

    `first_weights` are those of `Features`, by name, in the score that tells what is read a second time, `weights`
    those in the score that ranks after it. `slope` and `offset` turn the best score into the probability that it is
    right. Below `min_confidence` there is no answer.
    """

    first_weights: dict[str, float]
    weights: dict[str, float]
    slope: float
    offset: float
    min_confidence: float


@dataclass(frozen=True, slots=True)
class Features:
    """What is known about one passage. `alone` scores are of the sentence, `around` ones of it in its surroundings."""

    pair_alone: float
    relevance_alone: float
    pair_around: float
    relevance_around: float
    cosine: float
    asks: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that was read, its features, and the span of its short answer in the document."""

    hit: Hit
    features: Features
    short: tuple[int, int] | None


class ExtractiveReader:
    """Reads the sentences that were found: each alone, then the likeliest few in their surroundings.

    The network is loaded when first used; one reader serves many threads.
    """

    def __init__(self, embedder: Embedder, folder: Path = MODEL_FOLDER) -> None:
        """Read with the model in `folder`; `embedder` gives the cosine of passages that only their words had found."""
        self._embedder = embedder
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[ReaderNetwork, Encoder] | None = None

    @cached_property
    def settings(self) -> Settings:
        """What was fitted to the network.

        :raises ReaderUnavailable: when the file is missing or not of the form.
        """
        path = self._folder / SETTINGS_FILE
        try:
            return Settings(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ReaderUnavailable(f"the reader's settings {path} cannot be read: {error}") from error

    @property
    def min_confidence(self) -> float:
        """The threshold that was fitted."""
        return self.settings.min_confidence

    def read(self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Reading:
        """What was read twice, ranked by the fitted score; then what was read once, in the order of that reading."""
        twice, once = self.look(question, hits, documents)
        weights = self.settings.weights
        ranked = sorted(twice, key=lambda found: (-rate(found.features, weights), found.hit.passage.passage_id))
        evidence = [_to_evidence(found, rate(found.features, weights)) for found in ranked]
        lowest = evidence[-1].score if evidence else 0.0
        evidence += [_to_evidence(found, lowest - place) for place, found in enumerate(once, start=1)]
        return Reading(tuple(evidence), to_probability(evidence[0].score, self.settings) if evidence else 0.0)

    def look(
        self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """The passages read in their surroundings, and the others, each in the order of the first reading."""
        excerpts = [excerpt_at(documents[hit.passage.doc_id], hit.passage) for hit in hits]
        cosines = find_cosines(question, hits, [excerpt.text for excerpt in excerpts], self._embedder)
        alone = self._score(question, [Excerpt(excerpt.text) for excerpt in excerpts])
        read = [
            _make_candidate(hit, excerpt.text, score, None, cosine)
            for hit, excerpt, score, cosine in zip(hits, excerpts, alone, cosines, strict=True)
        ]
        weights = self.settings.first_weights
        order = sorted(range(len(hits)), key=lambda place: (-rate(read[place].features, weights), place))
        again = order[:READ_WITH_SURROUNDINGS]
        around = self._score(question, [excerpts[place] for place in again])
        twice = [
            _make_candidate(hits[place], excerpts[place].text, alone[place], score, cosines[place])
            for place, score in zip(again, around, strict=True)
        ]
        return twice, [read[place] for place in order[len(again) :]]

    def warm_up(self) -> None:
        """Load the network now."""
        self._score("ready", [Excerpt("Ready.")])

    def _score(self, question: str, excerpts: Sequence[Excerpt]) -> "list[Score]":
        from qa.reading.network import score_excerpts

        network, encoder = self._model()
        return score_excerpts(network, encoder, [(question, excerpt) for excerpt in excerpts])

    def _model(self) -> "tuple[ReaderNetwork, Encoder]":
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


def rate(features: Features, weights: Mapping[str, float]) -> float:
    """The score that ranks: the weighted sum of the features."""
    return sum(weight * float(getattr(features, name)) for name, weight in weights.items())


def to_probability(score: float, settings: Settings) -> float:
    """The probability, 0 to 1, that a passage of this score answers, where it is the best."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, settings.slope * score + settings.offset))))


def _make_candidate(hit: Hit, text: str, alone: "Score", around: "Score | None", cosine: float) -> Candidate:
    with_surroundings = around or alone
    short = with_surroundings.short
    start = hit.passage.start
    return Candidate(
        hit=hit,
        features=Features(
            pair_alone=alone.pair,
            relevance_alone=alone.relevance,
            pair_around=with_surroundings.pair,
            relevance_around=with_surroundings.relevance,
            cosine=cosine,
            asks=float(text.endswith(("?", "？"))),
        ),
        short=None if short is None else (start + short[0], start + short[1]),
    )


def _to_evidence(found: Candidate, score: float) -> Evidence:
    passage = found.hit.passage
    return Evidence(passage.doc_id, passage.start, passage.end, score, found.short)
