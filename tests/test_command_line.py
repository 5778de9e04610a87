"""The commands as a person runs them: results on stdout, the rest on stderr, exit codes, one line for an error."""

import json
import sqlite3
from pathlib import Path

import pytest

from corpus import Document
from index import build_index
from tests.conftest import RunModule
from tests.fakes import HashEmbedder
from ui.cli import main

FIRST = "Ann: When did the harvest fail?\n\nBob: The harvest failed in 1987, when the river dried up.\n"
SECOND = "**Cleo:** Who built the bridge?\n\n**Dan:** My grandfather built the bridge from old railway iron.\n"
TABLE = """\
file         format  turns  speakers  words
harvest.txt  text    2      2         15
bridge.md    md      2      2         13
"""


@pytest.mark.model
def test_the_first_question_builds_the_index_and_says_so(run_module: RunModule, interview: Document) -> None:
    first = run_module("qa", "How much faster will cargo reach Shanghai?")
    assert first.returncode == 0
    assert first.stdout.startswith("Balarezo: “The port is expected to receive Triple-E vessels")
    assert "by 10 to 12 days.” [1]" in first.stdout
    assert first.stderr.startswith("no index yet: building one of the bundled interview, “Peru positioned")

    second = run_module("qa", "What did it cost to build the port?", "--json")
    assert (second.returncode, second.stderr) == (1, "")
    answer = json.loads(second.stdout)
    assert (answer["abstained"], answer["quotes"]) == (True, [])

    third = run_module("qa", "How much faster will cargo reach Shanghai?", "--json")
    assert third.returncode == 0
    fourth = run_module("qa", "Thank you!")
    assert (fourth.returncode, fourth.stdout) == (0, "You are welcome. Ask on whenever you like.\n")
    for citation in json.loads(third.stdout)["quotes"]:
        cited = interview.text[citation["start_char_index"] : citation["end_char_index"]]
        assert citation["cited_text"] == cited


@pytest.mark.model
def test_an_index_of_two_transcripts(run_module: RunModule, tmp_path: Path) -> None:
    (tmp_path / "harvest.txt").write_text(FIRST, encoding="utf-8")
    (tmp_path / "bridge.md").write_text(SECOND, encoding="utf-8")
    files = [tmp_path / "harvest.txt", tmp_path / "bridge.md"]
    built = run_module("index", "build", *files, "--index", tmp_path / "two")
    assert (built.returncode, built.stdout) == (0, TABLE)
    assert "2 documents, 4 passages embedded" in built.stderr

    for question, document, speaker in [
        ("In which year did the harvest fail?", "harvest", "Bob"),
        ("From what was the bridge built?", "bridge", "Dan"),
    ]:
        asked = run_module("qa", question, "--index", tmp_path / "two", "--speaker", speaker, "--json")
        citation = json.loads(asked.stdout)["quotes"][0]
        assert (asked.returncode, citation["doc_id"], citation["speaker"]) == (0, document, speaker)

    removed = run_module("index", "remove", "harvest", "--index", tmp_path / "two")
    assert (removed.returncode, removed.stdout) == (0, "removed\tharvest\n")
    listed = run_module("index", "list", "--index", tmp_path / "two")
    assert (listed.returncode, listed.stdout) == (0, "bridge\t2 passages\tCleo, Dan\tbridge\n")


