"""Measuring: the figures against values worked out by hand, the form of question sets, the set that ships."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.evaluation.evaluate import evaluate, format_table, summarize
from qa.evaluation.metrics import (
    area_under_curve,
    calibration_error,
    exact_match,
    hits,
    normalize_answer,
    paired_bootstrap,
    token_f1,
)
from qa.evaluation.questions import QuestionFileInvalid, load_question_set
from tests.conftest import ROOT, RunModule
from tests.fakes import HashEmbedder, WordReader

SHIPPED = ROOT / "tests" / "eval"
TALK = "Ann: When did the harvest fail?\n\nBob: The harvest failed in 1987. The river had dried up."


@pytest.mark.parametrize(
    ("span", "gold", "is_hit"),
    [
        ((0, 10), (5, 15), True),
        ((0, 10), (6, 16), False),
        ((0, 100), (40, 42), True),
        ((40, 42), (0, 100), True),
        ((0, 10), (10, 20), False),
    ],
)
def test_a_quote_hits_when_half_of_the_shorter_overlaps(
    span: tuple[int, int], gold: tuple[int, int], is_hit: bool
) -> None:
    assert hits(*span, [(900, 901), gold]) is is_hit


def test_short_answers_are_compared_as_squad_does() -> None:
    assert normalize_answer("  The  10-12 Days, a year. ") == "1012 days year"
    assert exact_match("the days", ["Days!"]) == 1.0
    assert token_f1("ten to twelve days", ["twelve days", "nothing"]) == pytest.approx(2 * 0.5 * 1 / 1.5)
    assert (token_f1("", []), token_f1("something", []), exact_match("something", [])) == (1.0, 0.0, 0.0)


def test_area_under_curve() -> None:
    assert area_under_curve([0.9, 0.4], [0.4, 0.1]) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert area_under_curve([], [0.1]) is None


def test_calibration_error() -> None:
    confidences = [0.95] * 4 + [0.15] * 2
    assert calibration_error(confidences, [True, True, True, False, False, False]) == pytest.approx(
        4 / 6 * 0.2 + 2 / 6 * 0.15
    )
    assert calibration_error([1.0, 0.0], [True, False]) == 0.0


def test_the_bootstrap_is_paired_and_deterministic() -> None:
    rng = np.random.default_rng(1)
    theirs = list(rng.random(400) < 0.5)
    ours = [was or bool(rng.random() < 0.2) for was in theirs]
    low, high = paired_bootstrap(ours, theirs)
    assert 0.0 < low < np.mean(ours) - np.mean(theirs) < high < 0.2
    assert paired_bootstrap(ours, theirs) == (low, high)
    assert paired_bootstrap(ours, ours) == (0.0, 0.0)


def write_set(folder: Path, *questions: dict[str, object]) -> Path:
    folder.mkdir()
    (folder / "talk.txt").write_text(TALK, encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    return folder


def question(words: str, *spans: list[int], **changes: object) -> dict[str, object]:
    return {"doc_id": "talk", "question": words, "answerable": bool(spans), "spans": spans, **changes}


def test_a_set_of_two_questions_measured(tmp_path: Path) -> None:
    start = TALK.index("The harvest failed")
    folder = write_set(
        tmp_path / "two",
        question("harvest failed 1987", [start, start + 31], answers=["1987"], meta={"speaker": "Bob"}),
        question("lithium price"),
    )
    (first, second) = evaluate(load_question_set(folder), HashEmbedder(), WordReader())
    assert (first.ours_first, first.abstained, first.speaker_right, first.violations) == (True, False, True, 0)
    assert (second.abstained, second.short_f1) == (True, 1.0)
    figures = summarize([first, second])
    assert (figures["best"], figures["refused"], figures["area under curve"]) == (1.0, 1.0, 1.0)
    assert "| quote violations | 0 |" in format_table({"two": figures})


def test_time_is_told_by_stage(tmp_path: Path) -> None:
    outcomes = evaluate(load_question_set(write_set(tmp_path / "one", question("rye?"))), HashEmbedder(), WordReader())
    timed = [
        replace(
            outcomes[0], timings_ms={"embed": 4.0, "retrieve": 2.0, "read": read, "compose": 0.5, "total": read + 6.5}
        )
        for read in (90.0, 120.0, 94.0)
    ]
    table = format_table({"one": summarize(timed)})
    assert "| median ms | 100 |\n| median ms, embed | 4.0 |\n| median ms, retrieve | 2.0 |" in table
    assert "| median ms, read | 94.0 |\n| median ms, compose | 0.5 |" in table


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"doc_id": "other"}, "has questions about other, but no such document"),
        ({"answerable": "yes"}, r"questions\.jsonl:1: 'answerable' is 'yes', expected bool"),
        ({"spans": [[0, 5000]]}, r"has the span 0-5000, expected one within the \d+ characters of talk"),
    ],
    ids=["document", "type", "span"],
)
def test_a_set_that_is_not_of_the_form(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    folder = write_set(tmp_path / "bad", {**question("When?", [0, 3]), **changes})
    with pytest.raises(QuestionFileInvalid, match=words):
        load_question_set(folder)


def test_a_folder_without_questions(run_module: RunModule, tmp_path: Path) -> None:
    done = run_module("qa", "eval", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "has no questions.jsonl; expected the folder of a question set" in done.stderr


def test_the_questions_that_ship_are_gold() -> None:
    shipped = load_question_set(SHIPPED)
    assert len(shipped.questions) == 270
    assert {question.split for question in shipped.questions} == {"choose", "report"}
    assert sum(not question.answerable for question in shipped.questions) == 70
    for gold in shipped.questions:
        document = shipped.documents[gold.doc_id]
        assert [document.text[start:end] for start, end in gold.spans] == list(gold.answers)
        for start, end in gold.spans:
            turn = document.turn_at(start, end)
            assert turn is not None, f"{gold.question_id} does not lie in one turn"


def test_limit_spreads_over_the_file() -> None:
    part = load_question_set(SHIPPED, split="report", limit=10)
    assert len(part.questions) == 10
    assert {question.doc_id[:2] for question in part.questions} == {"03", "07"}
