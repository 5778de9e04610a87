"""`ontherecord collection`: list, make, rename and delete collections."""

import shlex
from collections.abc import Sequence

from index.build import list_documents
from index.cli import EXIT_DONE, OneLineParser, run, say, show_row
from index.collection import (
    Collection,
    delete_collection,
    find_collection,
    list_collections,
    make_collection,
    rename_collection,
)
from index.errors import IndexingError
from index.location import open_store, show_location

__all__ = ["collection_command"]


def collection_command(arguments: Sequence[str]) -> int:
    """Run the command in `arguments`; the exit code."""
    return run(lambda: _run(arguments))


def _run(command_line: Sequence[str]) -> int:
    arguments = _make_parser().parse_args(command_line)
    if arguments.command == "list":
        for collection in list_collections():
            date = collection.made.astimezone().strftime("made %Y-%m-%d") if collection.made else "-"
            show_row(collection.name, _count(collection), date, show_location(collection.location))
    elif arguments.command == "new":
        made = make_collection(arguments.name)
        say(f"made “{made.name}”; fill it with: ontherecord index add FILE… --collection {shlex.quote(made.name)}")
    elif arguments.command == "rename":
        renamed = rename_collection(find_collection(arguments.name), arguments.new_name)
        say(f"renamed to “{renamed.name}”; it stays in {show_location(renamed.location)}")
    else:
        collection = find_collection(arguments.name)
        held = _count(collection)
        delete_collection(collection)
        say(f"deleted “{collection.name}” ({held}), with all that was in {show_location(collection.location)}")
    return EXIT_DONE


def _count(collection: Collection) -> str:
    try:
        count = len(list_documents(open_store(collection.location)))
    except IndexingError:
        return "cannot be read"
    if not count and collection.is_default:
        return "not made yet"
    return f"{count} {'transcript' if count == 1 else 'transcripts'}"


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord collection",
        description="Named sets of transcripts in your data folder; other commands take them as --collection NAME.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="name, transcripts, date and folder of each; the default index comes first")
    new = commands.add_parser("new", help="make one")
    rename = commands.add_parser("rename", help="call one otherwise; its folder and links to it stay as they are")
    delete = commands.add_parser("delete", help="delete one with its transcripts and all else in its folder, for good")
    for command in (new, rename, delete):
        command.add_argument("name", metavar="NAME", help="upper and lower case do not matter")
    rename.add_argument("new_name", metavar="NEW_NAME")
    return parser
