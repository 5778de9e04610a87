"""Who says which words, in small transcripts of the shapes that people have."""

import json
from pathlib import Path

import pytest

from corpus import CorpusError, load
from tests.speaker_score import Row, judge_file

FOLDER = Path(__file__).parent / "samples" / "speakers"
ROWS: list[Row] = [json.loads(line) for line in (FOLDER / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["file"]))
def test_every_word_stands_under_who_said_it(row: Row) -> None:
    outcome = judge_file(row, lambda: load(FOLDER / str(row["file"])), CorpusError)
    assert outcome.anothers_chars == 0
    assert outcome.reasons == ()
    assert outcome.times_hit == outcome.times_due


def test_the_cases_are_all_there() -> None:
    assert len(ROWS) == 163
    assert {str(row["file"]) for row in ROWS} == {
        path.name for path in FOLDER.iterdir() if path.name not in {"README.md", "manifest.jsonl"}
    }
    assert len(ROWS) == 163
