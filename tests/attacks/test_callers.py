"""Callers are apart: nobody asks, changes or pushes out what somebody else brought."""

import asyncio
import base64
import json
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from corpus import Document
from index import FloatArray, Progress, build_index
from qa import QA
from tests.fakes import HashEmbedder, WordReader
from ui.app import build_app, launch
from ui.callers import holder_of
from ui.feedback import FeedbackLog
from ui.models import Models
from ui.service import ChatService, Restriction
from ui.shelves import AWAY_S, IDLE_S, LARGE_CHARS, MAX_SHELVES, MAX_TOKENS, Shelves, UploadRefused
from ui.uploads import Uploads

SECRET = "Rosa: What is the word?\n\nIvan: The word is marmalade."
ASK = "What is the word marmalade?"
LARGE = "marmalade " * (LARGE_CHARS // 5)
OTHER_USERS = [("rosa", "pass"), ("ivan", "word")]


class GatedEmbedder(HashEmbedder):
    """Embeds a large text only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """As its parent does."""
        if sum(map(len, texts)) > LARGE_CHARS:
            self.begun.set()
            assert self.may_go_on.wait(60)
            return super().embed_passages(texts[:1]).repeat(len(texts), axis=0)
        return super().embed_passages(texts, progress)


@dataclass(frozen=True)
class Served:
    """A chat, and what embeds for it."""

    address: str
    embedder: GatedEmbedder

    def post(self, api_name: str, *data: object, **body: object) -> Any:  # noqa: ANN401 - whatever it gives
        """Call an endpoint without Gradio's client, by default without a session."""
        reply = httpx2.post(f"{self.address}gradio_api/run/{api_name}", json={"data": data, **body}, timeout=60)
        return reply.json()["data"][0] if reply.is_success else reply.json()["error"]


Start = Callable[..., Served]


@pytest.fixture
def start(tmp_path: Path, interview: Document) -> Iterator[Start]:
    apps = []

    def start_it(*, mcp: bool = False, auth: Sequence[tuple[str, str]] = ()) -> Served:
        embedder = GatedEmbedder()
        build_index([interview], tmp_path / "index", embedder=embedder)
        qa = QA.open(tmp_path / "index", embedder=embedder, reader=WordReader())
        app = build_app(qa, feedback=tmp_path / "feedback", mcp=mcp, choose_model=not auth)
        apps.append(app)
        return Served(launch(app, qa, mcp=mcp, auth=auth), embedder)

    yield start_it
    for app in apps:
        app.close(verbose=False)


def test_who_has_no_session_shares_nothing_with_others_without_one(start: Start) -> None:
    served = start()
    mine = served.post("rebuild", {"secret": SECRET}, None)
    assert mine["documents"][0]["doc_id"] == "secret"
    assert "marmalade" in json.dumps(served.post("answer", ASK, None, None, None, mine["shelf"]))
    assert "marmalade" not in json.dumps(served.post("search", ASK, 8, None, None, None))
    assert served.post("list", None)[0]["doc_id"] != "secret"
    other = served.post("rebuild", {"other": SECRET}, None)
    assert len({mine["shelf"], other["shelf"]}) == 2
    assert min(len(mine["shelf"]), len(other["shelf"])) >= 32
    assert served.post("list", mine["shelf"])[0]["doc_id"] == "secret"
    assert "no such shelf" in served.post("list", "x" * 32)
    assert "no such shelf" in served.post("rebuild", {"x": SECRET}, "x" * 32)


def call_tools(address: str, *calls: tuple[str, dict[str, Any]], key: str | None = None) -> list[Any]:
    """What the tools give, each call through a client of its own."""

    async def call(name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - as the tool gives it
        from mcp import ClientSession
        from mcp.client.streamable_http import streamablehttp_client

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with (
            streamablehttp_client(f"{address}gradio_api/mcp/", headers=headers) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            result = await session.call_tool(name, arguments)
            assert not result.isError, result.content
            return json.loads(result.content[0].text)  # type: ignore[union-attr]  # ours give text

    async def call_all() -> list[Any]:
        return [await call(name, arguments) for name, arguments in calls]

    return in_thread(call_all)


def in_thread(work: Callable[[], Coroutine[Any, Any, list[Any]]]) -> list[Any]:
    """In a thread of its own: the browser tests leave an event loop running in this one."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


@pytest.mark.filterwarnings("ignore")  # of the packages that MCP brings
def test_a_tool_tells_nobody_the_secret_of_another_caller(start: Start) -> None:
    pytest.importorskip("mcp")
    address = start(mcp=True).address
    mine, theirs = call_tools(address, ("rebuild", {"transcripts": {"secret": SECRET}}), ("ask", {"question": ASK}))
    assert "marmalade" not in json.dumps(theirs["quotes"] + theirs["passages"])
    (asked,) = call_tools(address, ("ask", {"question": ASK, "shelf": mine["shelf"]}))
    assert asked["quotes"][0]["cited_text"] == "The word is marmalade."


@pytest.mark.filterwarnings("ignore")  # the same
def test_tools_work_with_a_password_and_not_without(start: Start) -> None:
    pytest.importorskip("mcp")
    address = start(mcp=True, auth=OTHER_USERS).address
    rebuilt, listed = call_tools(
        address, ("rebuild", {"transcripts": {"secret": SECRET}}), ("list", {}), key="rosa:pass"
    )
    assert (rebuilt["shelf"], [document["doc_id"] for document in listed]) == (None, ["secret"])
    (others,) = call_tools(address, ("list", {}), key="ivan:word")
    assert "secret" not in [document["doc_id"] for document in others]
    basic = base64.b64encode(b"rosa:word").decode()
    for headers in ({}, {"Authorization": "Bearer rosa:word"}, {"Authorization": f"Basic {basic}"}):
        reply = httpx2.post(f"{address}gradio_api/mcp/", json={}, headers=headers)
        assert reply.status_code == 401
        assert httpx2.get(f"{address}gradio_api/mcp/schema", headers=headers).status_code == 401


def test_what_a_user_brought_is_theirs_on_every_page(start: Start, tmp_path: Path) -> None:
    address = start(auth=OTHER_USERS).address

    def log_in(user: str, password: str) -> Client:
        return Client(address, auth=(user, password), verbose=False, download_files=str(tmp_path))

    rosa, again, ivan = log_in("rosa", "pass"), log_in("rosa", "pass"), log_in("ivan", "word")
    rosa.predict({"secret": SECRET}, api_name="/rebuild")
    ivan.session_hash = rosa.session_hash  # as if it was guessed
    assert again.predict(api_name="/list")[0]["doc_id"] == "secret"
    assert ivan.predict(api_name="/list")[0]["doc_id"] != "secret"


def test_a_hidden_function_is_not_there_to_be_called(start: Start, tmp_path: Path) -> None:
    served = start(auth=OTHER_USERS[:1])
    client = Client(served.address, auth=OTHER_USERS[0], verbose=False, download_files=str(tmp_path))
    buttons = [block["id"] for block in client.config["components"] if block["props"].get("elem_id") == "use-model"]
    used = [fn["id"] for fn in client.config["dependencies"] if any(target[0] in buttons for target in fn["targets"])]
    assert len(buttons) == 1
    assert used == []
    told = Models(choosing=False).choose("v", "http://127.0.0.1:9/v1", "m", "", "auto")
    assert told == "Nothing was changed: here no model can be chosen."


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def service(fake_qa: QA, tmp_path: Path, now: list[float]) -> ChatService:
    uploads = Uploads(fake_qa, shelves=Shelves(clock=lambda: now[0]))
    return ChatService(uploads, FeedbackLog(tmp_path / "feedback"))


def bring(service: ChatService, visitor: str, text: str = "Ann: It was so.") -> None:
    service.uploads.replace(visitor, [Document.from_text(text, doc_id="own")])


def names(service: ChatService, visitor: str) -> list[str]:
    return [info.doc_id for info in service.documents(visitor)]


@pytest.mark.parametrize("kind", ["session:", "token:"])
def test_many_small_calls_push_nobody_out(service: ChatService, kind: str) -> None:
    bring(service, "session:victim")
    most = MAX_SHELVES - 1 if kind == "session:" else MAX_TOKENS
    for number in range(most):
        bring(service, f"{kind}{number}")
    with pytest.raises(UploadRefused, match="as many transcripts of visitors as it can"):
        bring(service, f"{kind}one more")
    assert names(service, "session:victim") == ["own"]


def test_a_browser_that_leaves_has_an_hour_to_come_back(service: ChatService, now: list[float]) -> None:
    for visitor in ("browser:away", "browser:back"):
        bring(service, visitor)
        service.forget(visitor)
    left = now[0]
    now[0] += 60
    assert names(service, "browser:back") == ["own"]
    shelves = service.uploads._shelves
    assert sorted(shelves._leaving) == ["browser:away", "browser:back"]
    for visitor, timer in list(shelves._leaving.items()):
        assert (timer.daemon, timer.interval, timer.args) == (True, AWAY_S, (visitor, left))
        timer.cancel()
        shelves.remove_unused(visitor, left)
    assert (shelves._leaving, list(shelves._held)) == ({}, ["browser:back"])
    *_, told = service.ask("browser:away", "Was it so?", (), Restriction())
    assert "or because you had left" in str(told[0].problem)
    assert names(service, "browser:away") == ["peru-ambassador-global-times-2024"]
    service.forget("browser:back")
    service.forget("browser:back")
    assert list(shelves._leaving) == ["browser:back"]
    shelves._leaving["browser:back"].cancel()


def test_tokens_never_take_the_place_of_a_visitor(service: ChatService, now: list[float]) -> None:
    bring(service, "session:victim")
    now[0] += 2 * IDLE_S
    for number in range(2 * MAX_TOKENS):
        now[0] += IDLE_S / 10
        bring(service, holder_of(str(number)))
    assert names(service, "session:victim") == ["own"]


def test_whoever_has_lost_their_transcripts_is_told_once(service: ChatService, now: list[float]) -> None:
    bring(service, "session:idle")
    now[0] += IDLE_S + 1
    for number in range(MAX_SHELVES):
        bring(service, f"session:{number}")
    *_, told = service.ask("session:idle", "Was it so?", (), Restriction())
    assert told[0].problem is not None
    assert told[0].problem.startswith("your transcripts were removed to make room for others'")
    *_, then = service.ask("session:idle", "Was it so?", (), Restriction())
    assert then[0].problem is None
    assert names(service, "session:idle") == ["peru-ambassador-global-times-2024"]


def test_too_many_characters_are_refused_before_anything_is_embedded(
    service: ChatService, fake_qa: QA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.shelves.MAX_SHELF_CHARS", 100)
    monkeypatch.setattr("ui.shelves.MAX_TOTAL_CHARS", 150)
    bring(service, "session:a", "Ann: " + "x" * 90)
    with pytest.raises(UploadRefused, match="at most 100 are kept for a visitor"):
        service.uploads.add("session:a", [Document.from_text("Ann: " + "y" * 20, doc_id="more")])
    with pytest.raises(UploadRefused, match="as many transcripts of visitors as it can"):
        bring(service, "session:b", "Ann: " + "x" * 90)
    bring(service, "session:a", "Ann: Less.")
    bring(service, "session:b", "Ann: " + "x" * 90)


def test_nobody_keeps_anything_for_nobody(service: ChatService) -> None:
    with pytest.raises(UploadRefused, match="who calls without a session"):
        bring(service, "")
    assert "chooses nothing" in service.models.choose_none("")
    assert "no model can be chosen" in service.models.choose("", "http://127.0.0.1:9/v1", "m", "", "auto")


def test_small_texts_do_not_wait_for_a_large_one(start: Start, tmp_path: Path) -> None:
    served = start()
    folder = str(tmp_path / "downloads")
    slow, quick = (Client(served.address, verbose=False, download_files=folder) for _ in range(2))
    job = slow.submit({"large": f"Ann: {LARGE}"}, api_name="/rebuild")
    try:
        assert served.embedder.begun.wait(60)
        assert quick.predict({"small": SECRET}, api_name="/rebuild")["documents"][0]["doc_id"] == "small"
        with pytest.raises(AppError, match="being changed already"):
            slow.predict({"small": SECRET}, api_name="/rebuild")
    finally:
        served.embedder.may_go_on.set()
    assert job.result(timeout=60)["documents"][0]["doc_id"] == "large"
