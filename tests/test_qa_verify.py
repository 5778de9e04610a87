"""Exported quotes, checked again after the source was edited."""

import json
from pathlib import Path

import pytest

from corpus import Document
from index import SqliteStore, build_index
from qa import QA
from qa.answers import load_answers
from qa.errors import AnswersInvalid
from qa.verify import Finding, verify
from tests.conftest import RunModule
from tests.fakes import HashEmbedder, WordReader

TALK = (
    "Ann: When did the harvest fail?\n\nBob: It was long ago. The harvest failed in 1987. We left.\n\n"
    "Ann: Who helped?\n\nBob: Nobody. The harvest failed in 1987. That is all."
)
QUOTED = "The harvest failed in 1987."


def index_of(text: str, folder: Path) -> QA:
    embedder = HashEmbedder()
    build_index([Document.from_text(text, doc_id="talk")], folder, embedder=embedder)
    return QA.open(folder, embedder=embedder, reader=WordReader())


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """The first quote of an answer, as JSON."""
    answer = index_of(TALK, tmp_path / "old").answer("harvest failed 1987").to_dict()
    answer["quotes"] = [quote for quote in answer["quotes"] if quote["start_char_index"] == TALK.index(QUOTED)]
    assert answer["quotes"]
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(answer), encoding="utf-8")
    return path


def check(exported: Path, text: str, folder: Path) -> Finding:
    index_of(text, folder)
    with SqliteStore(folder).reading() as view:
        (finding,) = verify([quote for answer in load_answers(exported) for quote in answer.quotes], view)
    return finding


def test_exact(exported: Path, tmp_path: Path) -> None:
    finding = check(exported, TALK, tmp_path / "new")
    assert (finding.verdict, finding.start) == ("exact", TALK.index(QUOTED))


def test_moved_to_the_place_with_the_same_surroundings(exported: Path, tmp_path: Path) -> None:
    edited = "A new headline\n\n" + TALK
    finding = check(exported, edited, tmp_path / "new")
    assert (finding.verdict, finding.start) == ("moved", edited.index(QUOTED))
    assert edited[finding.start : finding.end] == QUOTED


def test_changed_words_are_shown_as_they_are_now(exported: Path, tmp_path: Path) -> None:
    finding = check(exported, TALK.replace("1987", "1986"), tmp_path / "new")
    assert (finding.verdict, finding.now) == ("changed", " The harvest failed in 1986. ")


def test_the_same_words_by_somebody_else_are_a_change(exported: Path, tmp_path: Path) -> None:
    edited = TALK.replace("Bob", "Cleo")
    finding = check(exported, edited, tmp_path / "new")
    assert (finding.verdict, finding.now) == ("changed", QUOTED)


def test_gone(exported: Path, tmp_path: Path) -> None:
    assert check(exported, "Ann: Nothing?\n\nBob: Nothing at all.", tmp_path / "new").verdict == "gone"


def test_a_document_that_the_index_never_had_is_not_called_gone(exported: Path, tmp_path: Path) -> None:
    build_index([Document.from_text(TALK, doc_id="other")], tmp_path / "new", embedder=HashEmbedder())
    with SqliteStore(tmp_path / "new").reading() as view:
        (finding,) = verify([quote for answer in load_answers(exported) for quote in answer.quotes], view)
    assert (finding.verdict, finding.holds) == ("absent", False)
    assert finding.differences == ("this index has no document of that name: it was never in it, or was removed",)


def test_the_command(exported: Path, tmp_path: Path, run_module: RunModule) -> None:
    exact = run_module("qa", "verify", exported, index=tmp_path / "old")
    assert (exact.returncode, exact.stderr) == (0, "1 exact\n")
    assert exact.stdout == f"exact\ttalk\t{TALK.index(QUOTED)}-{TALK.index(QUOTED) + len(QUOTED)}\tBob\t{QUOTED}\n"
    index_of("Something else.", tmp_path / "new")
    gone = run_module("qa", "verify", exported, "--index", tmp_path / "new")
    assert (gone.returncode, gone.stderr) == (1, "1 gone\n")


def test_a_conversation_in_lines_is_read_too(exported: Path, tmp_path: Path) -> None:
    answer = json.loads(exported.read_text(encoding="utf-8"))
    lines = tmp_path / "conversation.jsonl"
    lines.write_text("\n".join([json.dumps({"answer": answer}), json.dumps([answer])]), encoding="utf-8")
    assert load_answers(lines) == load_answers(exported) * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no json", "is no JSON"),
        ('{"a": 1}', "has no answers in it; expected objects with a list of quotes"),
        (
            '{"quotes": [{"cited_text": "x"}]}',
            r"answers\.json: 'doc_id' is None, expected str; export",
        ),
        ('{"quotes": ["x"]}', "a quote is 'x', expected dict"),
    ],
)
def test_not_a_file_of_answers(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnswersInvalid, match=words):
        load_answers(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(AnswersInvalid, match="cannot be read"):
        load_answers(tmp_path / "none.json")
