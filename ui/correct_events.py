"""What the forms do that correct a transcript."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from ui.callers import visitor_of
from ui.conversation import Exchange
from ui.conversation_html import render_conversation
from ui.correcting import correct, renew, undo
from ui.render import escape
from ui.service import MENDABLE, ChatService


class CorrectEvents:
    """The handlers; each gives the transcript as it then is, and the conversation with what was corrected in it."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def correct(self, exchanges: Sequence[Exchange], event: gr.EventData, request: gr.Request) -> tuple[Any, Any, Any]:
        """Lay a correction over the transcript that is open."""
        visitor, given = visitor_of(request), event._data
        return self._show(visitor, given, exchanges, lambda: correct(self._service, visitor, given))

    def undo(self, exchanges: Sequence[Exchange], event: gr.EventData, request: gr.Request) -> tuple[Any, Any, Any]:
        """Take one back."""
        visitor, given = visitor_of(request), event._data
        return self._show(visitor, given, exchanges, lambda: undo(self._service, visitor, str(given.get("id"))))

    def _show(
        self, visitor: str, given: dict[str, Any], exchanges: Sequence[Exchange], change: Callable[[], object]
    ) -> tuple[Any, Any, Any]:
        start = given.get("start")
        try:
            change()
            shown = self._service.show_transcript(
                visitor, str(given.get("doc_id", "")), start if isinstance(start, int) else 0
            )
            with self._service.qa_of(visitor).store.reading() as view:
                renewed = renew(exchanges, view)
        except MENDABLE as error:
            raise gr.Error(escape(str(error))) from error
        return shown, render_conversation(renewed) if renewed else gr.skip(), renewed
