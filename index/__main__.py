"""`ontherecord index`, or `python -m index`: build an index from files, change it, list what is in it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus import READABLE, describe_correction, describe_file, one_line
from index.build import BuildReport, build_index, list_documents, remove_documents, update_index
from index.check import check_index
from index.cli import (
    EXIT_BAD_INPUT,
    EXIT_CHECK_FAILED,
    EXIT_DONE,
    OneLineParser,
    add_embedder_argument,
    add_index_argument,
    progress_line,
    run,
    say,
    show,
    show_row,
)
from index.condition import explain_held_back, list_held_back
from index.embedding import SentenceEmbedder
from index.embedding.process_pool import ParallelEmbedder
from index.errors import IndexNotFound, IndexNotWritable
from index.location import Location, default_index_path, open_store, show_location
from index.recordings_command import COMMANDS, add_recording_commands, run_recording_command
from index.sources import format_table, read_sources
from index.transcribe_command import COMMANDS as LISTENING
from index.transcribe_command import add_transcribe_commands, run_transcribe_command

__all__ = ["main"]

_FILES_HELP = (
    f"a transcript ({READABLE}), a folder of them, a pattern such as 'talks/*.txt', or - for text on standard input; "
    "one that cannot be read is refused in words, the rest are indexed, and the exit code is 2"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments`, those of the command line when None; the exit code."""
    return run(lambda: _run(_make_parser().parse_args(arguments)))


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command == "inspect":
        return _inspect(arguments.files)
    if arguments.command in COMMANDS:
        return run_recording_command(arguments)
    if arguments.command in LISTENING:
        return run_transcribe_command(arguments)
    path = arguments.index or default_index_path()
    if arguments.command == "list":
        return _list(path)
    if arguments.command == "check":
        return _check(path)
    if arguments.command == "remove":
        return _report(remove_documents(arguments.doc_ids, path, embedder=SentenceEmbedder(arguments.embedder)), path)
    return _build_or_add(arguments, path)


def _build_or_add(arguments: argparse.Namespace, path: Location) -> int:
    embedder = ParallelEmbedder(arguments.embedder, processes=arguments.processes)
    change = build_index if arguments.command == "build" else update_index
    sources = read_sources(arguments.files, pasted_name=arguments.name)
    if len(sources.results) == 1 and sources.refused:
        raise sources.refused[0].error
    for row in format_table(sources):
        show(row)
    for refusal in sources.refused:
        say(f"refused: {refusal.error}")
    if not sources.documents:
        say("error: none of these could be read; the index was not changed")
        return EXIT_BAD_INPUT
    _report(change(sources.documents, path, embedder=embedder, progress=progress_line("passages embedded")), path)
    return EXIT_BAD_INPUT if sources.refused else EXIT_DONE


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord index", description="Build and change an index of interviews and transcripts."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="make the index hold exactly these files")
    add = commands.add_parser(
        "add", aliases=["update"], help="add files, or replace those of the same name whose text changed"
    )
    remove = commands.add_parser("remove", help="take documents out")
    listing = commands.add_parser("list", help="list the documents")
    check = commands.add_parser("check", help="check every hash, turn, passage and embedding")
    for command in (build, add):
        command.add_argument("files", nargs="+", type=Path, metavar="FILE", help=_FILES_HELP)
        command.add_argument(
            "--processes", type=int, default=1, metavar="N", help="embed in N processes, for many documents at once"
        )
        command.add_argument("--name", default="pasted", help="the name of a text from standard input (%(default)s)")
    inspect = commands.add_parser("inspect", help="show a file's turns, and why each label was taken or left")
    inspect.add_argument("files", nargs="+", type=Path, metavar="FILE", help="as for build; nothing is changed")
    remove.add_argument("doc_ids", nargs="+", metavar="DOC_ID", help="a name as the list shows it")
    for command in (build, add, remove, listing, check):
        add_index_argument(command)
    for command in (build, add, remove):
        add_embedder_argument(command)
    add_recording_commands(commands)
    add_transcribe_commands(commands)
    return parser


def _inspect(files: Sequence[Path]) -> int:
    for line in (line for file in files for line in describe_file(file)):
        show(line)
    return EXIT_DONE


def _list(path: Location) -> int:
    store = open_store(path)
    documents, held = list_documents(store), list_held_back(store)
    if not documents and not held:
        raise IndexNotFound(
            f"no documents in {show_location(path)}; "
            f"build an index with: ontherecord index build FILE… --index {show_location(path)}"
        )
    for info in documents:
        speakers = ", ".join(map(one_line, info.speakers)) or "no speakers"
        show_row(info.doc_id, f"{info.passage_count} passages", speakers, info.title)
    for sentence in explain_held_back(held):
        say(sentence)
    return EXIT_DONE


def _check(path: Location) -> int:
    store = open_store(path)
    problems = check_index(store)
    for problem in problems:
        show_row(problem)
    if not problems:
        try:
            for repaired in store.repair():
                say(f"made again: {repaired}")
        except IndexNotWritable as error:
            problems = [str(error)]
            show_row(str(error))
    if problems:
        say(f"{show_location(path)}: {len(problems)} problems; build the index again with: ontherecord index build")
        return EXIT_CHECK_FAILED
    documents = list_documents(store)
    passage_count = sum(info.passage_count for info in documents)
    show(f"sound: {len(documents)} documents, {passage_count} passages")
    return EXIT_DONE


def _report(report: BuildReport, path: Location) -> int:
    for record in report.lost:
        show_row("correction lost", record.doc_id or "", record.id, describe_correction(record))
    for word, names in (("unchanged", report.unchanged), ("removed", report.removed)):
        for name in names:
            show_row(word, name)
    embedded = f"{report.passage_count} passages embedded in {report.seconds:.1f} s"
    say(f"{show_location(path)}: {len(report.added)} documents, {embedded}")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
