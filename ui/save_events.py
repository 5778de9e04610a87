"""What the buttons that keep a conversation do."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from index import PassageStore
from ui.callers import visitor_of
from ui.conversation import Exchange
from ui.render import escape
from ui.saving import save_as, save_json, save_markdown
from ui.service import MENDABLE, ChatService


class SaveEvents:
    """The handlers; each gives a file for the browser to save."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def markdown(self, exchanges: Sequence[Exchange], request: gr.Request) -> Any:  # noqa: ANN401 - a file, or Gradio's word for none
        """The conversation as a file for reading."""
        return _make(lambda: save_markdown(exchanges, self._store_of(request)))

    def json(self, exchanges: Sequence[Exchange], request: gr.Request) -> Any:  # noqa: ANN401 - as above
        """The conversation as a file for `ontherecord verify`."""
        return _make(lambda: save_json(exchanges, self._store_of(request)))

    def other(self, exchanges: Sequence[Exchange], form: str, request: gr.Request) -> Any:  # noqa: ANN401 - as above
        """The conversation as a file for other programs."""
        return _make(lambda: save_as(exchanges, form, self._store_of(request)))

    def _store_of(self, request: gr.Request) -> PassageStore:
        return self._service.qa_of(visitor_of(request)).store


def _make(make: Callable[[], dict[str, str]]) -> Any:  # noqa: ANN401 - as above
    try:
        return {**make(), "made": str(time.time_ns())}  # the same file is saved once more, too
    except MENDABLE as error:
        gr.Warning(escape(str(error)))
        return gr.skip()
