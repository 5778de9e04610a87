"""The endpoints for programs, served for real: through gradio_client, and as MCP tools."""

import asyncio
import base64
import importlib.util
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from corpus import Document
from index import build_index
from qa import QA
from tests.conftest import Serve
from tests.fakes import HashEmbedder, WordReader
from ui.app import MissingPackage, build_app, launch

QUESTION = "vessels between Chancay and Shanghai"
TALK = "Rosa: Was the strike long?\n\nIvan: The strike lasted eleven weeks."
has_mcp = importlib.util.find_spec("mcp") is not None


@pytest.fixture(scope="module")
def client(serve: Serve, interview: Document, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(serve(interview), verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


def test_the_endpoints_are_named_and_described(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    names = "/answer /search /check /list /rebuild /table /export /chat /upload /start_again"
    assert set(endpoints) == set(names.split())
    assert [parameter["parameter_name"] for parameter in endpoints["/answer"]["parameters"]] == [
        "question",
        "history",
        "speaker",
        "documents",
        "shelf",
    ]
    assert all(endpoint["description"] for endpoint in endpoints.values())


def test_what_a_language_model_wrote_is_checked(client: Client) -> None:
    draft = "“It is impossible for the port to have military purposes,” said Balarezo."
    (found,) = client.predict(draft, api_name="/check")["quotations"]
    assert (found["verdict"], found["speaker"]) == ("changed", "Balarezo")
    assert found["changes"] == [{"change": "word", "said": "dual use", "written": "military"}]
    # Answers of this program quote what was said.
    quotes = client.predict(QUESTION, api_name="/answer")["quotes"]
    written = "\n\n".join(f"“{quote['cited_text']}” {quote['speaker']} said." for quote in quotes)
    checked = client.predict(written, api_name="/check")["quotations"]
    assert {(found["verdict"], found["speaker"] == found["attributed_to"]) for found in checked} == {("exact", True)}


def test_answers_become_files(client: Client, tmp_path: Path) -> None:
    answer = client.predict(QUESTION, api_name="/answer")
    made = client.predict([answer], "annotations", api_name="/export")
    assert (made["name"], made["media_type"], made["quotes"]) == (
        "on-the-record.jsonld",
        "application/ld+json",
        len(answer["quotes"]),
    )
    page = json.loads(base64.b64decode(made["base64"]))
    words = [item["target"]["selector"][0]["exact"] for item in page["items"]]
    assert words == [quote["cited_text"] for quote in answer["quotes"]]
    cited = client.predict([answer], "markdown", "{speaker} in “{title}”", api_name="/export")
    assert "[^1]: Balarezo in “" in base64.b64decode(cited["base64"]).decode()
    with pytest.raises(AppError, match="'pdf' is no format"):
        client.predict([answer], "pdf", api_name="/export")
    with pytest.raises(AppError, match="it has no answers in it"):
        client.predict([], "word", api_name="/export")
    answer["quotes"][0]["cited_text"] = answer["quotes"][0]["cited_text"].replace("e", "a", 1)
    with pytest.raises(AppError, match="nothing is exported: 1 of"):
        client.predict([answer], "word", api_name="/export")


def test_a_table_is_that_of_the_command_line(client: Client, interview: Document) -> None:
    table = client.predict([QUESTION, "the price of turnips"], api_name="/table")
    (found,), (nothing,) = (row["cells"] for row in table["rows"])
    assert [row["question"] for row in table["rows"]] == [QUESTION, "the price of turnips"]
    assert (found["doc_id"], found["found"], found["speaker"]) == (interview.doc_id, True, None)
    (best, *_) = found["quotes"]
    assert interview.text[best["start_char_index"] : best["end_char_index"]] == best["cited_text"]
    assert (nothing["found"], nothing["quotes"]) == (False, [])
    by_speaker = client.predict([QUESTION], "speaker", api_name="/table")
    assert "Balarezo" in [cell["speaker"] for cell in by_speaker["rows"][0]["cells"]]


def test_a_table_is_bounded(client: Client) -> None:
    with pytest.raises(AppError, match="401 questions for 1 are 401 cells, expected 1 to 400"):
        client.predict([f"Question {number}?" for number in range(401)], api_name="/table")
    with pytest.raises(AppError, match="0 questions for 1 are 0 cells"):
        client.predict([], api_name="/table")
    with pytest.raises(AppError, match="the index holds no document 'nowhere'"):
        client.predict([QUESTION], "document", ["nowhere"], api_name="/table")


def test_search_gives_exact_slices_best_first(client: Client, interview: Document) -> None:
    found = client.predict(QUESTION, 3, api_name="/search")
    assert len(found) == 3
    assert [passage["score"] for passage in found] == sorted((passage["score"] for passage in found), reverse=True)
    assert all(interview.text[passage["start"] : passage["end"]] == passage["text"] for passage in found)
    with pytest.raises(AppError, match="top_k is 0, expected 1 to 24"):
        client.predict(QUESTION, 0, api_name="/search")
    with pytest.raises(AppError, match="the index holds no document 'nowhere'"):
        client.predict(QUESTION, 3, None, ["nowhere"], api_name="/search")


def test_check_gives_the_verdict_on_every_quotation(client: Client, tmp_path: Path) -> None:
    draft = "“It is impossible for the port to have dual-use purposes,” Balarezo said. “It is a port of war,” he added."
    checked = client.predict(draft, api_name="/check")
    assert [quotation["verdict"] for quotation in checked["quotations"]] == ["typography", "not_found"]
    assert all(draft[found["start"] : found["end"]] == found["text"] for found in checked["quotations"])
    assert checked["quotations"][0]["speaker"] == "Balarezo"
    path = tmp_path / "secret.txt"
    path.write_text("“A secret that nobody may read.”", encoding="utf-8")
    assert client.predict(str(path), api_name="/check")["quotations"] == []  # a path is a text like any other
    with pytest.raises(AppError, match="the draft has no words"):
        client.predict("…", api_name="/check")
    with pytest.raises(AppError, match="at most 400,000 are checked"):
        client.predict("a" * 400_001, api_name="/check")


def test_a_caller_rebuilds_for_nobody_else(serve: Serve, client: Client, interview: Document, tmp_path: Path) -> None:
    caller = Client(client.src, verbose=False, download_files=str(tmp_path))
    rebuilt = caller.predict({"strike": TALK}, api_name="/rebuild")
    assert rebuilt["shelf"] is None
    assert [(record["doc_id"], record["speakers"]) for record in rebuilt["documents"]] == [("strike", ["Rosa", "Ivan"])]
    assert caller.predict("strike lasted", api_name="/answer")["quotes"][0]["speaker"] == "Ivan"
    assert client.predict(api_name="/list")[0]["doc_id"] == interview.doc_id
    with pytest.raises(AppError, match="0 transcripts; give from 1 to 200"):
        caller.predict({}, api_name="/rebuild")
    with pytest.raises(AppError, match="has no words in it"):
        caller.predict({"empty": "…"}, api_name="/rebuild")
    assert caller.predict(api_name="/list")[0]["doc_id"] == "strike"


@pytest.fixture
def served_as_tools(tmp_path: Path, interview: Document) -> Iterator[str]:
    embedder = HashEmbedder()
    build_index([interview], tmp_path / "index", embedder=embedder)
    qa = QA.open(tmp_path / "index", embedder=embedder, reader=WordReader())
    app = build_app(qa, feedback=tmp_path / "feedback", mcp=True)
    yield launch(app, qa, mcp=True)
    app.close(verbose=False)


@pytest.mark.skipif(not has_mcp, reason="the extra mcp is not installed")
@pytest.mark.filterwarnings("ignore")  # of the packages that MCP brings
def test_the_mcp_tools(served_as_tools: str) -> None:
    # In a thread of its own: the browser tests leave an event loop running in this one.
    with ThreadPoolExecutor() as pool:
        tools, answer, listed = pool.submit(lambda: asyncio.run(_use_tools(served_as_tools))).result()
    assert {name.rpartition("_")[2] for name in tools} == {
        "ask",
        "search",
        "check",
        "list",
        "rebuild",
        "table",
    }
    assert len(tools) == 6
    assert all(len(description) > 60 for description in tools.values())
    assert answer["quotes"][0]["cited_text"].endswith("by 10 to 12 days.")
    assert listed[0]["doc_id"] == "strike"


async def _use_tools(address: str) -> tuple[dict[str, str], Any, Any]:
    from mcp import ClientSession  # only where the extra is installed
    from mcp.client.streamable_http import streamablehttp_client

    async with (
        streamablehttp_client(f"{address}gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = {tool.name: tool.description or "" for tool in (await session.list_tools()).tools}
        names = {name.rpartition("_")[2]: name for name in tools}
        answer = await session.call_tool(names["ask"], {"question": QUESTION})
        rebuilt = await session.call_tool(names["rebuild"], {"transcripts": {"strike": TALK}})
        listed = await session.call_tool(names["list"], {"shelf": _read(rebuilt)["shelf"]})
        return tools, _read(answer), _read(listed)


def _read(result: Any) -> Any:  # noqa: ANN401 - whatever the tool gave
    return json.loads(result.content[0].text)


@pytest.mark.skipif(has_mcp, reason="the extra mcp is installed")
def test_without_the_extra_it_says_what_to_install(fake_qa: QA) -> None:
    with pytest.raises(MissingPackage, match=r"pip install 'on-the-record\[mcp\]'"):
        launch(build_app(fake_qa, mcp=True), fake_qa, mcp=True)
