"""What each event about collections does: the list of them, the address that a page was opened with."""

from typing import Any

import gradio as gr

from index import Collection, IndexingError, list_documents, open_store
from ui.callers import opened_by, visitor_of
from ui.collections_html import ListedCollection, render_collections, render_keeping
from ui.history_events import HistoryEvents
from ui.kept_uploads import KeptUploads
from ui.render import escape
from ui.service import ChatService
from ui.told import told

Updates = tuple[Any, ...]


class CollectionEvents:
    """The handlers; a collection is named by its id, which is looked up among those of whoever asks."""

    def __init__(self, service: ChatService, past: HistoryEvents | None = None) -> None:
        """:param past: the conversations, of which those about a collection go when it is deleted."""
        self._service = service
        self._past = past

    @property
    def kept(self) -> KeptUploads | None:
        """Where collections are kept; None where visitors' transcripts are deleted by themselves, or shared."""
        return self._service.uploads if isinstance(self._service.uploads, KeptUploads) else None

    def show(self, request: gr.Request) -> Updates:
        """The list, and what becomes of what is added: for the drawer, and for where files are dropped."""
        return self.render(visitor_of(request))

    def render(self, visitor: str, go: str = "") -> Updates:
        """The same for a visitor; `go` is the collection that the page is to open then."""
        asked, visitor = visitor, self._service.uploads.settle(visitor)
        keeping = render_keeping(self._service.uploads.explain_keeping(visitor))
        kept = self.kept
        if kept is None:
            return "", keeping, keeping
        current = kept.opened(visitor)
        listed = [
            ListedCollection(each, _count(each), kept.is_fixed(each), each == current)
            for each in kept.collections(visitor)
        ]
        return render_collections(listed, go, "" if asked == visitor else opened_by(asked)), keeping, keeping

    def make(self, event: gr.EventData, request: gr.Request) -> Updates:
        """A new collection, which is opened."""
        kept, visitor = self._require_kept(), visitor_of(request)
        made = told(lambda: kept.make(visitor, str(event._data.get("name", ""))))
        return self.render(visitor, made.collection_id)

    def rename(self, event: gr.EventData, request: gr.Request) -> Updates:
        """Call one otherwise."""
        kept, visitor, data = self._require_kept(), visitor_of(request), event._data
        told(lambda: kept.rename(visitor, str(data.get("id", "")), str(data.get("name", ""))))
        return self.render(visitor)

    def delete(self, event: gr.EventData, request: gr.Request) -> Updates:
        """Delete one; where it was open, what is served is opened."""
        kept, visitor = self._require_kept(), visitor_of(request)
        deleted = told(lambda: kept.delete(visitor, str(event._data.get("id", ""))))
        if self._past is not None:
            self._past.forget(request, deleted.collection_id)
        settled = kept.settle(visitor)
        return self.render(settled, "" if settled == visitor else kept.home.collection_id)

    def land(self, event: gr.EventData, request: gr.Request) -> Updates:
        """The transcript that the address of a page names, or the first one of the collection that it names."""
        visitor, data = self._service.uploads.settle(visitor_of(request)), event._data
        doc_id, start = str(data.get("doc_id") or ""), data.get("start")
        held = told(lambda: self._service.documents(visitor))
        if doc_id and doc_id not in [info.doc_id for info in held]:
            what = "The passage" if data.get("place") is True else "The transcript"
            gr.Warning(f"{what} that the address names is not here (any more); this is the first transcript.")
            doc_id = ""
        shown = told(
            lambda: self._service.show_transcript(visitor, doc_id or None, start if isinstance(start, int) else 0)
        )
        chosen = doc_id or (held[0].doc_id if held else None)
        return shown, gr.update(choices=[(info.title, info.doc_id) for info in held], value=chosen)

    def warn(self, request: gr.Request) -> None:
        """Say so where the address names a collection that is not there."""
        visitor, kept = visitor_of(request), self.kept
        if kept is not None and opened_by(visitor) and kept.settle(visitor) != visitor:
            gr.Warning(
                escape(f"The collection that the address names is not here (any more); this is “{kept.home.name}”.")
            )

    def _require_kept(self) -> KeptUploads:
        assert self.kept is not None  # the handlers that want it are connected where there is one
        return self.kept


def _count(collection: Collection) -> int | None:
    """How many transcripts it holds; None where that cannot be read."""
    try:
        return len(list_documents(open_store(collection.location)))
    except IndexingError:
        return None
