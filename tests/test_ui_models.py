"""The chat with a language model: shown with each answer, chosen in the drawer, its key never on the page."""

import json
from pathlib import Path

import pytest

from corpus import Document
from index import build_index
from qa import QA, WriterSettings, open_writer
from qa.answers import compose_quotes
from tests.fakes import HashEmbedder, WordReader
from tests.llm_server import KEY, Says, language_server, points, says
from tests.test_qa_capability_probe import PERFECT, answers_as
from tests.test_qa_grounded_writing import QUESTION, TALK
from ui.conversation import Exchange, read_conversation
from ui.conversation_html import render_conversation
from ui.export import export_json, export_markdown
from ui.feedback import FeedbackLog
from ui.render import format_message
from ui.service import ChatService, Restriction
from ui.uploads import Uploads

NAME = "<b>tiny</b>"
GOOD = points(("The strike lasted 11 weeks.", [2]), ("The strike lasted 12 weeks.", [2]))


@pytest.fixture
def desk(tmp_path: Path) -> ChatService:
    build_index([TALK], tmp_path / "index", embedder=HashEmbedder())
    qa = QA.open(tmp_path / "index", embedder=HashEmbedder(), reader=WordReader())
    return ChatService(Uploads(qa), FeedbackLog(tmp_path / "feedback"))


def served(desk: ChatService, url: str) -> ChatService:
    settings = WriterSettings(url=url, model=NAME, key=KEY, way="point", decides="model")
    return ChatService(Uploads(desk.uploads.served.with_writer(open_writer(settings))), FeedbackLog(Path()))


def ask(desk: ChatService) -> list[tuple[Exchange, ...]]:
    return list(desk.ask("v", QUESTION, (), Restriction()))


def test_sentences_grow_and_the_model_is_shown(desk: ChatService) -> None:
    with language_server(lambda _: GOOD) as server:
        first, found, growing, last = ask(served(desk, server.url))
    assert (first[0].answer, found[0].answer, growing[0].answer) == (None, None, None)
    begun = render_conversation(found, waiting=True)
    assert begun.index("Writing…") < begun.index("Found so far") < begun.index("“The strike lasted eleven weeks.”")
    assert "Found so far" not in render_conversation(last)
    assert "The strike lasted 11 weeks." in render_conversation(growing, waiting=True)
    page = render_conversation(last)
    assert "Phrased by the language model <bdi>&lt;b&gt;tiny&lt;/b&gt;</bdi>" in page
    assert "1 of its sentences did not pass and is left out." in page
    assert page.count("The strike lasted eleven weeks.") >= 1
    assert KEY not in page + export_json(last) + export_markdown(last)
    assert "Phrased by the language model" in export_markdown(last)


def test_that_a_model_is_probed_shows_and_what_was_found_stands_below(desk: ChatService) -> None:
    with language_server(answers_as(PERFECT, otherwise=GOOD)) as server:
        qa = desk.uploads.served.with_writer(open_writer(WriterSettings(url=server.url)))
        probed = ChatService(Uploads(qa), FeedbackLog(Path()))
        _, found, growing, _ = ask(probed)
        _, known, *_ = ask(probed)
    begun = render_conversation(found, waiting=True)
    assert "Asking the language model a few questions first" in begun
    assert "“The strike lasted eleven weeks.”" in begun
    for later in (growing, known):
        assert "Asking the language model" not in render_conversation(later, waiting=True)


def test_what_was_found_stays_when_the_writing_is_stopped(desk: ChatService) -> None:
    with language_server(lambda _: GOOD) as server:
        _, found, *_ = ask(served(desk, server.url))
    page = render_conversation(found)
    assert page.index("Stopped before an answer.") < page.index("“The strike lasted eleven weeks.”")


def test_without_a_model_nothing_is_called_found_so_far(desk: ChatService) -> None:
    assert not any("Found so far" in render_conversation(state, waiting=True) for state in ask(desk))


def test_a_broken_reply_leaves_no_half_answer_on_the_page(desk: ChatService) -> None:
    with language_server(lambda _: Says(GOOD.pieces[:-2])) as server:
        *_, last = ask(served(desk, server.url))
    page = render_conversation(last)
    assert "The strike lasted 11 weeks." not in page
    assert "sent a reply that cannot be read. The quotes below were found without it." in page


