"""What each part of the reader is worth: the fit made again without it, on the same questions as read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from qa.evaluation.metrics import area_under_curve
from qa.reading.extractive import Features
from qa.training.calibration import best_score, fit_weights, rank
from qa.training.calibration_data import Case

OF_FIRST = 3
SURROUNDINGS = "surroundings"
# The features that are not known in each ablation.
ABLATIONS: dict[str, tuple[str, ...]] = {
    "everything": (),
    "without the relevance head": ("relevance",),
    "without the head learned from the teacher": ("pair",),
    "without the score of retrieval": ("cosine",),
    "without the surroundings": (SURROUNDINGS,),
    "the score of retrieval alone": ("pair", "relevance"),
}


@dataclass(frozen=True, slots=True)
class Worth:
    """Means over the sets: gold first, gold among the first three, and the area under the curve of the best score."""

    best: float
    of_three: float
    area_under_curve: float


def ablate(cases: Sequence[Case]) -> dict[str, Worth]:
    """For each ablation, with weights fitted on the "choose" cases, what it reaches on the "calibrate" ones."""
    worth = {}
    for name, unknown in ABLATIONS.items():
        blinded = [_blind(case, unknown) for case in cases]
        weights = fit_weights([case for case in blinded if case.role == "choose"])
        worth[name] = _measure([case for case in blinded if case.role == "calibrate"], weights)
    return worth


def _blind(case: Case, unknown: Sequence[str]) -> Case:
    if SURROUNDINGS in unknown:
        return replace(case, around=case.alone)
    changes = dict.fromkeys(unknown, 0.0)
    alone, around = (tuple(_without(each, changes) for each in readings) for readings in (case.alone, case.around))
    return replace(case, alone=alone, around=around)


def _without(features: Features, changes: dict[str, float]) -> Features:
    return replace(features, **changes)


def _measure(cases: Sequence[Case], weights: dict[str, float]) -> Worth:
    by_set = defaultdict(list)
    for case in cases:
        by_set[case.source].append(case)
    first, three, areas = [], [], []
    for group in by_set.values():
        answerable = [case for case in group if case.answerable]
        gold = [[case.gold[position] for position in rank(case, weights)] for case in answerable]
        first.append(fmean(positions[0] for positions in gold))
        three.append(fmean(any(positions[:OF_FIRST]) for positions in gold))
        area = area_under_curve(
            [best_score(case, weights) for case in answerable],
            [best_score(case, weights) for case in group if not case.answerable],
        )
        if area is not None:
            areas.append(area)
    return Worth(fmean(first), fmean(three), fmean(areas))
