"""What stands on top of the network: the weights that rank, the probability, and the threshold of silence."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from qa.reading.extractive import ReaderSettings, rank_by_first_reading, score_both, to_probability
from qa.training.calibration_data import Case

# Interviews and meetings are what the reader is for: they count fully, every other set a quarter.
INTERVIEWS = ("eval", "interviews", "qmsum")
OTHER_SETS_WEIGHT = 0.25
# Sets in which people talk: those whose answerable questions the threshold lets through.
TALK = (*INTERVIEWS, "friendsqa", "molweni")
# So many of the answerable questions about talk are to be answered. The threshold was meant to allow one wrong answer
# in ten; with this reader that would leave hardly any answer to questions in people's own words: see the model card.
ANSWERED = 0.9
# So many of the answers that are shown without a "perhaps" are to be right.
SURE_RIGHT = 0.7
# The weights that are tried. Few and round ones: a logistic regression over the same scores, free in every weight, put
# the right sentence first for two in a hundred fewer, since each set pulls it another way.
TRIED = {"pair": (0.0, 0.1, 0.2, 0.3, 0.4, 0.6), "relevance": (1.0,), "cosine": (0.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0)}

FloatRow = NDArray[np.float64]


def fit(cases: Sequence[Case]) -> ReaderSettings:
    """Rank on all cases; probability and threshold on the "calibrate" ones, ranked by the weights found.

    A set's questions count alike however many were read of it. What comes out must be measured on none of these cases.
    """
    weights = fit_weights(cases)
    calibrated_on = [case for case in cases if case.role == "calibrate"]
    slope, offset = fit_confidence(calibrated_on, weights)
    settings = ReaderSettings(weights, slope, offset, min_confidence=1.0, sure_confidence=1.0)
    judged = [(confidence(case, settings), is_right(case, weights)) for case in calibrated_on if case.source in TALK]
    return replace(
        settings, min_confidence=find_threshold(calibrated_on, settings), sure_confidence=find_sure_confidence(judged)
    )


def fit_weights(cases: Sequence[Case]) -> dict[str, float]:
    """Of the weights `TRIED`, those under which the first gold passage has the highest mean reciprocal rank.

    They are scaled, so that a difference of scores is one of log-odds.
    """
    asked = [case for case in cases if any(case.gold)]
    counts = Counter(case.source for case in asked)
    importance = np.array([_weigh(case.source) / counts[case.source] for case in asked])
    found: tuple[float, dict[str, float]] = (-1.0, {})
    for values in product(*TRIED.values()):
        weights = _scale(dict(zip(TRIED, values, strict=True)), asked, importance)
        ranks = np.array([_rank_of_gold(case, weights) for case in asked])
        found = max(found, (float((importance / ranks).sum()), weights), key=lambda each: each[0])
    return {name: round(weight, 4) for name, weight in found[1].items()}


def _scale(weights: dict[str, float], asked: list[Case], importance: FloatRow) -> dict[str, float]:
    """The weights times what makes the odds of gold against another passage e to the difference of their scores."""
    scores = [
        np.array([score_both(*each, weights) for each in zip(case.alone, case.around, strict=True)]) for case in asked
    ]
    gold = [np.array(case.gold) for case in asked]
    differences = [
        (score[right][:, None] - score[~right][None, :]).ravel() for score, right in zip(scores, gold, strict=True)
    ]
    shares = [
        np.full(len(each), share / max(1, len(each))) for each, share in zip(differences, importance, strict=True)
    ]
    factor = fit_factor(np.concatenate(differences), np.concatenate(shares))
    return {name: factor * weight for name, weight in weights.items()}


def fit_factor(differences: FloatRow, shares: FloatRow) -> float:
    """What differences of scores, gold less another, are to be multiplied by, so that one is a difference in log-odds.

    :param shares: how much each counts.
    """
    # Each difference once as it is and once turned round, so that the two classes are even and no offset is needed.
    model = LogisticRegression(C=1e6, fit_intercept=False, max_iter=1000)
    inputs, labels = np.concatenate([differences, -differences])[:, None], np.repeat([1, 0], len(differences))
    model.fit(inputs, labels, sample_weight=np.concatenate([shares, shares]))
    return float(model.coef_[0][0])


def _rank_of_gold(case: Case, weights: dict[str, float]) -> float:
    """The rank of the first gold passage, from 1; infinite where none was read twice."""
    return next((position for position, each in enumerate(rank(case, weights), start=1) if case.gold[each]), math.inf)


def fit_confidence(cases: Sequence[Case], weights: dict[str, float]) -> tuple[float, float]:
    """Slope and offset that turn the best score into the probability that its passage is right (Platt, 1999)."""
    counts = Counter(case.source for case in cases)
    scores = np.array([[best_score(case, weights)] for case in cases])
    labels = np.array([is_right(case, weights) for case in cases])
    importance = np.array([_weigh(case.source) / counts[case.source] for case in cases])
    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(scores, labels, sample_weight=importance / importance.sum())
    return round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4)


def find_threshold(cases: Sequence[Case], settings: ReaderSettings) -> float:
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


def find_sure_confidence(judged: Sequence[tuple[float, bool]]) -> float:
    """The lowest confidence from which on `SURE_RIGHT` of the answers are right; 1 where there is none.

    :param judged: of each question the confidence, and whether what comes first is right.
    """
    found, right = 1.0, 0
    for count, (sure, answers) in enumerate(sorted(judged, reverse=True), start=1):
        right += answers
        if right >= SURE_RIGHT * count:
            found = sure
    return math.floor(1e4 * found) / 1e4


def _weigh(source: str) -> float:
    return 1.0 if source in INTERVIEWS else OTHER_SETS_WEIGHT


def confidence(case: Case, settings: ReaderSettings) -> float:
    """The probability that a reader with these settings gives its first passage."""
    return to_probability(best_score(case, settings.weights), settings)


def best_score(case: Case, weights: dict[str, float]) -> float:
    """The score of the first passage."""
    first = rank(case, weights)[0]
    return score_both(case.alone[first], case.around[first], weights)


def rank(case: Case, weights: dict[str, float]) -> list[int]:
    """The places of the passages that the reader would read twice, best first."""
    order, count = rank_by_first_reading(case.alone, weights)
    return sorted(order[:count], key=lambda position: -score_both(case.alone[position], case.around[position], weights))


def is_right(case: Case, weights: dict[str, float]) -> bool:
    """Whether the first passage answers."""
    return case.gold[rank(case, weights)[0]]
