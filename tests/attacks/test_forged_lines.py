"""Nothing that a file, its name or a model server holds can look like the program's own words."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus import Document, Turn, is_one_line, one_line, printable
from index import build_index
from index.__main__ import main as index_main
from index.cli import say
from qa import QA
from qa.answers import AnswerRecord, Citation, RetrievedPassage, WrittenSentence, format_answer, from_dict
from qa.verify_command import verify_command
from tests.fakes import HashEmbedder, WordReader
from ui.conversation import Exchange
from ui.export import export_markdown
from ui.render import format_message

FORGED = "x”\n\n[1] Bob: “I did it.” [2]\r\n\u2028\u2029\x85\x0b\x0c\x1eConfidence 0.99\x1b[2J\u202e"
PROGRAM_LINE = re.compile(r"^(\[\d+\]|Confidence \d|Bob: “|Phrased by|Closest, not an answer)", re.MULTILINE)


def citation(**changes: Any) -> Citation:  # noqa: ANN401 - the fields' own types
    quote = Citation(
        text="The harvest failed.",
        doc_id="talk",
        title="Talk",
        start=5,
        end=24,
        speaker="Ann",
        score=1.0,
        turn=0,
        kind="speech",
        role=None,
        start_ms=None,
        page=None,
        prefix="",
        suffix="",
        source_sha256="",
    )
    return replace(quote, **changes)


def answer(**changes: Any) -> AnswerRecord:  # noqa: ANN401 - the fields of a citation
    quote = citation(**changes)
    return AnswerRecord(question="?", standalone_question="?", kind="quotes", quotes=(quote,), confidence=0.1)


def program_lines(shown: str) -> list[str]:
    """The lines that begin as the program's do; line breaks of every kind count."""
    return [line for line in shown.splitlines() if PROGRAM_LINE.match(line)]


@pytest.mark.parametrize("field", ["speaker", "title", "doc_id"])
def test_the_terminal_has_one_place_and_one_confidence(field: str) -> None:
    shown = printable(format_answer(answer(**{field: FORGED})))
    assert [line[:14] for line in program_lines(shown)] == [shown.splitlines()[-2][:14], "Confidence 0.1"]
    assert len(shown.splitlines()) == 4
    assert "\u202e" not in shown


@pytest.mark.parametrize(
    "words",
    [
        "Yes.” [1]\n\nBob: “I did it.",
        "Yes.”\nBob: “I did it.” [7]\n[1] Bob, talk, characters 3–9\nConfidence 0.99",
        "Yes.\u2028Bob: “I did it.",
        "Yes.\x85[1] Bob, talk, characters 3–9\x0bConfidence 0.99",
    ],
    ids=["paragraph", "lines", "separator", "controls"],
)
def test_the_words_of_a_quote_forge_no_line(words: str) -> None:
    quoted = answer(text=words)
    assert len(program_lines(quoted.text)) == 0
    assert len(re.findall(r"” ?\[\d+\]", quoted.text)) == 1
    shown = printable(format_answer(quoted))
    assert [line[:10] for line in program_lines(shown)] == ["[1] Ann, T", "Confidence"]
    closest = RetrievedPassage("p", quoted.quotes[0], None, None)
    abstained = replace(quoted, kind="abstention", quotes=(), passages=(closest,), reason="No.")
    assert program_lines(format_answer(abstained)) == ["Closest, not an answer:"]


_FRAGMENTS = (
    "“ ” [1] [2] \n \r\n \r \x0b \x0c \x1c \x85 \u2028 \u2029 \u202e \u2066 \x1b[2J Bob: Confidence 0.99 : Yes. > ** "
    "\ud800 \u200b \U000e0041 Closest, not an answer: Phrased by the language model x characters 1–2 &#10; <br>"
).split(" ")


def test_no_mixture_of_them_forges_a_line() -> None:
    rng = random.Random(20)
    for _ in range(3000):
        words, speaker, title = (
            "".join(rng.choice(["", " ", "\n"]) + rng.choice(_FRAGMENTS) for _ in range(rng.randint(1, 12)))
            for _ in range(3)
        )
        quoted = answer(text=words, speaker=speaker, title=title)
        shown = printable(format_answer(quoted))
        assert len(shown.splitlines()) == 4, (words, speaker, title)
        assert len(re.findall(r"”\s*\[\d+\]", quoted.text)) == 1, (words, speaker)
        assert "\n\n" not in quoted.text
        exported = export_markdown([Exchange("?", answer=quoted)])
        assert len(exported.splitlines()) == len(export_markdown([Exchange("?", answer=answer())]).splitlines())
        exported.encode()


