"""`ontherecord check DRAFT`: every quotation of a draft held against what was said."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from index import SentenceEmbedder, open_store
from index.cli import (
    EXIT_CHECK_FAILED,
    EXIT_DONE,
    OneLineParser,
    add_embedder_argument,
    add_index_argument,
    progress_line,
    run,
    say,
    show,
)
from qa.checking.check import check_text
from qa.checking.exports import REPORT_SUFFIXES, write_report
from qa.checking.links import link_places
from qa.checking.nearest import NearestPassages
from qa.checking.plain import format_report, summarize
from qa.checking.records import BAD, VERDICTS, Verdict
from qa.checking.start import find_store
from qa.errors import DraftInvalid, QAError
from qa.reading.extractive import ExtractiveReader

__all__ = ["check_command"]

# What standard input may hold; a file has a limit of its own.
MAX_INPUT_BYTES = 32 * 1024 * 1024
# Below so many documents nobody waits long enough to be told how far it is.
_SHOW_PROGRESS = 50


def check_command(arguments: Sequence[str]) -> int:
    """Check a draft; the exit code: 1 when a quotation has one of the verdicts to fail on."""
    return run(lambda: _check(arguments), (QAError,))


def _check(command_line: Sequence[str]) -> int:
    arguments = _make_parser().parse_args(command_line)
    embedder = SentenceEmbedder(arguments.embedder)
    store = open_store(arguments.index) if arguments.index is not None else find_store(None, embedder, say)
    draft = _read_input() if arguments.draft == "-" else Path(arguments.draft)
    nearest = NearestPassages(store, embedder, ExtractiveReader(embedder), arguments.documents)
    progress = progress_line("documents gone through")
    report = check_text(
        draft,
        store,
        doc_ids=arguments.documents,
        nearest=nearest if arguments.paraphrases else None,
        progress=lambda done, total: progress(done, total) if total >= _SHOW_PROGRESS else None,
    )
    if arguments.chat is not None:
        report = link_places(report, arguments.chat)
    if nearest.problem:
        say(nearest.problem)
    if arguments.report is not None:
        write_report(report, arguments.report)
        say(f"the report is in {arguments.report}")
    show(json.dumps(report.to_dict(), ensure_ascii=False, indent=2) if arguments.json else format_report(report))
    if arguments.json:
        say(summarize(report))
    return EXIT_CHECK_FAILED if report.fails(arguments.fail_on) else EXIT_DONE


def _read_input() -> str:
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    if len(data) > MAX_INPUT_BYTES:
        raise DraftInvalid(f"the draft has more than {MAX_INPUT_BYTES:,} bytes; split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DraftInvalid("the draft on standard input is no UTF-8 text; give the path of its file") from error


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord check",
        description="Hold every quotation in an article, report or chapter against what was said.",
        epilog="Exit code 1: a quotation is changed, stitched, misattributed or not found; see --fail-on.",
    )
    parser.add_argument("draft", metavar="DRAFT", help="text, Markdown, Word, HTML, PDF; - for standard input")
    add_index_argument(parser)
    parser.add_argument(
        "--document",
        action="append",
        dest="documents",
        metavar="DOC_ID",
        help="hold it against this document only; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--report",
        type=_report_path,
        metavar="FILE",
        help=f"write the report too, by the name's end: {', '.join(REPORT_SUFFIXES)}",
    )
    parser.add_argument(
        "--chat",
        type=_page_address,
        metavar="ADDRESS",
        help="link every place to the chat that runs there, such as http://127.0.0.1:7860/",
    )
    parser.add_argument(
        "--fail-on",
        type=_verdicts,
        default=BAD,
        metavar="VERDICTS",
        help="verdicts for which to exit with 1, with commas between, or none "
        "(default: changed,stitched,misattributed,not_found)",
    )
    parser.add_argument(
        "--no-paraphrases",
        action="store_false",
        dest="paraphrases",
        help="do not look for what is nearest to reported speech, which takes the embedder",
    )
    add_embedder_argument(parser)
    return parser


def _verdicts(text: str) -> frozenset[Verdict]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names == ["none"]:
        return frozenset()
    unknown = [name for name in names if name not in VERDICTS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown) or text!r} is no verdict; expected none, or some of {', '.join(VERDICTS)}"
        )
    return frozenset(verdict for verdict in VERDICTS if verdict in names)


def _page_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is no address of a page; expected http://127.0.0.1:7860/")
    return text


def _report_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in REPORT_SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text!r} ends in none of {', '.join(REPORT_SUFFIXES)}")
    return path
