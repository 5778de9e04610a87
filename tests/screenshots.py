"""`python -m tests.screenshots`: the README's pictures of the chat into ui/assets, made with the real models."""

import shutil
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from corpus import bundled_interview
from index import SentenceEmbedder, build_index
from qa import QA
from ui.app import build_app, launch
from ui.page import ASSETS

QUESTIONS = ("How much faster will cargo reach Shanghai?", "What did it cost to build the port?")
WIDE: ViewportSize = {"width": 1280, "height": 832}
PHONE: ViewportSize = {"width": 390, "height": 844}


def main() -> None:
    """Serve the bundled interview, ask, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        embedder = SentenceEmbedder()
        build_index([bundled_interview()], folder, embedder=embedder)
        qa = QA.open(folder, embedder=embedder)
        app = build_app(qa, feedback=Path(folder) / "feedback")
        address = launch(app, qa)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        take(browser, address, "chat-light", WIDE, "light")
        take(browser, address, "chat-dark", WIDE, "dark")
        take(browser, address, "chat-phone", PHONE, "light")
        browser.close()
        app.close(verbose=False)


def take(browser: Browser, address: str, name: str, size: ViewportSize, scheme: Literal["light", "dark"]) -> None:
    """One picture: both questions asked, the first quote looked up where there is room for both panes."""
    context = browser.new_context(
        viewport=size,
        color_scheme=scheme,
        device_scale_factor=1.5,
        has_touch=size is PHONE,
        is_mobile=size is PHONE,
    )
    page = context.new_page()
    page.goto(address)
    page.locator("#documents li").first.wait_for(state="attached")
    for question in QUESTIONS:
        ask(page, question)
    if size is WIDE:
        page.locator("ol.quotes a.number").first.click()
        page.locator("mark").first.wait_for()
    page.locator("#conversation").evaluate("node => node.scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.locator(":focus").evaluate_all("nodes => nodes.forEach(node => node.blur())")
    page.screenshot(path=ASSETS / f"{name}.png")
    context.close()


def ask(page: Page, question: str) -> None:
    """Type a question and wait until all of its answer is there."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(f'.exchange[aria-busy="false"][data-question="{question}"]').wait_for()


if __name__ == "__main__":
    main()
