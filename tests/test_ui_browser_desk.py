"""The drawer in a real browser: transcripts of one's own, verdicts, files to keep."""

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from corpus import Document, bundled_interview, load
from index import FloatArray, Hit
from qa import QA, Reading
from qa.answers import load_answers
from qa.evaluation.questions import load_question_set
from qa.exports import load_citations
from qa.verify import verify
from tests.conftest import OpenPage, Serve
from tests.fakes import WordReader
from tests.test_ui_browser_panes import ask, expect_marked
from ui.service import ChatService

pytestmark = pytest.mark.browser

QUESTION = "vessels between Chancay and Shanghai"
VTT = """WEBVTT

00:01.000 --> 00:04.000
<v Ann>When did the harvest fail?

01:05.000 --> 01:09.000
<v Bob>The harvest failed in 1987.
"""
PDF = Path(__file__).parent / "samples" / "11_user_study_interview.pdf"
PASTED = (
    "Rosa: Was the strike long?\n\nIvan: The strike lasted eleven weeks, thanks to the union. Nobody left the union."
)


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "set"


@pytest.fixture(scope="module")
def address(serve: Serve, feedback: Path) -> str:
    return serve(bundled_interview(), feedback=feedback)


def open_drawer(page: Page) -> None:
    page.get_by_role("button", name="Transcripts & history").click()
    expect(page.locator("#desk")).to_be_visible()


def paste(page: Page, text: str, title: str) -> None:
    page.get_by_label("Or paste a transcript").fill(text)
    page.get_by_label("Its title").fill(title)
    page.get_by_role("button", name="Add the pasted text").click()


