"""`ontherecord tag`: the code-book of an index, what has its tags, and more like that."""

import json
import re
from argparse import Namespace
from collections.abc import Sequence

from corpus import find_said, one_line
from index import SentenceEmbedder, default_index_path, open_store
from index.cli import EXIT_DONE, OneLineParser, add_embedder_argument, add_index_argument, run, say, show, show_row
from qa.answers import Quote, format_place, introduce
from qa.errors import QAError, QuoteInvalid, TagInvalid
from qa.exports.command import add_citation_arguments, export_path
from qa.exports.formats import ENDINGS
from qa.exports.start import write_export
from qa.reading.two_step import open_reader
from qa.start import add_reader_argument, open_index
from qa.tags.book import COLORS, find_tags_file, read_book
from qa.tags.gather import claim_tagged, gather
from qa.tags.keep import change_tag, delete_tag, make_tag, tag_quote, untag_quote
from qa.tags.suggest import suggest

__all__ = ["tag_command"]

_SPAN = re.compile(r"(\d{1,12})-(\d{1,12})")


def tag_command(arguments: Sequence[str]) -> int:
    """Tag quotes, and look at what is tagged; the exit code."""
    return run(lambda: _run(arguments), (QAError,))


def _run(command_line: Sequence[str]) -> int:
    arguments = _make_parser().parse_args(command_line)
    commands = {
        **{"list": _list, "new": _new, "change": _change, "delete": _delete},
        **{"add": _add, "remove": _remove, "show": _show, "suggest": _suggest},
    }
    return commands[arguments.command](arguments)


