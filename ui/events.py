"""Which event of the page does what: from Gradio's arguments to the service, and from its results to the panes."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr

from index import DocumentInfo, DocumentNotFound
from ui.conversation import ConversationInvalid, Exchange, read_conversation
from ui.conversation_html import render_conversation
from ui.export import export_json, export_markdown
from ui.lists import render_documents, render_history, render_status, render_uploads
from ui.page import Page
from ui.render import escape
from ui.service import MENDABLE, ChatService, Restriction

CONCURRENT_ANSWERS = 4
MAX_KEPT_CONVERSATIONS = 12
MAX_TITLE_CHARS = 80

T = TypeVar("T")
Exchanges = Sequence[Exchange]
Updates = tuple[Any, ...]
BAR = gr.Progress()
IDLE: dict[str, Any] = {"submit_btn": True, "stop_btn": False}
BUSY: dict[str, Any] = {"value": "", "submit_btn": False, "stop_btn": True}


class Events:
    """The handlers of a page; a visitor is told from another by Gradio's session."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def ask_from_box(
        self,
        text: str,
        exchanges: Exchanges,
        docs: list[str] | None,
        who: str | None,
        kept: object,
        name: str,
        request: gr.Request,
    ) -> Iterator[Updates]:
        """Answer what was typed."""
        if text.strip():
            chosen = _scope(docs, who)
            yield from self._reply(text, exchanges, chosen, kept, name, visitor_of(request))
        else:
            yield (gr.skip(),) * 6

    def ask_from_page(
        self,
        exchanges: Exchanges,
        docs: list[str] | None,
        who: str | None,
        kept: object,
        name: str,
        event: gr.EventData,
        request: gr.Request,
    ) -> Iterator[Updates]:
        """Answer a question that was clicked on, or asked again or otherwise in place of the one at `index`."""
        text, index = str(event._data.get("question", "")), event._data.get("index")
        before = exchanges[:index] if isinstance(index, int) and index >= 0 else exchanges
        yield from self._reply(text, before, _scope(docs, who), kept, name, visitor_of(request))

    def _reply(
        self, text: str, before: Exchanges, scope: Restriction, kept: object, name: str, visitor: str
    ) -> Iterator[Updates]:
        exchanges: Exchanges = before
        box: Any = gr.update(**BUSY)
        for exchanges in self._service.ask(visitor, text, before, scope):
            yield render_conversation(exchanges, waiting=True), exchanges, box, *(gr.skip(),) * 3
            box = gr.skip()
        yield render_conversation(exchanges), exchanges, gr.update(**IDLE), *_keep(kept, name, exchanges)

    def stop(self, exchanges: Exchanges) -> Updates:
        """What is left when an answer was stopped."""
        return render_conversation(exchanges), gr.update(**IDLE)

    def judge(self, exchanges: Exchanges, kept: object, name: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Keep a verdict, or take it back."""
        given = event._data
        verdict = None if given.get("verdict") is None else str(given.get("verdict"))
        number = given.get("index") if isinstance(given.get("index"), int) else -1
        judged = _told(
            lambda: self._service.judge(visitor_of(request), exchanges, number, str(given.get("what")), verdict)
        )
        return render_conversation(judged), judged, *_keep(kept, name, judged)

    def open_passage(self, event: gr.EventData, request: gr.Request) -> Updates:
        """The transcript, or the part of it, in which a quote stands."""
        doc_id, start = str(event._data.get("doc_id", "")), event._data.get("start")
        try:
            shown = self._service.show_transcript(visitor_of(request), doc_id, start if isinstance(start, int) else 0)
        except DocumentNotFound:
            gr.Warning("That passage is in none of the transcripts that you are asking now.")
            return gr.skip(), gr.skip()
        return shown, gr.update(choices=_titles_of(self._service.documents(visitor_of(request))), value=doc_id)

    def open_document(self, doc_id: str, request: gr.Request) -> str:
        """Another transcript, from its beginning."""
        return _told(lambda: self._service.show_transcript(visitor_of(request), doc_id))

    def survey(self, exchanges: Exchanges, request: gr.Request) -> Updates:
        """What all lists show now, and the conversation where it is still to begin."""
        visitor = visitor_of(request)
        held = self._service.documents(visitor)
        titles = _titles_of(held)
        several = len(held) > 1
        removable = self._service.uploads.has_own(visitor)
        return (
            render_documents(held, removable=removable),
            gr.update(choices=titles, value=held[0].doc_id, visible=several),
            gr.update(choices=titles, value=[], visible=several),
            _speakers_of(held),
            gr.skip() if exchanges else render_conversation((), examples=self._service.examples(visitor)),
            gr.update(visible=removable and self._service.uploads.shared is None),
        )

    def show_first(self, request: gr.Request) -> str:
        """The first of the visitor's transcripts."""
        return self._service.show_transcript(visitor_of(request))

    def narrow_speakers(self, doc_ids: list[str], request: gr.Request) -> dict[str, Any]:
        """The speakers of the chosen documents only."""
        held = self._service.documents(visitor_of(request))
        return _speakers_of([info for info in held if not doc_ids or info.doc_id in doc_ids])

    def upload(self, files: list[str], request: gr.Request, bar: gr.Progress = BAR) -> Iterator[str]:
        """Add transcripts to the caller's own; the result says in HTML what became of each file."""
        paths = [Path(file) for file in files]
        for head, rows in self._service.upload(visitor_of(request), paths, lambda *done: bar(done)):
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

    def remove(self, event: gr.EventData, request: gr.Request) -> None:
        """Take one of the visitor's transcripts out."""
        _told(lambda: self._service.uploads.remove(visitor_of(request), str(event._data.get("doc_id", ""))))

    def leave(self, request: gr.Request) -> None:
        """Forget a visitor who has closed the page."""
        self._service.forget(visitor_of(request))

    def use_model(self, url: str, model: str, key: str, way: str, request: gr.Request) -> Updates:
        """Have answers phrased by a language model; its key is taken out of the page at once."""
        return render_status(self._service.models.choose(visitor_of(request), url, model, key, way)), ""

    def use_no_model(self, request: gr.Request) -> Updates:
        """Make answers of quotes alone."""
        return render_status(self._service.models.choose_none(visitor_of(request))), ""

    def list_kept(self, kept: object) -> str:
        """The conversations that the browser has kept."""
        return _list_kept(_records(kept))

    def restore(self, kept: object, event: gr.EventData, request: gr.Request) -> Updates:
        """A kept conversation, its quotes checked against the transcripts that are asked now."""
        found = [record for record in _records(kept) if record["id"] == event._data.get("id")]
        try:
            with self._service.qa_of(visitor_of(request)).store.reading() as view:
                exchanges = read_conversation(found[0]["exchanges"] if found else None, view)
        except ConversationInvalid as error:
            raise gr.Error("This conversation cannot be read any more; delete it.") from error
        return render_conversation(exchanges), exchanges, found[0]["id"]

    def discard(self, kept: object, event: gr.EventData) -> Updates:
        """What is kept without one."""
        left = [record for record in _records(kept) if record["id"] != event._data.get("id")]
        return left, _list_kept(left)

    def begin(self, request: gr.Request) -> Updates:
        """A new conversation."""
        return render_conversation((), examples=self._service.examples(visitor_of(request))), (), ""

    def save_markdown(self, exchanges: Exchanges) -> dict[str, str]:
        """The conversation as a file for reading."""
        _require_some(exchanges)
        return {"name": "on-the-record.md", "type": "text/markdown", "text": export_markdown(exchanges)}

    def save_json(self, exchanges: Exchanges) -> dict[str, str]:
        """The conversation as a file for `ontherecord verify`."""
        _require_some(exchanges)
        return {"name": "on-the-record.json", "type": "application/json", "text": export_json(exchanges)}


def connect(app: gr.Blocks, page: Page, events: Events, *, listed: bool) -> None:
    """Connect the page, which stands in `app`, with its handlers.

    :param listed: show the page's own endpoints, `upload` and `start_again`, in the list of endpoints.
    """
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    named: dict[str, Any] = {"api_visibility": "public" if listed else "undocumented"}
    refresh: dict[str, Any] = {
        "fn": events.survey,
        "inputs": page.exchanges,
        "outputs": [page.listed, page.shelf, page.documents, page.speaker, page.conversation, page.again],
        **private,
    }
    _connect_conversation(page, events, private)

    app.load(**refresh)
    app.load(events.list_kept, page.kept, page.history, **private)
    app.unload(events.leave)
    # In one queue whatever opens a transcript, or one that takes long would replace what was clicked after it.
    opening: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "transcript", **private}
    # Gradio would drop a click while the one before is still served.
    each: dict[str, Any] = {"trigger_mode": "multiple", **opening}
    _on(page.transcript, "open")(events.open_passage, None, [page.transcript, page.shelf], **each)
    page.shelf.input(events.open_document, page.shelf, page.transcript, **opening)
    page.documents.input(events.narrow_speakers, page.documents, page.speaker, **private)

    pasted = [page.pasted, page.pasted_title]
    for change in (
        page.upload.upload(events.upload, page.upload, page.status, api_name="upload", **named),
        page.again.click(events.start_again, None, page.status, api_name="start_again", **named),
        page.paste.click(events.paste, pasted, [page.status, *pasted], **private),
        _on(page.listed, "remove")(events.remove, None, None, **private),
    ):
        change.then(events.show_first, None, page.transcript, **opening).then(**refresh)

    chosen = [page.model_status, page.model_key]
    given = [page.model_url, page.model_name, page.model_key, page.model_way]
    page.use_model.click(events.use_model, given, chosen, concurrency_limit=1, **private)
    page.use_no_model.click(events.use_no_model, None, chosen, **private)

    page.new.click(events.begin, None, [page.conversation, page.exchanges, page.name], **private)
    restored = [page.conversation, page.exchanges, page.name]
    _on(page.history, "restore")(events.restore, page.kept, restored, **private)
    _on(page.history, "discard")(events.discard, page.kept, [page.kept, page.history], **private)
    page.save_markdown.click(events.save_markdown, page.exchanges, page.saver, **private)
    page.save_json.click(events.save_json, page.exchanges, page.saver, **private)


