"""The list of transcripts in a real browser: ticking, choosing, dropping, removing and getting back, searching."""

import pytest
from playwright.sync_api import Locator, Page, expect

from corpus import Document
from tests.conftest import OpenPage, Serve
from tests.test_ui_browser_access import PHONE, find_faults
from tests.test_ui_browser_desk import PASTED, open_drawer, paste
from tests.test_ui_browser_panes import ask, expect_marked, make_long_talk

pytestmark = pytest.mark.browser

HARVEST = (
    "Ann: When did it fail?\n\nBob: The harvest failed in 1987. We left the valley.\n\nAnn: The Harvest, all of it?"
)
STRIKE = "Rosa: Was the strike long?\n\nIvan: The strike lasted eleven weeks. The harvest was late."
LATE = "Ann: And then?\n\nCleo: The harvest was late again."


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    texts = {"harvest": HARVEST, "strike": STRIKE, "late": LATE}
    return serve(*(Document.from_text(text, doc_id=name) for name, text in texts.items()))


def source(page: Page, title: str) -> Locator:
    return page.locator("#documents li").filter(has=page.get_by_role("button", name=title, exact=True))


def test_the_list_is_in_sight_and_says_what_was_found(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    harvest = source(page, "harvest")
    expect(harvest).to_be_in_viewport()
    expect(harvest.locator(".what")).to_have_text("3 turns, 2 speakers, 18 words", use_inner_text=True)
    expect(harvest.get_by_role("button", name="Bob")).to_be_visible()
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    expect(page.get_by_role("button", name="harvest", exact=True)).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="strike", exact=True).click()
    expect(page.locator(".transcript")).to_contain_text("eleven weeks")
    expect(page.get_by_role("button", name="strike", exact=True)).to_have_attribute("aria-current", "true")
    assert find_faults(page) == []


