"""`python -m qa "question"`: ask on the command line. `python -m qa eval SET…`: measure."""

import json
import sys
from pathlib import Path

from index import DEFAULT_EMBEDDER, SentenceEmbedder
from index.location import INDEX_VARIABLE
from index.terminal import EXIT_ABSTAINED, EXIT_DONE, OneLineParser, progress_line, run, say, show
from qa.errors import QAError
from qa.evaluate import evaluate, format_table, summarize
from qa.pipeline import check_question
from qa.questions import load_question_set
from qa.reader import SimilarityReader
from qa.start import open_index
from qa.text import format_answer


def main() -> int:
    """Run the command line: `eval SET…` measures, anything else is a question to answer."""
    return _evaluate(sys.argv[2:]) if sys.argv[1:2] == ["eval"] else _answer(sys.argv[1:])


def _answer(command_line: list[str]) -> int:
    arguments = _make_parser().parse_args(command_line)
    check_question(arguments.question)  # before any model is loaded
    qa = open_index(
        arguments.index,
        embedder=SentenceEmbedder(arguments.embedder),
        notify=say,
        progress=progress_line("passages embedded"),
    )
    answer = qa.answer(arguments.question, speaker=arguments.speaker, doc_ids=arguments.documents)
    show(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2) if arguments.json else format_answer(answer))
    return EXIT_ABSTAINED if answer.abstained else EXIT_DONE


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m qa",
        description="Ask an interview; the answer is quoted in the words that were said.",
        epilog="To measure answers on sets of questions: python -m qa eval --help",
    )
    parser.add_argument("question", metavar="QUESTION")
    parser.add_argument(
        "--index",
        type=Path,
        metavar="DIR",
        help=f"the index's folder (default: ${INDEX_VARIABLE}, or your data folder)",
    )
    parser.add_argument("--speaker", metavar="NAME", help="quote this speaker only")
    parser.add_argument(
        "--document",
        action="append",
        dest="documents",
        metavar="DOC_ID",
        help="look in this document only; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    _add_embedder(parser)
    return parser


def _evaluate(command_line: list[str]) -> int:
    arguments = _make_eval_parser().parse_args(command_line)
    embedder = SentenceEmbedder(arguments.embedder)
    figures = {}
    for folder in arguments.sets:
        questions = load_question_set(folder, split=arguments.split, limit=arguments.limit)
        progress = progress_line(f"questions of {questions.name}")
        figures[questions.name] = summarize(evaluate(questions, embedder, SimilarityReader(embedder), progress))
    show(json.dumps(figures, indent=2) if arguments.json else format_table(figures))
    return EXIT_DONE


def _make_eval_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m qa eval", description="Measure answers on sets of questions with gold quotes."
    )
    parser.add_argument(
        "sets", nargs="+", type=Path, metavar="SET", help="a folder with docs.jsonl and questions.jsonl (or .gz)"
    )
    parser.add_argument("--split", help="only the questions of this split")
    parser.add_argument("--limit", type=int, metavar="N", help="only N questions a set, spread evenly")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    _add_embedder(parser)
    return parser


def _add_embedder(parser: OneLineParser) -> None:
    parser.add_argument(
        "--embedder",
        default=DEFAULT_EMBEDDER,
        metavar="MODEL",
        help="a sentence-transformers model; the one that built the index (default: %(default)s)",
    )


if __name__ == "__main__":
    run(main, (QAError,))
