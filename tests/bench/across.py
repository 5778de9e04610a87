"""Who of all the interviews says something: `python -m tests.bench.across FOLDER [--part choose] [--fast] [--save]`.

The questions are those of `tests/eval/across`, or of its part "choose", each with what ten (seven) conversations have
for it; FOLDER is a set with these conversations in the part of that name (those that it lacks are left out, and named).
One index holds them all. A table (`answer_each`) is measured beside what gives a dozen places whoever they are from:
the nearest passages, the answer of the chat, and the best sentences of the chat's reading. A cell is right where gold
has something and the system gives something, strictly only where one of the places that it gives is a gold one.
Doubtful cells are left out. To try it: `--limit N` questions, `--only ID` conversations.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import Document
from index import Embedder, Progress, SentenceEmbedder, build_index
from index.cli import progress_line, say
from qa import QA, Reader
from qa.evaluation.metrics import area_under_curve, hits
from qa.evaluation.questions import QuestionFileInvalid, Span
from qa.evaluation.table import format_rows
from qa.tables.table import Row, answer_each
from tests.bench.across_set import SETS, AcrossQuestion, keep_only, load_conversations, load_questions
from tests.bench.result_files import add_save_argument, save_result
from tests.bench.whole_reader import open_whole_reader

# So many places the answers give that are not a table.
DOZEN = 12
# What a system gives for a question: places, by conversation.
Places = Mapping[str, Sequence[Span]]
SYSTEMS = {
    "table": "**a table: each interview asked**",
    "chat": "the chat's answer, up to 12 quotes",
    "reading": "the 12 best sentences of its reading",
    "passages": "the 12 nearest passages",
    "everything": "every cell filled",
}


@dataclass(frozen=True, slots=True)
class JudgedCell:
    """What came of a cell that is scored.

    `expected`: gold has something. `given`: how many places the system gives, `right`: how many of them are gold;
    `asked`: all that are right are words of one who asks.
    """

    expected: bool
    given: int
    right: int
    asked: bool


def measure(
    questions: Sequence[AcrossQuestion],
    documents: Sequence[Document],
    embedder: Embedder,
    reader: Reader,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The figures of all systems, and of each question what those give that are really used.

    :param progress: called with how many cells of the table are done, of how many.
    """
    questions = keep_only(questions, {document.doc_id for document in documents})
    asked = [each.question for each in questions]
    given: dict[str, list[Places]] = {"everything": [{each.doc_id: [(0, 0)] for each in documents}] * len(asked)}
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        build_index(documents, folder, embedder=embedder)
        qa = QA.open(folder, embedder=embedder, reader=reader)
        qa.warm_up()
        for name, ask in (("passages", _ask_passages), ("chat", _ask_chat), ("reading", _ask_reading)):
            started = time.perf_counter()
            given[name] = [ask(qa, question) for question in asked]
            seconds[name] = time.perf_counter() - started
        started = time.perf_counter()
        rows = answer_each(qa, asked, progress=progress).rows
        seconds["table"] = time.perf_counter() - started
    given["table"] = [
        _group((cell.doc_id, quote.start, quote.end) for cell in row.cells for quote in cell.quotes) for row in rows
    ]
    judged = {
        name: [judge(each, places) for each, places in zip(questions, given[name], strict=True)] for name in SYSTEMS
    }
    return {
        "questions": len(questions),
        "conversations": len(documents),
        "cells": count_verdicts(questions),
        "seconds a cell": _divide(seconds["table"], len(questions) * len(documents)),
        "area under curve": _measure_confidence(questions, rows),
        "systems": {
            name: {
                **summarize([cell for row in judged[name] for cell in row]),
                "seconds a question": _divide(seconds.get(name), len(questions)),
            }
            for name in SYSTEMS
        },
        "by question": [
            {"question": question, **{name: _count(judged[name][place]) for name in ("table", "chat", "passages")}}
            for place, question in enumerate(asked)
        ],
    }


def judge(question: AcrossQuestion, places: Places) -> list[JudgedCell]:
    """What came of the cells that are not doubtful, in their order."""
    judged = []
    for cell in question.cells:
        if cell.verdict == "doubtful":
            continue
        given = places.get(cell.doc_id, ())
        right = [span for span in given if hits(*span, (*cell.spans, *cell.asked))]
        asked = bool(right) and not any(hits(*span, cell.spans) for span in right)
        judged.append(JudgedCell(cell.verdict == "found", len(given), len(right), asked))
    return judged


