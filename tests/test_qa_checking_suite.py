"""The figures that the checker must reach on quotations whose verdicts are known by how they were made."""

from collections import Counter

import pytest

from tests.quotation_scores import Judged, figures, judge_suite
from tests.quotation_suite import FORMS, Suite, indexed_documents


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    return judge_suite(tmp_path_factory.mktemp("suite"))


def test_there_are_a_thousand_quotations_of_every_kind_in_ten_forms(judged: list[Judged]) -> None:
    assert len(judged) >= 1000
    assert {each.article.form for each in judged} == set(FORMS)
    assert len(FORMS) == 10
    kinds = Counter(each.expected.kind for each in judged)
    assert len(kinds) == 9
    assert min(kinds.values()) >= 30


def test_no_false_quotation_passes(judged: list[Judged]) -> None:
    found = figures(judged)
    assert found["false called exact or typography"] == 0
    assert found["false called edited"] == 0


def test_true_quotations_are_accepted_and_named(judged: list[Judged]) -> None:
    found = figures(judged)
    assert found["missed"] == 0
    assert found["true accepted"] >= 0.98
    assert found["attribution right"] >= 0.95
    assert found["misattributed found"] >= 0.95


def test_the_suite_is_the_same_each_time() -> None:
    documents = indexed_documents()
    one, other = (next(iter(Suite(3, documents).articles(1))).data for _ in range(2))
    assert one == other
