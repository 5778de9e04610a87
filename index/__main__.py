"""`python -m index`: build an index from files, change it, list what is in it."""

from pathlib import Path

from corpus.formats.known import EXPECTED
from index.build import BuildReport, build_index, list_documents, remove_documents, update_index
from index.check import check_index, repair_index
from index.embed_worker import ParallelEmbedder
from index.embedder import SentenceEmbedder
from index.errors import IndexNotFound
from index.intake import format_table, take_in
from index.location import default_index_path
from index.place import Place, open_store, show_place
from index.terminal import (
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
)

_FILES_HELP = (
    f"a transcript ({EXPECTED}), a folder of them, a pattern such as 'talks/*.txt', or - for text on standard input; "
    "one that cannot be read is refused in words, the rest are indexed, and the exit code is 2"
)


def main() -> int:
    """Run the command named on the command line; the exit code."""
    arguments = _make_parser().parse_args()
    path = arguments.index or default_index_path()
    if arguments.command == "list":
        return _list(path)
    if arguments.command == "check":
        return _check(path)
    if arguments.command == "remove":
        return _report(remove_documents(arguments.doc_ids, path, embedder=SentenceEmbedder(arguments.embedder)), path)
    embedder = ParallelEmbedder(arguments.embedder, processes=arguments.processes)
    change = build_index if arguments.command == "build" else update_index
    intake = take_in(arguments.files, pasted_name=arguments.name)
    if len(intake.results) == 1 and intake.refused:
        raise intake.refused[0].error
    for row in format_table(intake):
        show(row)
    for refusal in intake.refused:
        say(f"refused: {refusal.error}")
    if not intake.documents:
        say("error: none of these could be read; the index was not changed")
        return EXIT_BAD_INPUT
    _report(change(intake.documents, path, embedder=embedder, progress=progress_line("passages embedded")), path)
    return EXIT_BAD_INPUT if intake.refused else EXIT_DONE


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m index", description="Build and change an index of interviews and transcripts."
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
    remove.add_argument("doc_ids", nargs="+", metavar="DOC_ID", help="a name as the list shows it")
    for command in (build, add, remove, listing, check):
        add_index_argument(command)
    for command in (build, add, remove):
        add_embedder_argument(command)
    return parser


def _list(path: Place) -> int:
    documents = list_documents(open_store(path))
    if not documents:
        raise IndexNotFound(
            f"no documents in {show_place(path)}; "
            f"build an index with: python -m index build FILE… --index {show_place(path)}"
        )
    for info in documents:
        show(f"{info.doc_id}\t{info.passage_count} passages\t{', '.join(info.speakers) or 'no speakers'}\t{info.title}")
    return EXIT_DONE


def _check(path: Place) -> int:
    store = open_store(path)
    problems = check_index(store)
    for problem in problems:
        show(problem)
    if not problems:
        for repaired in repair_index(store):
            say(f"made again: {repaired}")
    if problems:
        say(f"{show_place(path)}: {len(problems)} problems; build the index again with: python -m index build")
        return EXIT_CHECK_FAILED
    documents = list_documents(store)
    passage_count = sum(info.passage_count for info in documents)
    show(f"sound: {len(documents)} documents, {passage_count} passages")
    return EXIT_DONE


def _report(report: BuildReport, path: Place) -> int:
    for word, names in (("unchanged", report.unchanged), ("removed", report.removed)):
        for name in names:
            show(f"{word}\t{name}")
    embedded = f"{report.passage_count} passages embedded in {report.seconds:.1f} s"
    say(f"{show_place(path)}: {len(report.added)} documents, {embedded}")
    return EXIT_DONE


if __name__ == "__main__":
    run(main)
