"""Health, and chat completions in the form of OpenAI's API."""

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from corpus import Document
from qa import QA
from ui.loading import Loading
from ui.web import MAX_BODY_BYTES, make_routes

QUESTION = {"role": "user", "content": "vessels between Chancay and Shanghai"}
COMPLETIONS = "/v1/chat/completions"


@pytest.fixture
def server(fake_qa: QA) -> TestClient:
    return TestClient(Starlette(routes=make_routes(fake_qa, Loading(), ())))


def test_health_says_whether_the_models_are_there(fake_qa: QA) -> None:
    loading = Loading()
    server = TestClient(Starlette(routes=make_routes(fake_qa, loading, ())))
    run = server.get("/health").json()["run"]
    assert server.get("/health").json() == {"status": "ok", "ready": True, "word": "", "run": run}
    again = TestClient(Starlette(routes=make_routes(fake_qa, loading, ())))
    assert again.get("/health").json()["run"] != run
    loading.word = "Wait."
    assert server.get("/health").json() == {"status": "ok", "ready": False, "word": "Wait.", "run": run}


def test_a_completion_carries_its_citations(server: TestClient, interview: Document) -> None:
    reply = server.post(COMPLETIONS, json={"model": "any", "messages": [QUESTION]}).json()
    message = reply["choices"][0]["message"]
    citation = message["citations"][0]
    cited = interview.text[citation["start_char_index"] : citation["end_char_index"]]
    assert message["content"] == f"Balarezo: “{cited}” [1]"
    assert (reply["object"], reply["abstained"], citation["speaker"]) == ("chat.completion", False, "Balarezo")
    assert server.get("/v1/models").json()["data"][0]["id"] == reply["model"]


def test_an_abstention_has_no_citations(server: TestClient) -> None:
    reply = server.post(COMPLETIONS, json={"messages": [{"role": "user", "content": "lithium price"}]}).json()
    assert reply["choices"][0]["message"]["citations"] == []
    assert reply["abstained"] is True


def test_earlier_messages_are_the_conversation(server: TestClient) -> None:
    parts = {"role": "user", "content": [{"type": "text", "text": "Why?"}]}
    messages = [{"role": "system", "content": "You are …"}, QUESTION, {"role": "assistant", "content": "…"}, parts]
    reply = server.post(COMPLETIONS, json={"messages": messages}).json()
    assert "10 to 12 days" in reply["choices"][0]["message"]["content"]


def test_a_stream_adds_up_to_the_completion(server: TestClient) -> None:
    body: dict[str, Any] = {"messages": [QUESTION]}
    whole = server.post(COMPLETIONS, json=body).json()["choices"][0]["message"]
    events = server.post(COMPLETIONS, json={**body, "stream": True}).text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    deltas = [json.loads(event.removeprefix("data: "))["choices"][0]["delta"] for event in events[:-2]]
    assert "".join(delta.get("content", "") for delta in deltas) == whole["content"]
    assert deltas[-1]["citations"] == whole["citations"]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "Expecting property name"),
        (b"[]", 400, "the body is no JSON object"),
        (b"{}", 400, "'messages' is missing or empty"),
        (b'{"messages": [{"role": "assistant", "content": "x"}]}', 400, "the last message has the role 'assistant'"),
        (b'{"messages": [{"role": "user", "content": " "}]}', 422, "the question is empty; ask something in words"),
        (b'{"messages": [{"role": "user"}, {"role": "user", "content": "x"}]}', 422, "a message of the history is"),
        (b" " * (MAX_BODY_BYTES + 1), 400, "the body has more than 1,048,576 bytes"),
    ],
    ids=["no JSON", "list", "no messages", "assistant last", "no words", "no content", "too long"],
)
def test_what_is_wrong_is_said(server: TestClient, body: bytes, status: int, message: str) -> None:
    reply = server.post(COMPLETIONS, content=body)
    assert reply.status_code == status
    assert reply.json()["error"]["message"].startswith(message)


def test_a_password_is_asked_for_where_there_is_one(fake_qa: QA) -> None:
    server = TestClient(Starlette(routes=make_routes(fake_qa, Loading(), [("rosa", "pass:word")])))
    body = {"messages": [QUESTION]}
    assert server.post(COMPLETIONS, json=body).status_code == 401
    assert server.post(COMPLETIONS, json=body, headers={"Authorization": "Bearer rosa:word"}).status_code == 401
    assert server.post(COMPLETIONS, json=body, headers={"Authorization": "Basic ???"}).status_code == 401
    assert server.post(COMPLETIONS, json=body, headers={"Authorization": "Bearer rosa:pass:word"}).status_code == 200
    assert server.post(COMPLETIONS, json=body, auth=("rosa", "pass:word")).status_code == 200
    assert server.get("/health").status_code == 200
