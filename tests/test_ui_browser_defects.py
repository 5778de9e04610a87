"""What once was wrong on the page, each in a real browser."""

import pytest
from playwright.sync_api import expect

from corpus import Document, bundled_interview
from tests.conftest import OpenPage, Serve
from tests.test_ui_browser_panes import ask, expect_marked

pytestmark = pytest.mark.browser

QUESTION = "vessels between Chancay and Shanghai"
WRITTEN_IN_MARKDOWN = """**Rosa:**&nbsp;Was the strike long?

**Ivan:** Nobody left the union.&nbsp;The strike lasted &quot;eleven weeks&quot; &mdash; or so.&nbsp;It&#39;s over.
"""


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(bundled_interview())


def test_references_of_html_are_shown_as_characters(serve: Serve, open_page: OpenPage) -> None:
    page = open_page(serve(Document.from_text(WRITTEN_IN_MARKDOWN, doc_id="strike")))
    ask(page, "strike lasted eleven weeks")
    quote = page.locator("ol.quotes .quote").first
    words = "The strike lasted &quot;eleven weeks&quot; &mdash; or so."
    expect(quote.locator("blockquote")).to_have_text(f"“{words}”")
    references = quote.locator("blockquote .reference")
    shown = "nodes => nodes.map(node => getComputedStyle(node, '::before').content)"
    assert references.evaluate_all(shown) == ['"\\""', '"\\""', '"—"']
    widths = "nodes => nodes.map(node => node.firstElementChild.getBoundingClientRect().width)"
    assert references.evaluate_all(widths) == [0, 0, 0]
    quote.locator("a.number").click()
    start = WRITTEN_IN_MARKDOWN.index(words)
    expect_marked(page, WRITTEN_IN_MARKDOWN, start, start + len(words))
