"""`ontherecord chat`, or `python -m ui`: the chat in the browser, on this machine."""

import argparse
import os
import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index import (
    Location,
    SentenceEmbedder,
    collections_folder,
    default_index_path,
    named_collections,
    prepare_index,
    show_location,
)
from index.cli import (
    EXIT_DONE,
    OneLineParser,
    add_embedder_argument,
    add_index_argument,
    run,
    say,
    show,
)
from qa import QAError, add_reader_argument, begin_opening, explain_building, open_reader, open_writer
from qa.generation import add_llm_arguments, read_settings
from ui.app import MissingPackage, PortTaken, build_app, launch
from ui.arrivals import Arrivals
from ui.gate import Host
from ui.history import default_history_path
from ui.keeping import open_uploads
from ui.loading import Loading
from ui.visitor_folder import end_on_signals


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the index, serve the chat, and wait until it is stopped; `arguments` None are those of the command line."""
    return run(lambda: _chat(arguments), (QAError, PortTaken, MissingPackage))


def _chat(command_line: Sequence[str] | None) -> int:
    arguments = _make_parser().parse_args(command_line)
    end_on_signals()
    embedder = SentenceEmbedder(arguments.embedder)
    place = arguments.index or default_index_path()
    if any(each.location == arguments.index for each in named_collections(collections_folder())):
        prepare_index(place, embedder)  # what is asked may be brought later
    opening = begin_opening(arguments.index, embedder=embedder, reader=open_reader(embedder, fast=arguments.fast))
    settings = read_settings(os.environ, url=arguments.llm, model=arguments.model)
    if settings is not None:
        opening = replace(opening, qa=opening.qa.with_writer(open_writer(settings)))
    strangers = bool(arguments.allowed) and not arguments.auth
    uploads = open_uploads(
        opening.qa, place, shared=arguments.shared, users=bool(arguments.auth), strangers=bool(arguments.allowed)
    )
    app = build_app(
        opening.qa,
        first=opening.missing,
        feedback=arguments.feedback,
        uploads=uploads,
        mcp=arguments.mcp,
        choose_model=not arguments.auth,
        history=None if strangers else default_history_path(),
        strangers=strangers,
        collection=_name_collection(place),
    )
    loading = Loading(opening)
    address = launch(
        app,
        opening.qa,
        port=arguments.port,
        auth=arguments.auth,
        mcp=arguments.mcp,
        loading=loading,
        allowed=arguments.allowed,
        recordings=lambda visitor: [place, *uploads.places(visitor)],
        arrivals=Arrivals(uploads),
    )
    show(address)
    if opening.missing is not None:
        say(explain_building(opening.missing))
    say("the chat is open there; stop it with Ctrl-C")
    loading.start(say)
    if arguments.open:
        webbrowser.open(address)
    app.block_thread()
    return EXIT_DONE


def _make_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord chat", description="Chat with an interview in the browser; served to this machine only."
    )
    add_index_argument(parser)
    parser.add_argument("--port", type=_port, metavar="N", help="default: the first free one from 7860 on")
    parser.add_argument(
        "--auth",
        action="append",
        default=[],
        type=_user_and_password,
        metavar="USER:PASSWORD",
        help="ask for these before the page is shown; may be repeated, and each user has their own transcripts",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        dest="allowed",
        type=_host,
        metavar="NAME",
        help="a name by which a proxy or tunnel calls this server, or NAME:PORT; may be repeated",
    )
    parser.add_argument(
        "--mcp",
        action="store_true",
        help="offer ask, search, check, list, rebuild and table as MCP tools too (extra: mcp)",
    )
    parser.add_argument(
        "--shared", action="store_true", help="visitors' uploads go into the index, for everybody and to stay"
    )
    parser.add_argument(
        "--feedback", type=Path, metavar="DIR", help="where verdicts are written (default: in your data folder)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    add_llm_arguments(parser)
    add_reader_argument(parser)
    add_embedder_argument(parser)
    return parser


def _name_collection(location: Location) -> str:
    """The name by which conversations about the index there are kept."""
    return str(location.absolute()) if isinstance(location, Path) else show_location(location)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected a number from 1 to 65535")
    return int(text)


def _host(text: str) -> Host:
    try:
        return Host.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _user_and_password(text: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise argparse.ArgumentTypeError("expected USER:PASSWORD, both not empty")
    return user, password


if __name__ == "__main__":
    sys.exit(main())
