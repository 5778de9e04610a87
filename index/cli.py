"""What the commands have in common: arguments, one clear line for an error, progress, text made safe to print."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from corpus import CorpusError, one_line, printable
from index.collection import find_collection
from index.embedding import DEFAULT_EMBEDDER
from index.errors import IndexingError
from index.location import INDEX_VARIABLE, parse_location
from index.types import Progress

EXIT_DONE = 0
EXIT_ABSTAINED = 1
EXIT_CHECK_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130

__all__ = [
    "EXIT_ABSTAINED",
    "EXIT_BAD_INPUT",
    "EXIT_CHECK_FAILED",
    "EXIT_DONE",
    "EXIT_INTERRUPTED",
    "OneLineParser",
    "add_embedder_argument",
    "add_index_argument",
    "printable",
    "progress_line",
    "run",
    "say",
    "show",
    "show_row",
]

# An error names files, speakers or models; none of its parts is longer than a line of them may be.
_MAX_MESSAGE_CHARS = 2000


class OneLineParser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """Print `message` and exit; the usage is left to --help."""
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: {one_line(message, _MAX_MESSAGE_CHARS)}; see {self.prog} --help\n")


class _OpenCollection(argparse.Action):
    """Takes the name of a collection for the place of its index."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[str] | None,
        option_string: str | None = None,
    ) -> None:
        """Note where it is.

        :raises CollectionNotFound: when there is none of that name.
        """
        collection = find_collection(str(values))
        # The default one is made where it is missing, as if nothing was named.
        namespace.index = None if collection.is_default else collection.location


def add_index_argument(parser: argparse.ArgumentParser) -> None:
    """`--index DIR` or `--collection NAME`, both as `index`; None for the default one, see `default_index_path`."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--index",
        type=parse_location,
        metavar="DIR",
        help=f"the index's folder, or http://HOST:19530/NAME (default: ${INDEX_VARIABLE}, or your data folder)",
    )
    group.add_argument(
        "--collection",
        dest="index",
        action=_OpenCollection,
        metavar="NAME",
        help="a collection in place of an index; see ontherecord collection list",
    )


def add_embedder_argument(parser: argparse.ArgumentParser) -> None:
    """`--embedder MODEL`, by default the bundled one."""
    parser.add_argument(
        "--embedder",
        default=DEFAULT_EMBEDDER,
        metavar="MODEL",
        help="a sentence-transformers model, the one that built the index (default: %(default)s)",
    )


def run(command: Callable[[], int], errors: tuple[type[Exception], ...] = ()) -> int:
    """Run a command, for its exit code; the errors that a person can put right become one line and exit code 2."""
    user_errors: tuple[type[Exception], ...] = (CorpusError, IndexingError, *errors)
    try:
        return command()
    except user_errors as error:
        say(f"error: {error}")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        say("stopped; the index is as it was, or changed if that was done already, and whole in either case")
        return EXIT_INTERRUPTED


def say(message: str) -> None:
    """One line on standard error, where whatever is not a result goes."""
    sys.stderr.write(one_line(message, _MAX_MESSAGE_CHARS) + "\n")
    sys.stderr.flush()


def show(text: str) -> None:
    """A result on standard output."""
    sys.stdout.write(printable(text) + "\n")


def show_row(*cells: str) -> None:
    """A result of several parts on one line of standard output, with tabs between, which no part can hold."""
    show("\t".join(one_line(cell, _MAX_MESSAGE_CHARS) for cell in cells))


def progress_line(what: str) -> Progress:
    """A progress callback that keeps one line on standard error up to date: how far, how fast, how long still.

    Where standard error is no terminal, only the end is written.
    """
    started = time.perf_counter()

    def update(done: int, total: int) -> None:
        seconds = time.perf_counter() - started
        rate = done / seconds if seconds else 0.0
        if done == total:
            end = "\n"
            left = f"in {seconds:.0f} s"
        else:
            end = ""
            left = f"{(total - done) / rate:.0f} s left" if rate else ""
        if end or sys.stderr.isatty():
            sys.stderr.write(
                f"\r{what}: {done} of {total}, {rate:.0f} a second, {left}\033[K{end}"
                if sys.stderr.isatty()
                else f"{what}: {total}, {left}\n"
            )
            sys.stderr.flush()

    return update
