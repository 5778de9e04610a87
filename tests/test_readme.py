"""The documents tell the truth: their Python runs, their commands too, and both print what is shown."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus import Document
from index import build_index, list_corrections, open_store
from qa.reading.close_network import CloseNetwork
from qa.reading.two_step import CLOSE_FOLDER
from tests.conftest import ROOT
from ui.cli import PROGRAM, main

EXAMPLE = ROOT / "docs" / "examples" / "ask_a_folder.py"
DOCUMENTS = (
    *("README.md", "docs/tutorial.md", "docs/api.md", "docs/conversations.md", "docs/language-models.md"),
    "docs/checking.md",
    "docs/exports.md",
    "docs/tables.md",
    "docs/tags.md",
)
# A block of Python and, where it follows at once, what the block prints.
_PYTHON = re.compile(r"```python\n(?P<code>.*?)```(?:\n\n```text\n(?P<printed>.*?)```)?", re.DOTALL)
_CONSOLE = re.compile(r"```console\n\$ (?P<command>[^\n]*)\n(?P<printed>.*?)```", re.DOTALL)
_FIRST_COMMAND = re.compile(r"```\n\$ (?P<command>ontherecord ask [^\n]*)\n(?P<printed>.*?)\n\n\$ ", re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def run_python(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the blocks of a document in one namespace; all that those without printed text behind them print."""
    namespace: dict[str, Any] = {}
    rest = []
    for block in _PYTHON.finditer(read(name)):
        exec(block["code"], namespace)  # our own documents
        shown = capsys.readouterr().out
        if block["printed"] is None:
            rest.append(shown)
        else:
            assert shown == block["printed"]
    return "".join(rest)


def run_command(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command of `ontherecord` prints."""
    program, *arguments = shlex.split(command)
    assert program == PROGRAM
    main(arguments)
    return capsys.readouterr().out


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the index that documents which build none take for granted."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "default-index"))
    return folder


def test_there_are_blocks_to_run() -> None:
    counts = {name: len(_PYTHON.findall(read(name))) for name in DOCUMENTS}
    assert counts == dict(zip(DOCUMENTS, (2, 7, 2, 1, 1, 1, 1, 1, 1), strict=True))


@pytest.mark.model
def test_the_python_of_the_readme_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = run_python("README.md", capsys)
    assert "by 10 to 12 days.” [1] Balarezo 3735" in shown
    assert "The harvest failed in 1987, when the river dried up.\n" in shown


@pytest.mark.model
def test_the_answer_in_the_readme_is_the_one_that_is_given(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    block = _FIRST_COMMAND.search(read("README.md"))
    assert block is not None
    if not CloseNetwork(CLOSE_FOLDER).is_made():
        pytest.skip("the large reader, whose answer the README shows, has not been fetched")
    assert run_command(block["command"], capsys).split() == block["printed"].split()


@pytest.mark.model
def test_the_tutorial_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_python("docs/tutorial.md", capsys) == ""
    blocks = list(_CONSOLE.finditer(read("docs/tutorial.md")))
    assert len(blocks) == 1
    for block in blocks:
        shown = run_command(block["command"], capsys)
        assert [line.split() for line in shown.splitlines()] == [line.split() for line in block["printed"].splitlines()]


@pytest.mark.model
def test_the_python_of_the_interfaces_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_python("docs/api.md", capsys) == ""


@pytest.mark.model
def test_the_python_about_conversations_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = run_python("docs/conversations.md", capsys)
    assert "That was Balarezo." in shown
    assert "2 people speak: GT (asking) and Balarezo." in shown


@pytest.mark.model
def test_the_python_about_corrections_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    talk = Document.from_text("Ann: And?\n\nSpeaker 1: No. We sold the RSPs in May.", doc_id="talk")
    build_index([talk], "my-index")
    run_python("docs/corrections.md", capsys)
    (kept,) = list_corrections(open_store("my-index"))
    assert (kept.correction.to, kept.effect) == ("RSUs", "applied")


@pytest.mark.model
def test_the_python_about_drafts_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_python("docs/checking.md", capsys) == ""


@pytest.mark.model
def test_the_python_about_tables_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_python("docs/tables.md", capsys) == ""


@pytest.mark.model
def test_the_python_about_tags_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_python("docs/tags.md", capsys) == ""


@pytest.mark.model
def test_the_python_about_exports_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = run_python("docs/exports.md", capsys)
    assert shown == ""
    assert (place / "harvest.md").read_text(encoding="utf-8").startswith("# Quotations\n")


@pytest.mark.model
def test_the_python_about_language_models_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_index([Document.from_text("Ann: It rained.", doc_id="rain")], "my-index")
    assert run_python("docs/language-models.md", capsys) == ""


@pytest.mark.model
def test_the_example_asks_a_folder(place: Path) -> None:
    (place / "talks").mkdir()
    (place / "talks" / "harvest.txt").write_text(
        "Ann: When did the harvest fail?\n\nBob: The harvest failed in 1987, when the river dried up.\n",
        encoding="utf-8",
    )
    command = [sys.executable, str(EXAMPLE), "talks", "In which year did the harvest fail?"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert (
        "> The harvest failed in 1987, when the river dried up.\n>\n> — Bob, in harvest, characters 38–90"
        in done.stdout
    )
    assert done.stderr == "2 new passages in talks-index\n"


def test_the_example_says_how_it_is_used() -> None:
    done = subprocess.run([sys.executable, str(EXAMPLE)], capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (2, "usage: ask_a_folder.py FOLDER QUESTION…\n")
