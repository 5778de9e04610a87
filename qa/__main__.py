"""`ontherecord ask`, `check`, `eval`, `export`, `verify`; or `python -m qa "question"`, `python -m qa check` …."""

import importlib
import json
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from index import SentenceEmbedder, default_index_path
from index.cli import (
    EXIT_ABSTAINED,
    EXIT_DONE,
    EXIT_INTERRUPTED,
    OneLineParser,
    add_embedder_argument,
    add_index_argument,
    progress_line,
    run,
    say,
    show,
)
from index.embedding import MPNET, fetch
from qa.answers import Answer, format_answer
from qa.errors import QAError
from qa.exports.claims import Exportable, collect
from qa.exports.command import add_citation_arguments, export_path
from qa.exports.formats import ENDINGS
from qa.exports.start import write_export
from qa.generation.writer_settings import WriterSettings, add_llm_arguments, read_settings
from qa.generation.writers import open_writer
from qa.pipeline import QA
from qa.question import check_question
from qa.reading.loading import load_behind
from qa.reading.two_step import CLOSE_FOLDER, open_reader
from qa.start import add_reader_argument, open_index
from qa.tables.file import find_table_file
from qa.tables.saved import ask_and_save
from qa.tables.table import answer_each
from qa.tables.table import format_table as format_each

__all__ = ["ask_command", "fetch_command", "main"]

# Imported when they are called: a question does not wait for what checks and measures.
_COMMANDS = {
    "check": ("qa.checking.command", "check_command"),
    "eval": ("qa.evaluation.command", "evaluate_command"),
    "export": ("qa.exports.command", "export_command"),
    "table": ("qa.tables.command", "table_command"),
    "verify": ("qa.verify_command", "verify_command"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments`, those of the command line when None; the exit code.

    `check DRAFT` checks quotations, `eval SET…` measures, `export ANSWERS… FILE` writes files, `table` looks at kept
    tables, `verify FILE…` re-checks exported quotes, anything else is a question to answer.
    """
    command_line = sys.argv[1:] if arguments is None else arguments
    if command_line and command_line[0] in _COMMANDS:
        module, name = _COMMANDS[command_line[0]]
        code: int = getattr(importlib.import_module(module), name)(command_line[1:])
        return code
    return ask_command(command_line)


def ask_command(arguments: Sequence[str]) -> int:
    """Answer a question; the exit code."""
    return run(lambda: _answer(arguments), (QAError,))


def fetch_command(arguments: Sequence[str]) -> int:
    """Fetch what the large reader is made of, and make it; the exit code."""
    return run(lambda: _fetch(arguments), (QAError, OSError))


def _fetch(command_line: Sequence[str]) -> int:
    parser = OneLineParser(
        prog="ontherecord fetch", description="Fetch the published weights of the large reader, and make it ready."
    )
    parser.parse_args(command_line)
    from qa.reading.close_network import CloseNetwork

    network = CloseNetwork(CLOSE_FOLDER)
    if not network.is_made():
        fetch(MPNET, say, progress_line(f"bytes of {MPNET.name}"))
        say("making the large reader of them")
        network.load()
    say("the large reader is ready")
    return EXIT_DONE


def _answer(command_line: Sequence[str]) -> int:
    parser = _make_parser()
    arguments = parser.parse_args(command_line)
    for question in arguments.questions:
        check_question(question)  # before any model is loaded
    if not arguments.questions and arguments.save is None:
        parser.error("the following arguments are required: QUESTION")
    if len(arguments.questions) > 1 and not arguments.each:
        parser.error("one question at a time, or several with --each")
    if arguments.save is not None and not arguments.each:
        parser.error("--save keeps the table of --each; give both")
    if arguments.save is not None:
        find_table_file(arguments.index or default_index_path(), arguments.save)  # before any model is loaded
    settings = read_settings(os.environ, url=arguments.llm, model=arguments.model)
    embedder = SentenceEmbedder(arguments.embedder)
    qa = open_index(
        arguments.index,
        embedder=embedder,
        reader=open_reader(embedder, fast=arguments.fast),
        notify=say,
        progress=progress_line("passages embedded"),
    )
    load_behind(qa.reader)
    if arguments.each:
        return _ask_each(qa, arguments)
    answer = _ask(qa, arguments, settings)
    if qa.note:
        say(qa.note)
    show(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2) if arguments.json else format_answer(answer))
    _export(qa, answer, arguments)
    return EXIT_ABSTAINED if answer.kind == "abstention" else EXIT_DONE


def _ask_each(qa: QA, arguments: Namespace) -> int:
    """The table of what each interview or speaker has for each question."""
    put: dict[str, Any] = {
        "by": arguments.by,
        "doc_ids": arguments.documents,
        "progress": progress_line("questions put"),
    }
    if arguments.save is None:
        table = answer_each(qa, arguments.questions, **put)
    else:
        path = find_table_file(arguments.index or default_index_path(), arguments.save)
        try:
            table = ask_and_save(qa, path, arguments.questions, again=arguments.again, **put).table
        except KeyboardInterrupt:
            say(f"stopped; what was answered is kept: go on with ontherecord ask --each --save {arguments.save!r}")
            return EXIT_INTERRUPTED
    if qa.note:
        say(qa.note)
    show(json.dumps(table.to_dict(), ensure_ascii=False, indent=2) if arguments.json else format_each(table))
    for row in table.rows:
        say(f"“{row.question}” was {row.count}")
    _export(qa, table, arguments)
    return EXIT_DONE if any(cell.found for row in table.rows for cell in row.cells) else EXIT_ABSTAINED


def _export(qa: QA, what: Exportable, arguments: Namespace) -> None:
    """Write the file that was asked for, if one was."""
    if arguments.export is None:
        return
    parts, references = collect(what), arguments.references
    exported = write_export(parts, arguments.export, qa.store, cite=arguments.cite, references=references)
    say(f"{arguments.export}: {exported.summary}")


def _ask(qa: QA, arguments: Namespace, settings: WriterSettings | None) -> Answer:
    """The answer; what a language model writes is said as it comes, for whoever waits, and is no result yet."""
    qa = qa if settings is None else qa.with_writer(open_writer(settings))
    stream = qa.stream(arguments.questions[0], speaker=arguments.speaker, doc_ids=arguments.documents)
    for sentence in stream:
        say(f"… {sentence.text}")
    return stream.answer


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord ask",
        description="Ask an interview; the answer is quoted in the words that were said.",
        epilog="To measure answers: ontherecord eval --help. To re-check exported ones: ontherecord verify --help.",
    )
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help="one, or several with --each")
    parser.add_argument(
        "--each", action="store_true", help="put every question to each document, and tell what each of them has"
    )
    parser.add_argument(
        "--by", choices=("document", "speaker"), default="document", help="with --each: to each document or speaker"
    )
    parser.add_argument(
        "--save",
        metavar="NAME",
        help="with --each: keep the table beside the index; the same again goes on with it, asks what is new, and "
        "needs no QUESTION",
    )
    parser.add_argument("--again", action="store_true", help="with --save: put all its questions again")
    add_index_argument(parser)
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
        "--export", type=export_path, metavar="FILE", help=f"write it too, by the name's end: {', '.join(ENDINGS)}"
    )
    add_citation_arguments(parser)
    add_llm_arguments(parser)
    add_reader_argument(parser)
    add_embedder_argument(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