def test_a_kept_answer_comes_back_with_its_model(desk: ChatService) -> None:
    with language_server(lambda _: GOOD) as server:
        *_, last = ask(served(desk, server.url))
    kept = json.loads(json.dumps([exchange.to_dict() for exchange in last]))
    with desk.qa_of("v").store.reading() as view:
        (back,) = read_conversation(kept, view)
        assert render_conversation((back,)) == render_conversation(last)
        for field in ("route", "written", "model", "dropped", "notice"):
            del kept[0]["answer"][field]  # as an earlier version kept it
        (old,) = read_conversation(kept, view)
    assert old.answer is not None
    assert (old.answer.route, old.answer.model) == ("extractive", None)


def test_a_visitor_chooses_a_model_and_takes_it_back(desk: ChatService) -> None:
    script = answers_as(PERFECT, otherwise=GOOD)
    with language_server(script) as server:
        told = desk.models.choose("v", server.url, "", KEY, "auto")
        *_, mine = ask(desk)
        *_, others = list(desk.ask("w", QUESTION, (), Restriction()))
    assert told.startswith("Answers are phrased by the language model tiny;")
    assert told.endswith("It also says when the source does not answer.")
    assert KEY not in told
    assert [exchange[0].answer.route for exchange in (mine, others) if exchange[0].answer] == [
        "written",
        "extractive",
    ]
    assert desk.models.choose_none("v") == "Answers are made of quotes alone."
    *_, mine = ask(desk)
    assert mine[0].answer is not None
    assert mine[0].answer.route == "extractive"


@pytest.mark.parametrize(
    ("url", "way", "words"),
    [
        ("http://169.254.169.254/v1", "auto", "whose server runs on this machine"),
        ("https://api.example/v1", "auto", "whose server runs on this machine"),
        ("/etc", "auto", "whose server runs on this machine"),
        ("", "auto", "Nothing was changed: '' is no address of a language model"),
        ("http://127.0.0.1:9/v1", "sideways", "Nothing was changed: way is 'sideways'"),
        ("http://user:secret@127.0.0.1/v1", "auto", "Nothing was changed: a key does not belong into the address"),
    ],
)
def test_a_choice_that_cannot_be(desk: ChatService, url: str, way: str, words: str) -> None:
    told = desk.models.choose("v", url, "", "", way)
    assert words in told
    assert "secret" not in told
    assert desk.qa_of("v") is desk.uploads.served


def test_a_choice_of_a_server_that_refuses(desk: ChatService) -> None:
    with language_server(lambda _: Says(status=401, error={"message": KEY})) as server:
        told = desk.models.choose("v", server.url, "m", KEY, "auto")
    assert told == (
        "Nothing was changed: the language model was refused by its server: "
        "the key in $ONTHERECORD_LLM_KEY is missing or wrong."
    )


def test_the_message_for_programs_names_the_model_as_text(desk: ChatService) -> None:
    with language_server(lambda _: GOOD) as server:
        answer = served(desk, server.url).qa_of("").answer(QUESTION)
    message = format_message(answer)
    assert "Phrased by the language model &#60;b&#62;tiny" in message
    assert answer.words == "The strike lasted 11 weeks. [1]"


def test_a_notice_behind_the_quotes_is_no_second_copy_of_them(desk: ChatService) -> None:
    with language_server(lambda _: says("")) as server:
        answer = served(desk, server.url).qa_of("").answer(QUESTION)
    assert compose_quotes(answer.quotes) not in answer.words
    assert answer.words == answer.notice


def test_uploads_are_phrased_by_the_same_model(desk: ChatService) -> None:
    other = Document.from_text("Ann: Well?\n\nBob: The strike lasted nine days.", doc_id="other")
    with language_server(lambda _: points(("The strike lasted nine days.", [2]))) as server:
        own = served(desk, server.url)
        own.uploads.add("v", [other])
        answer = own.qa_of("v").answer(QUESTION)
    assert (answer.route, answer.quotes[0].doc_id) == ("written", "other")
