"""The side-by-side measure: what the systems are given, the table, and our own steps for real."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from corpus import Document
from qa.evaluation.questions import GoldQuestion, QuestionSet
from tests.bench.peer_systems import OURS, PASSAGE_CHARS, cut
from tests.bench.peers import compare_with_best, format_table, measure, summarize, summarize_stages, write_job
from tests.bench.peers_picture import WIDTH, draw_comparison

TALKS = {name: f"Ann: What grew in {name}?\nBob: {name} grew rye." for name in ("Aden", "Bari", "Cork", "Dover")}


def make_set() -> QuestionSet:
    documents = {name: Document.from_text(text, doc_id=name) for name, text in TALKS.items()}
    questions = [
        GoldQuestion(f"{name}-{number}", name, f"What grew in {name}?", True, (), ("rye",), (), (), None)
        for name in TALKS
        for number in range(5)
    ]
    return QuestionSet("harvests", documents, tuple(questions))


def test_the_job_has_talks_to_begin_with_one_to_add_and_questions_about_them(tmp_path: Path) -> None:
    chars = write_job(make_set(), tmp_path, max_chars=len(TALKS["Aden"]) + 1, max_questions=4)
    job = json.loads((tmp_path / "job.json").read_text(encoding="utf-8"))
    assert job["talks"] == {name: TALKS[name] for name in ("Aden", "Bari")}
    assert chars == len(TALKS["Aden"]) + len(TALKS["Bari"])
    assert job["added"] == TALKS["Cork"]
    assert job["changed"] == TALKS["Cork"] + " And that was all."
    assert [talk for talk, _ in job["questions"]] == ["Aden", "Aden", "Bari", "Bari"]
    assert Path(job["model"], "model.safetensors").is_file()


def test_when_all_talks_are_taken_another_is_made_of_the_first(tmp_path: Path) -> None:
    write_job(make_set(), tmp_path, max_chars=10_000, max_questions=100)
    job = json.loads((tmp_path / "job.json").read_text(encoding="utf-8"))
    assert len(job["talks"]) == 4
    assert job["added"] == "Bob: Aden grew rye.\nAnn: What grew in Aden?"
    assert len(job["questions"]) == 20


def test_passages_for_the_peers_hold_all_words_once() -> None:
    lines = [f"Ann: this is line {number}." for number in range(100)] + ["x" * (2 * PASSAGE_CHARS + 5)]
    passages = cut({"one": "\n".join(lines), "two": "Bob: yes."})
    assert max(len(text) for _, text in passages) <= PASSAGE_CHARS
    assert "".join(text for name, text in passages if name == "one").replace("\n", "") == "".join(lines)
    assert passages[-1] == ("two", "Bob: yes.")
    assert len(passages) < 10


def test_medians_and_ours_against_the_best() -> None:
    def make(speed: float, seconds: float) -> dict[str, float]:
        names = "query_ms query_p95_ms add_s change_s add_process_s ingest_mb serve_mb index_mb hit_at_10".split()
        return {"ingest_chars_s": speed, "cold_s": seconds} | dict.fromkeys(names, 1.0)

    medians = {
        OURS: summarize([make(60_000, 0.5), make(58_000, 0.9), make(90_000, 0.4)]),
        "A": summarize([make(20_000, 5.0)]),
        "B": summarize([make(10_000, 4.0)]),
    }
    ratios = compare_with_best(medians)
    assert ratios["ingest_chars_s"] == 3.0
    assert ratios["cold_s"] == 0.125
    assert compare_with_best({OURS: medians[OURS]}) == {}
    lines = format_table(medians, ratios).splitlines()
    assert [line.split(" | ")[1] for line in lines[2:]] == ["60,000", "20,000", "10,000", "×3"]
    assert [line.split(" | ")[2] for line in lines[2:]] == ["0.50", "5.00", "4.00", "×0.12"]
    assert len({line.count("|") for line in lines}) == 1


def test_the_picture_has_the_better_further_to_the_right() -> None:
    medians = {
        OURS: {"speed": 300.0, "time": 0.5},
        "A": {"speed": 100.0, "time": 2.0},
        "B": {"speed": 50.0, "time": 4.0},
    }
    root = ElementTree.fromstring(draw_comparison(medians, {"speed": ("<speed>", True), "time": ("time", False)}))
    texts = [element.text for element in root.findall("{*}text")]
    assert {"<speed>", "1/2", "1", "2", "4"} <= set(texts)
    # Three dots of the legend, then of each row the others' and, last, ours.
    places = [float(dot.attrib["cx"]) for dot in root.findall("{*}circle")][3:]
    for a, b, ours in (places[:3], places[3:]):
        assert 0 < b < a < ours < WIDTH
    best_of_others = next(line for line in root.findall("{*}line") if line.attrib["stroke"] == "#444444")
    assert float(best_of_others.attrib["x1"]) == places[0] == places[3]


def test_stages_over_all_rounds() -> None:
    rounds = [{"answer_ms": [{"embed": float(number), "total": 100.0}]} for number in range(1, 6)]
    assert summarize_stages(rounds) == {"embed": {"median": 3.0, "p95": 4.0}, "total": {"median": 100.0, "p95": 100.0}}
    assert summarize_stages([]) == {}


@pytest.mark.model
def test_our_own_steps_run(tmp_path: Path) -> None:
    chars = write_job(make_set(), tmp_path, max_chars=60, max_questions=3)
    figures = measure(OURS, tmp_path, None, chars)
    assert figures["found_after_adding"] == 1.0
    assert figures["hit_at_10"] == 1.0
    assert len(figures["answer_ms"]) == 3
    assert figures["ingest_chars_s"] > 0
    assert 0 < figures["query_ms"] <= figures["query_p95_ms"]
    assert figures["add_process_s"] > figures["add_s"] > 0
    assert figures["change_s"] > 0
