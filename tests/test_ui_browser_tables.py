"""Tables in a real browser: made, followed, sorted, filtered, judged, beside the transcript, there after a reload."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from corpus import Document
from index import Collection, build_index, update_index
from qa import QA
from qa.evaluation.questions import load_question_set
from qa.exports import load_citations
from qa.tables.file import find_table_file, read_table
from qa.verify import verify
from tests.conftest import OpenPage, Serve
from tests.fakes import HashEmbedder
from tests.test_ui_browser_access import PHONE, find_faults
from tests.test_ui_browser_panes import expect_marked
from tests.test_ui_tables import ATTACK, TALKS, SlowReader, talk
from ui.app import build_app, launch
from ui.kept_uploads import KeptUploads

pytestmark = pytest.mark.browser

QUESTIONS = ["Who emigrated to Chile?", "Was the soil poor?"]


class Chat:
    """A chat about the three talks that keeps its tables; `reader` says what was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.reader = folder, SlowReader()
        self.index = folder / "index"
        build_index([talk(name) for name in TALKS], self.index, embedder=HashEmbedder())
        qa = QA.open(self.index, embedder=HashEmbedder(), reader=self.reader)
        uploads = KeptUploads(qa, Collection("home", "Home", self.index), folder / "collections")
        self._app = build_app(qa, feedback=folder / "feedback", uploads=uploads)
        self.address = launch(self._app, qa)

    def close(self) -> None:
        """Stop."""
        self.reader.goes_on.set()
        self._app.close(verbose=False)


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    chat = Chat(tmp_path)
    yield chat
    chat.close()


def make_table(page: Page, name: str = "Emigration", questions: list[str] | None = None) -> None:
    page.get_by_role("button", name="Tables", exact=True).click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Questions, one a line", exact=True).fill("\n".join(questions or QUESTIONS))
    page.get_by_role("button", name="Ask everyone").click()
    expect(page.locator(".opened-name")).to_have_text(name)


def make_whole_table(page: Page, cells: int = 6) -> None:
    make_table(page)
    expect(page.locator(".course .state")).to_have_text(f"all {cells} cells are answered")


def cell_at(page: Page, who: str, number: int) -> Locator:
    return page.locator(f'#tables tr[data-key="{who}"] td[data-q="{number}"]')


def names(page: Page) -> list[str]:
    return page.locator("#tables tbody tr:visible .name").all_text_contents()


def test_a_table_is_made_and_followed_to_its_end(chat: Chat, open_page: OpenPage) -> None:
    chat.reader.goes_on.clear()
    page = open_page(chat.address)
    make_table(page)
    expect(page.locator(".course .state")).to_have_text("0 of 6 cells")
    expect(page.get_by_role("progressbar", name="Cells that are answered")).to_be_visible()
    expect(cell_at(page, "ann", 0)).to_have_text("not asked yet")
    expect(page.locator("#tables .count").first).to_have_text(
        "asked of 0: 0 with a quote, 0 with nothing found, 3 not asked yet"
    )
    chat.reader.goes_on.set()
    expect(page.locator(".course .state")).to_have_text("all 6 cells are answered")
    expect(page.locator("#tables .count")).to_have_text(
        ["asked of 3: 2 with a quote, 1 with nothing found", "asked of 3: 1 with a quote, 2 with nothing found"]
    )
    expect(cell_at(page, "ann", 0).locator("blockquote")).to_have_text("“We emigrated to Chile.”")
    expect(cell_at(page, "cid", 0).locator(".none")).to_have_text("nothing found")
    # Head cells say of what they are the head, and each button what it is for.
    expect(page.get_by_role("columnheader")).to_have_count(3)
    expect(page.get_by_role("rowheader")).to_have_count(3)
    expect(page.get_by_role("button", name="Accept: Talk of ann, question 1")).to_be_visible()
    expect(page.locator("#announcements")).to_have_text("The table is done: 6 cells")


