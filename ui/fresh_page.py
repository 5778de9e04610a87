"""What stands in the page before any event: shown as the conditions of the collection have it now."""

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus import Conditions, Document
from index import IndexingError, PassageStore, PendingStore
from ui.transcript import render_transcript

# Where Gradio gives the page, and what it is made of.
_PAGE = frozenset({"/", "/config"})


class FreshPage:
    """Stands in front of a page; its first transcript was laid out when the server started, and may be hidden since."""

    def __init__(self, app: ASGIApp, page: gr.Blocks, store: PassageStore) -> None:
        self._app = app
        self._page = page
        self._store = store
        self._known = Conditions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; before one for the page, lay it out anew where its conditions are others."""
        if scope["type"] == "http" and scope["path"] in _PAGE:
            await run_in_threadpool(self._renew)
        await self._app(scope, receive, send)

    def _renew(self) -> None:
        if isinstance(self._store, PendingStore) and not self._store.is_made:
            return  # nobody can have set any yet
        first: Document | None
        try:
            conditions = self._store.conditions()
            if conditions == self._known:
                return
            with self._store.reading() as view:
                held = view.documents()
                first = view.document(held[0].doc_id) if held else None
        except IndexingError:
            conditions, first = Conditions(), None
        for block in self._page.blocks.values():
            if isinstance(block, gr.HTML) and block.elem_id == "transcript":
                block.value = render_transcript(first)
        self._page.config = self._page.get_config_file()
        self._known = conditions
