"""The README tells the truth: its Python runs, its answer is the one that is given."""

import re
from pathlib import Path

import pytest

from qa import QA
from qa.answers import format_answer
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) == 3


@pytest.mark.model
def test_the_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "default"))
    for block in BLOCKS:
        exec(block, {})  # our own README
    shown = capsys.readouterr().out
    assert "by 10 to 12 days.” [1] Balarezo 3735" in shown
    assert "The harvest failed in 1987, when the river dried up.\n" in shown
    assert "That was Balarezo." in shown
    assert "2 people speak: GT (asking) and Balarezo." in shown


@pytest.mark.model
def test_the_transcript_is_what_is_printed(interview_index: Path, embedder: object) -> None:
    qa = QA.open(interview_index, embedder=embedder)  # type: ignore[arg-type]
    question = re.search(r'\$ python -m qa "(.*?)"\n(.*?)\n\n\$', README, re.DOTALL)
    assert question is not None
    assert format_answer(qa.answer(question[1])) == question[2]
