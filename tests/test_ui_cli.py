"""The program `ontherecord`: what it says of itself, and that a command loads its own code only."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import Document
from index import build_index
from tests.conftest import ROOT
from tests.fakes import HashEmbedder
from ui.cli import COMMANDS, main

ALL = "ask, index, collection, conditions, correct, check, chat, eval, export, fetch, table, tag, verify"


def end_of(arguments: list[str]) -> int:
    """The exit code, whether it is given back or ends the program."""
    try:
        return main(arguments)
    except SystemExit as end:
        return int(str(end.code))


def test_the_help_lists_every_command_on_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert end_of(["--help"]) == 0
    shown = capsys.readouterr().out
    assert re.findall(rf"^  ({ALL.replace(', ', '|')}) ", shown, re.MULTILINE) == list(COMMANDS)
    assert len(shown.splitlines()) <= 24
    assert max(map(len, shown.splitlines())) <= 80


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert end_of(["--version"]) == 0
    assert re.fullmatch(r"ontherecord \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            [],
            f"no command is named; expected one of: {ALL}; see ontherecord --help",
        ),
        (
            ["burn"],
            f"'burn' is no command; expected one of: {ALL}; see ontherecord --help",
        ),
        (["--burn"], "unrecognized arguments: --burn; see ontherecord --help"),
    ],
    ids=["nothing", "unknown", "an option"],
)
def test_a_wrong_use_gets_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert end_of(arguments) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"ontherecord: {words}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_by_the_name_it_was_called(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert end_of([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: ontherecord {name} ")
    assert "python -m" not in shown


def test_a_question_may_be_the_name_of_a_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert end_of(["ask", "verify", "--index", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith(f"error: no index in {tmp_path}/none; build one with: ontherecord index")


def test_an_error_of_a_command_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text("{", encoding="utf-8")
    assert end_of(["verify", str(tmp_path / "answers.json")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(r"error: .*answers\.json.*\n", shown.err)


def test_a_look_at_the_index_loads_neither_models_nor_the_page(tmp_path: Path, interview: Document) -> None:
    build_index([interview], tmp_path, embedder=HashEmbedder())
    program = """
import sys
from ui.cli import main
code = main(sys.argv[1:])
heavy = {"faiss", "gradio", "onnxruntime", "qa", "tokenizers", "torch", "transformers", "ui.app"}
sys.stdout.write(f"{code} {sorted(heavy & set(sys.modules))}")
"""
    command = [sys.executable, "-c", program, "index", "list", "--index", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
