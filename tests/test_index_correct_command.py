"""`ontherecord correct`: each correction as a command, what it prints, and one clear line for what cannot be."""

import json
from pathlib import Path

import pytest

from corpus import Document
from index import build_index, open_store
from index.correct_command import correct_command
from tests.fakes import HashEmbedder

PORT = (
    "S1: Is it true that the port was sold for nothing?\n\nS2: No. We sold the RSPs in May. The port stays ours.\n\n"
    "S1: And the RSPs?\n\nS2: They were fair.\n\nDeadline: Friday.\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    embedder = HashEmbedder()
    monkeypatch.setattr("index.correct_command.SentenceEmbedder", lambda name: embedder)
    folder = tmp_path / "index"
    build_index([Document.from_text(PORT, doc_id="port")], folder, embedder=embedder)
    return folder


def correct(folder: Path, *arguments: str) -> int:
    return correct_command([*arguments, "--index", str(folder)])


def shown(folder: Path) -> Document:
    with open_store(folder).reading() as view:
        return view.document("port")


def test_every_correction_has_its_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert correct(folder, "rename", "S2", "Anna Berg", "--document", "port", "--by", "ed") == 0
    assert correct(folder, "reassign", "port", "1", "S1", "--words", "The port stays ours.") == 0
    assert correct(folder, "drop", "port", "Deadline") == 0
    assert correct(folder, "role", "port", "S1", "asks") == 0
    assert correct(folder, "words", "port", "RSPs", "RSUs", "--number", "2") == 0
    capsys.readouterr()
    assert correct(folder, "turns", "port") == 0
    turns = [line.split("\t")[1::2] for line in capsys.readouterr().out.splitlines()]
    assert turns == [
        ["S1", "Is it true that the port was sold for nothing?"],
        ["Anna Berg", "No. We sold the RSPs in May."],
        ["S1", "The port stays ours."],
        ["S1", "And the [RSUs]?"],
        ["Anna Berg", "They were fair."],
        ["Anna Berg", "Deadline: Friday."],
    ]
    assert correct(folder, "list") == 0
    rows = [line.split("\t")[1:5] for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["applied", "port", "S2 is Anna Berg", "ed"]
    assert [row[2] for row in rows[1:]] == [
        "“The port stays ours.” was said by S1",
        "Deadline is nobody",
        "S1 asks",
        "“RSPs” was really “RSUs”",
    ]


def test_a_turn_that_nobody_said(folder: Path) -> None:
    assert correct(folder, "reassign", "port", "3") == 0
    assert (shown(folder).turns[3].speaker, shown(folder).turns[3].kind) == (None, "narration")


def test_two_who_are_one_are_merged_and_not_renamed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert correct(folder, "rename", "S2", "S1") == 2
    assert "port has a speaker 'S1' already; if they are one person, use: ontherecord correct merge" in (
        capsys.readouterr().err
    )
    assert correct(folder, "merge", "S2", "Zoe") == 2
    assert "nobody is called 'Zoe'; for a new name use: ontherecord correct rename" in capsys.readouterr().err
    assert correct(folder, "merge", "S2", "S1") == 0
    assert [speaker.name for speaker in shown(folder).speakers] == ["S1", "Deadline"]


def test_corrections_are_undone_exported_and_taken_in(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert correct(folder, "words", "port", "RSPs", "RSUs", "--every") == 0
    capsys.readouterr()
    file = tmp_path / "corrections.json"
    assert correct(folder, "export", str(file)) == 0
    records = json.loads(file.read_text(encoding="utf-8"))["corrections"]
    assert [record["to"] for record in records] == ["RSUs", "RSUs"]
    assert correct(folder, "undo", *[record["id"] for record in records]) == 0
    assert shown(folder).words == ()
    assert correct(folder, "import", str(file)) == 0
    assert [words.text for words in shown(folder).words] == ["RSUs", "RSUs"]
    assert "2 taken in, 2 passages embedded" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["words", "port", "RSPs", "RSUs"], "'RSPs' stands 2 times in port; add --every, or --number N"),
        (["words", "port", "RSPs", "RSUs", "--number", "3"], "--number is 3, the words stand there 2 times"),
        (["words", "port", "RSP", "RSU"], "'RSP' does not stand in port; give the words as the text has them"),
        (["words", "port", "", "RSU"], "'' does not stand in port"),
        (["reassign", "port", "99", "S1"], "port has no turn 99, its turns are 0 to 4"),
        (["reassign", "port", "1", "S1", "--words", "nothing"], "'nothing' does not stand in turn 1"),
        (["drop", "port", "Zoe"], "port has no speaker 'Zoe'; there are Deadline, S1, S2"),
        (["turns", "nowhere"], "the index holds no document 'nowhere'"),
        (["undo", "abc"], "there is no correction 'abc'; see them with: ontherecord correct list"),
        (["import", "no/such/file"], "cannot be read"),
    ],
)
def test_what_cannot_be_corrected_is_said_in_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert correct(folder, *arguments) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
