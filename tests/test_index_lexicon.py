"""Words that say little alone, and the forms of one word."""

import itertools

import pytest

from index import lexicon
from index.lexicon import content_words, stem, trim_ending


def test_content_words_leave_out_what_every_question_has() -> None:
    assert content_words("What did the Ambassador's port cost, and what’s its port?") == [
        "ambassador's",
        "port",
        "cost",
    ]


def test_every_word_stands_in_one_group() -> None:
    groups = [lexicon._SHARED, lexicon._JOINING, lexicon._TALKING, lexicon._REPLYING]
    assert [first & second for first, second in itertools.combinations(groups, 2)] == [frozenset()] * 6


def test_a_list_leaves_in_what_its_task_needs() -> None:
    assert lexicon.SEARCH_STOP_WORDS & {"must", "still", "again"} == frozenset()
    assert lexicon.SENTENCE_STARTERS & {"am", "got", "thing"} == frozenset()
    assert lexicon.FUNCTION_WORDS & {"not", "because", "never"} == frozenset()


@pytest.mark.parametrize(
    ("words", "root"),
    [
        ("opens opened opening open", "open"),
        ("hope hoping hopes", "hop"),
        ("carried carries carry", "car"),
        ("Peru's Peru", "Peru"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(words: str, root: str) -> None:
    assert {stem(word) for word in words.split()} == {root}


def test_short_words_are_left_alone() -> None:
    assert [stem(word) for word in ("as", "is", "red")] == ["as", "is", "red"]


def test_trimming_leaves_more_words_apart_than_stemming() -> None:
    assert [trim_ending(word) for word in "walked walks walking walk".split()] == ["walk"] * 4
    assert [trim_ending(word) for word in ("hope", "hopped", "hop")] == ["hope", "hopp", "hop"]
