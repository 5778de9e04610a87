"""What the list of transcripts does: choosing, removing and getting back, and searching in the one that is open."""

from typing import Any

import gradio as gr

from index import DocumentNotFound, copy_stored, explain_held_back, list_held_back
from ui.callers import visitor_of
from ui.removals import Removals, attach_again, find_recording
from ui.render import escape
from ui.service import ChatService
from ui.shelves import UploadRefused
from ui.sources import SourceRows, list_places, render_removed, render_sources
from ui.told import told

NOTHING_REMOVED = ""


class SourceEvents:
    """The handlers of the list."""

    def __init__(self, service: ChatService) -> None:
        self._service = service
        self._rows = SourceRows()
        self._removals = Removals()

    def show(self, request: gr.Request) -> str:
        """The list as it is now."""
        visitor = self._service.uploads.settle(visitor_of(request))
        held = told(lambda: self._service.documents(visitor))
        rows = told(lambda: self._rows.make(held, lambda doc_id: self._service.document(visitor, doc_id)))
        held_back = told(lambda: explain_held_back(list_held_back(self._service.qa_of(visitor).store)))
        return render_sources(rows, removable=self._service.uploads.has_own(visitor), held_back=held_back)

    def remove(self, event: gr.EventData, request: gr.Request) -> str:
        """Take one of the visitor's transcripts out, and offer it back."""
        visitor, doc_id = visitor_of(request), str(event._data.get("doc_id", ""))
        uploads = self._service.uploads

        def remove() -> str:
            if not uploads.has_own(visitor):
                raise UploadRefused("this transcript came with the program; add one of your own to ask that instead")
            title = self._service.document(visitor, doc_id).title
            document = copy_stored(uploads.qa_of(visitor).store, doc_id)
            recording = find_recording(uploads.place_of(visitor), doc_id)
            uploads.remove(visitor, doc_id)
            token = self._removals.keep(visitor, document, recording)
            return render_removed(title, token, copy_deleted=recording is not None and recording.copied)

        return told(remove)

    def restore(self, event: gr.EventData, request: gr.Request) -> str:
        """Put back what was removed."""
        visitor, token = visitor_of(request), str(event._data.get("token", ""))
        removal = told(lambda: self._removals.find(visitor, token))
        told(lambda: self._service.uploads.add(visitor, [removal.document]))
        self._removals.forget(token)
        problem = attach_again(removal.recording, self._service.uploads.place_of(visitor))
        if problem is not None:
            gr.Warning(escape(problem))
        return NOTHING_REMOVED

    def find_places(self, event: gr.EventData, request: gr.Request) -> Any:  # noqa: ANN401 - HTML, or Gradio's word for none
        """Where some words stand in a transcript."""
        doc_id, words = str(event._data.get("doc_id", "")), str(event._data.get("words", ""))
        try:
            return list_places(self._service.document(visitor_of(request), doc_id), words)
        except DocumentNotFound:
            return gr.skip()
