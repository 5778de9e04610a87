"""The same questions get the same answers as when they were noted (see `tests/golden`)."""

from tests.fakes import HashEmbedder, WordReader
from tests.golden.answers import FILES, answer_all, compare, read_golden


def test_behind_fakes_every_answer_is_the_one_that_was_noted() -> None:
    found = answer_all(HashEmbedder(), WordReader())
    assert compare(read_golden(FILES["fakes"]), found) == []
    assert len(found) > 280


def test_a_difference_is_told_by_document_question_and_value() -> None:
    noted = [{"doc_id": "talk", "question": "Why?", "text": "Because."}]
    assert compare(noted, [{**noted[0], "text": "So."}]) == ["talk: Why?: text: 'Because.' -> 'So.'"]
    assert compare(noted, []) == ["1 answers were noted, 0 are given"]
