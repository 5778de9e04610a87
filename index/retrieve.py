"""A question into the passages that may answer it: nearest by meaning, matching by words, fused."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import Passage
from index.lexicon import content_words
from index.store import EVERYWHERE, PassageView, Scope
from index.types import FloatArray

# Cormack, Clarke and Büttcher (2009), "Reciprocal rank fusion", section 2: the constant that they fixed after a pilot.
RRF_K = 60
# One in so many of the passages is kept for the best by words alone. People ask in words of their own: on the questions
# of tests/eval (split "choose") fusing the two rankings as equals had the right sentence among 24 for 0.58 of them,
# meaning alone for 0.69, meaning with this share for 0.68; and the share keeps what only its words can find.
ONE_LEXICAL_IN = 6
# Each ranking is read deeper than what is returned, so that a passage far down in one can still rise by the other.
OVERFETCH = 4
# So many passages are all compared with the question, so that each is known with its surroundings: an interview, or a
# small shelf. Of more, only those nearest to the question are.
ALL_COMPARED = 4000
# What the surroundings of a passage add to its cosine: the mean of the passages on either side, the best of its turn,
# and the best of the question that its turn replies to. Short passages ("Yes, exactly.") have less to be like.
# On 584 questions about interviews (parts “choose” and “train”) this found one that answers among 48 for 0.90 of them
# instead of 0.86, among 16 for 0.74 instead of 0.72.
_BESIDE, _TURN, _ASKED, _LONG = 0.3, 0.2, 0.3, 0.1
_LONG_CHARS = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its fused `score`, `cosine` and `bm25`, higher is better; None in a ranking that lacks it."""

    passage: Passage
    score: float
    cosine: float | None
    bm25: float | None


def retrieve(
    view: PassageView, question: str, embedding: FloatArray, *, top_k: int, scope: Scope = EVERYWHERE
) -> list[Hit]:
    """The `top_k` passages in `scope` for `question`, best first; fewer when there are no more.

    Most are the nearest by meaning, with what stands around them taken in, the others the best by words that are not
    among those; the two rankings, fused, order them.

    :param embedding: that of the question, shape `(dim,)`.
    :raises ValueError: when `top_k` is less than 1.
    """
    if top_k < 1:
        raise ValueError(f"top_k is {top_k}, expected 1 or more")
    few = view.count(scope, at_most=ALL_COMPARED + 1) <= ALL_COMPARED
    nearest = rank_in_surroundings(view.nearest(embedding, ALL_COMPARED if few else OVERFETCH * top_k, scope))
    nearest = nearest[: OVERFETCH * top_k]
    matching = view.matching(content_words(question), OVERFETCH * top_k, scope)
    passages = {passage.passage_id: passage for passage, _ in [*nearest, *matching]}
    cosines = {passage.passage_id: score for passage, score in nearest}
    bm25s = {passage.passage_id: score for passage, score in matching}
    fused = fuse_ranks([list(cosines), list(bm25s)])
    chosen = _choose(list(cosines), list(bm25s), top_k)
    best = sorted(chosen, key=lambda passage_id: (-fused[passage_id], passage_id))
    return [Hit(passages[name], fused[name], cosines.get(name), bm25s.get(name)) for name in best]


def rank_in_surroundings(nearest: Sequence[tuple[Passage, float]]) -> list[tuple[Passage, float]]:
    """Passages with their cosines, in the order of what these are together with those of their surroundings.

    :param nearest: best first; what is not among them is taken to be as far as the last of them.
    """
    if not nearest:
        return []
    unknown = nearest[-1][1]
    ordered = sorted(nearest, key=lambda each: (each[0].doc_id, each[0].start))
    beside = [2 * unknown] * len(ordered)
    for place, ((passage, cosine), (following, next_cosine)) in enumerate(pairwise(ordered)):
        if passage.doc_id == following.doc_id:
            beside[place] += next_cosine - unknown
            beside[place + 1] += cosine - unknown
    best_of_turn: dict[tuple[str, int], float] = {}
    for passage, cosine in ordered:
        turn = (passage.doc_id, passage.turn)
        best_of_turn[turn] = max(cosine, best_of_turn.get(turn, cosine))
    turns = _TurnsByPlace(ordered)
    scores = {}
    for (passage, cosine), neighbours in zip(ordered, beside, strict=True):
        score = cosine + _BESIDE * neighbours / 2 + _TURN * best_of_turn[passage.doc_id, passage.turn]
        if passage.question is not None:
            asked = turns.find(passage.doc_id, passage.question)
            score += _ASKED * (unknown if asked is None else best_of_turn[passage.doc_id, asked])
        scores[passage.passage_id] = score + _LONG * min(1.0, (passage.end - passage.start) / _LONG_CHARS)
    return sorted(nearest, key=lambda each: (-scores[each[0].passage_id], each[0].passage_id))


class _TurnsByPlace:
    """Which turn of a document it is that has a span, among those of some passages."""

    def __init__(self, ordered: Sequence[tuple[Passage, float]]) -> None:
        self._places = [(passage.doc_id, passage.start) for passage, _ in ordered]
        self._turns = [passage.turn for passage, _ in ordered]

    def find(self, doc_id: str, span: tuple[int, int]) -> int | None:
        """The turn's number, None where none of the passages is in it."""
        place = bisect_left(self._places, (doc_id, span[0]))
        inside = place < len(self._places) and self._places[place] < (doc_id, span[1])
        return self._turns[place] if inside else None


def _choose(by_meaning: list[str], by_words: list[str], top_k: int) -> list[str]:
    """The `top_k` of two rankings; the first gets what the second cannot fill."""
    first = by_meaning[: top_k - top_k // ONE_LEXICAL_IN]
    only_words = [passage_id for passage_id in by_words if passage_id not in set(first)]
    return list(dict.fromkeys([*first, *only_words[: top_k - len(first)], *by_meaning]))[:top_k]


def fuse_ranks(rankings: list[list[str]]) -> dict[str, float]:
    """Reciprocal rank fusion: for each id the sum of `1 / (RRF_K + rank)` over the rankings, each best first."""
    fused: dict[str, float] = {}
    for ranking in rankings:
        for rank, passage_id in enumerate(ranking, start=1):
            fused[passage_id] = fused.get(passage_id, 0.0) + 1.0 / (RRF_K + rank)
    return fused
