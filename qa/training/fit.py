"""What stands on top of the network: the weights that rank, the probability, and the threshold of silence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from qa.extractive import Features, Settings, confidence_features, rate
from qa.training.cases import Case

FloatArray = NDArray[np.float64]
# At most this share of what is answered may be wrong, on the questions that the threshold is set on.
MAX_WRONG = 0.10
# Strength of the L2 penalty, as scikit-learn's C on features of unit spread: weak, there are few features.
_C = 1.0


def fit(cases: Sequence[Case]) -> Settings:
    """Rank on the "choose" cases; probability and threshold on the "calibrate" ones, ranked by the weights found.

    Every set counts the same, however many questions of it were read.
    """
    weights = fit_weights([case for case in cases if case.role == "choose"])
    confidence, offset = fit_confidence([case for case in cases if case.role == "calibrate"], weights)
    calibrated = Settings(weights, confidence, offset, min_confidence=1.0)
    return Settings(weights, confidence, offset, find_threshold(cases, calibrated))


def fit_weights(cases: Sequence[Case]) -> dict[str, float]:
    """Weights under which a gold passage outranks the others: logistic regression on the differences of the two."""
    differences, importance = [], []
    counts = Counter(case.source for case in cases if any(case.gold))
    for case in cases:
        rows = _to_array(case.features)
        gold, others = rows[np.array(case.gold)], rows[~np.array(case.gold)]
        for best in gold:
            differences.append(best - others)
            importance.append(np.full(len(others), 1 / (counts[case.source] * max(1, len(gold) * len(others)))))
    stacked, weight = np.concatenate(differences), np.concatenate(importance)
    # Each difference once as it is and once turned round, so that the two classes are even and no offset is needed.
    inputs, labels = np.concatenate([stacked, -stacked]), np.repeat([1, 0], len(stacked))
    scale = inputs.std(axis=0) + 1e-9
    model = LogisticRegression(C=_C * len(counts), fit_intercept=False, max_iter=1000)
    model.fit(inputs / scale, labels, sample_weight=np.concatenate([weight, weight]) * len(cases) / len(counts))
    names = [field.name for field in fields(Features)]
    return {name: round(float(value), 4) for name, value in zip(names, model.coef_[0] / scale, strict=True)}


def fit_confidence(cases: Sequence[Case], weights: dict[str, float]) -> tuple[dict[str, float], float]:
    """Weights and offset of the probability that the first passage is right: logistic regression."""
    counts = Counter(case.source for case in cases)
    rows = [_confidence_row(case, weights) for case in cases]
    names = list(rows[0])
    inputs = np.array([[row[name] for name in names] for row in rows])
    labels = np.array([_is_right(case, weights) for case in cases])
    importance = np.array([len(cases) / (len(counts) * counts[case.source]) for case in cases])
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    model = LogisticRegression(C=_C, max_iter=1000)
    model.fit((inputs - mean) / scale, labels, sample_weight=importance)
    slopes = model.coef_[0] / scale
    offset = float(model.intercept_[0] - slopes @ mean)
    return {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)}, round(offset, 4)


def find_threshold(cases: Sequence[Case], settings: Settings) -> float:
    """The lowest confidence from which on at most `MAX_WRONG` of the answers to "calibrate" cases are wrong."""
    used = [case for case in cases if case.role == "calibrate"]
    sure = np.array([confidence(case, settings) for case in used])
    right = np.array([_is_right(case, settings.weights) for case in used])
    counts = Counter(case.source for case in used)
    importance = np.array([1 / counts[case.source] for case in used])
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(importance[order] * ~right[order]) / np.cumsum(importance[order])
    allowed = np.flatnonzero(wrong <= MAX_WRONG)
    return round(float(sure[order][allowed[-1]]), 4) if len(allowed) else 1.0


def confidence(case: Case, settings: Settings) -> float:
    """The probability that a reader with these settings gives its first passage."""
    row = _confidence_row(case, settings.weights)
    total = settings.offset + sum(settings.confidence[name] * value for name, value in row.items())
    return float(1 / (1 + np.exp(-total)))


def _ranked(case: Case, weights: dict[str, float]) -> list[int]:
    return sorted(range(len(case.gold)), key=lambda place: -rate(case.features[place], weights))


def _confidence_row(case: Case, weights: dict[str, float]) -> dict[str, float]:
    return confidence_features([case.features[place] for place in _ranked(case, weights)], weights)


def _is_right(case: Case, weights: dict[str, float]) -> bool:
    return case.gold[_ranked(case, weights)[0]]


def _to_array(features: Sequence[Features]) -> FloatArray:
    return np.array([list(asdict(each).values()) for each in features])