def test_an_index_of_another_embedder(run_module: RunModule, tmp_path: Path, interview: Document) -> None:
    build_index([interview], tmp_path / "other", embedder=HashEmbedder())
    done = run_module("qa", "Why?", "--index", tmp_path / "other")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "was built with the embedder hash-words" in done.stderr
    assert "ontherecord index build" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["qa", ""], "error: the question is empty; ask something in words"),
        (["qa", "Why?", "--index", "{tmp}/none"], "error: no index in {tmp}/none; build one with"),
        (["qa"], "the following arguments are required: QUESTION"),
        (["index", "build"], "the following arguments are required: FILE"),
        (["index", "build", "{tmp}/none.txt"], "error: {tmp}/none.txt does not exist"),
        (["index", "build", "{tmp}/empty.txt"], "error: {tmp}/empty.txt is empty"),
        (["index", "build", "{tmp}/binary.txt"], "error: {tmp}/binary.txt is a binary file"),
        (["index", "build", "{tmp}/none"], "error: {tmp}/none holds no file in a format that is read"),
        (["index", "list", "--index", "{tmp}/none"], "error: no documents in {tmp}/none"),
        (["index", "burn"], "invalid choice: 'burn'"),
        (["index", "list", "--collection", "no such"], "error: there is no collection 'no such'; see them with"),
        (["qa", "Why?", "--index", "x", "--collection", "default"], "--collection: not allowed with argument --index"),
        (["ui", "--port", "0"], "'0' is no port; expected a number from 1 to 65535"),
        (["ui", "--auth", "me"], "expected USER:PASSWORD"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_gets_one_line_and_exit_code_2(
    run_module: RunModule, tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "empty.txt").touch()
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    done = run_module(*(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert words.replace("{tmp}", str(tmp_path)) in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.model
def test_a_bad_file_does_not_stop_the_rest(run_module: RunModule, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "harvest.txt").write_text(FIRST, encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (folder / "program.py").write_text("pass", encoding="utf-8")
    built = run_module("index", "build", folder, tmp_path / "none.txt", "--index", tmp_path / "index")
    assert built.returncode == 2
    header, *rows = built.stdout.splitlines()
    assert header.split() == ["file", "format", "turns", "speakers", "words"]
    assert [row.split()[0] for row in rows] == ["broken.json", "harvest.txt", "program.py", "none.txt"]
    assert rows[0].endswith(f"refused: {folder}/broken.json is not valid JSON; export the transcript again")
    assert rows[1].split() == ["harvest.txt", "text", "2", "2", "15"]
    assert f"refused: {tmp_path}/none.txt does not exist; check the name\n" in built.stderr
    listed = run_module("index", "list", "--index", tmp_path / "index")
    assert listed.stdout == "harvest\t2 passages\tAnn, Bob\tharvest\n"


def test_when_all_files_are_bad_each_has_its_reason(run_module: RunModule, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    done = run_module("index", "build", tmp_path / "empty.txt", tmp_path / "none.txt", "--index", tmp_path / "index")
    assert done.returncode == 2
    assert done.stdout.count("refused: ") == 2
    assert done.stderr.endswith("error: none of these could be read; the index was not changed\n")
    assert not (tmp_path / "index").exists()


def test_a_failed_build_leaves_the_index_as_it_was(run_module: RunModule, tmp_path: Path, interview: Document) -> None:
    build_index([interview], tmp_path / "index", embedder=HashEmbedder())
    assert run_module("index", "build", tmp_path / "none.txt", "--index", tmp_path / "index").returncode == 2
    with sqlite3.connect(tmp_path / "index" / "catalog.sqlite3") as connection:
        assert connection.execute("SELECT doc_id FROM documents").fetchall() == [(interview.doc_id,)]
    connection.close()


def test_a_collection_in_place_of_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], interview: Document
) -> None:
    monkeypatch.setenv("ONTHERECORD_COLLECTIONS", str(tmp_path / "collections"))
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "index"))
    garden = tmp_path / "collections" / "garden-club"

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return code, *capsys.readouterr()

    made = "made “Garden club”; fill it with: ontherecord index add FILE… --collection 'Garden club'\n"
    assert run("collection", "new", "Garden club") == (0, "", made)
    build_index([interview], garden, embedder=HashEmbedder())
    code, listed, _ = run("index", "list", "--collection", "garden CLUB")
    assert (code, listed.split("\t")[0]) == (0, interview.doc_id)
    code, listed, _ = run("collection", "list")
    assert [line.split("\t")[:2] for line in listed.splitlines()] == [
        ["Default", "not made yet"],
        ["Garden club", "1 transcript"],
    ]
    assert run("collection", "rename", "garden club", "Thesis") == (
        0,
        "",
        f"renamed to “Thesis”; it stays in {garden}\n",
    )
    code, checked, _ = run("index", "check", "--collection", "Thesis")
    assert (code, checked.startswith("sound: 1 documents")) == (0, True)
    code, out, _ = run("index", "list", "--collection", "default")
    assert (code, out) == (2, "")
    deleted = f"deleted “Thesis” (1 transcript), with all that was in {garden}\n"
    assert run("collection", "delete", "Thesis") == (0, "", deleted)
    assert not garden.exists()
    assert run("collection", "new", "../..")[0] == 2
    assert run("collection", "delete", "default")[::2] == (
        2,
        "error: the collection “Default” cannot be deleted; it is the one to start with\n",
    )
