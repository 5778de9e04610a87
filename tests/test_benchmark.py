"""The benchmark's data: quotes that stand where they are said to, and parts that share no conversation."""

import gzip
import json
from pathlib import Path

import pytest

from qa.evaluation.questions import QuestionSet, load_question_set

FOLDER = Path(__file__).parent / "benchmark"


def records(name: str) -> list[dict[str, object]]:
    with gzip.open(FOLDER / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def whole() -> QuestionSet:
    return load_question_set(FOLDER)


def test_every_quote_stands_where_it_is_said_to(whole: QuestionSet) -> None:
    checked = 0
    for question in whole.questions:
        text = whole.documents[question.doc_id].text
        assert question.answerable == bool(question.spans), question.question_id
        for answer, (start, end) in zip(question.answers, question.spans, strict=True):
            assert text[start:end] == answer, question.question_id
            checked += 1
    assert checked > 500


def test_the_counts_are_those_that_are_told(whole: QuestionSet) -> None:
    parts = {split: [each for each in whole.questions if each.split == split] for split in ("choose", "report")}
    counts = {
        split: (len({each.doc_id for each in part}), len(part), sum(not each.answerable for each in part))
        for split, part in parts.items()
    }
    assert counts == {"choose": (5, 182, 22), "report": (7, 238, 31)}
    assert not {each.doc_id for each in parts["choose"]} & {each.doc_id for each in parts["report"]}
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "| report (only to report) | 7 | 238 | 31 |" in readme


def test_every_text_says_where_it_is_from_and_under_what_licence() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    for record in records("docs.jsonl.gz"):
        assert record["may_ship"] is True
        assert str(record["source"]).removeprefix("github:") in told
        assert str(record["licence"]).split(" (")[0].casefold() in told.casefold()
