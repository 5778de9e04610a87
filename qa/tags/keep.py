"""Making and changing tags, and giving them to quotes: each a line that is added to the file."""

from pathlib import Path

from corpus import is_one_line, one_line
from qa.answers import Citation, Quote
from qa.errors import TagInvalid
from qa.kept_lines import append_line
from qa.tags.book import (
    COLORS,
    MAX_DEFINITION_CHARS,
    MAX_NAME_CHARS,
    MAX_TAGS,
    VERSION,
    CodeBook,
    Tag,
    is_same,
    read_book,
)


def make_tag(path: Path, name: str, *, color: str = "", definition: str = "") -> Tag:
    """A new tag in the code-book at `path`, which is begun where there is none.

    :param color: one of `COLORS`; "" takes the one that fewest tags have.
    :raises TagInvalid: when there is one of that name, name or colour cannot be, or the file cannot be written.
    """
    book = read_book(path)
    name = _check_name(name, book)
    if len(book.tags) >= MAX_TAGS:
        raise TagInvalid(f"there are {MAX_TAGS} tags already; delete or rename some")
    used = [tag.color for tag in book.tags]
    tag = Tag(name, _check_color(color or min(COLORS, key=used.count)), _check_definition(definition))
    if not path.exists():
        append_line(path, {"about": "tags", "version": VERSION}, TagInvalid)
    record = {"about": "made", "tag": tag.name, "color": tag.color, "definition": tag.definition}
    append_line(path, record, TagInvalid)
    return tag


def change_tag(
    path: Path, name: str, *, to: str | None = None, color: str | None = None, definition: str | None = None
) -> Tag:
    """Call a tag otherwise, or say otherwise what it stands for; None leaves what there is. Gives it as it is then.

    :raises TagInvalid: when there is no such tag, one of the new name, or what is given cannot be.
    """
    book = read_book(path)
    tag = book.find(name)
    new = Tag(
        tag.name if to is None else _check_name(to, book, tag),
        tag.color if color is None else _check_color(color),
        tag.definition if definition is None else _check_definition(definition),
    )
    record = {"about": "changed", "tag": tag.name, "name": new.name, "color": new.color, "definition": new.definition}
    append_line(path, record, TagInvalid)
    return new


def delete_tag(path: Path, name: str) -> None:
    """Take a tag away, and from all that has it.

    :raises TagInvalid: when there is no such tag.
    """
    append_line(path, {"about": "deleted", "tag": read_book(path).find(name).name}, TagInvalid)


def tag_quote(path: Path, name: str, quote: Quote) -> None:
    """Give a tag to a quote; one that has it already keeps it.

    :raises TagInvalid: when there is no such tag.
    """
    book = read_book(path)
    tag = book.find(name)
    if not any(is_same(quote, each) for each in book.tagged[tag.name]):
        append_line(path, {"about": "tagged", "tag": tag.name, "quote": quote.to_dict()}, TagInvalid)


def untag_quote(path: Path, name: str, quote: Citation) -> None:
    """Take a tag from a quote, or from words that were one once.

    :raises TagInvalid: when there is no such tag.
    """
    tag = read_book(path).find(name)
    append_line(path, {"about": "untagged", "tag": tag.name, "quote": quote.to_dict()}, TagInvalid)


def _check_name(name: str, book: CodeBook, own: Tag | None = None) -> str:
    """:param own: the tag that is to have the name."""
    name = name.strip()
    if not name or len(name) > MAX_NAME_CHARS or not is_one_line(name):
        raise TagInvalid(
            f"{one_line(name, 80)!r} is no name of a tag; expected 1 to {MAX_NAME_CHARS} characters on one line"
        )
    held = book.look_up(name)
    if held is not None and held != own:
        raise TagInvalid(f"there is a tag {one_line(held.name)!r} already; give another name, or use that one")
    return name


def _check_color(color: str) -> str:
    if color not in COLORS:
        raise TagInvalid(f"{one_line(color, 40)!r} is no color of a tag; expected one of {', '.join(COLORS)}")
    return color


def _check_definition(definition: str) -> str:
    definition = definition.strip()
    if len(definition) > MAX_DEFINITION_CHARS:
        raise TagInvalid(f"the definition has {len(definition):,} characters, at most {MAX_DEFINITION_CHARS} are kept")
    return definition