def test_a_table_is_stopped_left_and_gone_on_with(chat: Chat, open_page: OpenPage) -> None:
    chat.reader.goes_on.clear()
    page = open_page(chat.address)
    make_table(page)
    assert chat.reader.reached.acquire(timeout=30)
    assert chat.reader.reached.acquire(timeout=30)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".course .state")).to_have_text("0 of 6 cells, stopping…")
    chat.reader.goes_on.set()
    expect(page.locator(".course .state")).to_have_text("2 of 6 cells")  # those that were begun
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    address = page.url
    page.get_by_role("button", name="Go on").click()
    page.close()
    again = open_page(address)
    expect(again.locator(".opened-name")).to_have_text("Emigration")
    expect(again.locator(".course .state")).to_have_text("all 6 cells are answered")
    assert len(chat.reader.asked) == 6


def test_it_is_sorted_filtered_and_pinned(chat: Chat, open_page: OpenPage) -> None:
    page = open_page(chat.address)
    make_whole_table(page)
    everybody = ["Talk of ann", "Talk of ben", "Talk of cid"]
    by_soil = page.get_by_role("button", name="Sort by probability, question 2")
    by_soil.click()
    assert names(page) == ["Talk of cid", "Talk of ann", "Talk of ben"]
    expect(page.get_by_role("columnheader").nth(2)).to_have_attribute("aria-sort", "descending")
    by_soil.press("Enter")
    expect(by_soil).to_be_focused()
    assert names(page) == everybody  # the surest last
    by_name = page.get_by_role("button", name="Sort by name")
    by_name.click()
    by_name.click()
    assert names(page) == everybody[::-1]
    by_name.click()
    page.get_by_label("Show", exact=True).select_option("only with a quote")
    expect(cell_at(page, "cid", 0).locator(".none")).to_be_hidden()
    page.get_by_label("Only with these words").fill("CHILÉ brother")
    assert names(page) == ["Talk of ben"]
    expect(page.locator("#tables .shown-count")).to_have_text("1 of 3 shown")
    page.get_by_label("Only with these words").fill("")
    page.get_by_label("Show", exact=True).select_option("only accepted")
    assert names(page) == []
    page.get_by_label("Show", exact=True).select_option("everything")
    page.get_by_role("button", name="Pin Talk of cid to the top").click()
    assert names(page) == ["Talk of cid", "Talk of ann", "Talk of ben"]
    page.get_by_role("button", name="Pin question 2 to the left").click()
    assert page.locator("#tables thead .question").all_text_contents() == ["Interview", *QUESTIONS[::-1]]
    expect(page.get_by_role("button", name="Pin question 2 to the left")).to_have_attribute("aria-pressed", "true")
    assert page.locator("#tables tbody tr").first.locator("td").first.get_attribute("data-q") == "1"


def test_cells_are_judged_and_the_verdicts_stay(chat: Chat, open_page: OpenPage) -> None:
    page = open_page(chat.address)
    make_whole_table(page)
    page.get_by_role("button", name="Accept: Talk of ann, question 1").press("Enter")
    accept = page.get_by_role("button", name="Accept: Talk of ann, question 1")
    expect(accept).to_have_attribute("aria-pressed", "true")
    expect(accept).to_be_focused()
    page.get_by_role("button", name="Reject: Talk of ben, question 1").click()
    expect(cell_at(page, "ben", 0)).to_have_class("found rejected")
    page.get_by_role("button", name="Note on Talk of ben, question 1").click()
    page.get_by_role("textbox", name="Note on Talk of ben, question 1").fill("his brother, not <b>he</b>")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(cell_at(page, "ben", 0).locator(".remark")).to_contain_text("his brother, not <b>he</b>")
    page.get_by_label("Show", exact=True).select_option("only accepted")
    assert names(page) == ["Talk of ann"]
    right, wrong = load_question_set(chat.folder / "feedback").questions
    assert (right.answers, right.rejected, wrong.answers) == (("We emigrated to Chile.",), (), ())
    page.reload()
    expect(cell_at(page, "ann", 0)).to_have_class("found accepted")
    expect(cell_at(page, "ben", 0).locator(".remark")).to_contain_text("his brother")
    cell = read_table(find_table_file(chat.index, "Emigration")).cells[QUESTIONS[0], "ben"]
    assert (cell.verdict, cell.note) == ("rejected", "his brother, not <b>he</b>")