def test_ticks_restrict_what_is_asked(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    narrowed = page.locator("#narrowed")
    expect(narrowed).to_be_hidden()
    page.get_by_role("checkbox", name="Ask harvest").uncheck()
    expect(narrowed).to_contain_text("Asking 2 of 3 transcripts")
    ask(page, "harvest failed in 1987")
    expect(page.locator(".exchange").last.locator(".abstention")).to_be_visible()
    page.get_by_role("button", name="Ask only harvest").click()
    expect(narrowed).to_contain_text("Asking “harvest”")
    expect(page.get_by_role("checkbox", name="Ask strike")).not_to_be_checked()
    ask(page, "strike lasted eleven weeks")
    expect(page.locator(".exchange").last.locator(".abstention")).to_be_visible()
    page.get_by_role("checkbox", name="Ask harvest").click()
    expect(page.locator("#documents .tick:checked")).to_have_count(3)
    expect(narrowed).to_be_hidden()
    page.get_by_role("button", name="Ask only late").click()
    expect(narrowed).to_contain_text("Asking “late”")
    narrowed.get_by_role("button", name="Ask all").click()
    ask(page, "strike lasted eleven weeks?")
    expect(page.locator(".exchange").last.locator("ol.quotes")).to_be_visible()


def test_a_speaker_is_chosen_and_let_go(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    anns = page.get_by_role("button", name="Ann", exact=True).and_(page.locator(".speaker"))
    expect(anns).to_have_count(2)
    anns.first.click()
    expect(page.get_by_label("Only in the words of")).to_have_value("Ann")
    expect(anns.nth(1)).to_have_attribute("aria-pressed", "true")
    ask(page, "Harvest, all of it")
    expect(page.locator(".exchange").last.locator(".about").first).to_contain_text("Ann")
    anns.nth(1).click()
    expect(page.get_by_label("Only in the words of")).to_have_value("everybody")
    expect(anns.first).to_have_attribute("aria-pressed", "false")


DROP = """node => {
    const data = new DataTransfer();
    data.items.add(new File(["Eve: Why?\\n\\nAdam: The apple was sweet."], "apple.txt", { type: "text/plain" }));
    for (const type of ["dragenter", "dragover", "drop"])
        node.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def test_files_are_dropped_on_the_list(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.locator("#sources").evaluate(DROP)
    expect(page.locator("#status .head")).to_have_text("Added. Answers now come from your own transcripts.")
    expect(page.locator("#documents li")).to_have_count(1)
    expect(source(page, "apple").locator(".what")).to_have_text("2 turns, 2 speakers, 5 words", use_inner_text=True)


def test_what_was_removed_is_marked_where_it_was_quoted_and_comes_back(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    open_drawer(page)
    paste(page, PASTED, "Strike talk")
    expect(page.locator("#documents li")).to_have_count(1)
    paste(page, HARVEST, "Harvest talk")
    expect(page.locator("#documents li")).to_have_count(2)
    page.keyboard.press("Escape")
    ask(page, "harvest failed in 1987")
    quotes = page.locator("ol.quotes .quote")
    expect(quotes.first).to_contain_text("The harvest failed in 1987.")
    expect(page.locator(".fallen")).to_have_count(0)
    page.get_by_role("button", name="Remove Harvest talk").click()
    expect(page.locator("#documents li")).to_have_count(1)
    expect(quotes.first.locator(".fallen")).to_contain_text("Source removed since")
    expect(page.locator("#removed")).to_contain_text("Removed “Harvest talk”.")
    page.locator("#removed").get_by_role("button", name="Undo").click()
    expect(page.locator("#documents li")).to_have_count(2)
    expect(page.locator(".fallen")).to_have_count(0)
    expect(page.locator("#removed")).not_to_contain_text("Removed")


def test_search_goes_from_place_to_place(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    box = page.get_by_label("Search in this transcript")
    box.fill("harvest")
    count = page.locator("#search .count")
    expect(count).to_have_text("1 of 2")
    first, second = HARVEST.index("harvest"), HARVEST.index("Harvest")
    expect_marked(page, HARVEST, first, first + 7)
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(count).to_have_text("2 of 2")
    expect_marked(page, HARVEST, second, second + 7)
    page.get_by_role("button", name="Next place").click()
    expect(count).to_have_text("1 of 2")
    page.get_by_role("button", name="Previous place").click()
    expect_marked(page, HARVEST, second, second + 7)
    box.fill("no such word")
    expect(count).to_have_text("not found")
    expect(page.get_by_role("button", name="Next place")).to_be_disabled()
    box.fill("harvest")
    expect(count).to_have_text("1 of 2")
    page.get_by_role("button", name="strike", exact=True).click()
    expect(box).to_have_value("")


def test_search_reaches_what_is_not_on_the_page(serve: Serve, open_page: OpenPage) -> None:
    text = make_long_talk()
    page = open_page(serve(Document.from_text(text, doc_id="long")))
    page.get_by_label("Search in this transcript").fill("zeppelin  LANDED")
    start = text.index("zeppelin landed")
    expect_marked(page, text, start, start + len("zeppelin landed"))
    expect(page.locator("#search .count")).to_have_text("1 of 1")


def test_on_a_phone_the_list_opens_a_transcript(address: str, open_page: OpenPage) -> None:
    page = open_page(address, **PHONE)
    expect(page.locator("#sources")).to_be_hidden()
    page.get_by_role("button", name="Sources").tap()
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.get_by_role("button", name="strike", exact=True).tap()
    expect(page.locator(".transcript")).to_contain_text("eleven weeks")
    expect(page.locator("#source")).to_be_in_viewport()
    expect(page.locator("#sources")).to_be_hidden()
    page.get_by_role("button", name="Back to the answer").tap()
    expect(page.locator("#source")).to_be_hidden()
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(too_wide) is False
    page.get_by_role("button", name="Sources").tap()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sources")).to_be_focused()