def test_the_words_of_a_quote_are_otherwise_shown_as_they_are() -> None:
    words = "He said “no”.\tNo\u00a0more."
    assert f"Ann: “{words}” [1]" in answer(text=words).text
    assert "Ann: “Two\nlines.” [1]" in answer(text="Two\nlines.").text


def test_a_speaker_cannot_put_words_between_quotation_marks() -> None:
    shown = answer(speaker="Bob: “I did it.” [1] Ann").text
    assert shown == 'Bob: "I did it." (1) Ann: “The harvest failed.” [1]'


def test_the_name_of_a_model_is_one_line() -> None:
    written = (WrittenSentence("It failed.", (1,)),)
    shown = format_answer(replace(answer(), written=written, model=f"m{FORGED}"))
    assert len(program_lines(shown)) == 3
    assert "Phrased by the language model mx” [1] Bob" in shown


def test_a_title_of_a_megabyte_is_cut() -> None:
    assert len(format_answer(answer(title="x" * 1_000_000, speaker="y" * 1_000_000))) < 2000


@pytest.mark.parametrize("field", ["speaker", "title", "text"])
def test_exports_and_messages_hold_nothing_that_reorders_them(field: str) -> None:
    forged = answer(**{field: FORGED})
    for shown in (export_markdown([Exchange("?", answer=forged)]), format_message(forged)):
        assert not any(character in shown for character in "\u202e\u2028\u2029\x85\x1b\x0b\x0c")
        assert len(re.findall(r"^(?:> |\*\*.*)?(?:\[\d+\]|\\\[)", shown, re.MULTILINE)) <= 1
        assert shown.count("Confidence 0.10") == 1
        assert not re.search(r"^\W*Confidence 0.99", shown, re.MULTILINE)


def test_errors_and_lists_stay_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say(f"error: {FORGED}{'x' * 100_000}")
    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
    assert len(shown) < 3000
    text = "Ann: Why did the harvest fail?\n\nBob: It never rained."
    build_index([Document.from_text(text, doc_id="talk", title=FORGED)], tmp_path, embedder=HashEmbedder())
    assert index_main(["list", "--index", str(tmp_path)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_file_name_forges_no_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        (tmp_path / "a\nsound: 1 documents\u202e.rtf").write_bytes(b"{\\rtf x")
        (tmp_path / "b\rc.txt").write_bytes(b"")
    except OSError:
        pytest.skip("this system has no such file names")
    assert index_main(["build", str(tmp_path), "--index", str(tmp_path / "index")]) == 2
    out = capsys.readouterr()
    assert [line.split()[0] for line in out.out.splitlines()] == ["file", "a", "b"]
    assert len(out.err.splitlines()) == 3


def test_verify_prints_a_line_a_quote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Ann: Why did the harvest fail?\n\nBob: It never rained."
    build_index([Document.from_text(text, doc_id="talk")], tmp_path, embedder=HashEmbedder())
    forged = "\nexact\ttalk\t0-5\tBob\tI did it.\u2028\x1b"
    quote = citation(text=forged, doc_id=forged, speaker=forged).to_dict()
    (tmp_path / "a.json").write_text(json.dumps({"quotes": [quote]}), encoding="utf-8")
    assert verify_command([str(tmp_path / "a.json"), "--index", str(tmp_path)]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("absent\t")
    assert line.count("\t") == 5


def test_the_whole_way_from_a_file(tmp_path: Path) -> None:
    words = "It never rained in the valley."
    turns = (Turn(FORGED, 0, len(words)),)
    document = Document.from_turns(words, turns, doc_id="talk", title=FORGED)
    build_index([document], tmp_path, embedder=HashEmbedder())
    found = QA.open(tmp_path, embedder=HashEmbedder(), reader=WordReader()).answer("rained in the valley")
    assert is_one_line(found.quotes[0].title)
    assert is_one_line(found.quotes[0].speaker or "\n")
    assert len(program_lines(found.text)) == 0
    assert from_dict(json.loads(json.dumps(found.to_dict()))).text == found.text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\n b\u2028c\x85d\te", "a b c d e"),
        ("\x1b[31mred\x9b\u202e", "\ufffd[31mred\ufffd\ufffd"),
        ("\ud800x", "\ufffdx"),
        ("zero\u200bwidth\ufeff\u00ad", "zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x" * 300, "x" * 199 + "…"),
        (" " * 5000 + "x", "x"),
        ("", ""),
    ],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line
    assert is_one_line(line)
    assert one_line(line) == line
