"""Visitors' own transcripts: an index each, in a temporary folder that goes when they do."""

import hashlib
import secrets
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

from corpus import Document, one_line
from index import (
    Location,
    Progress,
    Refusal,
    avoid_held_back,
    build_index,
    list_documents,
    open_store,
    remove_documents,
    update_index,
)
from qa import QA
from ui.callers import NOBODY, holder_of, is_browser, person_of
from ui.shelves import Shelf, Shelves, UploadRefused
from ui.table_folders import TableFolders, TablePlace
from ui.visitor_folder import VisitorFolder
from ui.workplace import Workplace

# A shelf of interviews; an archive belongs into an index of its own.
MAX_DOCUMENTS = 200
MAX_PASTED_CHARS = 4_000_000
# What all visitors whose transcripts are not kept may take on the disk, with the recordings that they bring.
MAX_RECORDINGS_BYTES = 10_000_000_000
_GONE = (
    "your transcripts were removed to make room for others', or because you had left; you had not asked them for long, "
    "so add them again"
)


class Uploads:
    """Who asks which index: visitors with uploads their own, everybody else the one that is served.

    :param shared: the place of the index that is served, when visitors may change that one for everybody.
    """

    def __init__(self, served: QA, *, shared: Location | None = None, shelves: Shelves | None = None) -> None:
        self.served = served
        self.shared = shared
        folder = VisitorFolder()
        self._root = folder.path
        weakref.finalize(self, folder.close)
        self._shelves = shelves or Shelves()
        self._tables = TableFolders(self._root)

    def qa_of(self, visitor: str) -> QA:
        """What this visitor asks."""
        own = self._shelves.get(visitor)
        return self.served if own is None else own.qa

    def check(self, visitor: str) -> None:
        """That this visitor asks what they think they ask.

        :raises UploadRefused: once, after their transcripts were removed for those of others.
        """
        if self._shelves.take_notice(visitor):
            raise UploadRefused(_GONE)

    def holder(self, token: str) -> str:
        """The visitor who holds a token that `new_token` gave.

        :raises UploadRefused: when nobody does, or not any more.
        """
        visitor = holder_of(token)
        if self._shelves.get(visitor) is None:
            raise UploadRefused("there is no such shelf, or no more; make one with rebuild")
        return visitor

    def new_token(self) -> str:
        """A token for who has no session; nobody can guess it."""
        return secrets.token_urlsafe(24)

    def settle(self, visitor: str) -> str:
        """The visitor as they see the page: in a collection that is there, whatever their address says."""
        return visitor

    def collection_of(self, visitor: str) -> str:
        """The name of the collection that the visitor has open, the same whenever it is; "" is what is served."""
        return ""

    def is_temporary(self, visitor: str) -> bool:
        """Whether what this visitor brings is deleted by itself, and what is served comes back then."""
        return self.shared is None

    def explain_keeping(self, visitor: str) -> str:
        """What becomes of that which this visitor would add, in a sentence."""
        if self.shared is not None:
            return "What you add goes into the index of this server, for everybody who uses it and to stay."
        ends = "an hour after you leave" if is_browser(visitor) else "when you close this page"
        seen = "in this browser alone" if is_browser(visitor) else "by you alone"
        return f"What you add is seen {seen}, and is deleted {ends} or when the server stops; keep your files."

    def explain_adding(self, visitor: str) -> str:
        """What became of that which this visitor has added, in words."""
        whose = "the transcripts of this server" if self.shared else "your own transcripts"
        return f"Added. Answers now come from {whose}."

    def table_place(self, visitor: str) -> TablePlace:
        """Where the tables about what this visitor asks are, and what becomes of them."""
        if isinstance(self.shared, Path):
            return TablePlace(
                self.shared,
                "Tables and tags stay with the index of this server, for all who use it; close this page at will.",
            )
        own = self._shelves.get(visitor)
        ends = "an hour after you leave" if is_browser(visitor) else "when you close this page"
        seen = "in this browser alone" if is_browser(visitor) else "by you alone"
        return TablePlace(
            self._tables.get(visitor) if own is None else own.folder,
            f"Tables and tags are seen {seen}, deleted {ends} or when the server stops; save what you want to keep.",
        )

    def place_of(self, visitor: str) -> Location | None:
        """Where the transcripts lie that the visitor asks and may change; None where they have none."""
        own = self._shelves.get(visitor)
        return self.shared or (own.folder if own is not None else None)

    def places(self, visitor: str) -> list[Location]:
        """Where all lie that the visitor can ask, besides what is served."""
        own = self._shelves.get(visitor)
        return [own.folder] if own is not None else []

    def workplace(self, visitor: str) -> Workplace:
        """Where the visitor's recordings lie until they are done with."""
        name = hashlib.sha256(person_of(visitor).encode()).hexdigest()[:32]
        if isinstance(self.shared, Path):
            return Workplace(self.shared / "arriving" / name, self._root, self.shared, None)
        return Workplace(self._root / "arriving" / name, self._root, self._root, MAX_RECORDINGS_BYTES)

    def has_own(self, visitor: str) -> bool:
        """Whether what this visitor asks is their own, to take documents out of."""
        return self.shared is not None or self._shelves.get(visitor) is not None

    def may_correct(self, visitor: str) -> bool:
        """Whether the visitor may lay corrections over what they ask."""
        return self.has_own(visitor) and not self.has_conditions(visitor)

    def has_conditions(self, visitor: str) -> bool:
        """Whether something of what the visitor asks is hidden: who corrects it must see all of it."""
        return bool(self.qa_of(visitor).store.conditions().records)

    def add(self, visitor: str, documents: Sequence[Document], progress: Progress | None = None) -> None:
        """Add documents to the visitor's own index, or replace those of the same name; it is made with the first ones.

        :raises UploadRefused: when there would be more than `MAX_DOCUMENTS`, and as `Shelves` does.
        :raises IndexingError: when the index cannot be written.
        """
        own = self._shelves.get(visitor)
        documents = avoid_held_back(documents, self.qa_of(visitor).store)
        held: set[str] = set()
        if self.shared is not None:
            held = {info.doc_id for info in list_documents(self.served.store)}
        elif own is not None:
            held = set(own.sizes)
        if len(held | {document.doc_id for document in documents}) > MAX_DOCUMENTS:
            raise UploadRefused(
                f"more than {MAX_DOCUMENTS} transcripts; remove some, or build an index of them with "
                "ontherecord index build and serve that"
            )
        if self.shared is not None:
            update_index(documents, self.shared, embedder=self.served.embedder, progress=progress)
        elif own is None:
            self.replace(visitor, documents, progress)
        else:
            new = _measure(documents)
            with self._shelves.changing(visitor, sum(new.values())):
                self._shelves.make_room(visitor, sum({**own.sizes, **new}.values()))
                update_index(documents, own.folder, embedder=self.served.embedder, progress=progress)
                own.sizes.update(new)

    def replace(self, visitor: str, documents: Sequence[Document], progress: Progress | None = None) -> None:
        """Let the visitor ask exactly `documents`, or everybody, where the index is shared.

        :raises UploadRefused: when nobody would know them again, and as `Shelves` does.
        :raises IndexingError: when the index cannot be written; all stays as it was.
        """
        if self.shared is not None:
            build_index(documents, self.shared, embedder=self.served.embedder, progress=progress)
            return
        if visitor == NOBODY:
            raise UploadRefused("who calls without a session has no transcripts of their own; call rebuild for a token")
        sizes = _measure(documents)
        with self._shelves.changing(visitor, sum(sizes.values())):
            self._shelves.make_room(visitor, sum(sizes.values()))
            folder = Path(tempfile.mkdtemp(dir=self._root))
            try:
                build_index(documents, folder, embedder=self.served.embedder, progress=progress)
                self._shelves.put(visitor, Shelf(self.served.with_store(open_store(folder)), folder, sizes))
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise

    def remove(self, visitor: str, doc_id: str) -> None:
        """Take a document out; with their last one a visitor is back at what is served.

        :raises UploadRefused: when it is not the visitor's to remove.
        :raises IndexingError: when there is no such document, or the index cannot be written.
        """
        own = self._shelves.get(visitor)
        folder = self.place_of(visitor)
        if not folder:
            raise UploadRefused("this transcript came with the program; add one of your own to ask that instead")
        documents = list_documents(self.qa_of(visitor).store)
        if [info.doc_id for info in documents] == [doc_id]:
            if self.shared is not None:
                raise UploadRefused("the last transcript stays; add another one first")
            self.forget(visitor)
            return
        remove_documents([doc_id], folder, embedder=self.served.embedder)
        if own is not None:
            own.sizes.pop(doc_id, None)

    def leave(self, visitor: str) -> None:
        """Delete the uploads of a visitor who has left, unless they come back within `ui.shelves.AWAY_S`."""
        self._shelves.leave(visitor)
        self._tables.leave(visitor)

    def forget(self, visitor: str) -> None:
        """Delete the visitor's uploads; from now on they ask what is served."""
        self._shelves.remove(visitor)
        self._tables.remove(visitor)


def _measure(documents: Sequence[Document]) -> dict[str, int]:
    return {document.doc_id: len(document.text) for document in documents}


def read_pasted(text: str, title: str, taken: Sequence[str]) -> Document:
    """The document of pasted text, under a name that none of `taken` has.

    :raises UploadRefused: when it is too long.
    :raises CorpusError: when it has no words.
    """
    if len(text) > MAX_PASTED_CHARS:
        raise UploadRefused(
            f"the text has {len(text):,} characters, at most {MAX_PASTED_CHARS:,} can be pasted; upload it as a file"
        )
    title = one_line(title)
    base = title or "pasted text"
    name, number = base, 2
    while name in taken:
        name, number = f"{base} {number}", number + 1
    return Document.from_text(text, doc_id=name, title=title or None)


def explain_refusal(refusal: Refusal) -> str:
    """Why a file was not read, without the place where the server keeps it, which is nobody's business."""
    return str(refusal.error).replace(str(refusal.path), refusal.path.name)
