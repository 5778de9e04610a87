"""Who says which words, in small transcripts of the shapes that people have."""

import json
from pathlib import Path

import pytest

from corpus import CorpusError, load
from tests.speaker_score import Row, judge_file

FOLDER = Path(__file__).parent / "samples" / "speakers"
ROWS: list[Row] = [json.loads(line) for line in (FOLDER / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
# What a reader of a format still reads wrong: marks within a cue, other columns, a table of columns, a page, CHAT.
KNOWN_WRONG = frozenset(
    """arrow-range-and-label-on-one-line.txt chat-clan-named-txt.txt chevrons-all-in-capitals.vtt
    chevrons-inside-a-cue.vtt chevrons-without-names.vtt chunks-with-timestamp-pairs.json
    dash-chevron-inside-a-line.vtt noscribe-clock-and-label-again-in-cue.vtt onset-offset-milliseconds.tsv
    otranscribe-html-in-json.otr participant-and-response-columns.csv pipe-table.md
    semicolons-and-joined-column-names.csv speakers-with-timestamp-pairs.json start-time-and-dialog-columns.csv
    two-columns-drawn-by-row.pdf whisper-milliseconds.csv whisper-milliseconds.tsv youtube-pane-saved.html""".split()
)


def mark(row: Row) -> object:
    wrong = [pytest.mark.xfail(reason="a reader of a format", strict=False)] if row["file"] in KNOWN_WRONG else []
    return pytest.param(row, id=str(row["file"]), marks=wrong)


@pytest.mark.parametrize("row", [mark(row) for row in ROWS])
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
    assert {str(row["file"]) for row in ROWS} >= KNOWN_WRONG
