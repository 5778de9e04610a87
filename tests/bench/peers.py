"""Our program beside what people would pick instead: `python -m tests.bench.peers SET --peers FOLDER`.

SET is a folder with `docs.jsonl` and `questions.jsonl` (or .gz), as for `python -m qa eval`; FOLDER of `--peers` is a
virtual environment with `tests/bench/peers-requirements.txt` in it. All have the same all-MiniLM-L6-v2 and the same
talks. Each step of each system is a process of its own, and the systems take turns, so that what disturbs the machine
disturbs them alike. Prints a Markdown table of medians; with `--save` the figures are kept.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.embedding import DEFAULT_EMBEDDER, find_model
from qa.evaluation.questions import QuestionSet, load_question_set
from qa.evaluation.table import format_rows
from tests.bench.peer_systems import OURS, SYSTEMS
from tests.bench.peers_picture import draw_comparison
from tests.bench.result_files import add_save_argument, save_result

ROOT = Path(__file__).parent.parent.parent
# An answer is expected within minutes even from the slowest; what takes longer hangs.
STEP_TIMEOUT_S = 900
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its heading, how a figure is written, and whether more is better."""

    heading: str
    form: str
    more_is_better: bool = False


COLUMNS = {
    "ingest_chars_s": Column("ingest, chars/s", "{:,.0f}", more_is_better=True),
    "cold_s": Column("new process to first result, s", "{:.2f}"),
    "query_ms": Column("query median, ms", "{:.1f}"),
    "query_p95_ms": Column("95th, ms", "{:.1f}"),
    "add_s": Column("add a document, s", "{:.2f}"),
    "change_s": Column("one line of it changed, s", "{:.2f}"),
    "add_process_s": Column("add, in a new process, s", "{:.2f}"),
    "ingest_mb": Column("peak memory ingest, MB", "{:,.0f}"),
    "serve_mb": Column("serve, MB", "{:,.0f}"),
    "index_mb": Column("index, MB", "{:.1f}"),
    "hit_at_10": Column("right talk among 10", "{:.2f}", more_is_better=True),
}
# Columns that the picture leaves out, since others say nearly the same, or since all are alike there.
ONLY_TABLE = ("query_p95_ms", "add_process_s", "hit_at_10")


def main() -> int:
    """Measure, write, print."""
    arguments = _parse()
    questions = load_question_set(arguments.set)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        chars = write_job(questions, scratch, max_chars=arguments.chars, max_questions=arguments.questions)
        rounds: dict[str, list[Figures]] = {system: [] for system in arguments.systems}
        for number in range(arguments.rounds):
            for system in arguments.systems:
                sys.stderr.write(f"round {number + 1} of {arguments.rounds}: {system}\n")
                rounds[system].append(measure(system, scratch, arguments.peers, chars))
    medians = {system: summarize(figures) for system, figures in rounds.items()}
    ratios = compare_with_best(medians)
    sys.stdout.write(format_table(medians, ratios) + "\n")
    stages = summarize_stages(rounds.get(OURS, []))
    sys.stdout.write("\n" + json.dumps({"stages_ms": stages}, indent=2) + "\n")
    if arguments.save:
        figures = {"chars": chars, "medians": medians, "ours_to_best_of_others": ratios, "stages_ms": stages}
        note = f"medians of {arguments.rounds} rounds; {chars:,} characters of {questions.name}"
        save_result("peers", {**figures, "rounds": rounds}, note=note)
    if arguments.picture is not None:
        drawn = {
            key: (column.heading, column.more_is_better) for key, column in COLUMNS.items() if key not in ONLY_TABLE
        }
        arguments.picture.write_text(draw_comparison(medians, drawn), encoding="utf-8")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    parser.add_argument("set", type=Path, metavar="SET")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="the peers' virtual environment")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), metavar="SYSTEM")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chars", type=int, default=600_000, help="take talks until there are so many characters")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--picture", type=Path, metavar="FILE", help="where the table is drawn, as an SVG")
    add_save_argument(parser)
    arguments = parser.parse_args()
    if arguments.picture is not None and (OURS not in arguments.systems or len(arguments.systems) == 1):
        parser.error(f"--picture compares {OURS!r} with others; name both in --systems, or leave --systems out")
    if arguments.peers is None and set(arguments.systems) != {OURS}:
        parser.error(f"--peers is needed, or --systems {OURS!r}")
    return arguments


