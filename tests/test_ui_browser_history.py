"""Past conversations in a real browser: two tabs, a reload, a restart of the server, an address that was made up."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from corpus import Document, bundled_interview
from index import build_index
from qa import QA
from tests.conftest import ROOT, OpenPage, Serve
from tests.fakes import HashEmbedder
from tests.test_ui_browser_access import PHONE, find_faults
from tests.test_ui_browser_desk import PatientReader, open_drawer, paste
from tests.test_ui_browser_panes import ask, expect_marked
from ui.app import build_app, launch
from ui.gate import Host

pytestmark = pytest.mark.browser

QUESTION = "vessels between Chancay and Shanghai"
OTHER = "lithium price"
ADDRESS = re.compile(r"\?conversation=[0-9a-f]{32}$")


@pytest.fixture
def address(serve: Serve, tmp_path: Path) -> str:
    return serve(bundled_interview(), history=tmp_path / "conversations.sqlite3")


def open_tab(page: Page, address: str) -> Page:
    """Another tab of the same browser."""
    tab = page.context.new_page()
    tab.goto(address)
    tab.locator("#documents li").first.wait_for(state="attached")
    return tab


def expect_history(page: Page, *titles: str) -> None:
    expect(page.locator("#history .restore")).to_have_text(list(titles))


def expect_asked(page: Page, *questions: str) -> None:
    expect(page.locator(".exchange .asked h2")).to_have_text(list(questions))


def send(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".exchange").last.get_by_role("heading").first).to_have_text(question)


def test_a_conversation_has_an_address_that_outlives_a_reload(
    address: str, open_page: OpenPage, interview: Document
) -> None:
    page = open_page(address)
    ask(page, QUESTION)
    expect(page).to_have_url(ADDRESS)
    link = page.url
    page.locator("ol.quotes a.number").first.click()
    expect_marked(page, interview.text, 3735, 3979)
    expect(page).to_have_url(f"{link}#peru-ambassador-global-times-2024:3735-3979")
    page.reload()
    expect_asked(page, QUESTION)
    expect_marked(page, interview.text, 3735, 3979)
    ask(page, OTHER)
    expect_asked(page, QUESTION, OTHER)

    other = open_tab(page, link)
    expect_asked(other, QUESTION, OTHER)
    expect(other.locator(".fallen, .aged")).to_have_count(0)
    other.locator("ol.quotes a.number").first.wait_for()

    open_drawer(page)
    page.get_by_role("button", name="New conversation").click()
    expect_asked(page)
    expect(page).not_to_have_url(re.compile("conversation="))
    page.keyboard.press("Escape")
    page.go_back()  # to the one before, as anywhere
    expect_asked(page, QUESTION, OTHER)


def test_two_tabs_lose_nothing_also_when_both_write_at_once(serve: Serve, open_page: OpenPage, tmp_path: Path) -> None:
    reader = PatientReader()
    reader.let.set()
    page = open_page(serve(bundled_interview(), history=tmp_path / "h.sqlite3", reader=reader))
    ask(page, QUESTION)
    expect(page).to_have_url(ADDRESS)
    same, alone = open_tab(page, page.url), open_tab(page, page.url.partition("?")[0])
    expect_asked(same, QUESTION)
    reader.let.clear()
    send(page, "port and vessels")
    send(same, "cargo and days")
    send(alone, "trade and Asia")
    reader.let.set()
    for tab in (page, same, alone):
        expect(tab.locator(".exchange").last).to_have_attribute("aria-busy", "false")
    page.reload()
    expect(page.locator(".exchange")).to_have_count(3)
    asked = page.locator(".exchange .asked h2").all_inner_texts()
    assert (asked[0], sorted(asked[1:])) == (QUESTION, ["cargo and days", "port and vessels"])
    open_drawer(page)
    expect(page.locator("#history .restore")).to_have_count(2)
    assert sorted(page.locator("#history .restore").all_inner_texts()) == ["trade and Asia", QUESTION]


def test_what_one_tab_deletes_stays_deleted_in_the_other(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    ask(page, QUESTION)
    expect(page).to_have_url(ADDRESS)
    link = page.url
    other = open_tab(page, link)
    expect_asked(other, QUESTION)
    open_drawer(page)
    page.get_by_role("button", name=f"Delete the conversation {QUESTION}").click()
    expect(page.get_by_text(f"Deleted “{QUESTION}”.")).to_be_visible()
    expect_history(page)
    expect_asked(page)  # it was open here

    ask(other, OTHER)
    expect(other.get_by_text("This conversation was deleted, perhaps in another tab")).to_be_visible()
    expect_asked(other, QUESTION, OTHER)
    open_drawer(other)
    expect_history(other)
    other.goto(link)
    expect(other.get_by_text("no such conversation here, or not any more")).to_be_visible()
    expect(other).not_to_have_url(re.compile("conversation="))
    ask(other, "port and vessels")  # all goes on
    expect(other).to_have_url(ADDRESS)

    page.get_by_role("button", name="Undo").click()
    expect_history(page, "port and vessels", QUESTION)
    page.locator("#history .restore", has_text=QUESTION).click()
    expect_asked(page, QUESTION)


def test_rename_search_and_dates_by_the_keyboard(address: str, open_page: OpenPage) -> None:
    page = open_page(address, locale="en-GB", timezone_id="Asia/Kathmandu")
    ask(page, QUESTION)
    open_drawer(page)
    page.get_by_role("button", name="New conversation").click()
    expect_asked(page)
    page.keyboard.press("Escape")
    ask(page, OTHER)
    open_drawer(page)
    expect_history(page, OTHER, QUESTION)
    expect(page.locator("#history .current .restore")).to_have_text(OTHER)
    when = page.locator("#history .when").first
    expect(when).to_contain_text("1 question")
    expect(when.locator("time")).to_have_text(re.compile(r"^\d{1,2} \w{3,4} 20\d\d, \d\d:\d\d$"))

    page.get_by_role("button", name=f"Rename the conversation {QUESTION}").press("Enter")
    box = page.get_by_label("Title of the conversation")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=f"Rename the conversation {QUESTION}")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Shipping <b>times</b>")
    page.keyboard.press("Enter")
    expect_history(page, OTHER, "Shipping <b>times</b>")
    expect(page.locator("#history .restore").nth(1)).to_be_focused()

    search = page.get_by_label("Search in questions and answers")
    search.press_sequentially("CHANCAY days")  # of the question, and of the answer
    expect_history(page, "Shipping <b>times</b>")
    search.press_sequentially(" nowhere")
    expect(page.get_by_text("No conversation has all of these words.")).to_be_visible()
    search.fill("")
    expect_history(page, OTHER, "Shipping <b>times</b>")

    page.get_by_role("button", name="Delete the conversation Shipping").press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect_history(page, OTHER, "Shipping <b>times</b>")
    page.locator("#history .restore").nth(1).press("Enter")
    expect_asked(page, QUESTION)
    expect(page.locator("#desk")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(address: str, open_page: OpenPage, scheme: str) -> None:
    page = open_page(address, color_scheme=scheme, reduced_motion="reduce")
    ask(page, QUESTION)
    ask(page, OTHER)
    open_drawer(page)
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name=f"Delete the conversation {QUESTION}").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name=f"Rename the conversation {QUESTION}").click()
    assert find_faults(page) == []


def test_on_a_phone_the_list_is_as_wide_as_the_page(address: str, open_page: OpenPage) -> None:
    page = open_page(address, **PHONE)
    ask(page, f"{QUESTION} {'w' * 80}")
    page.get_by_role("button", name="More").tap()
    page.get_by_role("button", name="Rename").tap()
    wide = "node => node.scrollWidth > node.clientWidth"
    assert page.locator("#desk").evaluate(wide) is False
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete the conversation").tap()
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport()
    assert page.locator("#desk").evaluate(wide) is False


class Server:
    """A server in a process of its own that can be killed and started again, at the same port with the same files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        with socket.socket() as free:  # none that another test's server would take meanwhile
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        build_index([bundled_interview()], folder / "index", embedder=HashEmbedder())

    def start(self, *options: str) -> str:
        """Serve; gives the address."""
        command = [sys.executable, "-m", "tests.chat_worker", str(self._folder), str(self._port), *options]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        """End it in whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.kill()


def test_the_server_is_started_again_between_two_questions(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.start())
    ask(page, QUESTION)
    expect(page).to_have_url(ADDRESS)
    page.get_by_label("Your question").fill("half a quest")
    server.kill()
    with page.expect_navigation():  # by itself
        server.start()
    expect_asked(page, QUESTION)
    expect(page.get_by_label("Your question")).to_have_value("half a quest")
    ask(page, OTHER)
    page.reload()
    expect_asked(page, QUESTION, OTHER)
    open_drawer(page)
    expect_history(page, QUESTION)
    expect(page.locator("#history .when")).to_contain_text("2 questions")


def test_the_server_ends_while_it_answers(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.start("--silent"))
    send(page, QUESTION)
    expect(page).to_have_url(ADDRESS)
    server.kill()
    with page.expect_navigation():
        server.start()
    expect_asked(page, QUESTION)
    expect(page.locator(".problem")).to_have_text("Stopped before an answer.")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("blockquote").first).to_contain_text("by 10 to 12 days.")
    page.reload()
    expect_asked(page, QUESTION)
    expect(page.locator("blockquote").first).to_contain_text("by 10 to 12 days.")


def test_quotes_of_a_source_that_was_removed_say_so(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    open_drawer(page)
    paste(page, "Rosa: Was the strike long?\n\nIvan: The strike lasted eleven weeks.", "Strike talk")
    expect(page.locator("#documents .title")).to_have_text("Strike talk")
    page.keyboard.press("Escape")
    ask(page, "strike lasted eleven weeks")
    expect(page.locator("ol.quotes .number").first).to_have_attribute("href", re.compile("#"))
    open_drawer(page)
    page.get_by_role("button", name="Back to the first transcripts").click()
    removed = page.get_by_text("Source removed since: it is not among the transcripts that are asked now.")
    expect(removed.first).to_be_visible()
    expect(page.locator("ol.quotes a.number")).to_have_count(0)
    page.reload()
    expect(removed.first).to_be_visible()


def test_a_tampered_file_and_made_up_addresses(serve: Serve, open_page: OpenPage, tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite3"
    page = open_page(serve(bundled_interview(), history=path))
    ask(page, QUESTION)
    ask(page, OTHER)
    expect(page).to_have_url(ADDRESS)
    with closing(sqlite3.connect(path)) as connection:
        for number, (name, text) in enumerate(
            connection.execute("SELECT exchange_id, exchange FROM exchanges ORDER BY position").fetchall()
        ):
            record = json.loads(text)
            record["question"] = f"<img src=x onerror='window.hacked=1'>{number}"
            for quote in record["answer"]["quotes"]:
                quote["cited_text"] = "We were <b>never</b> there."
            changed = json.dumps(record) if number == 0 else "{]"
            connection.execute("UPDATE exchanges SET exchange = ? WHERE exchange_id = ?", (changed, name))
        connection.execute("UPDATE conversations SET title = '<script>window.hacked=2</script>', changed_at = 'never'")
        connection.commit()
    page.reload()
    expect(page.locator(".exchange")).to_have_count(2)
    expect(page.locator("blockquote").first).to_have_text("“We were <b>never</b> there.”")
    expect(page.locator(".quote .fallen").first).to_have_text("The transcript does not say this.")
    expect(page.locator(".short")).to_have_count(0)
    expect(page.locator(".problem")).to_have_text("What was kept of this cannot be read any more.")
    open_drawer(page)
    expect_history(page, "<script>window.hacked=2</script>")
    for made_up in ("x" * 3000, "%00", "..%2F..%2Fetc", "<img src=x onerror=window.hacked=3>", "' OR 1=1 --"):
        page.goto(f"{page.url.partition('?')[0]}?conversation={made_up}")
        expect(page.get_by_text("no such conversation here, or not any more").first).to_be_visible()
    ask(page, QUESTION)
    assert page.evaluate("window.hacked") is None


def test_strangers_are_known_by_their_browser(fake_qa: QA, open_page: OpenPage, tmp_path: Path) -> None:
    app = build_app(fake_qa, feedback=tmp_path / "feedback", strangers=True)
    try:
        address = launch(app, fake_qa, allowed=[Host("127.0.0.1", None)])
        one, other = open_page(address), open_page(address)
        (cookie,) = one.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"], len(cookie["value"])) == (True, "Lax", 43)
        ask(one, QUESTION)
        expect(one).to_have_url(ADDRESS)
        open_drawer(one)
        expect_history(one, QUESTION)
        expect(one.get_by_text("Conversations are kept until this server stops")).to_be_visible()
        other.goto(one.url)
        expect(other.get_by_text("no such conversation here, or not any more")).to_be_visible()
        open_drawer(other)
        expect(other.locator("#history .none").first).to_have_text("There is none yet.")
        one.reload()
        expect_asked(one, QUESTION)
    finally:
        app.close(verbose=False)
