"""What ends a question."""

import pytest

from corpus.sentences import is_question


@pytest.mark.parametrize("sentence", ["Why?", "何时？", "متى؟", "He asked: “Why?”", "(Is it so?)", "Was it « lui ? »"])
def test_a_question(sentence: str) -> None:
    assert is_question(sentence)


@pytest.mark.parametrize("sentence", ["Yes.", "“Why?” he asked.", "", "”"])
def test_no_question(sentence: str) -> None:
    assert not is_question(sentence)
