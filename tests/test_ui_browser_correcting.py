"""Corrections in a real browser: a name, a turn, a word; the next answer, the filter and the transcript have them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from corpus import Document
from index import build_index
from qa import QA
from tests.conftest import OpenPage
from tests.fakes import HashEmbedder, WordReader
from ui.app import build_app, launch
from ui.uploads import Uploads

pytestmark = pytest.mark.browser

PORT = (
    "S1: Is it true that the port was sold for nothing?\n\nS2: No. We sold the RSPs in May. 😀 The port stays ours.\n\n"
    "S1: And the price?\n\nS2: It was fair.\n"
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server of one's own index, which may be corrected."""
    embedder = HashEmbedder()
    build_index([Document.from_text(PORT, doc_id="port")], tmp_path / "index", embedder=embedder)
    qa = QA.open(tmp_path / "index", embedder=embedder, reader=WordReader())
    app = build_app(qa, uploads=Uploads(qa, shared=tmp_path / "index"), feedback=tmp_path / "feedback")
    yield launch(app, qa)
    app.close(verbose=False)


def ask(page: Page, question: str) -> None:
    page.get_by_placeholder("Ask the interview a question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#conversation .exchange").last).not_to_have_class("exchange waiting")


def mark(page: Page, words: str) -> None:
    """Select words of the transcript, as with the mouse."""
    page.evaluate(
        """(words) => {
          const walker = document.createTreeWalker(document.querySelector(".transcript"), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(words);
            if (at < 0 || !node.parentElement.closest("p[data-start]")) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + words.length);
            document.getSelection().removeAllRanges();
            document.getSelection().addRange(range);
            return;
          }
        }""",
        words,
    )
    page.locator("#correct-offer").click()


def test_a_new_name_is_in_the_transcript_the_filter_the_answer_and_stays(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    ask(page, "RSPs in May")
    expect(page.locator("#conversation .quote .voice").first).to_have_text("S2")
    page.locator("button.name", has_text="S2").first.click()
    page.get_by_label("is really called").fill("Anna Berg")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator("#transcript .voices li")).to_contain_text(["S1", "Anna Berg"])
    expect(page.locator("#conversation .quote .voice").first).to_have_text("Anna Berg")
    page.locator("#only-of input").click()
    expect(page.get_by_role("option", name="Anna Berg")).to_be_visible()
    page.keyboard.press("Escape")
    ask(page, "the price was fair")
    expect(page.locator("#conversation .exchange").last.locator(".quote .voice").first).to_have_text("Anna Berg")
    page.reload()
    expect(page.locator("#transcript .voices li")).to_contain_text(["S1", "Anna Berg"])
    page.locator(".corrections summary").click()
    page.get_by_role("button", name="Undo: S2 is Anna Berg").click()
    expect(page.locator("#transcript .voices li")).to_contain_text(["S1", "S2"])


def test_marked_words_that_the_interviewer_said_become_theirs(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    expect(page.locator("button.name").first).to_be_visible()
    mark(page, "The port stays ours.")
    page.get_by_label("was said by").fill("S1")
    page.get_by_role("button", name="Give it to them").click()
    given = page.locator("#transcript .turn.asks", has_text="The port stays ours.")
    expect(given).to_have_count(1)
    ask(page, "the port stays ours")
    expect(page.locator("#conversation .quote.asks", has_text="The port stays ours.")).to_be_visible()


def test_a_corrected_word_is_found_and_stands_in_brackets_with_the_source_beside_it(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    expect(page.locator("button.name").first).to_be_visible()
    mark(page, "RSPs")
    page.get_by_label("was really").fill("RSUs")
    page.get_by_role("button", name="Correct the words").click()
    expect(page.locator("#transcript .corrected")).to_have_text("RSPs")
    expect(page.locator("#transcript .corrected")).to_have_attribute("data-said", "[RSUs]")
    ask(page, "RSUs in May")
    quote = page.locator("#conversation .quote").first
    expect(quote.locator("blockquote")).to_have_text("“We sold the [RSUs] in May.”")
    quote.locator(".source-words summary").click()
    expect(quote.locator(".source-words q")).to_have_text("We sold the RSPs in May.")
    quote.locator("a.number").first.click()
    expect(page.locator("#transcript mark#quoted")).to_be_visible()
    assert "".join(page.locator("#transcript mark").all_inner_texts()) == "We sold the RSPs in May."


def test_two_names_of_one_person_become_one(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.locator("button.name", has_text="S2").first.click()
    page.get_by_label("is really called").fill("S1")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator("#transcript .voices li")).to_have_count(1)
    expect(page.locator("#documents .speaker")).to_have_text(["S1"])
    ask(page, "RSPs in May")
    expect(page.locator("#conversation .exchange").last).to_contain_text("S1")
