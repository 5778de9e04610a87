"""Collections in a real browser: what is added stays, over a reload and a restart, and an address opens it again."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from corpus import BUNDLED_NAME, bundled_interview
from index import Collection, build_index, list_documents, named_collections, open_store
from qa import QA
from tests.conftest import OpenPage
from tests.fakes import HashEmbedder, WordReader
from tests.test_ui_browser_access import find_faults
from tests.test_ui_browser_desk import open_drawer, paste
from tests.test_ui_browser_panes import ask, expect_marked
from ui.app import build_app, launch
from ui.gate import Host
from ui.kept_uploads import KeptUploads
from ui.uploads import Uploads

pytestmark = pytest.mark.browser

STRIKE = "Rosa: Was the strike long?\n\nIvan: The strike lasted eleven weeks, thanks to the union."
HARVEST = "Ann: When did it fail?\n\nBob: The harvest failed in 1987."


class Served:
    """A chat with collections that can be started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "collections"
        self._index, self._feedback = folder / "index", folder / "feedback"
        build_index([bundled_interview()], self._index, embedder=HashEmbedder())
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]  # none of those that other chats take first
        self.start()

    def start(self) -> None:
        """Serve, always at the same port."""
        qa = QA.open(self._index, embedder=HashEmbedder(), reader=WordReader())
        uploads = KeptUploads(qa, Collection("default", "Default", self._index), self.folder)
        self._app = build_app(qa, feedback=self._feedback, uploads=uploads)
        self.address = launch(self._app, qa, port=self._port)

    def restart(self) -> None:
        """Stop at once, whoever is still connected, and serve again at the same address."""
        server = self._app.server
        server.force_exit = True
        self.close()
        server.thread.join()
        self.start()

    def close(self) -> None:
        """Stop."""
        self._app.close(verbose=False)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.close()


def make(page: Page, name: str) -> None:
    open_drawer(page)
    page.get_by_label("New collection").fill(name)
    page.get_by_role("button", name="Make it").click()
    expect(page.locator(".masthead .opened")).to_have_text(name)
    page.locator("#documents").wait_for(state="attached")


def expect_titles(page: Page, *titles: str) -> None:
    expect(page.locator("#documents .title")).to_have_text(list(titles))


def test_what_is_added_is_still_there_after_a_reload(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.address)
    expect(page.locator(".masthead .opened")).to_have_text("Default")
    open_drawer(page)
    kept = f"What you add begins a collection of your own, “My transcripts”, and stays in {served.folder}."
    expect(page.locator("#keeping")).to_have_text(kept)
    paste(page, STRIKE, "Strike")
    expect(page.locator("#status")).to_contain_text("Added to “My transcripts”. Answers now come from there.")
    expect_titles(page, "Strike")
    expect(page.locator(".masthead .opened")).to_have_text("My transcripts")
    expect(page.locator("#keeping")).to_have_text(
        f"What you add to “My transcripts” stays in {served.folder}/my-transcripts."
    )
    paste(page, HARVEST, "Harvest")
    expect_titles(page, "Strike", "Harvest")
    page.keyboard.press("Escape")
    ask(page, "strike lasted eleven weeks")
    page.locator(".quote a.number").first.click()
    expect_marked(page, STRIKE, STRIKE.index("The strike"), len(STRIKE))
    assert "collection=my-transcripts" in page.url
    page.goto(page.url.partition("#")[0])
    expect_titles(page, "Strike", "Harvest")
    expect(page.locator(".masthead .opened")).to_have_text("My transcripts")
    expect(page.locator(".transcript")).to_contain_text("eleven weeks")
    ask(page, "harvest failed in 1987")
    expect(page.locator(".exchange").last.locator("blockquote").first).to_have_text("“The harvest failed in 1987.”")
    page.locator(".exchange").last.locator("a.number").first.click()
    start = HARVEST.index("The harvest")
    expect_marked(page, HARVEST, start, len(HARVEST))
    assert "?collection=my-transcripts&document=Harvest" in page.url
    assert page.url.endswith(f"#Harvest:{start}-{len(HARVEST)}")
    open_drawer(page)
    page.get_by_role("link", name="Default").click()
    expect(page.locator(".masthead .opened")).to_have_text("Default")
    expect(page.locator(".transcript")).to_contain_text("Triple-E vessels")
    (kept_collection,) = named_collections(served.folder)
    held = list_documents(open_store(kept_collection.location))
    assert [info.doc_id for info in held] == ["Strike", "Harvest"]