def test_files_are_taken_or_refused_each_in_words(address: str, open_page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "harvest.vtt").write_text(VTT, encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    page, other = open_page(address), open_page(address)
    open_drawer(page)
    expect(page.locator("#documents .remove")).to_have_count(0)
    expect(page.get_by_role("button", name="Back to the first transcripts")).to_be_hidden()
    page.locator("#desk input[type=file]").first.set_input_files(
        [tmp_path / "harvest.vtt", PDF, tmp_path / "broken.pdf"]
    )
    lines = page.locator("#status li")
    expect(page.locator("#status .head")).to_have_text("Added. Answers now come from your own transcripts.")
    expect(lines.nth(0)).to_contain_text("2 turns of speech; Ann, Bob")
    expect(lines.nth(1)).to_have_class("read")
    expect(lines.nth(2)).to_contain_text("Refused: broken.pdf is damaged")
    expect(page.locator("#documents li")).to_have_count(2)
    page.keyboard.press("Escape")

    ask(page, "harvest failed in 1987")
    quote = page.locator(".quote").first
    expect(quote.locator(".about")).to_contain_text("1:05")
    quote.locator("a.number").click()
    text, words = load(tmp_path / "harvest.vtt").text, "The harvest failed in 1987."
    expect_marked(page, text, text.index(words), text.index(words) + len(words))

    ask(other, "harvest failed in 1987")
    expect(other.locator(".abstention")).to_be_visible()

    open_drawer(page)
    page.get_by_role("button", name="Remove harvest").click()
    expect(page.locator("#documents li")).to_have_count(1)
    page.get_by_role("button", name="Back to the first transcripts").click()
    expect(page.locator("#documents .title")).to_contain_text("Peru positioned as a strategic gateway")


def test_paste_restrict_and_ask(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    open_drawer(page)
    paste(page, "???", "")
    expect(page.locator("#status")).to_contain_text("Refused: pasted text has no words in it")
    expect(page.get_by_label("Or paste a transcript")).to_have_value("???")
    paste(page, PASTED, "Strike talk")
    expect(page.locator("#status")).to_contain_text("Strike talk: 2 turns of speech; Rosa, Ivan")
    paste(page, "Ann: When did it fail?\n\nBob: The harvest failed in 1987.", "Harvest <b>talk</b>")
    expect(page.locator("#documents li")).to_have_count(2)
    expect(page.locator("#documents .title").nth(1)).to_have_text("Harvest <b>talk</b>")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#welcome .ask").first).to_have_text("What does Ivan say about the union?")

    page.get_by_label("Only in the words of").click()
    page.get_by_role("option", name="Rosa").click()
    ask(page, "strike long")
    expect(page.locator(".quote").first.locator(".about")).to_contain_text("Rosa")
    page.get_by_label("Only in the words of").click()
    page.get_by_role("option", name="everybody").click()
    page.get_by_role("button", name="Ask only Harvest <b>talk</b>").click()
    expect(page.locator("#narrowed")).to_contain_text("Asking “Harvest <b>talk</b>”")
    ask(page, "strike lasted eleven weeks")
    expect(page.locator(".exchange").last.locator(".abstention")).to_be_visible()


def test_asking_again_otherwise_and_what_is_suggested(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.locator(".welcome .ask").first.click()
    exchange = page.locator(".exchange")
    expect(exchange).to_have_attribute("aria-busy", "false")
    page.locator("#conversation .offers .ask").first.click()
    expect(exchange).to_have_count(2)
    expect(exchange.last).to_have_attribute("aria-busy", "false")
    exchange.first.get_by_role("button", name="Edit question 1").click()
    page.get_by_label("Change the question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(exchange.first.get_by_role("heading").first).to_have_text(QUESTION)
    expect(exchange.first).to_have_attribute("aria-busy", "false")
    expect(exchange.first.locator("blockquote").first).to_contain_text("by 10 to 12 days.")
    expect(exchange).to_have_count(2)


def test_a_follow_up_can_be_asked_without_what_was_before(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    ask(page, QUESTION)
    ask(page, "And why?")
    exchange = page.locator(".exchange")
    expect(exchange.last.locator(".understood")).to_contain_text("Understood as: And why? (")
    exchange.last.get_by_role("button", name="Ask it without what was before").click()
    expect(exchange).to_have_count(3)
    expect(exchange.last).to_have_attribute("aria-busy", "false")
    expect(exchange.last.get_by_role("heading").first).to_have_text("And why?")
    expect(exchange.last.locator(".understood")).to_have_count(0)


class PatientReader(WordReader):
    """Reads only once it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """As its parent, later."""
        self.let.wait()
        return super().read(question, hits, documents, embedding=embedding)


def test_an_answer_can_be_stopped_and_asked_for_again(serve: Serve, open_page: OpenPage) -> None:
    reader = PatientReader()
    page = open_page(serve(bundled_interview(), reader=reader))
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_have_text("Reading the transcript…")
    # The server lets go of a question that is still read: its end would close what the next one is told by.
    with page.expect_response("**/cancel"):
        page.get_by_role("button", name="Stop").click()
    expect(page.locator(".problem")).to_have_text("Stopped before an answer.")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    reader.let.set()
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("blockquote").first).to_contain_text("by 10 to 12 days.")


def test_examples_that_come_late_leave_the_answer_on_the_page(
    serve: Serve, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = threading.Event()

    def examples(service: ChatService, visitor: str) -> tuple[str, ...]:
        late.wait()
        return ("Did they come late?",)

    monkeypatch.setattr(ChatService, "examples", examples)
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(serve(bundled_interview()))
        ask(page, QUESTION)
        late.set()
        expect(page.locator("#welcome")).to_contain_text("Did they come late?")
        expect(page.locator("#welcome")).to_be_hidden()
        expect(page.locator(".exchange blockquote").first).to_be_visible()
    finally:
        late.set()
        context.close()


def test_verdicts_become_questions_to_measure_with(address: str, open_page: OpenPage, feedback: Path) -> None:
    page = open_page(address)
    ask(page, QUESTION)
    quote = page.locator(".quote").first
    quote.get_by_role("button", name="Good quote").click()
    expect(quote.get_by_role("button", name="Good quote")).to_have_attribute("aria-pressed", "true")
    quote.get_by_text("Something wrong?").click()
    quote.get_by_role("button", name="Wrong speaker").click()
    expect(quote.get_by_role("button", name="Wrong speaker")).to_have_attribute("aria-pressed", "true")
    expect(quote.get_by_role("button", name="Good quote")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")

    lines = (feedback / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = [(line["about"], line["verdict"]) for line in map(json.loads, lines)]
    assert verdicts == [("1", "good"), ("1", "wrong speaker"), ("answer", "good")]
    questions = load_question_set(feedback)
    assert [(gold.question, gold.answerable, gold.speakers) for gold in questions.questions] == [
        (QUESTION, True, ("Balarezo",)),
        (QUESTION, True, ("Balarezo",)),
    ]
    start, end = questions.questions[0].spans[0]
    text = questions.documents[questions.questions[0].doc_id].text
    assert text[start:end].endswith("by 10 to 12 days.")


def test_a_conversation_is_saved(address: str, open_page: OpenPage, tmp_path: Path, fake_qa: QA) -> None:
    page = open_page(address)
    ask(page, QUESTION)
    ask(page, "lithium price")
    open_drawer(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as JSON").click()
    assert saved.value.suggested_filename == f"vessels-between-Chancay-and-Shanghai-{date.today()}.json"
    saved.value.save_as(tmp_path / "talk.json")
    citations = [quote for answer in load_answers(tmp_path / "talk.json") for quote in answer.quotes]
    with fake_qa.store.reading() as view:
        assert [finding.verdict for finding in verify(citations, view)] == ["exact"] * len(citations)
    assert citations[0].text.endswith("by 10 to 12 days.")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as Markdown").click()
    assert saved.value.suggested_filename == f"vessels-between-Chancay-and-Shanghai-{date.today()}.md"
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert "## vessels between Chancay and Shanghai" in text
    assert "*Closest, not an answer:*" in text

    for _ in range(2):
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save in this form").click()
        saved.value.save_as(tmp_path / "talk.docx")
        with fake_qa.store.reading() as view:
            found = verify(load_citations(tmp_path / "talk.docx"), view)
        assert [finding.verdict for finding in found] == ["exact"] * len(citations)
