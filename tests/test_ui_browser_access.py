"""The page for everybody: no mouse, no colours, little room, a screen reader, models that still load."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from corpus import Document, bundled_interview
from qa.start import begin_opening
from tests.conftest import OpenPage, Serve
from tests.fakes import HashEmbedder
from tests.test_ui_browser_panes import ask, expect_marked
from ui.app import build_app, launch
from ui.loading import MODELS, Loading

pytestmark = pytest.mark.browser

QUESTION = "vessels between Chancay and Shanghai"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(bundled_interview())


def find_faults(page: Page) -> list[str]:
    """What axe finds, each with the first element that has it."""
    results: dict[str, Any] = Axe().run(page).response
    return [
        f"{fault['id']}: {fault['help']}: {fault['nodes'][0]['html'][:200]} {fault['nodes'][0].get('failureSummary')}"
        for fault in results["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(address: str, open_page: OpenPage, scheme: str) -> None:
    page = open_page(address, color_scheme=scheme, reduced_motion="reduce")
    assert find_faults(page) == []
    ask(page, QUESTION)
    ask(page, "lithium price")
    page.locator("ol.quotes a.number").first.click()
    page.locator("mark").first.wait_for()
    page.locator("ol.quotes .quote").first.hover()
    assert find_faults(page) == []
    page.get_by_role("button", name="Transcripts & history").click()
    expect(page.locator("#desk")).to_be_visible()
    assert find_faults(page) == []


def test_light_and_dark_follow_the_system_until_chosen(address: str, open_page: OpenPage) -> None:
    page = open_page(address, color_scheme="dark")
    body, dark, light = page.locator("body"), "rgb(24, 23, 21)", "rgb(251, 250, 246)"
    expect(body).to_have_css("background-color", dark)
    page.get_by_role("button", name="Dark").click()
    expect(body).to_have_css("background-color", light)
    page.reload()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "false")
    expect(body).to_have_css("background-color", light)


def test_a_phone_shows_one_pane_at_a_time(address: str, open_page: OpenPage, interview: Document) -> None:
    page = open_page(address, **PHONE)
    expect(page.locator("#source")).to_be_hidden()
    ask(page, QUESTION)
    page.locator("ol.quotes a.number").first.tap()
    expect_marked(page, interview.text, 3735, 3979)
    expect(page.locator("mark").first).to_be_in_viewport()
    page.get_by_role("button", name="Back to the answer").tap()
    expect(page.locator("#source")).to_be_hidden()
    expect(page.get_by_label("Your question")).to_be_in_viewport()
    page.get_by_role("button", name="More").tap()
    expect(page.get_by_role("button", name="Upload files")).to_be_in_viewport()
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(too_wide) is False


def test_the_keyboard_alone_will_do(address: str, open_page: OpenPage, interview: Document) -> None:
    page = open_page(address)
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".exchange")).to_have_attribute("aria-busy", "false")
    page.get_by_label("Your question").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('ol.quotes a.number')"):
            break
    page.keyboard.press("Enter")
    expect_marked(page, interview.text, 3735, 3979)
    expect(page.locator("mark").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("ol.quotes a.number").first).to_be_focused()

    page.get_by_role("button", name="Transcripts & history").press("Enter")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Transcripts & history")).to_be_focused()
    expect(page.locator("#desk")).to_be_hidden()


def test_what_happened_is_said_to_a_screen_reader(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    ask(page, QUESTION)
    expect(page.locator("#announcements")).to_have_text("Answered with 1 quote")
    ask(page, "lithium price")
    expect(page.locator("#announcements")).to_contain_text("The source does not answer this.")


def test_the_page_is_there_before_the_models(serve: Serve, open_page: OpenPage) -> None:
    loading = Loading()
    loading.word = MODELS
    page = open_page(serve(bundled_interview(), loading=loading))
    word = page.get_by_text("The models are still loading")
    expect(word).to_be_visible()
    expect(page.locator(".transcript")).to_contain_text("Triple-E vessels")
    loading.word = ""
    expect(word).to_be_hidden()


def test_at_the_first_start_the_page_is_there_before_the_index(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "index"))
    opening = begin_opening(None, embedder=HashEmbedder())
    loading = Loading(opening)
    app = build_app(opening.qa, first=opening.missing, feedback=tmp_path / "feedback")
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(launch(app, opening.qa, loading=loading))
        expect(page.get_by_text("First start: the interview is being made searchable")).to_be_visible()
        expect(page.locator(".transcript")).to_contain_text("Triple-E vessels")
        expect(page.locator(".welcome .ask").first).to_be_visible()
        page.get_by_label("Your question").fill("Who is speaking?")
        page.keyboard.press("Enter")
        expect(page.locator(".waiting")).to_be_visible()
        assert not (tmp_path / "index").exists()
        loading.run(opening, pytest.fail)
        expect(page.locator(".written")).to_have_text("2 people speak: GT (asking) and Balarezo.")
        expect(page.locator("#documents li")).to_have_count(1)
        expect(page.get_by_text("First start")).to_be_hidden()
    finally:
        context.close()
        app.close(verbose=False)
