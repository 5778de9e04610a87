"""Tags in a real browser: given to a quote, gathered, suggested, changed, saved, there after a reload."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from index import open_store
from qa.exports import load_citations
from qa.tags import find_tags_file, make_tag, read_book
from qa.verify import verify
from tests.conftest import OpenPage
from tests.test_ui_browser_access import PHONE, find_faults
from tests.test_ui_browser_panes import ask, expect_marked
from tests.test_ui_browser_tables import Chat
from tests.test_ui_tables import TALKS

pytestmark = pytest.mark.browser

ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    chat = Chat(tmp_path)
    yield chat
    chat.close()


def ask_who(page: Page) -> Locator:
    """The quotes of an answer by two people."""
    ask(page, "Who emigrated to Chile by ship?")
    quotes = page.locator("#conversation .quote")
    expect(quotes).to_have_count(2)
    return quotes


def tag(page: Page, quote: Locator, name: str) -> None:
    quote.hover()
    quote.get_by_role("button", name="Tag", exact=True).click()
    page.locator(".tag-menu").get_by_label("New tag").fill(name)
    page.get_by_role("button", name="Make and tag").click()
    chosen = page.locator(".tag-menu .toggle[aria-pressed=true]").filter(has_text=name)
    expect(chosen).to_have_count(1)
    page.get_by_role("button", name="Done").click()


def open_book(page: Page, name: str) -> Locator:
    page.get_by_role("button", name="Tags", exact=True).click()
    page.locator(".tag-book .open-tag").filter(has_text=name).click()
    opened = page.locator(".tag-opened")
    expect(opened.locator("h3")).to_have_text(name)
    return opened


def test_a_quote_is_tagged_gathered_and_saved(chat: Chat, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(chat.address)
    quotes = ask_who(page)
    tag(page, quotes.first, "Emigrated")
    expect(quotes.first.locator(".tags-of")).to_have_text("Emigrated")
    expect(quotes.nth(1).locator(".tags-of")).to_have_count(0)
    opened = open_book(page, "Emigrated")
    expect(opened.locator(".tagged li")).to_have_count(1)
    expect(opened.locator(".counts")).to_have_text("1 quote")
    assert find_faults(page) == []
    page.get_by_role("button", name="More like these").click()
    suggested = opened.locator(".suggested li")
    other = suggested.filter(has_text="emigrated to Chile")
    other.get_by_role("button", name="Tag it").click()
    expect(opened.locator(".tagged li")).to_have_count(2)
    expect(opened.locator(".counted")).to_contain_text(re.compile(r"By speaker\s*Ann 1\s*Ben 1"))
    page.locator(".save-tags select").select_option(label="JSON (.json)")
    with page.expect_download() as download:
        page.locator(".save-tags button").click()
    download.value.save_as(tmp_path / "saved.json")
    quotes_saved = load_citations(tmp_path / "saved.json")
    with open_store(chat.index).reading() as view:
        assert [finding.verdict for finding in verify(quotes_saved, view)] == ["exact", "exact"]
    # Show leads to the words.
    opened.locator(".tagged a.place").first.click()
    words = "We emigrated to Chile."
    start = TALKS["ann"].index(words)
    expect_marked(page, TALKS["ann"], start, start + len(words))
    page.reload()
    expect(page.locator("#conversation .tags-of")).to_have_count(2)


def test_a_tag_is_changed_taken_away_and_deleted(chat: Chat, open_page: OpenPage) -> None:
    page = open_page(chat.address)
    quotes = ask_who(page)
    tag(page, quotes.first, "Leaving")
    opened = open_book(page, "Leaving")
    opened.get_by_text("Change this tag").click()
    opened.get_by_label("Name").fill("Emigration")
    opened.get_by_label("Colour").select_option("red")
    opened.get_by_label("What it stands for").fill("Who left the valley")
    opened.get_by_role("button", name="Keep").click()
    expect(opened.locator("h3 .chip.tag-red")).to_have_text("Emigration")
    expect(opened.locator("p.definition")).to_have_text("Who left the valley")
    expect(quotes.first.locator(".tags-of .tag-red")).to_have_text("Emigration")
    opened.get_by_role("button", name="Take the tag away").click()
    expect(opened.locator(".counts")).to_have_text("0 quotes")
    expect(page.locator("#conversation .tags-of")).to_have_count(0)
    opened.get_by_text("Change this tag").click()
    opened.get_by_role("button", name="Delete the tag").click()
    expect(page.locator(".tag-book .open-tag")).to_have_count(0)
    assert read_book(find_tags_file(chat.index)).tags == []


def test_names_do_nothing_on_the_page_and_what_cannot_be_is_said(chat: Chat, open_page: OpenPage) -> None:
    make_tag(find_tags_file(chat.index), ATTACK, definition=ATTACK)
    page = open_page(chat.address)
    quotes = ask_who(page)
    tag(page, quotes.first, "Leaving")
    opened = open_book(page, ATTACK)
    expect(opened.locator("p.definition")).to_have_text(ATTACK)
    page.locator(".tag-book").get_by_label("New tag").fill("leaving")
    page.get_by_role("button", name="Make", exact=True).click()
    expect(page.locator(".tag-book .trouble")).to_contain_text("there is a tag 'Leaving' already")
    page.keyboard.press("Escape")
    expect(page.locator(".tag-book")).to_be_hidden()
    assert page.locator("img[src=x]").count() == 0


def test_on_a_phone_the_book_is_one_column(chat: Chat, open_page: OpenPage) -> None:
    make_tag(find_tags_file(chat.index), "Leaving")
    page = open_page(chat.address, **PHONE)
    page.get_by_role("button", name="Sources", exact=True).tap()
    opened = open_book(page, "Leaving")
    expect(opened).to_contain_text("0 quotes")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert find_faults(page) == []
