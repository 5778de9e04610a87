"""What stands on top of the network: the weights that rank, the probability, and the threshold of silence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from qa.reading.extractive import Features, Settings, rate, to_probability
from qa.training.cases import Case

# What is known of a passage that was read alone.
FIRST_FEATURES = ("pair_alone", "relevance_alone", "cosine", "asks")
# Interviews and meetings are what the reader is for: they count fully, every other set a quarter.
INTERVIEWS = ("eval", "qmsum")
OTHER_SETS_WEIGHT = 0.25
# Sets in which people talk: those whose answerable questions the threshold lets through.
TALK = (*INTERVIEWS, "friendsqa", "molweni")
# So many of the answerable questions about talk are to be answered. The threshold was meant to allow one wrong answer
# in ten; with this reader that would leave hardly any answer to questions in people's own words: see the model card.
ANSWERED = 0.9
# scikit-learn's C of the L2 penalty, with weights of all examples that add up to one. It is so strong that every
# feature counts about as much as it tells gold from the rest by itself: with weaker penalties, one set gains what
# others lose.
_C = 0.1


def fit(cases: Sequence[Case]) -> Settings:
    """Rank on the "choose" cases; probability and threshold on the "calibrate" ones, ranked by the weights found.

    A set's questions count alike however many were read of it.
    """
    chosen_on = [case for case in cases if case.role == "choose"]
    first_weights = fit_weights(chosen_on, FIRST_FEATURES)
    weights = fit_weights([_read_twice(case) for case in chosen_on], [field.name for field in fields(Features)])
    calibrated_on = [case for case in cases if case.role == "calibrate"]
    slope, offset = fit_confidence(calibrated_on, weights)
    settings = Settings(first_weights, weights, slope, offset, min_confidence=1.0)
    return replace(settings, min_confidence=find_threshold(calibrated_on, settings))


def fit_weights(cases: Sequence[Case], names: Sequence[str]) -> dict[str, float]:
    """Weights of the features `names` under which a gold passage outranks the others.

    Logistic regression on the differences of the two; scaled, so that a difference of scores is one of log-odds.
    """
    differences, importance = [], []
    counts = Counter(case.source for case in cases if any(case.gold))
    for case in cases:
        rows = np.array([[float(getattr(features, name)) for name in names] for features in case.features])
        gold, others = rows[np.array(case.gold)], rows[~np.array(case.gold)]
        for best in gold:
            differences.append(best - others)
            share = _weigh(case.source) / (counts[case.source] * max(1, len(gold) * len(others)))
            importance.append(np.full(len(others), share))
    stacked, weight = np.concatenate(differences), np.concatenate(importance)
    # Each difference once as it is and once turned round, so that the two classes are even and no offset is needed.
    inputs, labels = np.concatenate([stacked, -stacked]), np.repeat([1, 0], len(stacked))
    weight = np.concatenate([weight, weight]) / (2 * weight.sum())
    scale = inputs.std(axis=0) + 1e-9
    model = LogisticRegression(C=_C, fit_intercept=False, max_iter=1000)
    model.fit(inputs / scale, labels, sample_weight=weight)
    direction = model.coef_[0] / scale
    unpenalized = LogisticRegression(C=1e6, fit_intercept=False, max_iter=1000)
    unpenalized.fit((inputs @ direction)[:, None], labels, sample_weight=weight)
    return {
        name: round(float(value), 4) for name, value in zip(names, direction * unpenalized.coef_[0][0], strict=True)
    }


def fit_confidence(cases: Sequence[Case], weights: dict[str, float]) -> tuple[float, float]:
    """Slope and offset that turn the best score into the probability that its passage is right (Platt, 1999)."""
    counts = Counter(case.source for case in cases)
    scores = np.array([[best_score(case, weights)] for case in cases])
    labels = np.array([_is_right(case, weights) for case in cases])
    importance = np.array([_weigh(case.source) / counts[case.source] for case in cases])
    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(scores, labels, sample_weight=importance / importance.sum())
    return round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4)


def find_threshold(cases: Sequence[Case], settings: Settings) -> float:
    """The confidence that `ANSWERED` of the answerable questions reach, in the mean over the sets of `TALK`."""
    asked = [case for case in cases if case.answerable and case.source in TALK]
    counts = Counter(case.source for case in asked)
    surest_first = sorted(((confidence(case, settings), 1 / counts[case.source]) for case in asked), reverse=True)
    answered = 0.0
    for sure, share in surest_first:
        answered += share / len(counts)
        if answered >= ANSWERED - 1e-9:
            return round(sure, 4)
    return 0.0


def _weigh(source: str) -> float:
    return 1.0 if source in INTERVIEWS else OTHER_SETS_WEIGHT


def confidence(case: Case, settings: Settings) -> float:
    """The probability that a reader with these settings gives its first passage."""
    return to_probability(best_score(case, settings.weights), settings)


def best_score(case: Case, weights: dict[str, float]) -> float:
    """The score of the first passage."""
    return rate(case.features[rank(case, weights)[0]], weights)


def _read_twice(case: Case) -> Case:
    """The case with only the passages that were read in their surroundings: the others are never put before them."""
    return replace(case, features=case.features[: case.twice], gold=case.gold[: case.twice])


def rank(case: Case, weights: dict[str, float]) -> list[int]:
    """The places of the passages that were read twice, best first."""
    return sorted(range(case.twice), key=lambda place: -rate(case.features[place], weights))


def _is_right(case: Case, weights: dict[str, float]) -> bool:
    return case.gold[rank(case, weights)[0]]
