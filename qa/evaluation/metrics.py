"""How good answers are, in the field's usual figures: pure functions of what was found and what is right."""

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)

BOOTSTRAP_SAMPLES = 2000
CALIBRATION_BINS = 10


def hits(start: int, end: int, gold: Sequence[tuple[int, int]]) -> bool:
    """Whether the span overlaps one of `gold` by at least half of the shorter of the two."""
    return any(
        2 * (min(end, gold_end) - max(start, gold_start)) >= min(end - start, gold_end - gold_start) > 0
        for gold_start, gold_end in gold
    )


def normalize_answer(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces (Rajpurkar et al., 2016, the evaluation script)."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def token_f1(answer: str, gold: Sequence[str]) -> float:
    """SQuAD's F1 of `answer` against the best of `gold`, 0 to 1; without gold, 1 for an empty answer and else 0."""
    if not gold:
        return float(not answer)
    return max(_f1(normalize_answer(answer).split(), normalize_answer(right).split()) for right in gold)


def exact_match(answer: str, gold: Sequence[str]) -> float:
    """1 when `answer` is one of `gold` after normalization, else 0; without gold, 1 for an empty answer."""
    if not gold:
        return float(not answer)
    return float(normalize_answer(answer) in {normalize_answer(right) for right in gold})


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The chance that a random positive scores above a random negative, ties half; None when a side is empty."""
    if not positive or not negative:
        return None
    above, below = np.asarray(positive)[:, None], np.asarray(negative)[None, :]
    return float(np.mean((above > below) + 0.5 * (above == below)))


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Expected calibration error over ten bins of equal width (Naeini et al., 2015); None without any."""
    if not confidences:
        return None
    probabilities, outcomes = np.asarray(confidences), np.asarray(right, dtype=float)
    bins = np.minimum((probabilities * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    error = 0.0
    for number in np.unique(bins):
        inside = bins == number
        error += inside.mean() * abs(probabilities[inside].mean() - outcomes[inside].mean())
    return float(error)


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """For each threshold, from the highest: the share of questions answered and the share of wrong answers among them.

    El-Yaniv and Wiener (2010), "On the foundations of noise-free selective classification". Questions of equal
    confidence are answered together.
    """
    order = sorted(range(len(confidences)), key=lambda position: -confidences[position])
    curve, wrong = [], 0
    for answered, position in enumerate(order, start=1):
        wrong += not right[position]
        if answered == len(order) or confidences[order[answered]] < confidences[position]:
            curve.append((answered / len(order), wrong / answered))
    return curve


def paired_bootstrap(ours: Sequence[bool], theirs: Sequence[bool], *, seed: int = 0) -> tuple[float, float]:
    """The 95% interval of the difference of the two means over the same questions (Efron's percentile bootstrap)."""
    differences = np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float)
    positions = np.random.default_rng(seed).integers(0, len(differences), (BOOTSTRAP_SAMPLES, len(differences)))
    low, high = np.quantile(differences[positions].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _f1(answer: list[str], right: list[str]) -> float:
    if not answer or not right:
        return float(answer == right)
    common = sum((Counter(answer) & Counter(right)).values())
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(right)
    return 2 * precision * recall / (precision + recall)
