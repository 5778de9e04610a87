"""What a model says to itself: kept out of the reply, given room, and bounded."""

import json
from pathlib import Path
from typing import Any

import pytest

from qa import QA, WriterFailed, WriterSettings, open_writer
from qa.errors import ReplyBroken
from qa.generation.chat_server import ChatServer
from qa.generation.prompt import make_prompt
from qa.generation.thought import MAX_CHARS_A_TOKEN, THINKING_TOKENS, ReplyMeter
from tests.llm_server import Says, language_server, points, says
from tests.test_qa_grounded_writing import QUESTION, TALK, ask, assert_is_extractive, plain_qa

__all__ = ["plain_qa"]  # the fixture
PROMPT = make_prompt("Why?", (), "locate")
GOOD = points(("The strike lasted 11 weeks.", [2]))


def read(*pieces: str, reply_tokens: int = 50) -> tuple[str, bool]:
    meter = ReplyMeter(reply_tokens)
    said = "".join(meter.take(piece) for piece in pieces) + meter.end()
    return said, meter.has_thought


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    ("reply", "said", "thought"),
    [
        ("<think>No, wait.</think>It was so.", "It was so.", True),
        ("\n <think>a < b </thin k> c</think>\n\nSo.", "\n\nSo.", True),
        ("<think></think>So.", "So.", True),
        ("<think>never ends", "", True),
        ("<thin ice", "<thin ice", False),
        ("<th", "<th", False),
        ("It was <think>so</think>.", "It was <think>so</think>.", False),
        ("", "", False),
    ],
)
def test_a_thought_at_the_beginning_is_no_part_of_the_reply(reply: str, said: str, thought: bool, size: int) -> None:
    pieces = [reply[place : place + size] for place in range(0, len(reply), size)]
    found, has_thought = read(*pieces)
    assert (found, has_thought) == (said, thought)


def test_a_thought_does_not_count_against_the_reply_and_has_a_bound_of_its_own() -> None:
    long = "x" * (MAX_CHARS_A_TOKEN * 50)
    assert read("<think>", long, long, "</think>", long)[0] == long
    with pytest.raises(ReplyBroken, match="without end"):
        read("<think>", long, "</think>", long, "x")
    with pytest.raises(ReplyBroken, match="thought without end"):
        read("<think>", *["x" * MAX_CHARS_A_TOKEN] * (THINKING_TOKENS + 1))
    with pytest.raises(ReplyBroken, match="without end"):
        read(*[" " * 1000] * 10)


def thinks_long(body: dict[str, Any]) -> Says:
    """A model that is cut while it thinks, unless it gets room."""
    thoughts = ("Let me see. " * 20,)
    if body["max_tokens"] < THINKING_TOKENS:
        return Says(thoughts=thoughts, ends="length")
    return Says(GOOD.pieces, thoughts=thoughts)


def test_a_model_that_thinks_gets_room_then_and_from_then_on(plain_qa: QA) -> None:
    with language_server(thinks_long) as server:
        writer = open_writer(WriterSettings(url=server.url, way="point", decides="model", context_tokens=8192))
        assert writer.context_tokens == 8192
        qa = plain_qa.with_writer(writer)
        first, second = qa.answer(QUESTION), qa.answer(QUESTION)
    assert (first.route, second.route) == ("written", "written")
    assert [body["max_tokens"] for body in server.requests] == [400, 400 + THINKING_TOKENS, 400 + THINKING_TOKENS]
    # The prompt leaves that room free.
    assert writer.context_tokens == 8192 - THINKING_TOKENS


def test_a_thought_in_the_reply_itself_is_cut_out(plain_qa: QA) -> None:
    thought = "<think>The strike lasted twelve years. [1]</think>"
    answer = ask(plain_qa, says(thought + "".join(GOOD.pieces)))
    assert [sentence.text for sentence in answer.written] == ["The strike lasted 11 weeks."]
    assert answer.dropped == {}


def test_a_model_that_only_thinks_falls_back(plain_qa: QA) -> None:
    with language_server(lambda _: Says(thoughts=("hm ",), ends="length")) as server:
        writer = open_writer(WriterSettings(url=server.url, way="point", decides="model"))
        answer = plain_qa.with_writer(writer).answer(QUESTION)
    assert_is_extractive(answer, plain_qa)
    assert "thought until its room was used up" in (answer.notice or "")
    assert len(server.requests) == 2


def test_thoughts_without_end_are_ended() -> None:
    flood = tuple("x" * 10_000 for _ in range(20))
    with language_server(lambda _: Says(("So.",), thoughts=flood)) as server:
        writer = ChatServer(WriterSettings(url=server.url, model="m"))
        with pytest.raises(WriterFailed, match="thought without end"):
            list(writer.reply(PROMPT))


IGNORED = {
    "prose": "The strike lasted for eleven weeks, as Ivan said.",
    "another object": json.dumps({"answer": "The strike lasted 11 weeks.", "source": 2}),
    "another list": json.dumps({"sentences": "The strike lasted 11 weeks."}),
    "texts alone": json.dumps({"answered": True, "sentences": ["The strike lasted 11 weeks."]}),
    "numbers as text": json.dumps({"sentences": [{"text": "The strike lasted 11 weeks.", "sources": ["2"]}]}),
    "no numbers": json.dumps({"sentences": [{"text": "The strike lasted 11 weeks."}]}),
    "a list": json.dumps([{"text": "The strike lasted 11 weeks.", "sources": 2}]),
    "a schema": json.dumps({"type": "object", "properties": {"sentences": {"type": "array"}}}),
    "half": json.dumps({"sentences": [{"text": "The strike lasted 11 weeks.", "sources": [2]}]})[:-2],
    "null": "null",
    "nothing": "",
}


@pytest.mark.parametrize("reply", IGNORED)
def test_a_reply_with_status_200_that_ignores_the_schema_falls_back(plain_qa: QA, reply: str) -> None:
    answer = ask(plain_qa, says(IGNORED[reply]))
    assert_is_extractive(answer, plain_qa)
    assert "The strike lasted eleven weeks." in {quote.text for quote in answer.quotes}
    assert (answer.notice or "").startswith("The language model tiny ")
    assert TALK.text[answer.quotes[0].start : answer.quotes[0].end] == answer.quotes[0].text


def test_json_within_a_fence_is_read(plain_qa: QA, tmp_path: Path) -> None:
    answer = ask(plain_qa, says(f"```json\n{''.join(GOOD.pieces)}\n```"))
    assert [sentence.text for sentence in answer.written] == ["The strike lasted 11 weeks."]
