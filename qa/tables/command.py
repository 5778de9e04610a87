"""`ontherecord table list|show|judge`: tables that `ontherecord ask --each --save NAME` keeps; nothing is asked."""

import json
from argparse import Namespace
from collections.abc import Sequence

from index import default_index_path, open_store
from index.cli import EXIT_DONE, OneLineParser, add_index_argument, run, say, show, show_row
from qa.errors import QAError
from qa.exports.claims import collect
from qa.exports.command import add_citation_arguments, export_path
from qa.exports.formats import ENDINGS
from qa.exports.start import write_export
from qa.tables.file import find_table_file, list_tables
from qa.tables.saved import judge_cell, open_table
from qa.tables.table import CellVerdict, format_table

__all__ = ["table_command"]

_VERDICTS: dict[str, CellVerdict | None] = {"accept": "accepted", "reject": "rejected", "neither": None}


def table_command(arguments: Sequence[str]) -> int:
    """Look at a table that is kept, or say what is thought of a cell; the exit code."""
    return run(lambda: _run(arguments), (QAError,))


def _run(command_line: Sequence[str]) -> int:
    parser = OneLineParser(prog="ontherecord table", description="The tables that ask --each --save keeps.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=OneLineParser)
    listing = commands.add_parser("list", help="the names of all tables")
    showing = commands.add_parser("show", help="what is found so far, without asking anybody")
    judging = commands.add_parser("judge", help="accept or reject what somebody has for a question, and say why")
    for command in (listing, showing, judging):
        add_index_argument(command)
    for command in (showing, judging):
        command.add_argument("name", metavar="NAME", help="of the table")
    showing.add_argument("--json", action="store_true", help="print it as JSON")
    showing.add_argument(
        "--export", type=export_path, metavar="FILE", help=f"write it, by the name's end: {', '.join(ENDINGS)}"
    )
    add_citation_arguments(showing)
    judging.add_argument("question", metavar="QUESTION", help="the question, or its number")
    judging.add_argument("asked", metavar="WHO", help="the doc_id, or the speaker in a table by speaker")
    judging.add_argument("verdict", choices=tuple(_VERDICTS), help="what you think of it")
    judging.add_argument("--note", metavar="TEXT", help="why; an empty one takes the note away")
    arguments = parser.parse_args(command_line)
    return {"list": _list, "show": _show, "judge": _judge}[arguments.command](arguments)


def _list(arguments: Namespace) -> int:
    for name in list_tables(arguments.index or default_index_path()):
        show_row(name)
    return EXIT_DONE


def _show(arguments: Namespace) -> int:
    location = arguments.index or default_index_path()
    store = open_store(location)
    saved = open_table(find_table_file(location, arguments.name), store)
    show(json.dumps(saved.to_dict(), ensure_ascii=False, indent=2) if arguments.json else format_table(saved.table))
    if arguments.export is not None:
        parts, references = collect(saved.table), arguments.references
        exported = write_export(parts, arguments.export, store, cite=arguments.cite, references=references)
        say(f"{arguments.export}: {exported.summary}")
    say(f"{arguments.name}: {saved.count}")
    return EXIT_DONE


def _judge(arguments: Namespace) -> int:
    path = find_table_file(arguments.index or default_index_path(), arguments.name)
    verdict = _VERDICTS[arguments.verdict]
    cell = judge_cell(path, arguments.question, arguments.asked, verdict, note=arguments.note)
    say(f"{cell.verdict or 'neither accepted nor rejected'}{f', with the note: {cell.note}' if cell.note else ''}")
    return EXIT_DONE
