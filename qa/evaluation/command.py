"""`ontherecord eval`: answers measured on sets of questions with gold quotes."""

import json
from collections.abc import Sequence
from pathlib import Path

from index import SentenceEmbedder
from index.cli import EXIT_DONE, OneLineParser, add_embedder_argument, progress_line, run, say, show
from qa.errors import QAError
from qa.evaluation.evaluate import evaluate, format_parts, format_table, summarize, summarize_parts
from qa.evaluation.metrics import risk_coverage
from qa.evaluation.questions import load_question_set
from qa.evaluation.risk_picture import draw_curves
from qa.reading.two_step import TwoStepReader, open_reader
from qa.start import add_reader_argument

__all__ = ["evaluate_command"]


def evaluate_command(arguments: Sequence[str]) -> int:
    """Measure answers on sets of questions; the exit code."""
    return run(lambda: _evaluate(arguments), (QAError,))


def _evaluate(command_line: Sequence[str]) -> int:
    arguments = _make_eval_parser().parse_args(command_line)
    embedder = SentenceEmbedder(arguments.embedder)
    reader = open_reader(embedder, fast=arguments.fast)
    if isinstance(reader, TwoStepReader):
        reader.finish()  # what is measured is one reader throughout
        if reader.note:
            say(reader.note)
    figures, parts, curves = {}, {}, {}
    for folder in arguments.sets:
        questions = load_question_set(folder, split=arguments.split, limit=arguments.limit)
        progress = progress_line(f"questions of {questions.name}")
        outcomes = evaluate(questions, embedder, reader, progress)
        figures[questions.name] = summarize(outcomes)
        parts[questions.name] = summarize_parts(outcomes)
        curves[questions.name] = risk_coverage(
            [outcome.confidence for outcome in outcomes], [outcome.ours_first for outcome in outcomes]
        )
    if arguments.risk_coverage is not None:
        arguments.risk_coverage.write_text(draw_curves(curves), encoding="utf-8")
    if arguments.json:
        show(json.dumps({name: {**figures[name], "parts": parts[name]} for name in figures}, indent=2))
    else:
        tables = [f"{name}:\n\n{format_parts(of_set)}" for name, of_set in parts.items() if of_set]
        show("\n\n".join([format_table(figures), *tables]))
    return EXIT_DONE


def _make_eval_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord eval", description="Measure answers on sets of questions with gold quotes."
    )
    parser.add_argument(
        "sets", nargs="+", type=Path, metavar="SET", help="a folder with docs.jsonl and questions.jsonl (or .gz)"
    )
    parser.add_argument("--split", help="only the questions of this split")
    parser.add_argument("--limit", type=int, metavar="N", help="only N questions a set, spread evenly")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_reader_argument(parser)
    parser.add_argument(
        "--risk-coverage", type=Path, metavar="FILE", help="draw, as SVG, how many answers are wrong at which threshold"
    )
    add_embedder_argument(parser)
    return parser