def summarize(cells: Sequence[JudgedCell]) -> dict[str, float | int | None]:
    """Precision, recall and F1 of cells that are found, and of cells that quote a gold place; None of nothing."""
    expected, given, found, quoted = _count(cells).values()
    return {
        "given": given,
        "found precision": _divide(found, given),
        "found recall": _divide(found, expected),
        "found F1": _divide(2 * found, given + expected),
        "quoted precision": _divide(quoted, given),
        "quoted recall": _divide(quoted, expected),
        "quoted F1": _divide(2 * quoted, given + expected),
        "only of one who asks": sum(cell.asked for cell in cells),
        "places": sum(cell.given for cell in cells),
        "places right": _divide(sum(cell.right for cell in cells), sum(cell.given for cell in cells)),
    }


def count_verdicts(questions: Iterable[AcrossQuestion]) -> dict[str, int]:
    """How many cells have each verdict."""
    verdicts = [cell.verdict for each in questions for cell in each.cells]
    return {verdict: verdicts.count(verdict) for verdict in ("found", "nothing", "doubtful")}


def format_figures(figures: Mapping[str, Any]) -> str:
    """A Markdown table: a row a system."""
    rows = []
    for name, heading in SYSTEMS.items():
        one = figures["systems"][name]
        # Whoever fills every cell quotes no place.
        keys = [f"{kind} {figure}" for kind in ("found", "quoted") for figure in ("precision", "recall", "F1")]
        values = [one[key] if name != "everything" or key.startswith("found") else None for key in keys]
        rows.append([heading, *(_show(value, ".2f") for value in values), _show(one["seconds a question"], ".1f")])
    columns = "|interview found: precision|recall|F1|and rightly quoted: precision|recall|F1|seconds a question"
    return format_rows(columns.split("|"), rows)


def _show(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _ask_passages(qa: QA, question: str) -> Places:
    return _group((each.doc_id, each.start, each.end) for each in qa.search(question, top_k=DOZEN))


def _ask_chat(qa: QA, question: str) -> Places:
    return _group((each.doc_id, each.start, each.end) for each in qa.answer(question).quotes[:DOZEN])


def _ask_reading(qa: QA, question: str) -> Places:
    evidence = qa.find(question).reading.evidence[:DOZEN]
    return _group((each.doc_id, each.start, each.end) for each in evidence)


def _group(places: Iterable[tuple[str, int, int]]) -> Places:
    grouped: dict[str, list[Span]] = {}
    for doc_id, start, end in places:
        grouped.setdefault(doc_id, []).append((start, end))
    return grouped


def _count(cells: Sequence[JudgedCell]) -> dict[str, int]:
    """Of a question: in how many cells gold has something, something is given, it is so rightly, with a gold place."""
    return {
        "expected": sum(cell.expected for cell in cells),
        "given": sum(cell.given > 0 for cell in cells),
        "found": sum(cell.expected and cell.given > 0 for cell in cells),
        "quoted": sum(cell.right > 0 for cell in cells),
    }


def _measure_confidence(questions: Sequence[AcrossQuestion], rows: Sequence[Row]) -> float | None:
    """How well the probabilities of the table part cells that gold has something for from those that it has not."""
    scores: dict[str, list[float]] = {"found": [], "nothing": [], "doubtful": []}
    for each, row in zip(questions, rows, strict=True):
        confidences = {cell.doc_id: cell.confidence for cell in row.cells}
        for cell in each.cells:
            scores[cell.verdict].append(confidences[cell.doc_id])
    area = area_under_curve(scores["found"], scores["nothing"])
    return None if area is None else round(area, 3)


def _divide(some: float | None, of: float) -> float | None:
    return round(some / of, 3) if some is not None and of else None


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.across", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a set with the conversations")
    parser.add_argument("--part", choices=SETS, default="report", help="choose by the one, report the other")
    parser.add_argument("--fast", action="store_true", help="the small reader alone")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N questions")
    parser.add_argument("--only", action="append", metavar="ID", help="only this conversation; may be repeated")
    parser.add_argument("--note", help="what was asked of what, for the reader of the tables")
    add_save_argument(parser)
    arguments = parser.parse_args()
    try:
        documents = load_conversations(arguments.folder, arguments.part)
    except QuestionFileInvalid as error:
        parser.error(str(error))
    unknown = sorted(set(arguments.only or ()) - {document.doc_id for document in documents})
    if unknown:
        parser.error(f"--only {unknown[0]}: no such conversation in {arguments.folder}")
    documents = [document for document in documents if not arguments.only or document.doc_id in arguments.only]
    embedder = SentenceEmbedder()
    reader = open_whole_reader(parser, embedder, fast=arguments.fast)
    questions = load_questions(arguments.part)[: arguments.limit]
    figures = measure(questions, documents, embedder, reader, progress_line("cells"))
    sys.stdout.write(f"{format_figures(figures)}\n{json.dumps(figures, indent=1)}\n")
    if arguments.save:
        name = "across" if arguments.part == "report" else f"across-{arguments.part}"
        say(str(save_result(name, figures, note=arguments.note)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