def write_job(questions: QuestionSet, folder: Path, *, max_chars: int, max_questions: int) -> int:
    """Write what the systems need into `folder`; how many characters the talks have.

    The first talk after the last one taken is the document that is added later.
    """
    talks: dict[str, str] = {}
    chars, added = 0, ""
    for doc_id, document in questions.documents.items():
        if chars >= max_chars:
            added = document.text
            break
        talks[doc_id] = document.text
        chars += len(document.text)
    asked = [[one.doc_id, one.question] for one in questions.questions if one.doc_id in talks]
    chosen = [asked[place * len(asked) // max_questions] for place in range(max_questions)]
    added = added or "\n".join(reversed(next(iter(talks.values())).splitlines()))
    lines = added.splitlines()
    lines[len(lines) // 2] += " And that was all."
    job = {
        "model": str(find_model(DEFAULT_EMBEDDER)),
        "talks": talks,
        "added": added,
        "changed": "\n".join(lines),
        "questions": chosen if len(asked) > max_questions else asked,
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    return chars


def measure(system: str, scratch: Path, peers: Path | None, chars: int) -> Figures:
    """One round of one system."""
    python = sys.executable if system == OURS or peers is None else str(peers / "bin" / "python")
    ingest = _run_step(python, system, "ingest", scratch)
    index = scratch / system.replace(" ", "_")
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    serve = _run_step(python, system, "serve", scratch)
    add = _run_step(python, system, "add", scratch)
    times = sorted(serve["query_ms"])
    return {
        "ingest_chars_s": chars / ingest["seconds"],
        "cold_s": serve["first_s"],
        "query_ms": statistics.median(times),
        "query_p95_ms": times[int(0.95 * (len(times) - 1))],
        "add_s": add["seconds"],
        "change_s": add["change_seconds"],
        "add_process_s": add["process_s"],
        "ingest_mb": ingest["peak_mb"],
        "serve_mb": serve["peak_mb"],
        "index_mb": size / 1e6,
        "hit_at_10": serve["hit_at_10"],
        "found_after_adding": float(add["found"]),
        "answer_ms": serve.get("answer_ms", []),
    }


def _run_step(python: str, system: str, step: str, scratch: Path) -> Figures:
    """What a step says, and when it says that its first result is there, seconds from the start of its process."""
    command = [python, "-m", "tests.bench.peer_systems", system, step, str(scratch)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true", "PYTHONWARNINGS": "ignore"}
    figures: Figures = {}
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith("{"):
                continue  # a library's own chatter
            said = json.loads(line)
            if "first" in said:
                figures["first_s"] = time.perf_counter() - started
            if "seconds" in said:
                figures["process_s"] = time.perf_counter() - started
            figures |= said
        code = process.wait(STEP_TIMEOUT_S)
    if code:
        raise SystemExit(f"{system}: the step {step!r} failed with {code}")
    return figures


def summarize(rounds: Iterable[Figures]) -> dict[str, float]:
    """The median of each figure over the rounds."""
    rounds = list(rounds)
    return {key: statistics.median(figures[key] for figures in rounds) for key in COLUMNS}


def summarize_stages(rounds: Iterable[Figures]) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of each stage of an answer, in milliseconds, over all questions and rounds."""
    answers = [answer for figures in rounds for answer in figures["answer_ms"]]
    stages = {}
    for stage in dict.fromkeys(stage for answer in answers for stage in answer):
        times = sorted(answer[stage] for answer in answers if stage in answer)
        stages[stage] = {"median": statistics.median(times), "p95": times[int(0.95 * (len(times) - 1))]}
    return stages


def compare_with_best(medians: dict[str, dict[str, float]]) -> dict[str, float]:
    """How many times the best of the others ours is, by column; empty where either is missing, as is a column of 0."""
    others = [figures for system, figures in medians.items() if system != OURS]
    if OURS not in medians or not others:
        return {}
    ratios = {}
    for key, column in COLUMNS.items():
        best = (max if column.more_is_better else min)(figures[key] for figures in others)
        if best:
            ratios[key] = medians[OURS][key] / best
    return ratios


def format_table(medians: dict[str, dict[str, float]], ratios: dict[str, float]) -> str:
    """The figures as a Markdown table, and a last row with ours against the best of the others."""
    rows = [
        [system, *(column.form.format(figures[key]) for key, column in COLUMNS.items())]
        for system, figures in medians.items()
    ]
    if ratios:
        cells = (f"×{ratios[key]:.2g}" if key in ratios else "" for key in COLUMNS)
        rows.append(["ours, times the best of the others", *cells])
    return format_rows(["system", *(column.heading for column in COLUMNS.values())], rows)


if __name__ == "__main__":
    sys.exit(main())