def test_a_restart_in_the_middle_loses_nothing(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.address)
    make(page, "Garden club")
    open_drawer(page)
    paste(page, HARVEST, "Harvest")
    expect_titles(page, "Harvest")
    page.keyboard.press("Escape")
    served.restart()
    page.reload()
    expect_titles(page, "Harvest")
    ask(page, "harvest failed in 1987")
    expect(page.locator(".quote blockquote").first).to_have_text("“The harvest failed in 1987.”")
    open_drawer(page)
    paste(page, STRIKE, "Strike")
    expect_titles(page, "Harvest", "Strike")


def test_a_copied_link_opens_collection_and_place(served: Served, chromium: Browser) -> None:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    try:
        page = context.new_page()
        page.goto(served.address)
        make(page, "Garden & <b>club</b>")
        open_drawer(page)
        paste(page, STRIKE, "Strike")
        expect_titles(page, "Strike")
        paste(page, HARVEST, "Harvest talk")
        expect_titles(page, "Strike", "Harvest talk")
        page.keyboard.press("Escape")
        ask(page, "harvest failed in 1987")
        page.locator(".quote").first.get_by_role("button", name="Copy link").click()
        link = page.evaluate("navigator.clipboard.readText()")
        start = HARVEST.index("The harvest")
        assert link == (
            f"{served.address}?collection=garden-b-club-b&document=Harvest+talk#Harvest%20talk:{start}-{len(HARVEST)}"
        )
        served.restart()
        other = context.new_page()
        other.goto(link)
        expect_marked(other, HARVEST, start, len(HARVEST))
        expect(other.locator(".masthead .opened")).to_have_text("Garden & <b>club</b>")
        other.goto(f"{served.address}?collection=garden-b-club-b&document=Harvest+talk")
        expect(other.locator(".transcript")).to_have_attribute("data-doc", "Harvest talk")
        other.locator("#documents .title", has_text="Strike").click()
        expect(other.locator(".transcript")).to_have_attribute("data-doc", "Strike")
        other.wait_for_function("window.location.search.includes('document=Strike')")
        other.reload()
        expect(other.locator(".transcript")).to_have_attribute("data-doc", "Strike")
    finally:
        context.close()


