"""What can be done with tags on the page: made, given to quotes, gathered, saved, more like them. No Gradio in here."""

import base64
import re
from pathlib import Path
from urllib.parse import unquote

from qa import QA
from qa.answers import Quote
from qa.exports import check_claims, named_format
from qa.tags import (
    CodeBook,
    Gathered,
    Tag,
    change_tag,
    claim_tagged,
    delete_tag,
    find_tags_file,
    gather,
    make_tag,
    read_book,
    suggest,
    tag_quote,
    untag_quote,
)
from ui.callers import NOBODY
from ui.markup import fragment
from ui.service import ChatService
from ui.shelves import UploadRefused
from ui.table_folders import TablePlace

# A file that is larger than this gets nothing more; whoever tags all day stays far below.
MAX_BYTES = 16 * 1024 * 1024
_FRAGMENT = re.compile(r"#?(?P<doc>.+):(?P<start>\d{1,12})-(?P<end>\d{1,12})")


class Tags:
    """The tags of all visitors, each where their tables are."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def place(self, visitor: str) -> TablePlace:
        """Where the visitor's tags are.

        :raises UploadRefused: when nobody would know them again.
        """
        if visitor == NOBODY:
            raise UploadRefused("who calls without a session has no tags")
        return self._service.uploads.table_place(self._service.uploads.settle(visitor))

    def book(self, visitor: str) -> CodeBook:
        """The visitor's code-book, and what was tagged."""
        return read_book(self._path(visitor))

    def gathered(self, visitor: str, name: str | None = None) -> tuple[Gathered, ...]:
        """Each tag, or that one, with what has it and holds."""
        with self._qa(visitor).store.reading() as view:
            return gather(self.book(visitor), view, name)

    def marks(self, visitor: str) -> dict[str, list[Tag]]:
        """The tags of every quote that has some, by its place as addresses name it, see `ui.markup.fragment`."""
        marks: dict[str, list[Tag]] = {}
        for each in self.gathered(visitor):
            for quote in each.quotes:
                marks.setdefault(f"#{fragment(quote.doc_id, quote.start, quote.end)}", []).append(each.tag)
        return marks

    def find_quote(self, visitor: str, place: str) -> Quote:
        """The quote at a place as addresses name it.

        :raises UploadRefused: when that is no place.
        :raises QAError: when no one's words stand there.
        """
        named = _FRAGMENT.fullmatch(place)
        if named is None:
            raise UploadRefused(f"{place!r:.60} is no place in a transcript")
        document = self._service.document(self._service.uploads.settle(visitor), unquote(named["doc"]))
        return Quote.from_span(document, int(named["start"]), int(named["end"]), score=1.0)

    def toggle(self, visitor: str, name: str, place: str) -> None:
        """Give the tag to the quote at a place, or take it away; raises as `find_quote`, and `TagInvalid`."""
        quote = self.find_quote(visitor, place)
        path = self._open(visitor)
        book = read_book(path)
        tag = book.find(name)
        if tag.name in book.tags_of(quote):
            untag_quote(path, tag.name, quote)
        else:
            tag_quote(path, tag.name, quote)

    def make(self, visitor: str, name: str) -> Tag:
        """A new tag; raises as `qa.tags.make_tag`."""
        return make_tag(self._open(visitor), name)

    def change(self, visitor: str, name: str, to: str, color: str, definition: str) -> Tag:
        """A tag called otherwise; raises as `qa.tags.change_tag`."""
        return change_tag(self._open(visitor), name, to=to, color=color, definition=definition)

    def delete(self, visitor: str, name: str) -> None:
        """Take a tag away, and from all that has it; raises as `qa.tags.delete_tag`."""
        delete_tag(self._open(visitor), name)

    def suggest(self, visitor: str, name: str) -> tuple[Quote, ...]:
        """Quotes that may want the tag, the likeliest first; raises as `qa.tags.suggest`."""
        return suggest(self._qa(visitor), self.book(visitor), name)

    def export(self, visitor: str, name: str | None, form: str) -> dict[str, str]:
        """What has the tag, or any tag, as a file in the format of that name, every quote checked.

        :raises ExportInvalid: when nothing is tagged, there is no such format, or nothing of it may be exported.
        """
        chosen, gathered = named_format(form), self.gathered(visitor, name)
        with self._qa(visitor).store.reading() as view:
            exported = check_claims(claim_tagged(gathered), view)
        encoded = base64.b64encode(chosen.write(exported)).decode()
        return {"name": f"{name or 'tags'}{chosen.ending}", "type": chosen.media_type, "base64": encoded}

    def _path(self, visitor: str) -> Path:
        return find_tags_file(self.place(visitor).folder)

    def _open(self, visitor: str) -> Path:
        """The file, to write into.

        :raises UploadRefused: when it is full.
        """
        path = self._path(visitor)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MAX_BYTES:
            raise UploadRefused(f"the tags are full ({MAX_BYTES:,} bytes); save them, and begin another collection")
        return path

    def _qa(self, visitor: str) -> QA:
        return self._service.uploads.qa_of(self._service.uploads.settle(visitor))
