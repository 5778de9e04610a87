"""Two rankings into one."""

import pytest

from index import EVERYWHERE, Hit, retrieve
from index.retrieve import _choose, fuse_ranks
from qa import QA
from tests.fakes import HashEmbedder


def search(qa: QA, question: str, top_k: int) -> list[Hit]:
    with qa.store.reading() as view:
        return retrieve(view, question, HashEmbedder().embed_question(question), top_k=top_k, scope=EVERYWHERE)


def test_reciprocal_rank_fusion() -> None:
    fused = fuse_ranks([["a", "b"], ["b", "c"]])
    assert fused == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62})


def test_the_passage_that_both_rankings_have_first_is_first(fake_qa: QA) -> None:
    best = search(fake_qa, "vessels between Chancay and Shanghai", 3)[0]
    assert (best.passage.start, best.passage.end) == (3735, 3979)
    assert best.score == pytest.approx(2 / 61)
    assert best.cosine is not None
    assert best.bm25 is not None


def test_best_first_and_no_passage_twice(fake_qa: QA) -> None:
    hits = search(fake_qa, "Peru and China", 20)
    assert len(hits) == len({hit.passage.passage_id for hit in hits}) == 20
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_more_asked_for_than_there_is(fake_qa: QA) -> None:
    assert len(search(fake_qa, "Peru", 500)) == 42


def test_none_asked_for(fake_qa: QA) -> None:
    with pytest.raises(ValueError, match="top_k is 0, expected 1 or more"):
        search(fake_qa, "Peru", 0)


def test_a_share_is_kept_for_the_best_by_words_alone() -> None:
    by_meaning = [f"m{place}" for place in range(40)]
    by_words = ["m1", *(f"w{place}" for place in range(20))]
    chosen = _choose(by_meaning, by_words, 24)
    assert chosen == [*by_meaning[:20], "w0", "w1", "w2", "w3"]


def test_what_words_cannot_fill_goes_to_meaning() -> None:
    assert _choose(["a", "b", "c", "d", "e", "f", "g", "h"], ["a"], 6) == ["a", "b", "c", "d", "e", "f"]


def test_what_meaning_cannot_fill_goes_to_words() -> None:
    assert _choose(["a"], ["w", "x", "y"], 3) == ["a", "w", "x"]
