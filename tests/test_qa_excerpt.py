"""What stands around a sentence, as the reader sees it."""

import pytest

from corpus import Document, Passage, cut_passages
from qa.reading.excerpt import MAX_AROUND_CHARS, Excerpt, excerpt_at

TEXT = """Ann: Why here? And why now?

Bob: The sea is deep. The land is cheap.

Ann: I see."""


def cut(document: Document) -> list[Passage]:
    return cut_passages(document, max_tokens=1, count_tokens=lambda texts: [0] * len(texts))


@pytest.fixture
def excerpts() -> dict[str, Excerpt]:
    document = Document.from_text(TEXT, doc_id="talk")
    found = [excerpt_at(document, passage) for passage in cut(document)]
    return {excerpt.text: excerpt for excerpt in found}


def test_an_answer_sees_the_question_and_who_asked_it(excerpts: dict[str, Excerpt]) -> None:
    assert excerpts["The sea is deep."] == Excerpt(
        "The sea is deep.", before="Ann: Why here? And why now? Bob:", after="The land is cheap. Ann: I see."
    )


def test_a_later_sentence_sees_what_its_speaker_said_before_it(excerpts: dict[str, Excerpt]) -> None:
    assert excerpts["The land is cheap."] == Excerpt(
        "The land is cheap.", before="Ann: Why here? And why now? Bob: The sea is deep.", after="Ann: I see."
    )


def test_what_is_far_is_left_out_and_its_speaker_named_where_some_of_it_is_seen() -> None:
    long = "word " * 200
    document = Document.from_text(f"Ann: {long}\n\nBob: Yes.\n\nAnn: {long}\n\nBob: No.", doc_id="talk")
    excerpt = next(found for passage in cut(document) if (found := excerpt_at(document, passage)).text == "Yes.")
    assert excerpt.before.startswith("Ann: ")
    assert excerpt.before.endswith("word Bob:")
    assert excerpt.after.startswith("Ann: word")
    assert "No." not in excerpt.after
    assert MAX_AROUND_CHARS - 10 <= len(excerpt.after) <= MAX_AROUND_CHARS + 10


def test_at_either_end_of_the_text_there_is_nothing_beyond(excerpts: dict[str, Excerpt]) -> None:
    assert excerpts["Why here?"].before == "Ann:"
    assert excerpts["I see."].after == ""


def test_long_surroundings_are_cut_at_the_far_end() -> None:
    long = "The harbour " + "with the cranes " * 30 + "is new."
    document = Document.from_text(f"Ann: {long} It works. {long}", doc_id="talk")
    excerpt = next(found for passage in cut(document) if (found := excerpt_at(document, passage)).text == "It works.")
    assert long.endswith(excerpt.before)
    assert long.startswith(excerpt.after)
    assert len(excerpt.before) == len(excerpt.after) == MAX_AROUND_CHARS


def test_furniture_between_turns_is_passed_over(interview: Document) -> None:
    texts = [excerpt_at(interview, passage) for passage in cut(interview)]
    assert texts[-1].after == ""
    assert all("Leave a" not in excerpt.before + excerpt.after for excerpt in texts)
