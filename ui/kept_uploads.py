"""Uploads that stay: they go into the collection that the page of whoever brings them has open."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from corpus import BUNDLED_NAME, Document
from index import (
    Collection,
    DocumentInfo,
    IndexingError,
    Location,
    Progress,
    avoid_held_back,
    delete_collection,
    list_documents,
    make_collection,
    named_collections,
    open_store,
    remove_documents,
    rename_collection,
    show_location,
    update_index,
)
from qa import QA
from ui.callers import is_user, open_as, opened_by, person_of
from ui.opened_collections import OpenedCollections
from ui.shelves import Shelves, UploadRefused
from ui.table_folders import TablePlace
from ui.uploads import MAX_DOCUMENTS, Uploads
from ui.workplace import Workplace, count_bytes

# What is added to the bundled interview, or to an index that is served to many, begins a collection of this name.
FIRST_OWN = "My transcripts"
# What the collections of a user may take on the disk of a server, and how many they may be.
MAX_USER_BYTES = 2_000_000_000
MAX_USER_COLLECTIONS = 50
_MAX_MOVED = 1_000


class KeptUploads(Uploads):
    """Who asks which collection: whoever has one open in the address of their page that, everybody else what is served.

    Programs, whose calls have no such address, have shelves that are not kept, as in `Uploads`.
    """

    def __init__(
        self,
        served: QA,
        home: Collection,
        folder: Path,
        *,
        others: Sequence[Collection] = (),
        each_user: bool = False,
        shelves: Shelves | None = None,
    ) -> None:
        """:param home: what is served, which an address without a collection opens.

        :param folder: where the collections are.
        :param others: collections that are elsewhere.
        :param each_user: every user has collections of their own, in a folder of their own, and nobody changes `home`.
        """
        super().__init__(served, shelves=shelves)
        self.home, self._others = home, tuple(others)
        self._folder, self._each_user = folder, each_user
        self._lock = threading.Lock()
        self._ready = OpenedCollections(served)
        # Who began a collection of their own in a page that has yet to learn its address.
        self._moved: OrderedDict[str, str] = OrderedDict()

    def collections(self, visitor: str) -> list[Collection]:
        """Those that the visitor can open: what is served first, then by name."""
        fixed = [self.home, *self._others]
        places = {str(collection.location) for collection in fixed}
        named = named_collections(self._folder_of(visitor))
        return [*fixed, *(collection for collection in named if str(collection.location) not in places)]

    def opened(self, visitor: str) -> Collection:
        """The collection that the visitor has open.

        :raises UploadRefused: when it is not there (any more).
        """
        collection_id = opened_by(visitor) or self.home.collection_id
        person = person_of(visitor)
        with self._lock:
            if collection_id == self.home.collection_id:
                collection_id = self._moved.get(person, collection_id)
            else:
                self._moved.pop(person, None)
        for collection in self.collections(visitor):
            if collection.collection_id == collection_id:
                return collection
        raise UploadRefused("the collection that is open here is not there any more; open another one")

    def settle(self, visitor: str) -> str:
        """See `Uploads.settle`."""
        try:
            self.opened(visitor)
        except UploadRefused:
            return open_as(person_of(visitor), self.home.collection_id)
        return visitor if opened_by(visitor) else open_as(visitor, self.home.collection_id)

    def collection_of(self, visitor: str) -> str:
        """See `Uploads.collection_of`: the id of one of the visitor's, the place of any other."""
        collection = self.opened(self.settle(visitor))
        own = isinstance(collection.location, Path) and collection.location.parent == self._folder_of(visitor)
        return collection.collection_id if own else show_location(collection.location)

    def make(self, visitor: str, name: str) -> Collection:
        """A new collection of the visitor's.

        :raises UploadRefused: when they have too many.
        :raises IndexingError: as `make_collection`.
        """
        folder = self._folder_of(visitor)
        if self._each_user and len(named_collections(folder)) >= MAX_USER_COLLECTIONS:
            raise UploadRefused(f"there are {MAX_USER_COLLECTIONS} collections already; delete one first")
        return make_collection(name, folder)

    def rename(self, visitor: str, collection_id: str, name: str) -> Collection:
        """One of the visitor's, called otherwise.

        :raises UploadRefused: when it is none of theirs.
        :raises IndexingError: as `rename_collection`.
        """
        return rename_collection(self._own(visitor, collection_id), name)

    def delete(self, visitor: str, collection_id: str) -> Collection:
        """Delete one of the visitor's with all that is in it; gives what it was; raises as `rename`."""
        collection = self._own(visitor, collection_id)
        delete_collection(collection)
        self._ready.forget(collection)
        return collection

    def is_fixed(self, collection: Collection) -> bool:
        """Whether nobody can rename or delete it here: it is what is served, or elsewhere."""
        return collection in (self.home, *self._others)

    def qa_of(self, visitor: str) -> QA:
        """See `Uploads.qa_of`.

        :raises UploadRefused: when the collection is not there any more.
        :raises IndexingError: when it cannot be read.
        """
        if not opened_by(visitor):
            return super().qa_of(visitor)
        collection = self.opened(visitor)
        return self.served if collection is self.home else self._ready.get(collection)

    def place_of(self, visitor: str) -> Location | None:
        """See `Uploads.place_of`."""
        if not opened_by(visitor):
            return super().place_of(visitor)
        collection = self.opened(visitor)
        return collection.location if self._may_add(collection) else None

    def places(self, visitor: str) -> list[Location]:
        """See `Uploads.places`: those of no other user."""
        return [*super().places(visitor), *(each.location for each in self.collections(visitor))]

    def workplace(self, visitor: str) -> Workplace:
        """See `Uploads.workplace`; what is unfinished is found again by the next server."""
        folder = self._folder_of(visitor)
        return Workplace(folder / ".arriving", self._root, folder, MAX_USER_BYTES if self._each_user else None)

    def has_own(self, visitor: str) -> bool:
        """See `Uploads.has_own`."""
        return self._may_add(self.opened(visitor)) if opened_by(visitor) else super().has_own(visitor)

    def is_temporary(self, visitor: str) -> bool:
        """See `Uploads.is_temporary`."""
        return not opened_by(visitor)

    def explain_keeping(self, visitor: str) -> str:
        """See `Uploads.explain_keeping`."""
        collection = self.opened(visitor)
        where = "on this server, for you alone" if self._each_user else f"in {self._folder_of(visitor)}"
        if not self._may_add(collection):
            return f"What you add begins a collection of your own, “{FIRST_OWN}”, and stays {where}."
        if not self._each_user:
            where = f"in {show_location(collection.location)}"
        return f"What you add to “{collection.name}” stays {where}."

    def explain_adding(self, visitor: str) -> str:
        """See `Uploads.explain_adding`."""
        if not opened_by(visitor):
            return super().explain_adding(visitor)
        return f"Added to “{self.opened(visitor).name}”. Answers now come from there."

    def table_place(self, visitor: str) -> TablePlace:
        """See `Uploads.table_place`; a user's about what is served to all are the user's own."""
        collection = self.opened(visitor) if opened_by(visitor) else self.home
        if not opened_by(visitor) or not isinstance(collection.location, Path):
            return super().table_place(visitor)
        place, whose = collection.location, ""
        if self._each_user:
            whose = ", for you alone"
            if self.is_fixed(collection):
                place = self._folder_of(visitor) / f".tables-{collection.collection_id}"
        return TablePlace(place, f"Tables and tags stay with “{collection.name}”{whose}; a table goes on without you.")

    def may_correct(self, visitor: str) -> bool:
        """See `Uploads.may_correct`; on one's own machine that is all there is."""
        if not opened_by(visitor):
            return super().may_correct(visitor)
        own = not self._each_user or self._may_add(self.opened(visitor))
        return own and not self.has_conditions(visitor)

    def add(self, visitor: str, documents: Sequence[Document], progress: Progress | None = None) -> None:
        """See `Uploads.add`; what is added to a collection that others ask too begins one of the visitor's own."""
        if not opened_by(visitor):
            super().add(visitor, documents, progress)
            return
        collection = self.opened(visitor)
        if not self._may_add(collection):
            collection = self._begin_own(visitor)
        documents = avoid_held_back(documents, open_store(collection.location))
        if self._each_user:
            self._require_room(visitor, collection, documents)
        with self._shelves.changing(f"kept {collection.location}", sum(len(document.text) for document in documents)):
            update_index(documents, collection.location, embedder=self.served.embedder, progress=progress)

    def remove(self, visitor: str, doc_id: str) -> None:
        """See `Uploads.remove`; the last one may go, but from what is served."""
        if not opened_by(visitor):
            super().remove(visitor, doc_id)
            return
        collection = self.opened(visitor)
        if not self._may_add(collection):
            raise UploadRefused(
                "this transcript came with the program; make a collection of your own to ask without it"
            )
        if self.is_fixed(collection) and len(self._documents(collection)) == 1:
            raise UploadRefused("the last transcript stays; add another one first")
        remove_documents([doc_id], collection.location, embedder=self.served.embedder)

    def forget(self, visitor: str) -> None:
        """See `Uploads.forget`; what is kept stays."""
        super().forget(visitor)
        with self._lock:
            self._moved.pop(person_of(visitor), None)

    def _folder_of(self, visitor: str) -> Path:
        """Where the visitor's collections are: a user's in a folder that no other name has."""
        if not self._each_user:
            return self._folder
        if not is_user(visitor):
            return self._folder / "nobody"
        return self._folder / hashlib.sha256(person_of(visitor).encode()).hexdigest()[:32]

    def _own(self, visitor: str, collection_id: str) -> Collection:
        for collection in self.collections(visitor):
            if collection.collection_id == collection_id:
                if self.is_fixed(collection):
                    raise UploadRefused(f"the collection “{collection.name}” is what there is to begin with, and stays")
                return collection
        raise UploadRefused("there is no such collection any more")

    def _may_add(self, collection: Collection) -> bool:
        """Whether what is brought goes into it: not into what is served to many, nor beside the bundled interview."""
        if self._each_user or not collection.is_default:
            return not (self._each_user and self.is_fixed(collection))
        try:
            held = self._documents(collection)
        except IndexingError:
            return False
        return any(info.doc_id != BUNDLED_NAME for info in held)

    def _documents(self, collection: Collection) -> list[DocumentInfo]:
        """What it holds; of what is served and still being made nothing, since this waits for nothing."""
        return list_documents(open_store(collection.location))

    def _begin_own(self, visitor: str) -> Collection:
        """The visitor's first collection, which their page then has open."""
        named = named_collections(self._folder_of(visitor))
        found = [collection for collection in named if collection.name == FIRST_OWN]
        collection = found[0] if found else self.make(visitor, FIRST_OWN)
        with self._lock:
            self._moved[person_of(visitor)] = collection.collection_id
            if len(self._moved) > _MAX_MOVED:
                self._moved.popitem(last=False)
        return collection

    def _require_room(self, visitor: str, collection: Collection, documents: Sequence[Document]) -> None:
        held = {info.doc_id for info in self._documents(collection)}
        if len(held | {document.doc_id for document in documents}) > MAX_DOCUMENTS:
            raise UploadRefused(f"a collection has at most {MAX_DOCUMENTS} transcripts here; begin another one")
        if count_bytes(self._folder_of(visitor)) > MAX_USER_BYTES:
            raise UploadRefused("your collections take all the room that a user has on this server; delete one first")
