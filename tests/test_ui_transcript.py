"""A document as HTML: the blocks are the document, and what is long comes in parts."""

import html
import re

import pytest

from corpus import Document
from ui.markup import attribute, fragment, text_html
from ui.transcript import MAX_BLOCK_CHARS, WINDOW_CHARS, cut_blocks, render_transcript

CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def read_back(page: str) -> dict[int, str]:
    """The text of each block by its start, as a browser would have it."""
    found = re.findall(r'<(?:p|h2 class="title") data-start="(\d+)" dir="auto">(.*?)</(?:p|h2)>', page, flags=re.S)
    return {int(start): html.unescape(re.sub(r"<[^>]*>", "", inside)) for start, inside in found}


def test_every_block_is_the_slice_that_it_says(interview: Document) -> None:
    blocks = read_back(render_transcript(interview))
    assert len(blocks) == len(cut_blocks(interview)) == 28
    assert all(interview.text[start : start + len(text)] == text for start, text in blocks.items())
    assert "".join(blocks[start] for start in sorted(blocks)) == "".join(
        interview.text[turn.start : turn.end] for turn in interview.turns
    )


def test_a_huge_paragraph_is_cut_at_spaces() -> None:
    text = "Ann: " + "word " * 4_000 + "x" * 10_000
    document = Document.from_text(text, doc_id="x")
    blocks = cut_blocks(document)
    assert max(block.end - block.start for block in blocks) == MAX_BLOCK_CHARS
    assert [before.end for before in blocks[:-1]] == [after.start for after in blocks[1:]]
    assert text[blocks[0].end - 1] == " "


def test_a_long_text_comes_in_parts() -> None:
    text = "\n\n".join(f"{'Ann' if number % 2 else 'Bob'}: {'word ' * 40}{number}." for number in range(5_000))
    document = Document.from_text(text, doc_id="long")
    assert len(text) > 3 * WINDOW_CHARS
    middle = text.index("2500.")
    for place, earlier, later in ((5, False, True), (middle, True, True), (len(text), True, False)):
        page = render_transcript(document, place)
        starts = read_back(page)
        last = max(starts)
        assert min(starts) <= place <= last + len(starts[last])
        assert last - min(starts) <= WINDOW_CHARS + MAX_BLOCK_CHARS
        assert ("Earlier in this transcript" in page, "Later in this transcript" in page) == (earlier, later)


def test_speakers_and_times_are_shown() -> None:
    document = Document.from_text("[00:01:05] Ann: Why?\n\n[00:02:10] Bob: So.\n\n[00:03:15] Ann: Ah?", doc_id="x")
    page = render_transcript(document)
    assert re.findall(r'class="name">(\w+)<', page) == ["Ann", "Bob", "Ann"]
    assert re.findall(r'class="time">([\d:]+)<', page) == ["1:05", "2:10", "3:15"]


@pytest.mark.parametrize("text", ["<b>&amp;\"'</b>", "a\r\nb\rc", f"a{CONTROLS}b", "\U0001f600 é ü"])
def test_shown_text_reads_the_same(text: str) -> None:
    shown = text_html(text)
    assert html.unescape(re.sub(r"<[^>]*>", "", shown)) == text
    assert "\r" not in shown
    assert shown.count("<bdi") == sum(character in CONTROLS for character in text)


def test_attributes_hold_nothing_that_acts() -> None:
    assert attribute(f"a\"><script>'{CONTROLS[0]}\x1b") == "a&quot;&gt;&lt;script&gt;&#x27;\ufffd\ufffd"
    assert fragment('x"/ 100%', 3, 9) == "x%22%2F%20100%25:3-9"
