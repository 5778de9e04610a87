"""The bundled interview with the real models: what its readers ask first."""

import pytest

from corpus import Document
from qa import QA

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def qa(interview_index: object, embedder: object) -> QA:
    return QA.open(interview_index, embedder=embedder)  # type: ignore[arg-type]


def test_the_journey_to_shanghai(qa: QA, interview: Document) -> None:
    answer = qa.answer("How much faster will cargo reach Shanghai?")
    assert answer.quotes[0].text.endswith("between Chancay and Shanghai by 10 to 12 days.")
    assert (answer.quotes[0].speaker, answer.abstained) == ("Balarezo", False)
    for quote in answer.quotes:
        assert interview.text[quote.start : quote.end] == quote.text


def test_what_the_interview_does_not_say(qa: QA) -> None:
    answer = qa.answer("What did it cost to build the port?")
    assert (answer.abstained, answer.quotes) == (True, ())


def test_who_invited(qa: QA) -> None:
    quote = qa.answer("Who asked Xi to come to Peru?").quotes[0]
    assert (quote.speaker, quote.kind) == (None, "narration")
    assert "at the invitation of President of the Republic of Peru Dina Ercilia Boluarte Zegarra" in quote.text
