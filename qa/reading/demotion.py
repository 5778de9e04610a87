"""Scores and probabilities: evidence that is less likely to answer than its words are, and what is likely enough."""

from collections.abc import Callable
from dataclasses import replace

from qa.reading.extractive import squash, to_log_odds
from qa.reading.reader import Evidence, Reading

# A score higher by one makes the log-odds of being right higher by so much; fitted to both readers, see their settings.
_SLOPE = 0.5


def demote(reading: Reading, malus: Callable[[Evidence], float]) -> Reading:
    """The reading with the scores of its evidence lowered and in order again.

    The reader was as sure as its best evidence deserved; it is as much less so as what comes first now scored lower.

    :param malus: how much less probable, in log-odds, it is that this evidence answers.
    """
    if not reading.evidence:
        return reading
    scored = [(each.score - malus(each), -place, each) for place, each in enumerate(reading.evidence)]
    scored.sort(key=lambda entry: entry[:2], reverse=True)
    evidence = tuple(replace(each, score=score) for score, _, each in scored)
    lost = reading.evidence[0].score - scored[0][2].score
    sure = reading.confidence
    return Reading(evidence, squash(to_log_odds(sure) - _SLOPE * lost) if lost > 0 else sure)


def find_margin(reading: Reading, confidence: float) -> float:
    """How far below the best score evidence may lie that is still as probable as `confidence`, 0 to 1, by itself.

    Negative where not even the best is.
    """
    return (to_log_odds(reading.confidence) - to_log_odds(confidence)) / _SLOPE


def lower(probability: float, margin: float) -> float:
    """The probability, 0 to 1, that is less by `margin` in log-odds."""
    return squash(to_log_odds(probability) - margin) if margin else probability
