"""`ontherecord conditions`: say what of a collection may be shown; the sources stay as they were read."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence

from corpus import (
    Condition,
    ConditionInvalid,
    Document,
    Overlay,
    describe_condition,
    embargo,
    find_all,
    no_export,
    off_record,
    one_line,
    pseudonym,
)
from index.cli import EXIT_DONE, OneLineParser, add_embedder_argument, add_index_argument, run, say, show_row
from index.condition import ConditionReport, add_conditions, find_effect, lift_conditions
from index.correct import find_author
from index.embedding import SentenceEmbedder
from index.location import Location, default_index_path, open_store

__all__ = ["conditions_command"]


def conditions_command(arguments: Sequence[str]) -> int:
    """Run the command in `arguments`; the exit code."""
    return run(lambda: _run(arguments))


def _run(command_line: Sequence[str]) -> int:
    arguments = _make_parser().parse_args(command_line)
    path = arguments.index or default_index_path()
    run_command: Callable[[Namespace, Location], int] = arguments.run
    return run_command(arguments, path)


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord conditions",
        description="Say what of a collection may be shown. Answers, pages, endpoints and exports all obey.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run_command: Callable[[Namespace, Location], int], summary: str) -> ArgumentParser:
        command: ArgumentParser = commands.add_parser(name, help=summary)
        command.set_defaults(run=run_command)
        add_index_argument(command)
        return command

    command = add("embargo", _embargo, "keep a document back until a day")
    command.add_argument("doc_id", metavar="DOC_ID")
    command.add_argument("until", metavar="YYYY-MM-DD", help="from the beginning of this day, UTC, it is there")
    command.add_argument("--named", action="store_true", help="its title may be told meanwhile")
    command = add("off-record", _off_record, "hide some words of a document")
    command.add_argument("doc_id", metavar="DOC_ID")
    command.add_argument("words", metavar="WORDS", help="as the text has them, or START-END in characters")
    command.add_argument("--every", action="store_true", help="wherever they stand in the document")
    command.add_argument("--number", type=int, metavar="N", help="only where they stand for the Nth time")
    command = add("pseudonym", _pseudonym, "show another name for somebody's, wherever it stands")
    command.add_argument("name", metavar="NAME")
    command.add_argument("to", metavar="PSEUDONYM")
    command.add_argument("--document", metavar="DOC_ID", help="in this document only")
    command.add_argument(
        "--form",
        action="append",
        default=[],
        metavar="NAME",
        help="also in this form; without any, also each part of the name by itself",
    )
    command = add("no-export", _no_export, "keep what a document says, or all of them say, out of exports")
    command.add_argument("doc_id", nargs="?", metavar="DOC_ID")
    add("list", _list, "list the conditions, and what each does")
    command = add("lift", _lift, "take conditions away")
    command.add_argument("ids", nargs="*", metavar="ID", help="as the list shows it")
    command.add_argument("--all", action="store_true", help="all of them, also where their file cannot be read")
    for command in commands.choices.values():
        add_embedder_argument(command)
        command.add_argument("--by", default=None, metavar="NAME", help="who sets them (default: your user name)")
    return parser


def _embargo(arguments: Namespace, path: Location) -> int:
    condition = embargo(arguments.doc_id, arguments.until, by=_name_author(arguments), named=arguments.named)
    return _add([condition], arguments, path)


def _off_record(arguments: Namespace, path: Location) -> int:
    with open_store(path).reading_stored() as view:
        document = view.entry(arguments.doc_id).document
    by = _name_author(arguments)
    places = _find_places(arguments, document)
    return _add([off_record(document, start, end, by=by) for start, end in places], arguments, path)


def _find_places(arguments: Namespace, document: Document) -> list[tuple[int, int]]:
    words = arguments.words
    places = [(start, start + len(words)) for start in find_all(document.text, words)] if words.strip() else []
    first, dash, last = words.partition("-")
    if not places and dash and first.isdecimal() and last.isdecimal() and len(words) < 30:
        return [(int(first), int(last))]
    if not places:
        raise ConditionInvalid(
            f"{one_line(words, 80)!r} does not stand in {one_line(document.doc_id)}; "
            "give the words as the text has them, or START-END in characters"
        )
    if arguments.number is not None:
        if not 1 <= arguments.number <= len(places):
            raise ConditionInvalid(f"--number is {arguments.number}, the words stand there {len(places)} times")
        return [places[arguments.number - 1]]
    if len(places) > 1 and not arguments.every:
        raise ConditionInvalid(
            f"{one_line(words, 80)!r} stands {len(places)} times in {one_line(document.doc_id)}; "
            "add --every, or --number N for one of them"
        )
    return places


def _pseudonym(arguments: Namespace, path: Location) -> int:
    condition = pseudonym(
        arguments.name,
        arguments.to,
        by=_name_author(arguments),
        doc_id=arguments.document,
        forms=tuple(arguments.form),
    )
    return _add([condition], arguments, path)


def _no_export(arguments: Namespace, path: Location) -> int:
    return _add([no_export(by=_name_author(arguments), doc_id=arguments.doc_id)], arguments, path)


def _list(arguments: Namespace, path: Location) -> int:
    store = open_store(path)
    overlay = Overlay(store.corrections(), store.conditions())
    with store.reading_stored() as view:
        for record in overlay.conditions.records:
            effect = find_effect(record, overlay, view)
            show_row(
                record.id, effect, record.doc_id or "everywhere", describe_condition(record), record.by, record.when
            )
    return EXIT_DONE


def _lift(arguments: Namespace, path: Location) -> int:
    if arguments.all == bool(arguments.ids):
        raise ConditionInvalid("name the conditions to lift by their ids, or give --all and none")
    ids = None if arguments.all else arguments.ids
    return _report(lift_conditions(ids, path, embedder=SentenceEmbedder(arguments.embedder)), "lifted")


def _name_author(arguments: Namespace) -> str:
    return arguments.by or find_author()


def _add(conditions: Sequence[Condition], arguments: Namespace, path: Location) -> int:
    return _report(add_conditions(conditions, path, embedder=SentenceEmbedder(arguments.embedder)), "set")


def _report(report: ConditionReport, done: str) -> int:
    for record in report.conditions:
        show_row(record.id, record.doc_id or "everywhere", describe_condition(record))
    for form, count in report.places.items():
        show_row("", f"“{form}”", f"{count} places")
    say(f"{len(report.conditions)} {done}, {report.passage_count} passages embedded in {report.seconds:.2f} s")
    return EXIT_DONE
