"""Which event of the page calls which handler, and what it reads and writes."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from ui.collection_events import CollectionEvents
from ui.draft_panel import DraftEvents, connect_draft_panel
from ui.events import CONCURRENT_ANSWERS, CONCURRENT_SUGGESTIONS, CONCURRENT_UPLOADS, Events
from ui.history_events import HistoryEvents
from ui.page import ModelPanel, Page


def connect(
    app: gr.Blocks,
    page: Page,
    events: Events,
    collections: CollectionEvents,
    drafts: DraftEvents,
    *,
    listed: bool,
    choose_model: bool = True,
) -> None:
    """Connect the page, which stands in `app`, with its handlers.

    :param choose_model: visitors may name a language model of their own.
    :param listed: show the page's own endpoints, `upload` and `start_again`, in the list of endpoints.
    """
    composer, drawer = page.composer, page.drawer
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    named: dict[str, Any] = {"api_visibility": "public" if listed else "undocumented", "show_progress": "hidden"}
    asked = _connect_conversation(page, events, private)
    # Who asks again is offered nothing more, so that several may be on their way.
    offering: dict[str, Any] = {
        "concurrency_limit": CONCURRENT_SUGGESTIONS,
        "concurrency_id": "suggestions",
        "trigger_mode": "multiple",
        **private,
    }
    for event in asked:
        event.then(events.suggest, [page.exchanges, composer.documents, composer.speaker], page.offers, **offering)

    def refresh(trigger: Callable[..., Any]) -> None:
        lists = [page.shelf, composer.documents, composer.speaker, page.welcome, drawer.again]
        trigger(events.survey, None, lists, **private).then(events.find_examples, None, page.welcome, **offering)
        trigger(collections.show, None, [drawer.collections, drawer.keeping, page.dropping], **private)
        trigger(events.sources.show, None, drawer.listed, **private)

    refresh(app.load)
    refresh(_on(drawer.listed, "added"))  # what became of a recording
    _connect_history(app, page, events.past, private)
    app.unload(events.leave)
    opening = _connect_transcript(page, events, collections, private)
    _connect_sources(page, events, private)
    _connect_correcting(page, events, refresh, opening, private)

    pasted = [drawer.pasted, drawer.pasted_title]
    many: dict[str, Any] = {"concurrency_limit": CONCURRENT_UPLOADS}
    for change in (
        drawer.upload.upload(events.upload, drawer.upload, drawer.status, api_name="upload", **many, **named),
        drawer.again.click(events.start_again, None, drawer.status, api_name="start_again", **named),
        drawer.paste.click(events.paste, pasted, [drawer.status, *pasted], **many, **private),
        _on(drawer.listed, "remove")(events.sources.remove, None, page.removed, **private),
        _on(page.removed, "restore")(events.sources.restore, None, page.removed, **private),
    ):
        refresh(change.then(events.show_first, None, page.transcript, **opening).then)
        change.then(events.past.check_again, page.exchanges, [page.conversation, page.exchanges], **private)

    connect_draft_panel(drawer.draft, drafts, page.saver, private, at_once=CONCURRENT_ANSWERS)

    _connect_collections(app, page, collections, private)
    _connect_model(drawer.model, events, private, choose=choose_model)
    _connect_saving(page, events, private)


def _connect_saving(page: Page, events: Events, private: dict[str, Any]) -> None:
    """Connect the buttons that save the conversation as a file."""
    drawer = page.drawer
    drawer.save_markdown.click(events.saving.markdown, page.exchanges, page.saver, **private)
    drawer.save_json.click(events.saving.json, page.exchanges, page.saver, **private)
    drawer.save_as.click(events.saving.other, [page.exchanges, drawer.form], page.saver, **private)


def _connect_transcript(
    page: Page, events: Events, collections: CollectionEvents, private: dict[str, Any]
) -> dict[str, Any]:
    """Connect what opens a transcript.

    Gives how whatever else opens one is to be called.
    """
    # In one queue whatever opens a transcript, or one that takes long would replace what was clicked after it.
    opening: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "transcript", **private}
    # Gradio would drop a click while the one before is still served.
    each: dict[str, Any] = {"trigger_mode": "multiple", **opening}
    opened = [page.transcript, page.shelf]
    _on(page.transcript, "open")(events.open_passage, None, opened, **each)
    _on(page.drawer.listed, "open")(events.open_passage, None, opened, **each)
    _on(page.transcript, "land")(collections.land, None, opened, **each)
    page.shelf.input(events.open_document, page.shelf, page.transcript, **opening)
    return opening


def _connect_correcting(
    page: Page,
    events: Events,
    refresh: Callable[[Callable[..., Any]], None],
    opening: dict[str, Any],
    private: dict[str, Any],
) -> None:
    """Connect the forms that correct a transcript; answers that stand on the page follow at once."""
    for name, handler in (("correct", events.correcting.correct), ("undo", events.correcting.undo)):
        change = _on(page.transcript, name)(handler, None, page.transcript, trigger_mode="multiple", **opening)
        change.then(events.past.check_again, page.exchanges, [page.conversation, page.exchanges], **private)
        refresh(change.then)


def _connect_collections(app: gr.Blocks, page: Page, collections: CollectionEvents, private: dict[str, Any]) -> None:
    """Connect what can be done with collections, where there are any: whatever is connected can be called."""
    if collections.kept is None:
        return
    app.load(collections.warn, None, None, **private)
    drawer = page.drawer
    shown = [drawer.collections, drawer.keeping, page.dropping]
    for event, handler in (
        ("make", collections.make),
        ("rename", collections.rename),
        ("discard", collections.delete),
    ):
        _on(drawer.collections, event)(handler, None, shown, concurrency_limit=1, **private)


def _connect_sources(page: Page, events: Events, private: dict[str, Any]) -> None:
    """Connect the list of transcripts, which restricts what is asked, and the search in the open one."""
    composer, listed = page.composer, page.drawer.listed
    at_once: dict[str, Any] = {"trigger_mode": "multiple", **private}
    # Without the server between, or a question asked at once would go by the choice before.
    documents = "() => [window.askedDocuments(), window.askedSpeaker()]"
    _on(listed, "choose")(None, None, [composer.documents, composer.speaker], js=documents, **at_once)
    said = "(who) => window.dispatchEvent(new CustomEvent('speaker-chosen', { detail: who }))"
    composer.speaker.change(None, composer.speaker, None, js=said, **private)
    _on(page.search, "search")(events.sources.find_places, None, page.found, **at_once)


def _connect_model(model: ModelPanel, events: Events, private: dict[str, Any], *, choose: bool) -> None:
    """Connect the choice of a language model; where none may be named, only that there be none."""
    chosen = [model.status, model.key]
    given = [model.url, model.name, model.key, model.way]
    if choose:  # whatever is connected can be called, be it hidden on the page
        model.use.click(events.use_model, given, chosen, concurrency_limit=1, **private)
        model.look.click(events.look_for_models, None, [model.status, model.found], concurrency_limit=1, **private)
        model.found.input(events.take_found, model.found, [model.url, model.name], **private)
    model.use_none.click(events.use_no_model, None, chosen, **private)


def _connect_history(app: gr.Blocks, page: Page, past: HistoryEvents, private: dict[str, Any]) -> None:
    """Connect the list of past conversations, and the address of the one that is open."""
    history = page.drawer.history
    opened = [page.conversation, page.exchanges, page.name]

    def then_list(trigger: Callable[..., Any]) -> None:
        _list_again(page, past, trigger, private)

    then_list(app.load(past.adopt, page.kept, page.kept, **private).then)
    then_list(_on(page.name, "open")(past.open, None, opened, **private).then)
    then_list(_on(history.listed, "restore")(past.open, None, opened, **private).then)
    then_list(history.new.click(past.begin, None, opened, **private).then)
    then_list(_on(history.listed, "rename")(past.rename, None, None, **private).then)
    then_list(_on(history.listed, "discard")(past.delete, page.name, [history.deleted, *opened], **private).then)
    then_list(_on(history.listed, "undo")(past.put_back, history.deleted, history.deleted, **private).then)
    then_list(_on(history.listed, "refresh"))
    then_list(history.words.change)  # on "input", Gradio sends what was there before


def _list_again(page: Page, past: HistoryEvents, trigger: Callable[..., Any], private: dict[str, Any]) -> None:
    """Have the list of past conversations drawn anew after `trigger`; the last of several is never dropped."""
    history = page.drawer.history
    given = [history.words, page.name, history.deleted]
    trigger(past.show, given, history.listed, trigger_mode="always_last", **private)


def _connect_conversation(page: Page, events: Events, private: dict[str, Any]) -> list[Any]:
    """Connect asking and judging; gives the events that ask."""
    composer = page.composer
    given = [page.exchanges, composer.documents, composer.speaker, page.shelf, page.name]
    answered = [page.conversation, page.exchanges, composer.question, page.name]
    limits: dict[str, Any] = {"concurrency_limit": CONCURRENT_ANSWERS, "concurrency_id": "answers", **private}
    asked = [
        composer.question.submit(events.ask_from_box, [composer.question, *given], answered, **limits),
        _on(page.conversation, "ask")(events.ask_from_page, given, answered, **limits),
    ]
    composer.question.stop(
        events.stop, page.exchanges, [page.conversation, composer.question], cancels=asked, **private
    )
    _on(page.conversation, "judge")(
        events.judge,
        [page.exchanges, page.name],
        [page.conversation, page.exchanges],
        trigger_mode="multiple",
        concurrency_limit=1,
        **private,
    )
    for event in asked:
        _list_again(page, events.past, event.then, private)
    return asked


def _on(component: gr.HTML, event: str) -> Callable[..., Any]:
    """The listener for an event that a component's own script triggers."""
    listener: Callable[..., Any] = getattr(component, event)
    return listener
