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
from qa.excerpt import Excerpt, excerpt_at
from qa.reader import Evidence, Reading, find_cosines

if TYPE_CHECKING:
    from qa.encoding import Encoder
    from qa.network import ReaderNetwork, Score

SETTINGS_FILE = "reader.json"
# How many of the passages are read a second time, with what stands around them. The sentence alone says best whether
# it answers; its surroundings tell apart the few that may.
READ_WITH_SURROUNDINGS = 6
# The order in which passages are read again: what a cosine weighs beside the network's first score.
_COSINE_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What is fitted to the network, on questions that it was not trained on; `python -m qa.training fit` writes it.

    `weights` are those of `Features`, by name, in the score that ranks. `slope` and `offset` turn what
    `confidence_features` sees into a probability. Below `min_confidence` there is no answer.
    """

    weights: dict[str, float]
    confidence: dict[str, float]
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

    def __init__(self, embedder: Embedder, folder: Path) -> None:
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
        return Reading(tuple(evidence), self._confidence(ranked))

    def look(
        self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """The passages read in their surroundings, and the others, each in the order of the first reading."""
        excerpts = [excerpt_at(documents[hit.passage.doc_id], hit.passage) for hit in hits]
        cosines = find_cosines(question, hits, [excerpt.text for excerpt in excerpts], self._embedder)
        alone = self._score(question, [Excerpt(excerpt.text) for excerpt in excerpts])
        first = [score.pair + _COSINE_WEIGHT * cosine for score, cosine in zip(alone, cosines, strict=True)]
        order = sorted(range(len(hits)), key=lambda place: (-first[place], hits[place].passage.passage_id))
        again = order[:READ_WITH_SURROUNDINGS]
        around = dict(zip(again, self._score(question, [excerpts[place] for place in again]), strict=True))
        candidates = [
            _make_candidate(hits[place], excerpts[place].text, alone[place], around.get(place), cosines[place])
            for place in order
        ]
        return candidates[: len(again)], candidates[len(again) :]

    def warm_up(self) -> None:
        """Load the network now."""
        self._score("ready", [Excerpt("Ready.")])

    def _confidence(self, ranked: Sequence[Candidate]) -> float:
        if not ranked:
            return 0.0
        features = confidence_features([found.features for found in ranked], self.settings.weights)
        total = self.settings.offset + sum(weight * features[name] for name, weight in self.settings.confidence.items())
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))

    def _score(self, question: str, excerpts: Sequence[Excerpt]) -> "list[Score]":
        from qa.network import score_excerpts

        network, encoder = self._model()
        return score_excerpts(network, encoder, [(question, excerpt) for excerpt in excerpts])

    def _model(self) -> "tuple[ReaderNetwork, Encoder]":
        with self._lock:
            if self._loaded is None:
                # Torch and transformers take seconds to import: only who reads pays for them.
                from safetensors import SafetensorError

                from qa.network import load_reader

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


def confidence_features(ranked: Sequence[Features], weights: Mapping[str, float]) -> dict[str, float]:
    """What tells whether the first of `ranked` answers: how good it is, and by how much better than the next."""
    best = ranked[0]
    score = rate(best, weights)
    following = rate(ranked[1], weights) if len(ranked) > 1 else score
    return {
        "score": score,
        "margin": score - following,
        "pair_alone": best.pair_alone,
        "relevance_alone": best.relevance_alone,
        "relevance_around": best.relevance_around,
        "cosine": best.cosine,
    }


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
