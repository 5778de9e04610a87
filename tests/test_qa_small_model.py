"""A real model behind a real server. It is bad at everything, and so does the harm that a bad model can do: none."""

import contextlib
from collections.abc import Iterator

import pytest

from corpus import Document
from qa import QA, Answer, WriterSettings, open_writer
from qa.errors import PromptTooLong, ReplyBroken
from qa.generation.capability_probe import find_capability
from qa.generation.prompt import make_prompt
from tests.small_model import CONTEXT_TOKENS, find_small_model, llama_server

pytestmark = pytest.mark.model

QUESTIONS = ("vessels between Chancay and Shanghai", "trade agreement between Peru and China")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with llama_server(find_small_model()) as address:
        yield address


def settings(url: str, **options: object) -> WriterSettings:
    return WriterSettings(url=url, timeout_s=600.0, reply_tokens=48, **options)  # type: ignore[arg-type]


def assert_no_harm(answer: Answer, interview: Document) -> None:
    for quote in answer.quotes:
        assert interview.text[quote.start : quote.end] == quote.text
        assert interview.turns[quote.turn].speaker == quote.speaker
    assert bool(answer.written) == (answer.route == "written") != bool(answer.notice)


def test_the_server_tells_its_model_and_window(url: str) -> None:
    writer = open_writer(settings(url))
    assert writer.model.endswith("SmolLM2-135M-Instruct.Q4_1.gguf")
    assert writer.context_tokens == CONTEXT_TOKENS
    said: list[str] = []
    with contextlib.suppress(ReplyBroken):  # it may not come to an end
        said.extend(writer.reply(make_prompt("Who?", (), "locate")))
    assert "".join(said).strip()


def test_it_is_found_to_be_fit_for_phrasing_only(url: str) -> None:
    capability = find_capability(open_writer(WriterSettings(url=url, timeout_s=600.0, reply_tokens=200)))
    assert not capability.decides


@pytest.mark.parametrize("way", ["point", "locate"])
def test_where_it_phrases_the_quotes_are_our_own(fake_qa: QA, interview: Document, url: str, way: str) -> None:
    qa = fake_qa.with_writer(open_writer(settings(url, way=way, decides="reader")))
    for question in QUESTIONS:
        answer, plain = qa.answer(question), fake_qa.answer(question)
        assert (answer.quotes, answer.confidence) == (plain.quotes, plain.confidence)
        assert_no_harm(answer, interview)


def test_where_it_decides_its_quotes_are_still_the_sources(fake_qa: QA, interview: Document, url: str) -> None:
    qa = fake_qa.with_writer(open_writer(settings(url, way="locate", decides="model")))
    answer = qa.answer(QUESTIONS[0])
    if not answer.abstained:
        assert_no_harm(answer, interview)
    assert answer.model or answer.notice


def test_a_prompt_beyond_its_window_is_told_as_that(url: str) -> None:
    writer = open_writer(settings(url, context_tokens=10**6))
    with pytest.raises(PromptTooLong, match="too small a window"):
        list(writer.reply(make_prompt("strike " * 2 * CONTEXT_TOKENS, (), "locate")))