def _connect_conversation(page: Page, events: Events, private: dict[str, Any]) -> None:
    keeping = [page.kept, page.name]
    given = [page.exchanges, page.documents, page.speaker, *keeping]
    answered = [page.conversation, page.exchanges, page.question, *keeping, page.history]
    limits: dict[str, Any] = {"concurrency_limit": CONCURRENT_ANSWERS, "concurrency_id": "answers", **private}
    asked = [
        page.question.submit(events.ask_from_box, [page.question, *given], answered, **limits),
        _on(page.conversation, "ask")(events.ask_from_page, given, answered, **limits),
    ]
    page.question.stop(events.stop, page.exchanges, [page.conversation, page.question], cancels=asked, **private)
    _on(page.conversation, "judge")(
        events.judge,
        [page.exchanges, *keeping],
        [page.conversation, page.exchanges, *keeping, page.history],
        trigger_mode="multiple",
        concurrency_limit=1,
        **private,
    )


def visitor_of(request: gr.Request | None) -> str:
    """Who asks."""
    return (request.session_hash if request else None) or ""


def _on(component: gr.HTML, event: str) -> Callable[..., Any]:
    """The listener for an event that a component's own script triggers."""
    listener: Callable[..., Any] = getattr(component, event)
    return listener


def _scope(docs: list[str] | None, who: str | None) -> Restriction:
    return Restriction(tuple(docs) if docs else None, who or None)


