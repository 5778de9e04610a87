"""A draft checked in a real browser: pasted or dropped, every quotation marked, its place opened, the report kept."""

import base64
import io
import json
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from corpus import bundled_interview
from qa.checking.codec import read_report
from tests.conftest import OpenPage, Serve
from tests.test_ui_browser_desk import open_drawer
from tests.test_ui_browser_panes import expect_marked

pytestmark = pytest.mark.browser

TRUE = "It is impossible for the port to have dual-use purposes"
FALSE = "China has been Peru’s largest trading partner for 12 consecutive years"
DRAFT = (
    f"“{TRUE},” Balarezo said. “{FALSE},” he added. The “smart city” is <b>new</b>.\n\n"
    "Balarezo said that the port would open in November."
)
# Hands files to whatever takes a drop, as a browser does.
DROP = """([zone, files]) => {
  const transfer = new DataTransfer();
  for (const [name, data] of files)
    transfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
  for (const type of ["dragenter", "dragover", "drop"])
    document.querySelector(zone).dispatchEvent(
      new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
    );
}"""


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(bundled_interview())


def drop(page: Page, name: str, data: bytes) -> None:
    page.evaluate(DROP, ["#draft-file button", [[name, base64.b64encode(data).decode()]]])


def in_word() -> bytes:
    written = docx.Document()
    for line in DRAFT.split("\n\n"):
        written.add_paragraph(line)
    data = io.BytesIO()
    written.save(data)
    return data.getvalue()


def expect_report(page: Page) -> None:
    """The four quotations of the draft, each marked in it and with its line."""
    expect(page.locator("#checked .quoted")).to_have_count(4)
    expect(page.locator("#checked .quoted.good")).to_have_text(f"{TRUE},1")
    expect(page.locator("#checked .quoted.bad")).to_have_text(f"{FALSE},2")
    lines = page.locator("#checked li")
    expect(lines).to_have_count(4)
    expect(lines.nth(0)).to_contain_text("exact but for typography (Balarezo)")
    expect(lines.nth(1)).to_contain_text("“12” stands for “10”")
    expect(lines.nth(2)).to_contain_text("no quotation")
    expect(lines.nth(3)).to_contain_text("reported speech")
    # The sentence around the words, so that one out of context can be judged.
    expect(lines.nth(0).locator(".around")).to_contain_text("must comply with Peruvian national law.")
    expect(lines.nth(0).locator(".around .said")).to_have_text(TRUE)


def test_a_pasted_draft_is_marked_and_each_place_opens(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    open_drawer(page)
    expect(page.get_by_role("button", name="Report as JSON")).to_be_hidden()
    page.get_by_label("Paste an article, or a language model’s answer").fill(DRAFT)
    page.get_by_role("button", name="Check its quotations").click()
    expect_report(page)
    expect(page.locator("#checked .draft-text")).to_contain_text("is <b>new</b>.")

    page.locator("#checked li").nth(0).get_by_role("link").click()
    text = bundled_interview().text
    expect(page.locator("#desk")).to_be_hidden()
    expect_marked(page, text, text.index(TRUE), text.index(TRUE) + len(TRUE))
    open_drawer(page)
    page.locator("#checked li").nth(3).get_by_role("link").click()
    nearest = "The Chancay Port is expected to officially open in November"
    expect(page.locator("#transcript mark").first).to_contain_text(nearest)


def test_a_dropped_file_is_checked_and_its_report_kept(address: str, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(address)
    open_drawer(page)
    drop(page, "article.docx", in_word())
    expect_report(page)
    texts = {}
    for name, suffix in (("page", ".html"), ("Markdown", ".md"), ("Word", ".docx"), ("JSON", ".json")):
        with page.expect_download() as saved:
            page.get_by_role("button", name=f"Report as {name}").click()
        assert saved.value.suggested_filename == f"article-checked{suffix}"
        saved.value.save_as(tmp_path / f"report{suffix}")
        texts[suffix] = (tmp_path / f"report{suffix}").read_bytes()
    report = read_report(json.loads(texts[".json"]))
    assert [quotation.verdict for quotation in report.quotations] == [
        "typography",
        "changed",
        "no_quotation",
        "paraphrase",
    ]
    place = report.quotations[0].places[0]
    assert (place.link or "").startswith(f"{address.rstrip('/')}/#")
    assert place.link is not None
    assert place.link.endswith(f":{place.start}-{place.end}")
    assert b"<mark" in texts[".html"]
    assert TRUE.replace("-", "\\-") in texts[".md"].decode()
    comments = docx.Document(str(tmp_path / "report.docx")).comments
    assert len(list(comments)) == 3

    # The link of a report opens the chat at the place.
    other = open_page(place.link)
    expect_marked(other, bundled_interview().text, place.start, place.end)


@pytest.mark.parametrize(("name", "draft"), [("a.md", f"> {TRUE}.\n"), ("a.html", f"<p><q>{TRUE}.</q></p>")])
def test_other_files_are_read_as_what_they_are(name: str, draft: str, address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    open_drawer(page)
    drop(page, name, draft.encode())
    expect(page.locator("#checked li")).to_have_count(1)
    expect(page.locator("#checked li")).to_contain_text("exact")


def test_what_cannot_be_read_is_refused_in_words(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    open_drawer(page)
    drop(page, "broken.pdf", b"%PDF-1.7 and then nothing")
    expect(page.locator("#checked")).to_contain_text("Refused: broken.pdf is damaged")
    expect(page.get_by_role("button", name="Report as JSON")).to_be_hidden()
    page.get_by_role("button", name="Check its quotations").click()
    expect(page.locator("#checked")).to_contain_text("Refused: the draft has no words")
