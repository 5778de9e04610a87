"""Two rankings into one."""

import pytest

from corpus import Passage
from index import EVERYWHERE, Hit, retrieve
from index.retrieve import _choose, fuse_ranks, rank_in_surroundings
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


def make_passage(start: int, turn: int, *, doc_id: str = "d", asked: tuple[int, int] | None = None) -> Passage:
    return Passage(f"{doc_id}:{start}", doc_id, start, start + 80, turn, "Ann", asked)


def ranked(*given: tuple[Passage, float]) -> list[int]:
    best_first = sorted(given, key=lambda each: -each[1])
    return [passage.start for passage, _ in rank_in_surroundings(best_first)]


def test_a_passage_between_near_ones_rises() -> None:
    alone = (make_passage(0, 0, doc_id="other"), 0.52)
    assert ranked(alone, (make_passage(100, 1), 0.6), (make_passage(200, 2), 0.5), (make_passage(300, 3), 0.6)) == [
        100,
        300,
        200,
        0,
    ]


def test_a_passage_beside_the_best_of_its_turn_rises() -> None:
    far = (make_passage(900, 9, doc_id="z"), 0.0)
    assert ranked((make_passage(100, 1), 0.6), (make_passage(300, 1), 0.4), (make_passage(500, 2), 0.45), far)[:2] == [
        100,
        300,
    ]


def test_the_reply_to_a_near_question_rises() -> None:
    question = (make_passage(100, 1), 0.5)
    reply = (make_passage(1000, 2, asked=(100, 180)), 0.43)
    other = (make_passage(500, 5, doc_id="other", asked=(0, 90)), 0.45)
    assert ranked(question, reply, other) == [1000, 500, 100]


def test_short_passages_have_less_to_be_like() -> None:
    short = Passage("s", "a", 0, 5, 0, "Ann", None)
    assert [passage.passage_id for passage, _ in rank_in_surroundings([(short, 0.5), (make_passage(0, 0), 0.45)])] == [
        "d:0",
        "s",
    ]
    assert rank_in_surroundings([]) == []
