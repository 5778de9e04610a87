"""The drawer's settings of a language model in a real browser."""

import threading

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage, Serve
from tests.llm_server import KEY, Says, language_server, points
from tests.test_qa_capability_probe import PERFECT, answers_as
from tests.test_qa_grounded_writing import QUESTION, TALK
from tests.test_ui_browser_desk import open_drawer
from tests.test_ui_browser_panes import ask

pytestmark = pytest.mark.browser


def test_a_model_is_chosen_in_the_drawer_and_taken_back(serve: Serve, open_page: OpenPage) -> None:
    go_on = threading.Event()
    reply = points(("The strike lasted 11 weeks.", [2]), ("Nobody was hurt.", [7]))
    waiting = Says(reply.pieces, waits=go_on, before=len(reply.pieces) - 4)
    page = open_page(serve(TALK))
    with language_server(answers_as(PERFECT, otherwise=waiting)) as server:
        open_drawer(page)
        expect(page.locator("#model-status")).to_have_text("Answers are made of quotes alone.")
        page.get_by_label("Server with OpenAI’s API").fill(server.url)
        page.get_by_label("Key, if it wants one").fill(KEY)
        page.get_by_role("button", name="Let it phrase the answers").click()
        expect(page.locator("#model-status")).to_contain_text("phrased by the language model tiny")
        expect(page.get_by_label("Key, if it wants one")).to_have_value("")
        page.keyboard.press("Escape")
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator(".written")).to_have_text("The strike lasted 11 weeks.")
        expect(page.locator(".waiting")).to_have_text("Writing…")
        go_on.set()
        expect(page.locator(".byline")).to_contain_text("Phrased by the language model tiny")
        expect(page.locator("#conversation blockquote")).to_have_count(2)
        expect(page.locator(".written .citation")).to_have_count(2)
        assert KEY not in page.content()
        assert server.keys[0] == f"Bearer {KEY}"
    open_drawer(page)
    page.get_by_role("button", name="Quotes alone").click()
    expect(page.locator("#model-status")).to_have_text("Answers are made of quotes alone.")
    page.keyboard.press("Escape")
    ask(page, QUESTION)
    expect(page.locator(".byline")).to_have_count(1)