def _make_parser() -> OneLineParser:
    parser = OneLineParser(prog="ontherecord tag", description="Tags on quotes: a code-book beside the index.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=OneLineParser)
    listing = commands.add_parser("list", help="all tags, and how many quotes have each")
    making = commands.add_parser("new", help="make a tag")
    changing = commands.add_parser("change", help="call a tag otherwise, or say otherwise what it stands for")
    deleting = commands.add_parser("delete", help="take a tag away, and from all that has it")
    adding = commands.add_parser("add", help="give a tag to words of a document")
    removing = commands.add_parser("remove", help="take a tag from words of a document")
    showing = commands.add_parser("show", help="the quotes that have a tag, counted by interview and speaker")
    suggesting = commands.add_parser("suggest", help="more quotes like those that have a tag")
    for command in (making, changing, deleting, adding, removing, suggesting):
        command.add_argument("name", metavar="TAG")
    showing.add_argument("name", metavar="TAG", nargs="?", help="default: all tags")
    changing.add_argument("--to", metavar="NAME", help="what it is called then")
    for command in (making, changing):
        command.add_argument("--color", choices=COLORS, default=None, help="on the page")
        command.add_argument("--definition", metavar="TEXT", default=None, help="what it stands for")
    for command in (adding, removing):
        command.add_argument("doc_id", metavar="DOC_ID")
        command.add_argument("words", metavar="WORDS", help="as the document has them, or their place, START-END")
    for command in (showing, suggesting):
        command.add_argument("--json", action="store_true", help="print it as JSON")
    showing.add_argument(
        "--export", type=export_path, metavar="FILE", help=f"write it, by the name's end: {', '.join(ENDINGS)}"
    )
    add_citation_arguments(showing)
    suggesting.add_argument("--count", type=int, default=8, metavar="N", help="how many (default: 8)")
    add_reader_argument(suggesting)
    add_embedder_argument(suggesting)
    for command in (listing, making, changing, deleting, adding, removing, showing, suggesting):
        add_index_argument(command)
    return parser


def _list(arguments: Namespace) -> int:
    location = arguments.index or default_index_path()
    with open_store(location).reading() as view:
        for each in gather(read_book(find_tags_file(location)), view):
            fallen = f", {each.fallen} of which the source was changed" if each.fallen else ""
            show_row(each.tag.name, f"{_count(len(each.quotes))}{fallen}", each.tag.color, each.tag.definition)
    return EXIT_DONE


def _new(arguments: Namespace) -> int:
    location = arguments.index or default_index_path()
    with open_store(location).reading():  # beside nothing there is nothing to tag
        pass
    tag = make_tag(
        find_tags_file(location), arguments.name, color=arguments.color or "", definition=arguments.definition or ""
    )
    say(f"made the tag {one_line(tag.name)!r}, {tag.color}")
    return EXIT_DONE


def _change(arguments: Namespace) -> int:
    path = find_tags_file(arguments.index or default_index_path())
    tag = change_tag(path, arguments.name, to=arguments.to, color=arguments.color, definition=arguments.definition)
    show_row(tag.name, tag.color, tag.definition)
    return EXIT_DONE


def _delete(arguments: Namespace) -> int:
    delete_tag(find_tags_file(arguments.index or default_index_path()), arguments.name)
    say(f"the tag {one_line(arguments.name)!r} is gone")
    return EXIT_DONE


def _add(arguments: Namespace) -> int:
    quote = _find_quote(arguments)
    tag_quote(find_tags_file(arguments.index or default_index_path()), arguments.name, quote)
    say(f"tagged: {introduce(quote)}, {format_place(quote)}")
    return EXIT_DONE


def _remove(arguments: Namespace) -> int:
    untag_quote(find_tags_file(arguments.index or default_index_path()), arguments.name, _find_quote(arguments))
    say(f"{one_line(arguments.name)!r} is taken from it")
    return EXIT_DONE


def _show(arguments: Namespace) -> int:
    location = arguments.index or default_index_path()
    store, book = open_store(location), read_book(find_tags_file(location))
    with store.reading() as view:
        gathered = gather(book, view, arguments.name)
    if arguments.json:
        show(json.dumps([each.to_dict() for each in gathered], ensure_ascii=False, indent=2))
    else:
        for each in gathered:
            show(f"{one_line(each.tag.name)}{f': {one_line(each.tag.definition)}' if each.tag.definition else ''}")
            for counts in (each.by_document, each.by_speaker):
                if counts:
                    show(f"  {', '.join(f'{one_line(name)} {count}' for name, count in counts.items())}")
            _show_quotes(each.quotes)
    if arguments.export is not None:
        exported = write_export(
            claim_tagged(gathered), arguments.export, store, cite=arguments.cite, references=arguments.references
        )
        say(f"{arguments.export}: {exported.summary}")
    fallen = sum(each.fallen for each in gathered)
    if fallen:
        say(f"{fallen} tagged places are left out: their source was changed or removed since")
    return EXIT_DONE


def _suggest(arguments: Namespace) -> int:
    location = arguments.index or default_index_path()
    book = read_book(find_tags_file(location))
    book.find(arguments.name)  # before the models are loaded for nothing
    if not 1 <= arguments.count <= 100:
        raise TagInvalid(f"--count is {arguments.count}, expected 1 to 100")
    embedder = SentenceEmbedder(arguments.embedder)
    qa = open_index(arguments.index, embedder=embedder, reader=open_reader(embedder, fast=arguments.fast), notify=say)
    quotes = suggest(qa, book, arguments.name, at_most=arguments.count)
    if arguments.json:
        show(json.dumps([quote.to_dict() for quote in quotes], ensure_ascii=False, indent=2))
    else:
        _show_quotes(quotes)
    return EXIT_DONE


def _count(quotes: int) -> str:
    return "1 quote" if quotes == 1 else f"{quotes} quotes"


def _show_quotes(quotes: Sequence[Quote]) -> None:
    for quote in quotes:
        show(f"  {introduce(quote)}: “{one_line(quote.shown, None)}” ({format_place(quote)})")


def _find_quote(arguments: Namespace) -> Quote:
    """The quote that a document and words, or a place, name."""
    with open_store(arguments.index or default_index_path()).reading() as view:
        document = view.document(arguments.doc_id)
    span = _SPAN.fullmatch(arguments.words)
    places = [(int(span[1]), int(span[2]))] if span else find_said(document, arguments.words)
    if len(places) != 1:
        found = f"stands {len(places)} times in" if places else "does not stand in"
        raise TagInvalid(
            f"{one_line(arguments.words, 80)!r} {found} {one_line(document.doc_id)}; "
            "give more of the words as the text has them, or their place as START-END"
        )
    try:
        return Quote.from_span(document, *places[0], score=1.0)
    except QuoteInvalid as error:
        raise TagInvalid(f"{error}; give words that one person says") from error
