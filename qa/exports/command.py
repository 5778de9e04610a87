"""`ontherecord export ANSWERS… FILE`, and the arguments that it shares with `ontherecord ask --export`."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from index import default_index_path, open_store
from index.cli import EXIT_DONE, OneLineParser, add_index_argument, run, say
from qa.errors import ExportInvalid, QAError
from qa.exports.citation_line import DEFAULT_CITATION, FIELDS, check_template
from qa.exports.claims import load_claims
from qa.exports.formats import ENDINGS
from qa.exports.records import Reference
from qa.exports.references import load_references
from qa.exports.start import check_target, write_export

__all__ = ["add_citation_arguments", "export_command", "export_path"]


def export_command(arguments: Sequence[str]) -> int:
    """Write saved answers into a file for people or for other programs; the exit code."""
    return run(lambda: _export(arguments), (QAError,))


def _export(command_line: Sequence[str]) -> int:
    parser = OneLineParser(
        prog="ontherecord export",
        description="Write saved answers into a file, every quote checked against the index.",
        epilog=f"FILE ends in one of {', '.join(ENDINGS)}. To re-check it later: ontherecord verify FILE.",
    )
    parser.add_argument("answers", nargs="+", type=Path, metavar="ANSWERS", help="answers or a table, saved as JSON")
    parser.add_argument("file", type=export_path, metavar="FILE", help="what to write; its end tells the format")
    add_index_argument(parser)
    add_citation_arguments(parser)
    arguments = parser.parse_args(command_line)
    parts = [part for path in arguments.answers for part in load_claims(path)]
    store = open_store(arguments.index or default_index_path())
    answers = write_export(parts, arguments.file, store, cite=arguments.cite, references=arguments.references)
    say(f"{arguments.file}: {answers.summary}")
    return EXIT_DONE


def add_citation_arguments(parser: argparse.ArgumentParser) -> None:
    """`--cite TEMPLATE` and `--references FILE.csv`."""
    parser.add_argument(
        "--cite",
        type=_template,
        default=DEFAULT_CITATION,
        metavar="TEMPLATE",
        help=f"how a quote is cited, as in “{{speaker}}[, {{date}}], {{title}}”; fields: {', '.join(FIELDS)}",
    )
    parser.add_argument(
        "--references",
        type=_references,
        default={},
        metavar="FILE.csv",
        help="what your archive says of each interview: a column doc_id, and date, interviewer, archive …",
    )


def export_path(text: str) -> Path:
    """A path to export to, for `argparse`."""
    try:
        return check_target(Path(text))
    except ExportInvalid as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _template(text: str) -> str:
    try:
        return check_template(text)
    except ExportInvalid as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _references(text: str) -> Mapping[str, Reference]:
    try:
        return load_references(Path(text))
    except ExportInvalid as error:
        raise argparse.ArgumentTypeError(str(error)) from error
