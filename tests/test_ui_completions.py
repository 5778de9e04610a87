"""A completion that streams: sentences as they are written, and an answer that stands even when the model broke off."""

import json
from collections.abc import Generator
from dataclasses import replace

import pytest

from qa import QA, Answer, AnswerStream, WrittenSentence
from ui.completions import stream

SENTENCES = (WrittenSentence("Cargo gets there sooner.", (1,)), WrittenSentence("It saves days.", (1,)))


@pytest.fixture
def extractive(fake_qa: QA) -> Answer:
    return fake_qa.answer("vessels between Chancay and Shanghai")


def contents(events: list[str]) -> list[str]:
    choices = [json.loads(event.removeprefix("data: "))["choices"][0] for event in events[:-1]]
    return [choice["delta"]["content"] for choice in choices if "content" in choice["delta"]]


def test_a_sentence_is_sent_before_the_next_one_is_written(extractive: Answer) -> None:
    asked_for: list[int] = []

    def write() -> Generator[WrittenSentence, None, Answer]:
        for number, sentence in enumerate(SENTENCES):
            asked_for.append(number)
            yield sentence
        return replace(extractive, written=SENTENCES, model="m")

    answers = AnswerStream(write())
    events = stream(next(answers), answers)
    assert "Cargo gets there sooner. [1]" in next(events)
    assert asked_for == [0]
    rest = list(events)
    assert asked_for == [0, 1]
    assert contents(rest) == [" It saves days. [1]", f"\n\n{extractive.text}"]


def test_after_a_model_that_broke_off_the_answer_follows_whole(extractive: Answer) -> None:
    def write() -> Generator[WrittenSentence, None, Answer]:
        yield SENTENCES[0]
        return replace(extractive, notice="The language model m stopped.")

    answers = AnswerStream(write())
    sent = contents(list(stream(next(answers), answers)))
    assert sent == ["Cargo gets there sooner. [1]", f"\n\nThe language model m stopped.\n\n{extractive.text}"]


def test_an_answer_without_sentences_is_sent_in_one_piece(extractive: Answer) -> None:
    def write() -> Generator[WrittenSentence, None, Answer]:
        yield from ()
        return extractive

    answers = AnswerStream(write())
    assert contents(list(stream(next(answers, None), answers))) == [extractive.text]


def test_a_stream_gives_each_sentence_once_and_the_answer_again_and_again(extractive: Answer) -> None:
    def write() -> Generator[WrittenSentence, None, Answer]:
        yield from SENTENCES
        return extractive

    answers = AnswerStream(write())
    assert next(answers) == SENTENCES[0]
    assert answers.answer is extractive
    assert list(answers) == []
    assert answers.answer is extractive
