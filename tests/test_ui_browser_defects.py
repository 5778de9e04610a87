"""What once was wrong on the page, each in a real browser."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from corpus import Document, bundled_interview
from index import FloatArray, Hit, Progress
from qa import QA, Reading
from tests.conftest import OpenPage, Serve
from tests.fakes import HashEmbedder, WordReader
from tests.test_ui_browser_panes import ask, expect_marked
from ui.app import build_app, launch

pytestmark = pytest.mark.browser

QUESTION = "vessels between Chancay and Shanghai"
WRITTEN_IN_MARKDOWN = """**Rosa:**&nbsp;Was the strike long?

**Ivan:** Nobody left the union.&nbsp;The strike lasted &quot;eleven weeks&quot; &mdash; or so.&nbsp;It&#39;s over.
"""


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(bundled_interview())


def test_references_of_html_are_shown_as_characters(serve: Serve, open_page: OpenPage) -> None:
    page = open_page(serve(Document.from_text(WRITTEN_IN_MARKDOWN, doc_id="strike")))
    ask(page, "strike lasted eleven weeks")
    quote = page.locator("ol.quotes .quote").first
    words = "The strike lasted &quot;eleven weeks&quot; &mdash; or so."
    expect(quote.locator("blockquote")).to_have_text(f"“{words}”")
    references = quote.locator("blockquote .reference")
    shown = "nodes => nodes.map(node => getComputedStyle(node, '::before').content)"
    assert references.evaluate_all(shown) == ['"\\""', '"\\""', '"—"']
    widths = "nodes => nodes.map(node => node.firstElementChild.getBoundingClientRect().width)"
    assert references.evaluate_all(widths) == [0, 0, 0]
    quote.locator("a.number").click()
    start = WRITTEN_IN_MARKDOWN.index(words)
    expect_marked(page, WRITTEN_IN_MARKDOWN, start, start + len(words))


FAILED = (
    "Ann: Why did the harvest fail?\n\nBob: The harvest failed since the rain did not come for eleven long months, and "
    "because nobody in the whole valley had kept any seed for such a year. We left.\n"
)


class ShortReader(WordReader):
    """Its best evidence has a short answer: the sentence without its first three words."""

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """As its parent."""
        reading = super().read(question, hits, documents, embedding=embedding)
        best = reading.evidence[0]
        short = (documents[best.doc_id].text.index("since the rain"), best.end - 1)
        return replace(reading, evidence=(replace(best, short=short), *reading.evidence[1:]))


@pytest.mark.parametrize("size", [(1280, 832), (900, 420)])
def test_what_a_number_cites_is_shown_whole_and_scrolls_nothing(
    serve: Serve, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr("qa.findings.is_headline", lambda *_: True)
    address = serve(Document.from_text(FAILED, doc_id="harvest"), reader=ShortReader())
    page = open_page(address, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    ask(page, "harvest failed")
    too_wide = "node => node.scrollWidth > node.clientWidth"
    assert page.locator("#conversation").evaluate(too_wide) is False
    number, peek = page.locator(".short a.number"), page.locator(".short .peek")
    expect(peek).to_be_hidden()
    number.hover()
    expect(peek).to_be_visible()
    card, at = peek.bounding_box(), number.bounding_box()
    assert card is not None
    assert at is not None
    assert 0 <= card["x"] <= card["x"] + card["width"] <= size[0]
    assert 0 <= card["y"] <= card["y"] + card["height"] <= size[1]
    assert card["y"] >= at["y"] + at["height"] or card["y"] + card["height"] <= at["y"]
    assert page.locator("#conversation").evaluate(too_wide) is False
    page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    # The quote itself stands beside the number in the list: nothing is laid over it.
    page.locator("ol.quotes a.number").hover()
    expect(page.locator(".peek:visible")).to_have_count(0)


def test_a_question_that_is_edited_leaves_those_behind_it(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    for question in ("lithium price", "port of Callao", "largest trading partner"):
        ask(page, question)
    page.get_by_role("button", name="Edit question 2").click()
    page.get_by_label("Change the question").fill(QUESTION)
    page.get_by_role("button", name="Ask this instead").click()
    exchanges = page.locator(".exchange")
    expect(exchanges.nth(1).locator("blockquote").first).to_contain_text("by 10 to 12 days.")
    expect(exchanges.nth(1)).to_have_attribute("aria-busy", "false")
    expect(page.locator(".exchange .asked h2")).to_have_text(["lithium price", QUESTION, "largest trading partner"])
    expect(page.locator("#announcements")).to_have_text("Answered with 1 quote")
    expect(exchanges.nth(1).locator("h2").first).to_be_in_viewport()


def test_what_would_be_answered_the_same_is_not_asked_again(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    for question in (QUESTION, "lithium price"):
        ask(page, question)
    expect(page.get_by_role("button", name="Good answer")).to_be_visible()
    expect(page.get_by_role("button", name="Ask again")).to_have_count(0)


def make_talk(place: str) -> Document:
    said = "\n\n".join(f"Bob: In year {year} the mill of {place} stood still." for year in range(1900, 1980))
    return Document.from_text(f"Ann: What of {place}?\n\n{said}\n\nBob: The zeppelin came to {place}.", doc_id=place)


@pytest.fixture(scope="module")
def two_talks(serve: Serve) -> str:
    return serve(make_talk("Arden"), make_talk("Brill"))


def test_another_transcript_opens_at_its_beginning(two_talks: str, open_page: OpenPage) -> None:
    page = open_page(two_talks)
    pane = page.locator("#transcript")
    pane.evaluate("node => node.scrollTo(0, node.scrollHeight)")
    open_transcript(page, "Brill")
    expect(page.locator(".transcript")).to_contain_text("What of Brill?")
    expect(pane.get_by_role("heading", name="Brill")).to_be_in_viewport()
    assert pane.evaluate("node => node.scrollTop") == 0


def test_the_transcript_follows_an_answer_and_the_focus_stays(two_talks: str, open_page: OpenPage) -> None:
    page = open_page(two_talks)
    ask(page, "zeppelin came to Brill")
    text = make_talk("Brill").text
    expect_marked(page, text, text.index("The zeppelin"), len(text))
    expect(page.locator("mark")).to_be_in_viewport()
    expect(page.get_by_label("Your question")).to_be_focused()
    page.go_back()
    expect(page.locator("mark")).to_have_count(0)
    phone = open_page(two_talks, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    ask(phone, "zeppelin came to Brill")
    expect(phone.locator("#source")).to_be_hidden()


def test_whoever_goes_on_while_a_transcript_is_fetched_gets_the_last_one(two_talks: str, open_page: OpenPage) -> None:
    page = open_page(two_talks)
    page.evaluate("() => { window.came = 0; window.addEventListener('transcript-arrived', () => window.came++); }")
    with page.expect_request("**/queue/join**"):
        page.goto(f"{two_talks}#Brill:5-10")
    page.goto(f"{two_talks}#Arden:5-10")  # Arden is there still, and is marked until Brill comes and takes its place
    page.wait_for_function("window.came === 2")
    expect_marked(page, make_talk("Arden").text, 5, 10)
    page.goto(f"{two_talks}#Brill:5-10")
    expect_marked(page, make_talk("Brill").text, 5, 10)


def test_a_list_of_choices_closes_when_the_keyboard_leaves_it(two_talks: str, open_page: OpenPage) -> None:
    page = open_page(two_talks)
    choices = page.get_by_role("combobox", name="Only in the words of")
    choices.focus()
    expect(choices).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(choices).to_have_attribute("aria-expanded", "false")
    page.get_by_label("Your question").focus()
    expect(page.get_by_role("option")).to_have_count(0)


LONG_WORD = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessen"
LONG_NAMES = f"{LONG_WORD}: Why did it fail?\n\nBob: The harvest failed.\n\n{LONG_WORD}: The harvest failed early."
TALK = "Ann: Why did it fail?\n\nBob: The harvest failed in 1987. We left."


def open_drawer(page: Page) -> None:
    page.locator(".open-desk").click()
    expect(page.locator("#desk")).to_be_visible()


def test_how_far_an_upload_is_stands_in_words_beside_the_names(
    address: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go_on, embed = threading.Event(), HashEmbedder.embed_passages

    def embed_slowly(self: HashEmbedder, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        if progress is not None:
            progress(1, len(texts))
            go_on.wait(timeout=30)
        return embed(self, texts, progress)

    monkeypatch.setattr(HashEmbedder, "embed_passages", embed_slowly)
    (tmp_path / "harvest.txt").write_text(TALK, encoding="utf-8")
    page = open_page(address)
    open_drawer(page)
    page.locator("#desk input[type=file]").first.set_input_files(tmp_path / "harvest.txt")
    expect(page.locator("#status .head")).to_have_text("Making them searchable: 1 of 3 passages")
    name = page.locator("#status .file")
    expect(name).to_have_text("harvest.txt")
    top = """node => {
        const { x, y, width, height } = node.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2) === node && getComputedStyle(node).opacity;
    }"""
    assert name.evaluate(top) == "1"
    expect(page.locator("#status .progress-level, #status .eta-bar, #status .progress-text")).to_have_count(0)
    go_on.set()
    expect(page.locator("#status .head")).to_have_text("Added. Answers now come from your own transcripts.")


def test_a_text_that_is_there_already_is_not_added_under_another_name(
    address: str, open_page: OpenPage, tmp_path: Path
) -> None:
    for name in ("harvest.txt", "harvest copy.txt"):
        (tmp_path / name).write_text(TALK, encoding="utf-8")
    page = open_page(address)
    open_drawer(page)
    files = page.locator("#desk input[type=file]").first
    files.set_input_files([tmp_path / "harvest.txt", tmp_path / "harvest copy.txt"])
    copy = page.locator("#status li").nth(1)
    expect(copy).to_have_text("harvest copy.txt Already here, word for word, as “harvest”; not added again.")
    expect(page.locator("#status .head")).to_have_text("Added. Answers now come from your own transcripts.")
    expect(page.locator("#documents li")).to_have_count(1)
    files.set_input_files([tmp_path / "harvest copy.txt"])
    expect(page.locator("#status .head")).to_have_text("Nothing was added; you ask what you asked before.")
    page.get_by_label("Or paste a transcript").fill(TALK)
    page.get_by_role("button", name="Add the pasted text").click()
    expect(page.locator("#status .head")).to_have_text(
        "Nothing was added: this text is already here, word for word, as “harvest”."
    )
    expect(page.locator("#documents li")).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 360])
def test_long_names_stay_within_the_page(serve: Serve, open_page: OpenPage, width: int) -> None:
    title = f"{LONG_WORD} and {LONG_WORD}"
    address = serve(Document.from_text(LONG_NAMES, doc_id=LONG_WORD, title=title), Document.from_text(TALK, doc_id="x"))
    page = open_page(address, viewport={"width": width, "height": 800})
    ask(page, "harvest failed early")
    too_wide = """() => ["html", "#talk", "#conversation", "#source", "#transcript", "#desk"]
        .map(name => document.querySelector(name)).filter(node => node.scrollWidth > node.clientWidth + 1)
        .map(node => node.id || node.tagName)"""
    assert page.evaluate(too_wide) == []
    page.locator(".quote a.number").first.click()
    expect(page.locator("mark").first).to_be_in_viewport()
    outside = """names => names.map(node => node.getBoundingClientRect())
        .filter(({ left, right }) => right - left > 0 && (left < 0 || right > innerWidth)).length"""
    assert page.locator(".transcript bdi, .transcript h2, #source input").evaluate_all(outside) == 0
    if width < 800:
        page.get_by_role("button", name="Back to the answer").click()
    open_drawer(page)
    assert page.locator("#desk bdi").evaluate_all(outside) == 0
    assert page.evaluate(too_wide) == []


def test_the_page_says_that_the_server_is_gone_until_it_is_back(
    open_page: OpenPage, fake_qa: QA, tmp_path: Path
) -> None:
    def start(port: int | None) -> tuple[Any, str]:
        app = build_app(fake_qa, feedback=tmp_path / "feedback")
        return app, launch(app, fake_qa, port=port)

    app, address = start(None)
    try:
        page = open_page(address)
        ask(page, QUESTION)
        word = page.get_by_text("The server does not answer.")
        expect(word).to_be_hidden()
        app.close(verbose=False)
        expect(word).to_be_visible()
        expect(page.locator(".quote").first).to_contain_text("by 10 to 12 days.")
        app, _ = start(urlsplit(address).port)
        expect(word).to_be_hidden()
    finally:
        app.close(verbose=False)


def open_transcript(page: Page, title: str) -> None:
    page.locator("#documents").get_by_role("button", name=title, exact=True).click()
