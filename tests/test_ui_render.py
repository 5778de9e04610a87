"""An answer as Markdown: numbered, attributed, and unable to act on the page."""

import html
import re
from pathlib import Path

import pytest

from corpus import Document
from index import build_index
from index.cli import printable
from qa import QA
from qa.answers import format_answer, format_time
from tests.fakes import HashEmbedder, WordReader
from ui.render import escape, format_message

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](http://evil/x.png)",
    "http://evil.example www.evil.example me@evil.example",
    "**bold** _under_ `code` ~~gone~~ $$x$$ \\(x\\)",
    "# heading\n- item\n> quote\n| a | b |",
]


def qa_on(text: str, folder: Path) -> QA:
    embedder = HashEmbedder()
    build_index([Document.from_text(text, doc_id="x")], folder, embedder=embedder)
    return QA.open(folder, embedder=embedder, reader=WordReader())


@pytest.mark.parametrize("attack", ATTACKS)
def test_escaped_text_reads_the_same_and_has_no_active_character(attack: str) -> None:
    escaped = escape(attack)
    assert re.sub(r"&#\d+;", "", escaped).replace(" ", "").isalnum() or not re.sub(r"&#\d+;|\s", "", escaped)
    assert html.unescape(escaped) == " ".join(attack.split())


def test_a_message_has_every_quote_with_its_number_and_place(fake_qa: QA) -> None:
    message = format_message(fake_qa.answer("vessels between Chancay and Shanghai"))
    assert message.startswith("**Balarezo:** **[1]**\n> “The port is expected")
    assert "characters 3735–3979" in html.unescape(message)
    assert message.endswith("*Confidence 1.00*")


def test_an_abstention_says_that_the_passages_are_no_answer(fake_qa: QA) -> None:
    message = format_message(fake_qa.answer("lithium price"))
    assert message.startswith("**The source does not answer this.**")
    assert "*Closest, not an answer:*" in message
    assert "[1]" not in message


def test_words_of_a_source_stay_words(tmp_path: Path) -> None:
    qa = qa_on("Ann: What harm?\n\nBob: The harm is <script>alert(1)</script> done.", tmp_path)
    message = format_message(qa.answer("harm done"))
    assert "<script" not in message
    assert "&#60;script&#62;" in message


def test_the_terminal_gets_no_control_characters(tmp_path: Path) -> None:
    qa = qa_on("Ann: What harm?\n\nBob: The harm \x1b[31mis\x9b1m \u202edone\u202c now.", tmp_path)
    shown = printable(format_answer(qa.answer("harm done")))
    assert "The harm \ufffd[31mis\ufffd1m \ufffddone\ufffd now." in shown


def test_the_text_says_where_each_quote_stands(fake_qa: QA) -> None:
    lines = format_answer(fake_qa.answer("vessels between Chancay and Shanghai")).splitlines()
    assert lines[0].endswith("by 10 to 12 days.” [1]")
    assert lines[2].startswith("[1] Balarezo, Peru positioned as a strategic gateway")
    assert lines[2].endswith("characters 3735–3979")


def test_the_text_of_an_abstention(fake_qa: QA) -> None:
    lines = format_answer(fake_qa.answer("lithium price")).splitlines()
    assert lines[0].startswith("The source does not answer this. No sentence comes close enough")
    assert lines[2] == "Closest, not an answer:"


@pytest.mark.parametrize(("milliseconds", "shown"), [(0, "0:00"), (251_999, "4:11"), (3_723_000, "1:02:03")])
def test_times(milliseconds: int, shown: str) -> None:
    assert format_time(milliseconds) == shown
