"""The code-book and what was tagged, as `tags.jsonl` beside an index has it: a line for each thing that happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus import one_line
from index import Location, show_location
from qa.answers import Citation, citation_from_dict
from qa.errors import AnswersInvalid, TagInvalid
from qa.kept_lines import read_lines

FILE_NAME = "tags.jsonl"
VERSION = 1
MAX_BYTES = 64 * 1024 * 1024
MAX_TAGS = 200
MAX_NAME_CHARS = 60
MAX_DEFINITION_CHARS = 500
# Names and not values, so that the page can show each so that it is read on light ground and on dark.
COLORS = ("blue", "green", "amber", "red", "violet", "teal", "pink", "grey")


@dataclass(frozen=True, slots=True)
class Tag:
    """A code: what it is called, one of `COLORS`, and what it stands for, "" where nobody said."""

    name: str
    color: str
    definition: str = ""


@dataclass(slots=True)
class CodeBook:
    """The tags in the order in which they were made, and what has each, by its name, in the order of tagging."""

    tags: list[Tag] = field(default_factory=list)
    tagged: dict[str, list[Citation]] = field(default_factory=dict)

    def find(self, name: str) -> Tag:
        """The tag of that name, in whatever case.

        :raises TagInvalid: when there is none.
        """
        found = self.look_up(name)
        if found is None:
            names = ", ".join(one_line(tag.name) for tag in self.tags) or "none yet"
            raise TagInvalid(f"there is no tag {one_line(name, 60)!r}; the tags are: {names}")
        return found

    def look_up(self, name: str) -> Tag | None:
        """The tag of that name, in whatever case; None where there is none."""
        return next((tag for tag in self.tags if tag.name.casefold() == name.strip().casefold()), None)

    def tags_of(self, quote: Citation) -> tuple[str, ...]:
        """The names of the tags that these very words have."""
        return tuple(tag.name for tag in self.tags if any(is_same(quote, each) for each in self.tagged[tag.name]))


def is_same(one: Citation, other: Citation) -> bool:
    """Whether both are the same words at the same place."""
    return (one.doc_id, one.start, one.end, one.text) == (other.doc_id, other.start, other.end, other.text)


def find_tags_file(location: Location) -> Path:
    """Where the tags of an index are kept, whether or not there are any.

    :raises TagInvalid: when the index is on a server.
    """
    if str(location).startswith(("http://", "https://")):
        raise TagInvalid(f"tags are kept beside an index in a folder, and {show_location(location)} is a server")
    return Path(location) / FILE_NAME


def read_book(path: Path) -> CodeBook:
    """What is kept; an empty code-book where there is no file yet.

    :raises TagInvalid: when it cannot be read, or is no file of tags.
    """
    book = CodeBook()
    try:
        lines = read_lines(path, MAX_BYTES, TagInvalid)
        head = next(lines, {})
        if head.get("about") != "tags" or head.get("version") != VERSION:
            raise TagInvalid(f"{path} is no file of tags of this program, or one of a later version")
        _apply_all(lines, book, path)
    except FileNotFoundError:
        return CodeBook()
    return book


def _apply_all(lines: Iterator[dict[str, Any]], book: CodeBook, path: Path) -> None:
    for line in lines:
        try:
            _apply(line, book)
        except (AnswersInvalid, KeyError, TypeError, ValueError) as error:
            raise TagInvalid(f"{path} has a line that is none of tags: {one_line(str(error), 120)}") from error


def _apply(line: dict[str, Any], book: CodeBook) -> None:
    """What happened; what concerns a tag that is gone, as two may write at once, is passed over."""
    name = str(line["tag"])
    tag = book.look_up(name)
    if line["about"] == "made" and tag is None:
        color = line["color"] if line["color"] in COLORS else COLORS[0]
        book.tags.append(Tag(name, color, str(line["definition"])))
        book.tagged[name] = []
    elif tag is not None and line["about"] == "changed":
        new = replace(tag, **{key: str(line[key]) for key in ("name", "color", "definition") if key in line})
        book.tags[book.tags.index(tag)] = new
        book.tagged[new.name] = book.tagged.pop(tag.name)
    elif tag is not None and line["about"] == "deleted":
        book.tags.remove(tag)
        del book.tagged[tag.name]
    elif tag is not None and line["about"] in ("tagged", "untagged"):
        quote = citation_from_dict(line["quote"])
        others = [each for each in book.tagged[tag.name] if not is_same(quote, each)]
        book.tagged[tag.name] = [*others, quote] if line["about"] == "tagged" else others
