"""Visitors' own transcripts: an index each, in a temporary folder that goes when they do."""

import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from corpus import Document, one_line
from index import Location, Progress, Refusal, build_index, list_documents, open_store, remove_documents, update_index
from qa import QA
from ui.visitor_folder import VisitorFolder

# Beyond this many visitors with uploads, those of the one who uploaded first are forgotten.
MAX_VISITORS = 200
# A shelf of interviews; an archive belongs into an index of its own.
MAX_DOCUMENTS = 200
MAX_PASTED_CHARS = 4_000_000


class UploadRefused(Exception):
    """Something that the visitor cannot do with their transcripts; the message says why and what to do."""


class Uploads:
    """Who asks which index: visitors with uploads their own, everybody else the one that is served.

    :param shared: the place of the index that is served, when visitors may change that one for everybody.
    """

    def __init__(self, served: QA, *, shared: Location | None = None) -> None:
        self.served = served
        self.shared = shared
        folder = VisitorFolder()
        self._root = folder.path
        weakref.finalize(self, folder.close)
        self._lock = threading.Lock()
        self._own: OrderedDict[str, tuple[QA, Path]] = OrderedDict()

    def qa_of(self, visitor: str) -> QA:
        """What this visitor asks."""
        own = self._own_of(visitor)
        return self.served if own is None else own[0]

    def has_own(self, visitor: str) -> bool:
        """Whether what this visitor asks is their own, to take documents out of."""
        return self.shared is not None or self._own_of(visitor) is not None

    def add(self, visitor: str, documents: Sequence[Document], progress: Progress | None = None) -> None:
        """Add documents to the visitor's own index, or replace those of the same name; it is made with the first ones.

        :raises UploadRefused: when there would be more than `MAX_DOCUMENTS`.
        :raises IndexingError: when the index cannot be written.
        """
        own = self._own_of(visitor)
        folder = self.shared or (own and own[1])
        held = {info.doc_id for info in list_documents(self.qa_of(visitor).store)} if folder else set()
        if len(held | {document.doc_id for document in documents}) > MAX_DOCUMENTS:
            raise UploadRefused(
                f"more than {MAX_DOCUMENTS} transcripts; remove some, or build an index of them with "
                "ontherecord index build and serve that"
            )
        if folder:
            update_index(documents, folder, embedder=self.served.embedder, progress=progress)
        else:
            self.replace(visitor, documents, progress)

    def replace(self, visitor: str, documents: Sequence[Document], progress: Progress | None = None) -> None:
        """Let the visitor ask exactly `documents`, or everybody, where the index is shared.

        :raises IndexingError: when the index cannot be written; all stays as it was.
        """
        if self.shared is not None:
            build_index(documents, self.shared, embedder=self.served.embedder, progress=progress)
            return
        folder = Path(tempfile.mkdtemp(dir=self._root))
        try:
            build_index(documents, folder, embedder=self.served.embedder, progress=progress)
            own = self.served.with_store(open_store(folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.forget(visitor)
        with self._lock:
            self._own[visitor] = (own, folder)
            oldest = next(iter(self._own)) if len(self._own) > MAX_VISITORS else None
        if oldest is not None:
            self.forget(oldest)

    def remove(self, visitor: str, doc_id: str) -> None:
        """Take a document out; with their last one a visitor is back at what is served.

        :raises UploadRefused: when it is not the visitor's to remove.
        :raises IndexingError: when there is no such document, or the index cannot be written.
        """
        own = self._own_of(visitor)
        folder = self.shared or (own and own[1])
        if not folder:
            raise UploadRefused("this transcript came with the program; add one of your own to ask that instead")
        documents = list_documents(self.qa_of(visitor).store)
        if [info.doc_id for info in documents] == [doc_id]:
            if self.shared is not None:
                raise UploadRefused("the last transcript stays; add another one first")
            self.forget(visitor)
            return
        remove_documents([doc_id], folder, embedder=self.served.embedder)

    def forget(self, visitor: str) -> None:
        """Delete the visitor's uploads; from now on they ask what is served."""
        with self._lock:
            own = self._own.pop(visitor, None)
        if own is not None:
            shutil.rmtree(own[1], ignore_errors=True)

    def _own_of(self, visitor: str) -> tuple[QA, Path] | None:
        with self._lock:
            return self._own.get(visitor)


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
