"""`ontherecord correct`: say who really spoke and what was really said; the sources stay as they were read."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus import (
    Correction,
    CorrectionInvalid,
    Document,
    correct_words,
    describe_correction,
    drop_speaker,
    find_said,
    one_line,
    read_corrections,
    reassign,
    rename_speaker,
    set_role,
    write_corrections,
)
from index.atomic_write import write_atomically
from index.cli import (
    EXIT_DONE,
    OneLineParser,
    add_embedder_argument,
    add_index_argument,
    run,
    say,
    show_row,
)
from index.correct import (
    CorrectionReport,
    add_corrections,
    find_author,
    import_corrections,
    list_corrections,
    withdraw_corrections,
)
from index.embedding import SentenceEmbedder
from index.errors import IndexNotWritable
from index.location import Location, default_index_path, open_store

__all__ = ["correct_command"]

# How much of a turn is shown in a list of them.
_SHOWN_CHARS = 80


def correct_command(arguments: Sequence[str]) -> int:
    """Run the command in `arguments`; the exit code."""
    return run(lambda: _run(arguments))


def _run(command_line: Sequence[str]) -> int:
    arguments = _make_parser().parse_args(command_line)
    path = arguments.index or default_index_path()
    run_command: Callable[[Namespace, Location], int] = arguments.run
    return run_command(arguments, path)


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord correct",
        description="Correct who spoke and what was said. Corrections lie over the sources, which stay as they are.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run_command: Callable[[Namespace, Location], int], summary: str) -> ArgumentParser:
        command: ArgumentParser = commands.add_parser(name, help=summary)
        command.set_defaults(run=run_command)
        add_index_argument(command)
        return command

    for name, summary in (
        ("rename", "call a speaker by another name, in one document or everywhere"),
        ("merge", "say that a speaker is another one who is there already"),
    ):
        command = add(name, _rename, summary)
        command.add_argument("speaker", metavar="NAME")
        command.add_argument("to", metavar="NEW_NAME" if name == "rename" else "OTHER")
        command.add_argument("--document", metavar="DOC_ID", help="in this document only")
    command = add("reassign", _reassign, "say who really spoke a turn, or some words of it")
    command.add_argument("doc_id", metavar="DOC_ID")
    command.add_argument("turn", type=int, metavar="TURN", help="its number, see: ontherecord correct turns DOC_ID")
    command.add_argument("to", nargs="?", metavar="NAME", help="who; nobody, where none is named")
    command.add_argument("--words", metavar="WORDS", help="only these words of the turn")
    command = add("drop", _drop, "say that a speaker is nobody, and the label a part of what was said before")
    command.add_argument("doc_id", metavar="DOC_ID")
    command.add_argument("speaker", metavar="NAME")
    command = add("role", _set_role, "say who asks and who answers")
    command.add_argument("doc_id", metavar="DOC_ID")
    command.add_argument("speaker", metavar="NAME")
    command.add_argument("role", choices=("asks", "answers"))
    command = add("words", _correct_words, "say what was really said where the text has something else")
    command.add_argument("doc_id", metavar="DOC_ID")
    command.add_argument("heard", metavar="WORDS", help="as the text has them")
    command.add_argument("said", metavar="REALLY", help="as they were said")
    command.add_argument("--every", action="store_true", help="wherever they stand in the document")
    command.add_argument("--number", type=int, metavar="N", help="only where they stand for the Nth time")
    command = add("turns", _show_turns, "list the turns of a document with their numbers")
    command.add_argument("doc_id", metavar="DOC_ID")
    add("list", _list, "list the corrections, and what became of each")
    command = add("undo", _undo, "take corrections back")
    command.add_argument("ids", nargs="+", metavar="ID", help="as the list shows it")
    command = add("export", _export, "write the corrections to a file")
    command.add_argument("file", type=Path, metavar="FILE")
    command = add("import", _import, "take in the corrections of a file")
    command.add_argument("file", type=Path, metavar="FILE")
    for command in commands.choices.values():
        add_embedder_argument(command)
        command.add_argument("--by", default=None, metavar="NAME", help="who corrects (default: your user name)")
    return parser


def _rename(arguments: Namespace, path: Location) -> int:
    with open_store(path).reading_stored() as view:
        infos = [info for info in view.documents() if arguments.document in (None, info.doc_id)]
    both = [info for info in infos if {arguments.speaker, arguments.to} <= set(info.speakers)]
    known = any(arguments.to in info.speakers for info in infos)
    if arguments.command == "rename" and both:
        raise CorrectionInvalid(
            f"{one_line(both[0].doc_id)} has a speaker {one_line(arguments.to)!r} already; "
            "if they are one person, use: ontherecord correct merge"
        )
    if arguments.command == "merge" and not known:
        raise CorrectionInvalid(
            f"nobody is called {one_line(arguments.to)!r}; for a new name use: ontherecord correct rename"
        )
    change = rename_speaker(arguments.speaker, arguments.to, by=_name_author(arguments), doc_id=arguments.document)
    return _add([change], arguments, path)


def _reassign(arguments: Namespace, path: Location) -> int:
    document = _open(arguments.doc_id, path)
    if not 0 <= arguments.turn < len(document.turns):
        raise CorrectionInvalid(
            f"{one_line(document.doc_id)} has no turn {arguments.turn}, its turns are 0 to {len(document.turns) - 1}; "
            f"see them with: ontherecord correct turns {one_line(document.doc_id)}"
        )
    turn = document.turns[arguments.turn]
    start, end = turn.start, turn.end
    if arguments.words is not None:
        start = document.text.find(arguments.words, turn.start, turn.end) if arguments.words else -1
        if start < 0:
            raise CorrectionInvalid(f"{one_line(arguments.words, 80)!r} does not stand in turn {arguments.turn}")
        end = start + len(arguments.words)
    return _add([reassign(document, start, end, arguments.to, by=_name_author(arguments))], arguments, path)


def _drop(arguments: Namespace, path: Location) -> int:
    return _add([drop_speaker(arguments.doc_id, arguments.speaker, by=_name_author(arguments))], arguments, path)


def _set_role(arguments: Namespace, path: Location) -> int:
    by = _name_author(arguments)
    return _add([set_role(arguments.doc_id, arguments.speaker, arguments.role, by=by)], arguments, path)


def _correct_words(arguments: Namespace, path: Location) -> int:
    document = _open(arguments.doc_id, path)
    places = find_said(document, arguments.heard)
    if not places:
        raise CorrectionInvalid(
            f"{one_line(arguments.heard, 80)!r} does not stand in {one_line(document.doc_id)}; "
            "give the words as the text has them"
        )
    if arguments.number is not None:
        if not 1 <= arguments.number <= len(places):
            raise CorrectionInvalid(f"--number is {arguments.number}, the words stand there {len(places)} times")
        places = [places[arguments.number - 1]]
    elif len(places) > 1 and not arguments.every:
        raise CorrectionInvalid(
            f"{one_line(arguments.heard, 80)!r} stands {len(places)} times in {one_line(document.doc_id)}; "
            "add --every, or --number N for one of them"
        )
    by = _name_author(arguments)
    return _add([correct_words(document, *place, arguments.said, by=by) for place in places], arguments, path)


def _show_turns(arguments: Namespace, path: Location) -> int:
    document = _open(arguments.doc_id, path)
    for number, turn in enumerate(document.turns):
        words = document.bracket(turn.start, turn.end) or document.text[turn.start : turn.end]
        show_row(str(number), turn.speaker or turn.kind, f"{turn.start}-{turn.end}", one_line(words, _SHOWN_CHARS))
    return EXIT_DONE


def _list(arguments: Namespace, path: Location) -> int:
    for kept in list_corrections(open_store(path)):
        record = kept.correction
        show_row(
            record.id, kept.effect, record.doc_id or "everywhere", describe_correction(record), record.by, record.when
        )
    return EXIT_DONE


def _undo(arguments: Namespace, path: Location) -> int:
    return _report(withdraw_corrections(arguments.ids, path, embedder=SentenceEmbedder(arguments.embedder)), "undone")


def _export(arguments: Namespace, path: Location) -> int:
    corrections = open_store(path).corrections()
    try:
        write_atomically(arguments.file, write_corrections(corrections))
    except OSError as error:
        raise IndexNotWritable(f"{arguments.file} cannot be written: {error}") from error
    say(f"{len(corrections.records)} corrections written to {arguments.file}")
    return EXIT_DONE


def _import(arguments: Namespace, path: Location) -> int:
    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise CorrectionInvalid(f"{arguments.file} cannot be read: {error}; name a file of corrections") from error
    corrections = read_corrections(data, str(arguments.file))
    return _report(import_corrections(corrections, path, embedder=SentenceEmbedder(arguments.embedder)), "taken in")


def _open(doc_id: str, path: Location) -> Document:
    with open_store(path).reading_stored() as view:
        return view.document(doc_id)


def _name_author(arguments: Namespace) -> str:
    return arguments.by or find_author()


def _add(changes: Sequence[Correction], arguments: Namespace, path: Location) -> int:
    return _report(add_corrections(changes, path, embedder=SentenceEmbedder(arguments.embedder)), "corrected")


def _report(report: CorrectionReport, done: str) -> int:
    for record in report.corrections:
        show_row(record.id, record.doc_id or "everywhere", describe_correction(record))
    say(f"{len(report.corrections)} {done}, {report.passage_count} passages embedded in {report.seconds:.2f} s")
    return EXIT_DONE