def test_a_quote_is_opened_beside_the_table(chat: Chat, open_page: OpenPage) -> None:
    page = open_page(chat.address)
    make_whole_table(page)
    link = cell_at(page, "ben", 0).locator("a.place")
    start = TALKS["ben"].index("My brother")
    for leave in ("click", "Escape"):
        link.click()
        expect_marked(page, TALKS["ben"], start, len(TALKS["ben"]))
        expect(page.locator("mark").first).to_be_focused()
        expect(link).to_be_visible()
        assert "table=Emigration" in page.url
        if leave == "click":
            page.get_by_role("button", name="Back to the table").click()
        else:
            page.keyboard.press(leave)
        expect(page.locator("#source")).to_be_hidden()
        expect(link).to_be_focused()
    page.get_by_role("button", name="Read Talk of cid").click()
    expect(page.locator(".transcript .title")).to_have_text("Talk of cid")
    page.locator(".close-tables").click()
    expect(page.locator("#question")).to_be_visible()
    assert "table=" not in page.url
    page.go_back()
    expect(page.locator(".opened-name")).to_have_text("Emigration")


def test_everybody_is_asked_again(chat: Chat, open_page: OpenPage) -> None:
    page = open_page(chat.address)
    make_whole_table(page)
    chat.reader.asked.clear()
    chat.reader.goes_on.clear()
    page.get_by_text("Ask again", exact=True).click()
    page.get_by_role("button", name="Ask all again").click()
    expect(page.locator(".course .state")).to_have_text("0 of 6 cells asked again")
    chat.reader.goes_on.set()
    expect(page.locator(".course .state")).to_have_text("all 6 cells are answered")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    assert len(chat.reader.asked) == 6


def test_only_a_new_interview_is_asked(chat: Chat, open_page: OpenPage) -> None:
    page = open_page(chat.address)
    make_whole_table(page)
    chat.reader.asked.clear()
    update_index(
        [talk("dora", "Host: And then?\n\nDora: The soil was poor, so we left.")], chat.index, embedder=HashEmbedder()
    )
    page.reload()
    expect(page.locator(".course .state")).to_have_text("6 of 8 cells")
    expect(cell_at(page, "dora", 1)).to_have_text("not asked yet")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".course .state")).to_have_text("all 8 cells are answered")
    expect(cell_at(page, "dora", 1).locator("blockquote")).to_have_text("“The soil was poor, so we left.”")
    assert sorted(chat.reader.asked) == sorted((question, "dora") for question in QUESTIONS)
    page.get_by_text("Add questions").click()
    page.get_by_label("Further questions, one a line").fill("Were the winters hard?")
    page.get_by_role("button", name="Ask them too").click()
    expect(page.locator(".course .state")).to_have_text("all 12 cells are answered")
    expect(page.locator("#tables thead .question")).to_have_count(4)
    assert len(chat.reader.asked) == 6


