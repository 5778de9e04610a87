"""An answer as plain text, and what such a text quotes."""

from typing import Any

import pytest

from corpus import Document
from qa import Answer, Quote, WrittenSentence
from qa.answers import AnswerRecord, parse_quotes

WORDS = "The current level"


def answer(document: Document, **changes: Any) -> Answer:  # noqa: ANN401 - the fields of an answer
    quote = Quote.from_span(document, 1376, 1376 + len(WORDS), score=1.0)
    return Answer(**{"question": "q", "standalone_question": "q", "kind": "quotes", "quotes": (quote,), **changes})


def test_quotes_are_led_by_who_said_them_and_numbered(interview: Document) -> None:
    assert answer(interview).text == f"Balarezo: “{WORDS}” [1]"


def test_what_is_said_besides_stands_before_the_quotes(interview: Document) -> None:
    given = answer(interview, lead="One.", notice="Two.", written=(WrittenSentence("Three.", (1,)),), model="m")
    assert given.words == "One.\n\nTwo.\n\nThree. [1]"
    assert given.text == f"One.\n\nTwo.\n\nThree. [1]\n\nBalarezo: “{WORDS}” [1]"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"kind": "words", "lead": "Hello.", "reason": "Hello."}, "Hello."),
        ({"kind": "abstention", "reason": "No."}, "The source does not answer this. No."),
        ({"kind": "abstention", "reason": "No.", "notice": "Ask."}, "The source does not answer this. No. Ask."),
    ],
)
def test_without_quotes_it_is_words_or_a_refusal(fields: dict[str, Any], text: str) -> None:
    assert AnswerRecord(question="q", standalone_question="q", **fields).text == text


def test_the_quotes_of_a_text_are_found_again(interview: Document) -> None:
    assert parse_quotes(answer(interview, lead="These:").text) == ((WORDS, "Balarezo"),)
    assert parse_quotes("The source does not answer this. No.") == ()
    assert parse_quotes("In 1987.") == (("In 1987.", None),)
