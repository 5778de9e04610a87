"""The chat, served for real and asked through its API."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
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
    qa = QA.open(folder, embedder=embedder, reader=WordReader())
    app = build_app(qa, feedback=folder.parent / "feedback")
    yield launch(app, qa)
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
    assert answer["standalone_question"] == f"Why? (after “{QUESTION}”)"
    assert {passage["speaker"] for passage in answer["passages"]} == {"GT"}


def test_the_endpoint_says_what_is_wrong(client: Client) -> None:
    with pytest.raises(AppError, match="the question is empty; ask something in words"):
        client.predict(" ", api_name="/answer")


def test_the_chat_answers_in_markdown_and_keeps_the_conversation(client: Client) -> None:
    job = client.submit(QUESTION, api_name="/chat")
    assert job.result().endswith("*Confidence 1.00*")
    assert job.outputs()[0].startswith("**Balarezo:** **[1]**")
    assert html.unescape(client.predict("?", api_name="/chat")) == "the question is empty; ask something in words"


def test_what_opens_a_transcript_waits_for_what_was_clicked_before(fake_qa: QA, tmp_path: Path) -> None:
    app = build_app(fake_qa, feedback=tmp_path / "feedback")
    opening = [fn for fn in app.fns.values() if any(block.elem_id == "transcript" for block in fn.outputs)]
    assert len(opening) > 1
    assert {(fn.concurrency_id, fn.concurrency_limit) for fn in opening} == {("transcript", 1)}


def test_a_port_in_use(address: str, fake_qa: QA) -> None:
    port = int(address.rstrip("/").rpartition(":")[2])
    with pytest.raises(PortTaken, match=f"port {port} is in use; name another one with --port"):
        launch(build_app(fake_qa), fake_qa, port=port)


def test_examples_are_there_to_click(client: Client) -> None:
    assert "How much faster will cargo reach Shanghai?" in str(client.config["components"])


def test_another_index_has_no_examples_of_the_bundled_interview(tmp_path: Path) -> None:
    embedder = HashEmbedder()
    build_index([Document.from_text("Ann: Why?\n\nBob: So.", doc_id="talk")], tmp_path, embedder=embedder)
    app = build_app(QA.open(tmp_path, embedder=embedder, reader=WordReader()))
    assert "Shanghai" not in str(app.get_config_file()["components"])


def test_a_visitor_brings_transcripts_of_their_own(address: str, client: Client, tmp_path: Path) -> None:
    (tmp_path / "harvest.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ann>When did the harvest fail?\n\n"
        "01:05.000 --> 01:09.000\n<v Bob>The harvest failed in 1987.\n",
        encoding="utf-8",
    )
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    visitor = Client(address, verbose=False, download_files=str(tmp_path / "downloads"))
    status = visitor.predict(
        [handle_file(tmp_path / "harvest.vtt"), handle_file(tmp_path / "broken.pdf")], api_name="/upload"
    )
    assert "2 turns of speech; Ann, Bob" in status
    assert "Refused: broken.pdf is damaged" in status
    said = visitor.predict("harvest failed 1987", api_name="/chat")
    assert "“The harvest failed in 1987&#46;”" in said
    assert "1&#58;05" in said

    assert "harvest failed" not in client.predict("harvest failed 1987", api_name="/chat")
    visitor.predict(api_name="/start_again")
    assert "harvest failed" not in visitor.predict("harvest failed 1987", api_name="/chat")


def test_nothing_but_broken_files_leaves_the_visitor_where_they_were(client: Client, tmp_path: Path) -> None:
    (tmp_path / "empty.srt").write_text("no times here", encoding="utf-8")
    status = client.predict([handle_file(tmp_path / "empty.srt")], api_name="/upload")
    assert "None of these could be read" in status
    assert str(tmp_path.parent) not in status
    assert "Balarezo" in client.predict(QUESTION, api_name="/chat")
