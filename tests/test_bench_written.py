"""The bench of written answers counts what is there, and goes on where it was."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench import written
from tests.llm_server import Says, language_server, points
from tests.test_qa_grounded_writing import TALK

pytestmark = pytest.mark.model


def gold(number: int, question: str, words: str | None) -> dict[str, Any]:
    start = TALK.text.index(words) if words else 0
    spans = [[start, start + len(words)]] if words else []
    return {"id": f"q{number}", "doc_id": "strike", "question": question, "answerable": bool(words), "spans": spans}


def script(body: dict[str, Any]) -> Says:
    question = str(body["messages"][-1]["content"]).split("QUESTION")[-1]
    if "strike" in question:
        return points(("The strike lasted 11 weeks.", [2]), ("The strike lasted 12 weeks.", [2]))
    return points(answered=False)


def test_answers_are_counted_beside_the_extractive_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [
        gold(1, "How long did the strike last?", "The strike lasted eleven weeks."),
        gold(2, "Who shut the harbour?", "The harbour at Callao was shut by Maersk for 9 days."),
        gold(3, "How many children does Ivan have?", None),
    ]
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "strike.txt").write_text(TALK.text, encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    monkeypatch.setenv("ONTHERECORD_LLM_WAY", "point")
    monkeypatch.setenv("ONTHERECORD_LLM_DECIDES", "model")
    with language_server(script) as server:
        command = ["written", str(folder), "--llm", server.url, "--out", str(tmp_path / "rows.jsonl")]
        monkeypatch.setattr(sys, "argv", command)
        written.main()
        asked = len(server.requests)
        table = capsys.readouterr().out
        written.main()
        assert (asked, len(server.requests)) == (3, 3)
        assert capsys.readouterr().out == table
    cells = dict(line.strip("|").strip().split(" | ") for line in table.splitlines()[3:])
    assert cells["questions (unanswerable)"] == "3 (1)"
    assert cells["right and answered, with the model"] == "1/2 (0.50)"
    assert cells["unanswerable refused, with the model"] == "1/1 (1.00)"
    assert cells["answers phrased"] == "1/3 (0.33)"
    assert (cells["sentences shown"], cells["sentences dropped"]) == ("1", "figure 1")
    assert (cells["quotes that are not the source's"], cells["wrong speakers on quotes"]) == ("0", "0")
