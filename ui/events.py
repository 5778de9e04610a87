"""What each event of the page does: from Gradio's arguments to the service, and from its results to the panes."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr

from index import DocumentInfo, DocumentNotFound
from ui.callers import visitor_of
from ui.conversation import Exchange
from ui.conversation_html import render_conversation, render_offered, render_welcome
from ui.correct_events import CorrectEvents
from ui.history_events import HistoryEvents
from ui.lists import render_status, render_uploads
from ui.models import ASKING
from ui.render import escape
from ui.save_events import SaveEvents
from ui.service import MENDABLE, ChatService, Restriction
from ui.source_events import SourceEvents
from ui.told import told

CONCURRENT_ANSWERS = 4
MAX_ADDRESS_CHARS = 200
# They are checked one at a time; who waits for that holds nobody else up.
CONCURRENT_SUGGESTIONS = 4
# More than wait for a large one, see `ui.shelves`, so that a small one never does.
CONCURRENT_UPLOADS = 8

T = TypeVar("T")
Exchanges = Sequence[Exchange]
Updates = tuple[Any, ...]
IDLE: dict[str, Any] = {"submit_btn": True, "stop_btn": False}
BUSY: dict[str, Any] = {"value": "", "submit_btn": False, "stop_btn": True}


class Events:
    """The handlers of a page; Gradio's session tells one visitor from another."""

    def __init__(self, service: ChatService, past: HistoryEvents) -> None:
        self._service = service
        self.saving = SaveEvents(service)
        self.correcting = CorrectEvents(service)
        self.past = past
        self.sources = SourceEvents(service)
        self._readers = ThreadPoolExecutor(CONCURRENT_ANSWERS, "reader")
        self._suggesters = ThreadPoolExecutor(CONCURRENT_SUGGESTIONS, "suggester")

    async def ask_from_box(
        self,
        text: str,
        exchanges: Exchanges,
        docs: list[str] | None,
        who: str | None,
        shown: str | None,
        name: str,
        request: gr.Request,
    ) -> AsyncIterator[Updates]:
        """Answer what was typed."""
        if text.strip():
            known = await asyncio.to_thread(self.past.know, request, name, exchanges)
            async for updates in self._reply(text, known, _scope(docs, who, shown), name, request):
                yield updates
        else:
            yield (gr.skip(),) * 4

    async def ask_from_page(
        self,
        exchanges: Exchanges,
        docs: list[str] | None,
        who: str | None,
        shown: str | None,
        name: str,
        event: gr.EventData,
        request: gr.Request,
    ) -> AsyncIterator[Updates]:
        """Answer a question that was clicked on, or asked again or otherwise in place of the one at `index`.

        Or one that was understood from those before it and is to be asked `alone`.
        """
        text, index = str(event._data.get("question", "")), event._data.get("index")
        known = await asyncio.to_thread(self.past.know, request, name, exchanges)
        at = index if isinstance(index, int) and 0 <= index < len(known) else len(known)
        scope, alone = _scope(docs, who, shown), event._data.get("alone") is True
        async for updates in self._reply(text, known, scope, name, request, at=at, alone=alone):
            yield updates

    async def _reply(
        self,
        text: str,
        known: Exchanges,
        scope: Restriction,
        name: str,
        request: gr.Request,
        *,
        at: int | None = None,
        alone: bool = False,
    ) -> AsyncIterator[Updates]:
        """:param at: the number, from 0 on, of the exchange in whose place it is asked; None asks it at the end."""
        at = len(known) if at is None else at
        before, behind = known[:at], known[at + 1 :]
        exchanges: Exchanges = known
        begun: Exchanges = ()
        steps = self._service.ask(visitor_of(request), text, before, scope, alone=alone)
        async for growing in _step_by_step(steps, self._readers):
            exchanges, box = (*growing, *behind), gr.skip()
            if not begun:  # at once, so that a question is there whatever becomes of the server and of this page
                name = await asyncio.to_thread(self.past.keep, request, name, known, exchanges)
                begun, box = exchanges, gr.update(**BUSY)
            shown = render_conversation(exchanges, waiting=True, worked_on=len(growing))
            yield shown, exchanges, box, name or gr.skip()
        if name:
            name = await asyncio.to_thread(self.past.keep, request, name, begun, exchanges)
        yield render_conversation(exchanges), exchanges, gr.update(**IDLE), name or gr.skip()

    async def suggest(
        self, exchanges: Exchanges, docs: list[str] | None, who: str | None, request: gr.Request
    ) -> AsyncIterator[str]:
        """What to ask next, as it is found; the answer is on the page already."""
        yield ""  # nothing of an earlier question's
        exchanges = await asyncio.to_thread(self.past.keep_to_conditions, exchanges, request)
        steps = self._service.suggest(visitor_of(request), exchanges, _scope(docs, who))
        async for suggested in _step_by_step(steps, self._suggesters):
            yield render_offered(exchanges[-1].question, suggested)

    async def find_examples(self, request: gr.Request) -> AsyncIterator[Any]:
        """What to begin with, as it is found."""
        yield gr.skip()  # Gradio empties what a handler that gives nothing at all is to fill
        visitor = self._service.uploads.settle(visitor_of(request))
        async for examples in _step_by_step(self._service.find_examples(visitor), self._suggesters):
            yield render_welcome(examples)

    def stop(self, exchanges: Exchanges, request: gr.Request) -> Updates:
        """What is left when an answer was stopped."""
        exchanges = self.past.keep_to_conditions(exchanges, request)
        return render_conversation(exchanges), gr.update(**IDLE)

    def judge(self, exchanges: Exchanges, name: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Keep a verdict, or take it back."""
        given, exchanges = event._data, self.past.know(request, name, exchanges)
        verdict = None if given.get("verdict") is None else str(given.get("verdict"))
        number = given.get("index") if isinstance(given.get("index"), int) else -1
        judged = told(
            lambda: self._service.judge(visitor_of(request), exchanges, number, str(given.get("what")), verdict)
        )
        self.past.keep(request, name, exchanges, judged)
        return render_conversation(judged), judged

    def open_passage(self, event: gr.EventData, request: gr.Request) -> Updates:
        """The transcript, or the part of it, in which a quote stands."""
        doc_id, start = str(event._data.get("doc_id", "")), event._data.get("start")
        try:
            shown = self._service.show_transcript(visitor_of(request), doc_id, start if isinstance(start, int) else 0)
        except DocumentNotFound:
            gr.Warning("That passage is in none of the transcripts that you are asking now.")
            return gr.skip(), gr.skip()
        except MENDABLE as error:
            raise gr.Error(escape(str(error))) from error
        return shown, gr.update(choices=_titles_of(self._service.documents(visitor_of(request))), value=doc_id)

    def open_document(self, doc_id: str, request: gr.Request) -> str:
        """Another transcript, from its beginning."""
        return told(lambda: self._service.show_transcript(visitor_of(request), doc_id))

    def survey(self, request: gr.Request) -> Updates:
        """What all lists show now, and the examples before a conversation."""
        visitor = self._service.uploads.settle(visitor_of(request))
        held = told(lambda: self._service.documents(visitor))
        titles, named = _titles_of(held), request.query_params.get("document")
        shown = next((info.doc_id for info in held if info.doc_id == named), held[0].doc_id if held else None)
        several = len(held) > 1
        own = self._service.uploads.has_own(visitor)
        return (
            gr.update(choices=titles, value=shown, visible=several),
            gr.update(choices=titles, value=[], visible=several),
            _speakers_of(held),
            render_welcome(self._service.examples(visitor)),
            gr.update(visible=own and self._service.uploads.is_temporary(visitor)),
        )

    def show_first(self, request: gr.Request) -> str:
        """The first of the visitor's transcripts."""
        return told(lambda: self._service.show_transcript(self._service.uploads.settle(visitor_of(request))))

    def upload(self, files: list[str], request: gr.Request) -> Iterator[str]:
        """Add transcripts to the caller's own; the result says in HTML what became of each file."""
        for head, rows in self._service.upload(visitor_of(request), [Path(file) for file in files]):
            yield render_uploads(head, rows)

    def paste(self, text: str, title: str, request: gr.Request) -> Updates:
        """Add a pasted transcript; what could not be read stays in its box."""
        added, said = self._service.paste(visitor_of(request), text, title)
        left = "" if added else gr.skip()
        return render_uploads(said, ()), left, left

    def start_again(self, request: gr.Request) -> str:
        """Forget the caller's own transcripts; answers come from the served ones again."""
        self._service.uploads.forget(visitor_of(request))
        return ""

    def leave(self, request: gr.Request) -> None:
        """Forget a visitor who has closed the page."""
        self._service.forget(visitor_of(request))

    def use_model(self, url: str, model: str, key: str, way: str, request: gr.Request) -> Iterator[Updates]:
        """Have answers phrased by a language model; its key is taken out of the page at once."""
        yield render_status(ASKING), ""
        yield render_status(self._service.models.choose(visitor_of(request), url, model, key, way)), ""

    def look_for_models(self, request: gr.Request) -> Updates:
        """Offer the models of the servers that run on this machine."""
        said, servers = self._service.models.look_around(visitor_of(request))
        choices = [
            (f"{name} ({server.name})", json.dumps([server.url, name])) for server in servers for name in server.models
        ]
        return render_status(said), gr.update(choices=choices, value=None, visible=bool(choices))

    def take_found(self, chosen: str | None) -> Updates:
        """The address and the name of a model that was found, in their boxes."""
        try:
            url, name = json.loads(chosen or "")
        except (ValueError, TypeError):
            return gr.skip(), gr.skip()
        return str(url)[:MAX_ADDRESS_CHARS], str(name)[:MAX_ADDRESS_CHARS]

    def use_no_model(self, request: gr.Request) -> Updates:
        """Make answers of quotes alone."""
        return render_status(self._service.models.choose_none(visitor_of(request))), ""


async def _step_by_step(steps: Iterator[T], threads: Executor) -> AsyncIterator[T]:
    """What `steps` gives, each made in a thread.

    Whoever is stopped goes at once and leaves the step under way to end by itself: Gradio would else keep the page's
    stream of messages open for it and, closing it later, may lose what was asked meanwhile.
    """
    while (step := await asyncio.get_running_loop().run_in_executor(threads, next, steps, None)) is not None:
        yield step


def _scope(docs: list[str] | None, who: str | None, shown: str | None = None) -> Restriction:
    return Restriction(tuple(docs) if docs else None, who or None, shown or None)


def _titles_of(documents: Sequence[DocumentInfo]) -> list[tuple[str, str]]:
    return [(info.title, info.doc_id) for info in documents]


def _speakers_of(documents: Sequence[DocumentInfo]) -> dict[str, Any]:
    names = dict.fromkeys(name for info in documents for name in info.speakers)
    return gr.update(choices=[("everybody", ""), *((name, name) for name in names)], value="")
