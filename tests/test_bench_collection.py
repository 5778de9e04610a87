"""The bench of a collection: stretches of conversations, and a figure for each thing that is done with them."""

import gzip
import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench import answer_time
from tests.bench.__main__ import list_benchmarks, main
from tests.bench.answer_time import load_questions
from tests.bench.collection import PAGE_CHARS, load_pieces, measure
from tests.bench.table_layouts import LAYOUTS
from tests.fakes import HashEmbedder, WordReader

BENCH = Path(__file__).parent / "bench"
BENCHMARK = Path(__file__).parent / "benchmark"


def test_the_documents_are_stretches_of_the_conversations() -> None:
    pieces = load_pieces(BENCHMARK, 40)
    assert len(pieces) == len({piece.text for piece in pieces}) == 40
    with gzip.open(BENCHMARK / "docs.jsonl.gz", "rt", encoding="utf-8") as file:
        first = json.loads(next(file))
    of_first = [piece for piece in pieces if piece.doc_id.startswith(f"{first['id']}-")]
    assert all(piece.text in first["text"] for piece in of_first)
    for piece, following in pairwise(of_first):
        assert int(piece.doc_id.rpartition("-")[2]) < int(following.doc_id.rpartition("-")[2])
        assert len(piece.text) > PAGE_CHARS - 10


def test_everything_that_is_done_with_a_collection_is_timed() -> None:
    figures = measure(load_pieces(BENCHMARK, 20), ["Where was it?", "Who said so?"], HashEmbedder(), WordReader())
    assert figures.pop("documents") == 19
    assert list(figures) == [
        "characters", "build_s", "add_s", "change_s", "rename_s", "take_back_s", "list_s", "check_s", "answer_fast_s",
        "answer_s",
    ]  # fmt: skip
    assert all(value > 0 for value in figures.values())


def test_the_time_of_an_answer_is_told_by_stage() -> None:
    document, questions = load_questions()
    assert 55_000 < len(document.text) < 65_000
    assert len(questions) > 25
    figures = answer_time.measure(document, questions[:3], HashEmbedder(), WordReader())
    again = "the same question again"
    assert list(figures["ways"]) == ["best reader", f"best reader, {again}", "`--fast`", f"`--fast`, {again}"]
    table = LAYOUTS["answer-time"].make(figures)
    assert f"| stage, ms | best reader | best reader, {again} | `--fast` | `--fast`, {again} | what it does |" in table
    assert table.count("\n") == 6


def test_every_benchmark_that_is_run_in_turn_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    for name in list_benchmarks(Path("data"), Path("peers")):
        assert "add_save_argument(" in (BENCH / f"{name}.py").read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="2"):
        main(["data", "--peers", "env", "--only", "each", "speed"])
    assert "there is no benchmark 'speed'; there are answer_time, start, listing" in capsys.readouterr().err
