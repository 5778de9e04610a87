"""The chat, served for real and asked through its API."""

from collections.abc import Iterator

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from corpus import Document
from index import build_index
from qa import QA
from tests.fakes import HashEmbedder, WordReader
from ui.app import PortTaken, build_app, launch

QUESTION = "vessels between Chancay and Shanghai"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, interview: Document) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("chat") / "index"
    embedder = HashEmbedder()
    build_index([interview], folder, embedder=embedder)
    app = build_app(QA.open(folder, embedder=embedder, reader=WordReader()))
    yield launch(app)
    app.close(verbose=False)


@pytest.fixture(scope="module")
def client(address: str, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(address, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


def test_it_serves_this_machine_only(address: str) -> None:
    assert address.startswith("http://127.0.0.1:")


def test_the_endpoint_answer(client: Client, interview: Document) -> None:
    answer = client.predict(QUESTION, api_name="/answer")
    citation = answer["quotes"][0]
    assert interview.text[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]
    assert (citation["speaker"], answer["abstained"]) == ("Balarezo", False)


def test_the_endpoint_takes_history_and_speaker(client: Client) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "…"}]
    answer = client.predict("Why?", history, "GT", api_name="/answer")
    assert answer["standalone_question"] == f"{QUESTION} Why?"
    assert {passage["speaker"] for passage in answer["passages"]} == {"GT"}


def test_the_endpoint_says_what_is_wrong(client: Client) -> None:
    with pytest.raises(AppError, match="the question is empty; ask something in words"):
        client.predict(" ", api_name="/answer")


def test_the_chat_streams_and_keeps_the_conversation(client: Client) -> None:
    job = client.submit(QUESTION, api_name="/chat")
    assert job.result().endswith("*Confidence 1.00*")
    outputs = job.outputs()
    assert len(outputs) >= 2
    assert outputs[0].startswith("**Balarezo:** **[1]**")
    assert client.predict("?", api_name="/chat") == "the question is empty; ask something in words"


def test_a_port_in_use(address: str, fake_qa: QA) -> None:
    port = int(address.rstrip("/").rpartition(":")[2])
    with pytest.raises(PortTaken, match=f"port {port} is in use; name another one with --port"):
        launch(build_app(fake_qa), port=port)


def test_examples_are_there_to_click(client: Client) -> None:
    assert "How much faster will cargo reach Shanghai?" in str(client.config["components"])
