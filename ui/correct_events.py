"""What the forms do that correct a transcript."""

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from ui.callers import visitor_of
from ui.correcting import correct, undo
from ui.service import ChatService
from ui.told import told


class CorrectEvents:
    """The handlers; each gives the transcript as it then is."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def correct(self, event: gr.EventData, request: gr.Request) -> str:
        """Lay a correction over the transcript that is open."""
        visitor, given = visitor_of(request), event._data
        return self._show(visitor, given, lambda: correct(self._service, visitor, given))

    def undo(self, event: gr.EventData, request: gr.Request) -> str:
        """Take one back."""
        visitor, given = visitor_of(request), event._data
        return self._show(visitor, given, lambda: undo(self._service, visitor, str(given.get("id"))))

    def _show(self, visitor: str, given: Mapping[str, Any], change: Callable[[], object]) -> str:
        start = given.get("start")
        told(change)
        around = start if isinstance(start, int) else 0
        return told(lambda: self._service.show_transcript(visitor, str(given.get("doc_id", "")), around))