def _titles_of(documents: Sequence[DocumentInfo]) -> list[tuple[str, str]]:
    return [(info.title, info.doc_id) for info in documents]


def _speakers_of(documents: Sequence[DocumentInfo]) -> dict[str, Any]:
    names = dict.fromkeys(name for info in documents for name in info.speakers)
    return gr.update(choices=[("everybody", ""), *((name, name) for name in names)], value="")


def _told(action: Callable[[], T]) -> T:
    """What `action` gives; what the person can mend is told to them, as text that does nothing on the page."""
    try:
        return action()
    except MENDABLE as error:
        raise gr.Error(escape(str(error))) from error


def _require_some(exchanges: Exchanges) -> None:
    if not exchanges:
        raise gr.Error("There is nothing to keep yet; ask first.")


def _records(kept: object) -> list[dict[str, Any]]:
    """Of what the browser kept, the records with a name and exchanges; anything may have been written there."""
    records = kept if isinstance(kept, list) else []
    return [record for record in records if isinstance(record, dict) and record.get("id") and _first(record)]


def _keep(kept: object, name: str, exchanges: Exchanges) -> Updates:
    """What the browser shall keep now, the name of this conversation, and the list of all."""
    name = name or uuid.uuid4().hex
    record = {"id": name, "exchanges": [exchange.to_dict() for exchange in exchanges]}
    records = [record, *(other for other in _records(kept) if other["id"] != name)][:MAX_KEPT_CONVERSATIONS]
    return records, name, _list_kept(records)


def _list_kept(records: Sequence[dict[str, Any]]) -> str:
    return render_history(
        [(str(record["id"]), str(_first(record).get("question"))[:MAX_TITLE_CHARS]) for record in records]
    )


def _first(record: dict[str, Any]) -> dict[str, Any]:
    exchanges = record.get("exchanges")
    first = exchanges[0] if isinstance(exchanges, list) and exchanges else None
    return first if isinstance(first, dict) else {}
