"""The collections as a list with forms, and what becomes of what is added."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from index import MAX_COLLECTION_NAME_CHARS, Collection
from ui.callers import COLLECTION_KEY
from ui.markup import render


@dataclass(frozen=True, slots=True)
class ListedCollection:
    """A line of the list; `count` is how many transcripts it holds, None where it cannot be read.

    One that is `fixed` can be neither renamed nor deleted.
    """

    collection: Collection
    count: int | None
    fixed: bool
    current: bool

    @property
    def collection_id(self) -> str:
        """The id of the collection."""
        return self.collection.collection_id

    @property
    def name(self) -> str:
        """The name of the collection."""
        return self.collection.name

    @property
    def address(self) -> str:
        """The part of an address behind "?" that opens it."""
        return urlencode({COLLECTION_KEY: self.collection_id})

    @property
    def holds(self) -> str:
        """How many transcripts, in words."""
        if self.count is None:
            return "transcripts that cannot be read"
        if not self.count and self.collection.is_default:
            return "the bundled interview"  # it is being made
        return f"{self.count or 'no'} {'transcript' if self.count == 1 else 'transcripts'}"


@dataclass(frozen=True, slots=True)
class _Shown:
    entries: Sequence[ListedCollection]
    current: str
    name: str
    go: str
    missing: str
    max_name: int = MAX_COLLECTION_NAME_CHARS


def render_collections(entries: Sequence[ListedCollection], go: str = "", missing: str = "") -> str:
    """All that can be opened, with forms to make, rename and delete them.

    :param go: the id of the one that the page is to open now.
    :param missing: the id of one that the address names and that is not there: what differs from what is on the page
        already is taken notice of there.
    """
    current = next(entry for entry in entries if entry.current)
    return render("collections.html", "collections", _Shown(entries, current.collection_id, current.name, go, missing))


def render_keeping(words: str) -> str:
    """What becomes of what is added, to stand beside the buttons for that."""
    return render("collections.html", "keeping", words)
