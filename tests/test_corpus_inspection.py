"""Why a text is read as it is."""

from pathlib import Path

import pytest

from corpus.inspection import describe_file, explain
from index.__main__ import main

TEXT = "Ann Lee, HOST: Why?\n\nBob: So it was.\n\nNote: it rained.\n\nAnn Lee: When?\n\nSam - he left.\n\nBob: Then.\n"


def test_every_candidate_has_its_reason() -> None:
    explanation = explain(TEXT)
    assert [(form.form, form.taken) for form in explanation.forms] == [("colon", True), ("dash", False)]
    colon = explanation.forms[0]
    assert colon.score == sum(weight for _, weight in colon.reasons) >= 3.0
    assert ("two names come back", 1.5) in colon.reasons
    assert [(label.line, label.written, label.person, label.taken) for label in explanation.labels] == [
        (1, "Ann Lee, HOST", "Ann Lee", True),
        (3, "Bob", "Bob", True),
        (7, "Ann Lee", "Ann Lee", True),
        (9, "Sam", None, False),
        (11, "Bob", "Bob", True),
    ]
    assert explanation.labels[3].reason == "dash: -6.0 of 3.0, not a form of label here"


def test_a_file_is_described_in_lines(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text(TEXT, encoding="utf-8")
    lines = list(describe_file(path))
    assert lines[:3] == [
        f"{path}: text, 99 characters, 4 turns of speech",
        "speakers: Ann Lee (asks), Bob (answers)",
        "     0 15-19 Ann Lee: Why?",
    ]
    assert lines[-1] == "  line 11: taken “Bob”: the name comes back"


def test_the_command_prints_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "talk.txt"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["index", "inspect", str(path)])
    assert main() == 0
    assert capsys.readouterr().out.splitlines() == list(describe_file(path))
