"""A question into the passages that may answer it: nearest by meaning, matching by words, fused."""

from dataclasses import dataclass

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

    Most are the nearest by meaning, the others the best by words that are not among those; the two rankings, fused,
    order them.

    :param embedding: that of the question, shape `(dim,)`.
    :raises ValueError: when `top_k` is less than 1.
    """
    if top_k < 1:
        raise ValueError(f"top_k is {top_k}, expected 1 or more")
    nearest = view.nearest(embedding, OVERFETCH * top_k, scope)
    matching = view.matching(content_words(question), OVERFETCH * top_k, scope)
    passages = {passage.passage_id: passage for passage, _ in [*nearest, *matching]}
    cosines = {passage.passage_id: score for passage, score in nearest}
    bm25s = {passage.passage_id: score for passage, score in matching}
    fused = fuse_ranks([list(cosines), list(bm25s)])
    chosen = _choose(list(cosines), list(bm25s), top_k)
    best = sorted(chosen, key=lambda passage_id: (-fused[passage_id], passage_id))
    return [Hit(passages[name], fused[name], cosines.get(name), bm25s.get(name)) for name in best]


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