def test_it_is_saved_and_deleted(chat: Chat, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(chat.address)
    make_whole_table(page)
    page.get_by_role("button", name="Reject: Talk of ben, question 1").click()
    expect(cell_at(page, "ben", 0)).to_have_class("found rejected")
    page.get_by_text("Save as", exact=True).click()
    page.get_by_label("Form", exact=True).select_option("csv")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save", exact=True).click()
    path = tmp_path / saving.value.suggested_filename
    saving.value.save_as(path)
    assert path.name == "Emigration.csv"
    quotes = load_citations(path)
    assert [quote.text for quote in quotes] == ["We emigrated to Chile.", "The soil was poor."]
    with QA.open(chat.index, embedder=HashEmbedder(), reader=chat.reader).store.reading() as view:
        assert all(finding.holds for finding in verify(quotes, view))
    page.get_by_text("Delete", exact=True).click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", name="A new table")).to_be_visible()
    expect(page.locator("#tables .open-table")).to_have_count(0)
    assert not find_table_file(chat.index, "Emigration").exists()


def test_a_table_by_speaker_and_what_cannot_be(chat: Chat, open_page: OpenPage) -> None:
    page = open_page(chat.address)
    page.get_by_role("button", name="Tables", exact=True).click()
    page.get_by_label("speaker who does not only ask").check()
    page.get_by_label("Name", exact=True).fill("a/b")
    page.get_by_label("Questions, one a line", exact=True).fill(QUESTIONS[0])
    page.get_by_role("button", name="Ask everyone").click()
    expect(page.locator("#tables .trouble")).to_contain_text("'a/b' is no name of a table")
    expect(page.get_by_label("Questions, one a line", exact=True)).to_have_value(QUESTIONS[0])
    page.get_by_label("Name", exact=True).fill("By speaker")
    page.get_by_role("button", name="Ask everyone").click()
    expect(page.locator(".course .state")).to_have_text("all 3 cells are answered")
    assert names(page) == ["Ann", "Ben", "Cid"]
    expect(cell_at(page, "Ann", 0).locator("cite")).to_have_text("Talk of ann")
    page.get_by_role("button", name="All tables").click()
    page.get_by_role("button", name="By speaker").click()
    expect(page.locator(".opened-name")).to_have_text("By speaker")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_tables(chat: Chat, open_page: OpenPage, scheme: str) -> None:
    tall = {"width": 1440, "height": 1600}  # or axe takes a quote that is out of sight for a link to skip by
    page = open_page(chat.address, color_scheme=scheme, reduced_motion="reduce", viewport=tall)
    page.get_by_role("button", name="Tables", exact=True).click()
    expect(page.locator("#tables .keeping")).to_have_text(
        "Tables and tags stay with “Home”; a table goes on without you."
    )
    assert find_faults(page) == []
    page.get_by_role("button", name="Tables", exact=True).click()
    make_whole_table(page)
    page.get_by_role("button", name="Accept: Talk of ann, question 1").click()
    page.get_by_role("button", name="Reject: Talk of ben, question 1").click()
    expect(cell_at(page, "ben", 0)).to_have_class("found rejected")
    page.get_by_role("button", name="Note on Talk of ben, question 1").click()
    cell_at(page, "ben", 0).locator("a.place").click()
    page.locator("mark").first.wait_for()
    assert find_faults(page) == []


def test_on_a_phone_a_table_is_read_and_judged(chat: Chat, open_page: OpenPage) -> None:
    page = open_page(chat.address, **PHONE)
    make_whole_table(page)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(wide) is False
    title = "document.querySelector('.masthead h1').getBoundingClientRect().right"
    assert page.evaluate(title) <= page.evaluate("document.querySelector('.masthead nav').getBoundingClientRect().left")
    page.get_by_role("button", name="Accept: Talk of ann, question 1").tap()
    expect(cell_at(page, "ann", 0)).to_have_class("found accepted")
    cell_at(page, "ann", 0).locator("a.place").tap()
    expect(page.locator("mark").first).to_be_in_viewport()
    page.get_by_role("button", name="Back to the table").tap()
    expect(cell_at(page, "ann", 0).locator("blockquote")).to_be_in_viewport()


def test_nothing_from_files_or_people_acts_in_a_table(serve: Serve, open_page: OpenPage) -> None:
    hostile = Document.from_text(f"Ann: Chile {ATTACK} is where we went.", doc_id=f"a{ATTACK}", title=ATTACK)
    page = open_page(serve(hostile))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    question = f"Chile {ATTACK}?"
    make_table(page, "Hostile", [question])
    expect(page.locator(".course .state")).to_have_text("all 1 cells are answered")
    expect(page.locator("#tables thead .question").last).to_have_text(question)
    expect(page.locator("#tables tbody .name")).to_have_text(ATTACK)
    expect(page.locator("#tables blockquote")).to_contain_text(ATTACK)
    page.locator("#tables button.noted").click()
    page.locator(".noting textarea").fill(ATTACK)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("#tables .remark")).to_contain_text(ATTACK)
    page.locator("#tables button.noted").click()
    expect(page.locator(".noting textarea")).to_have_value(ATTACK)
    page.locator("#tables a.place").click()
    page.locator("mark").first.wait_for()
    assert page.locator("#tables :is(script, img)").count() == 0
    # Here nothing is kept of whoever closes the page, which is said.
    page.get_by_role("button", name="All tables").click()
    expect(page.locator("#tables .keeping")).to_contain_text("deleted when you close this page")
