"""Files that lie in the folder where the program is started, named like what it imports, do not run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.foreign_modules import find_foreign_modules
from tests.conftest import ROOT

NAMES = ("faiss", "numpy", "lxml", "random", "onnxruntime", "huggingface_hub")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "faiss").mkdir()
    (tmp_path / "faiss" / "__init__.py").touch()
    for name in NAMES[1:]:
        (tmp_path / f"{name}.py").write_text(f"open('ran-{name}', 'w').close()\n", encoding="utf-8")
    (tmp_path / "talk.txt").write_text("Ann: When did it fail?\n\nBob: It failed in 1987.\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ONTHERECORD_INDEX": str(folder / "none")}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("module", ["qa", "index", "ui", "qa.__main__", "index.embedding.process_pool"])
def test_a_package_started_by_name_runs_nothing_of_the_folder(module: str, folder: Path) -> None:
    done = run(folder, "-m", module, "--help")
    assert not list(folder.glob("ran-*")), done.stderr


@pytest.mark.model
def test_a_question_is_answered_beside_such_files(folder: Path) -> None:
    built = run(folder, "-m", "index", "build", "talk.txt", "--index", "talks")
    assert built.returncode == 0, built.stderr
    asked = run(folder, "-m", "qa", "When did it fail?", "--index", "talks")
    assert (asked.returncode, asked.stdout.splitlines()[0]) == (0, "Bob: “It failed in 1987.” [1]")
    assert not list(folder.glob("ran-*"))


def test_a_program_of_somebody_else_keeps_its_folder(folder: Path) -> None:
    (folder / "theirs.py").write_text("import corpus, beside; print(beside.__name__)", encoding="utf-8")
    (folder / "beside.py").touch()
    for name in NAMES[1:]:
        (folder / f"{name}.py").unlink()
    done = run(folder, "-m", "theirs")
    assert done.stdout == "beside\n", done.stderr


def test_in_a_checkout_such_files_are_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    (tmp_path / "queue.py").touch()
    (tmp_path / "gradio").mkdir()
    (tmp_path / "gradio" / "__init__.py").touch()
    (tmp_path / "notes.py").touch()
    (tmp_path / "torch.txt").touch()
    assert find_foreign_modules(tmp_path) == ["gradio", "queue"]
    command = [sys.executable, "-m", "corpus.before_libraries"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert "run in place of libraries: 'gradio', 'queue'\n" in done.stderr
