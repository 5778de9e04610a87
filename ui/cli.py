"""`ontherecord COMMAND`: one program for all commands; the code of a command is loaded when it is called."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from index.cli import OneLineParser

PROGRAM = "ontherecord"
DISTRIBUTION = "on-the-record"


@dataclass(frozen=True, slots=True)
class Command:
    """What the help says of a command, and what runs it: its arguments to its exit code."""

    summary: str
    run: Callable[[Sequence[str]], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments`, those of the command line when None; the exit code.

    :raises SystemExit: with 0 after a help text or the version, with 2 after one line about a wrong use.
    """
    given = sys.argv[1:] if arguments is None else arguments
    name = given[0] if given else ""
    if name in COMMANDS:
        return COMMANDS[name].run(given[1:])
    parser = _make_parser()
    if name.startswith("-"):
        parser.parse_args([name])
    found = f"{name!r} is no command" if name else "no command is named"
    parser.error(f"{found}; expected one of: {', '.join(COMMANDS)}")


def _make_parser() -> OneLineParser:
    commands = "\n".join(f"  {name:11}{command.summary}" for name, command in COMMANDS.items())
    parser = OneLineParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} COMMAND [ARGUMENT ...]",
        description="Ask an interview; the answer is quoted in the words that were said.",
        epilog=f"commands:\n{commands}\n\n{PROGRAM} COMMAND --help explains a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version(DISTRIBUTION)}")
    return parser


# Each loads its own code only, so that a look at an index waits for no model, and a question for no page.
def _ask(arguments: Sequence[str]) -> int:
    from qa.__main__ import ask_command

    return ask_command(arguments)


def _index(arguments: Sequence[str]) -> int:
    from index.__main__ import main as index_command

    return index_command(arguments)


def _collection(arguments: Sequence[str]) -> int:
    from index.collection_command import collection_command

    return collection_command(arguments)


def _conditions(arguments: Sequence[str]) -> int:
    from index.conditions_command import conditions_command

    return conditions_command(arguments)


def _correct(arguments: Sequence[str]) -> int:
    from index.correct_command import correct_command

    return correct_command(arguments)


def _chat(arguments: Sequence[str]) -> int:
    from ui.__main__ import main as chat_command

    return chat_command(arguments)


def _check(arguments: Sequence[str]) -> int:
    from qa.checking.command import check_command

    return check_command(arguments)


def _export(arguments: Sequence[str]) -> int:
    from qa.exports.command import export_command

    return export_command(arguments)


def _evaluate(arguments: Sequence[str]) -> int:
    from qa.evaluation.command import evaluate_command

    return evaluate_command(arguments)


def _verify(arguments: Sequence[str]) -> int:
    from qa.verify_command import verify_command

    return verify_command(arguments)


def _table(arguments: Sequence[str]) -> int:
    from qa.tables.command import table_command

    return table_command(arguments)


def _tag(arguments: Sequence[str]) -> int:
    from qa.tags.command import tag_command

    return tag_command(arguments)


def _fetch(arguments: Sequence[str]) -> int:
    from qa.__main__ import fetch_command

    return fetch_command(arguments)


COMMANDS = {
    "ask": Command("answer a question", _ask),
    "index": Command("build an index of files, change it, list and check what is in it", _index),
    "collection": Command("list, make, rename and delete collections of transcripts", _collection),
    "conditions": Command("say what may be shown: embargoes, pseudonyms, off the record", _conditions),
    "correct": Command("say who really spoke and what was really said, over the sources", _correct),
    "check": Command("hold the quotations of a draft against what was said", _check),
    "chat": Command("open the chat in the browser, served to this machine only", _chat),
    "eval": Command("measure answers on sets of questions with gold quotes", _evaluate),
    "export": Command("write saved answers for Word, spreadsheets and other programs", _export),
    "fetch": Command("fetch and make ready the large reader, once", _fetch),
    "table": Command("look at tables that ask --each --save keeps, judge their cells", _table),
    "tag": Command("make tags, give them to quotes, gather and export what has them", _tag),
    "verify": Command("check exported quotes against the sources as they are indexed now", _verify),
}