def test_collections_are_made_renamed_and_deleted(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.address)
    make(page, "Garden club")
    expect(page.locator(".transcript .nothing")).to_contain_text("There are no transcripts here yet.")
    ask(page, "harvest failed in 1987")
    expect(page.locator(".abstention")).to_contain_text("There is nothing to read there.")
    open_drawer(page)
    page.get_by_label("New collection").fill("garden-CLUB")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("there is a collection “Garden club” already")).to_be_visible()
    paste(page, HARVEST, "Harvest")
    expect_titles(page, "Harvest")

    line = page.locator(".collections li", has_text="Garden club")
    line.get_by_role("button", name="Rename the collection Garden club").click()
    page.get_by_label("Name of the collection").fill("Thesis <i>interviews</i>")
    page.keyboard.press("Enter")
    expect(page.locator(".masthead .opened")).to_have_text("Thesis <i>interviews</i>")
    assert "collection=garden-club" in page.url

    line = page.locator(".collections li.current")
    expect(line).to_contain_text("1 transcript")
    line.get_by_role("button", name="Delete the collection").click()
    said = "“Thesis <i>interviews</i>” goes for good, with 1 transcript and all that is kept with them."
    expect(line.locator("form.deleting")).to_contain_text(said)
    expect(line.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(line.locator("form.deleting")).to_be_hidden()
    expect(page.locator("#desk")).to_be_visible()
    line.get_by_role("button", name="Delete the collection").click()
    line.get_by_role("button", name="Delete it").click()
    expect(page.locator(".masthead .opened")).to_have_text("Default")
    expect(page.locator("#documents .title")).to_contain_text("Peru positioned")
    assert named_collections(served.folder) == []
    assert not (served.folder / "garden-club").exists()


def test_a_collection_that_is_gone_is_told(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.address)
    make(page, "Garden club")
    open_drawer(page)
    paste(page, HARVEST, "Harvest")
    expect_titles(page, "Harvest")
    other = open_page(page.url)
    open_drawer(other)
    other.get_by_role("button", name="Rename the collection").click()
    expect(other.get_by_label("Name of the collection")).to_be_focused()
    assert find_faults(other) == []
    other.get_by_role("button", name="Delete the collection").click()
    assert find_faults(other) == []
    other.get_by_role("button", name="Delete it").click()
    expect(other.locator(".masthead .opened")).to_have_text("Default")

    page.keyboard.press("Escape")
    ask(page, "harvest failed in 1987")
    expect(page.locator(".problem")).to_contain_text("the collection that is open here is not there any more")
    page.reload()
    expect(page.get_by_text("The collection that the address names is not here (any more)")).to_be_visible()
    expect(page.locator(".masthead .opened")).to_have_text("Default")
    expect(page.locator(".transcript")).to_have_attribute("data-doc", BUNDLED_NAME)
    page.wait_for_function("window.location.search.includes('collection=default')")


def test_an_address_that_names_nothing_does_no_harm(served: Served, open_page: OpenPage) -> None:
    for search in ("collection=../x", "collection=%00", "collection=default&document=%3Cscript%3E", "document=..%2F"):
        page = open_page(f"{served.address}?{search}")
        expect(page.locator(".masthead .opened")).to_have_text("Default")
        expect(page.locator(".transcript")).to_have_attribute("data-doc", BUNDLED_NAME)
        ask(page, "vessels between Chancay and Shanghai")
        expect(page.locator("blockquote").first).to_contain_text("by 10 to 12 days.")


def test_where_others_come_a_browser_keeps_what_it_added_for_a_while(
    chromium: Browser, fake_qa: QA, tmp_path: Path
) -> None:
    app = build_app(fake_qa, feedback=tmp_path / "feedback", uploads=Uploads(fake_qa))
    address = launch(app, fake_qa, allowed=[Host("notes.example", None)])
    mine, others = chromium.new_context(), chromium.new_context()
    try:
        page = mine.new_page()
        page.goto(address)
        open_drawer(page)
        told = "What you add is seen in this browser alone, and is deleted an hour after you leave"
        expect(page.locator("#keeping")).to_contain_text(told)
        expect(page.locator(".collections")).to_have_count(0)
        paste(page, HARVEST, "Harvest")
        expect_titles(page, "Harvest")
        page.reload()
        expect_titles(page, "Harvest")
        expect(page.locator(".transcript")).to_contain_text("The harvest failed in 1987.")
        ask(page, "harvest failed in 1987")
        expect(page.locator(".quote blockquote").first).to_have_text("“The harvest failed in 1987.”")
        second = mine.new_page()
        second.goto(address)
        expect_titles(second, "Harvest")
        other = others.new_page()
        other.goto(address)
        expect(other.locator("#documents .title")).to_contain_text("Peru positioned")
        (cookie,) = mine.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"], len(cookie["value"])) == (True, "Lax", 43)
    finally:
        mine.close()
        others.close()
        app.close(verbose=False)


def test_every_user_finds_their_own(chromium: Browser, fake_qa: QA, tmp_path: Path) -> None:
    home = Collection("default", "Default", tmp_path / "index")
    uploads = KeptUploads(fake_qa, home, tmp_path / "users", each_user=True)
    app = build_app(fake_qa, feedback=tmp_path / "feedback", uploads=uploads, choose_model=False)
    address = launch(app, fake_qa, auth=[("ann", "x"), ("bob", "y")])
    contexts = []

    def log_in(user: str, password: str, search: str = "") -> Page:
        contexts.append(chromium.new_context())
        page = contexts[-1].new_page()
        page.goto(address)
        page.get_by_label("username").fill(user)
        page.get_by_label("password").fill(password)
        page.get_by_role("button", name="Login").click()
        page.locator("#documents li").first.wait_for(state="attached")
        page.goto(f"{address}{search}")
        return page

    try:
        page = log_in("ann", "x")
        open_drawer(page)
        told = (
            "What you add begins a collection of your own, “My transcripts”, and stays on this server, for you alone."
        )
        expect(page.locator("#keeping")).to_have_text(told)
        paste(page, STRIKE, "Strike")
        expect_titles(page, "Strike")
        expect_titles(log_in("ann", "x", "?collection=my-transcripts"), "Strike")
        other = log_in("bob", "y", "?collection=my-transcripts&document=Strike")
        expect(other.get_by_text("The collection that the address names is not here (any more)")).to_be_visible()
        expect(other.locator("#documents .title")).to_contain_text("Peru positioned")
        expect(other.locator(".collections li")).to_have_count(1)
    finally:
        for context in contexts:
            context.close()
        app.close(verbose=False)
