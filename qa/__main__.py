"""`python -m qa "question"`: ask on the command line."""

import json
from pathlib import Path

from index import DEFAULT_EMBEDDER, SentenceEmbedder
from index.location import INDEX_VARIABLE
from index.terminal import EXIT_ABSTAINED, EXIT_DONE, OneLineParser, progress_line, run, say, show
from qa.errors import QAError
from qa.pipeline import check_question
from qa.start import open_index
from qa.text import format_answer


def main() -> int:
    """Answer the question on the command line; 0 when answered, 1 when the source does not answer."""
    arguments = _make_parser().parse_args()
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
        prog="python -m qa", description="Ask an interview; the answer is quoted in the words that were said."
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
    parser.add_argument(
        "--embedder",
        default=DEFAULT_EMBEDDER,
        metavar="MODEL",
        help="the one that built the index (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    run(main, (QAError,))
