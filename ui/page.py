"""The page: two panes and a drawer, laid out of Gradio's components; what they do is in `ui.events`."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from corpus import Document
from qa import MAX_QUESTION_CHARS
from qa.exports import FORMATS
from ui.arrival_panel import ARRIVALS
from ui.collection_events import CollectionEvents
from ui.conversation_html import render_player, render_welcome
from ui.draft_panel import DraftPanel, lay_out_draft_panel
from ui.history_events import MAX_SEARCH_CHARS
from ui.history_html import render_history
from ui.lists import render_status
from ui.models import WAYS, describe_writer
from ui.service import ChatService
from ui.suggest import hand_chosen
from ui.transcript import render_transcript
from ui.uploads import MAX_PASTED_CHARS

ASSETS = Path(__file__).parent / "assets"
MAX_TITLE_CHARS = 200

_HEADER = """
<header class="masthead">
  <div><h1>On the Record</h1><p class="claim">Answers in the words that were really said</p></div>
  <p class="loading" role="status" hidden></p>
  <nav aria-label="Page"><span class="opened"></span>
    <button type="button" class="open-sources" aria-expanded="false" aria-controls="sources">Sources</button>
    <button type="button" class="open-tables" aria-expanded="false" aria-controls="tables">Tables</button>
    <button type="button" class="open-tags" aria-haspopup="dialog">Tags</button>
    <button type="button" class="open-desk" aria-expanded="false" aria-controls="desk"
      ><span class="wide">Transcripts &amp; history</span><span class="narrow">More</span></button>
    <button type="button" class="theme" aria-pressed="false">Dark</button>
  </nav>
</header>
<p id="announcements" class="spoken" role="status" aria-live="polite"></p>
"""
_SOURCES_HEAD = """<button type="button" class="close-sources">Close</button>
<button type="button" class="open-tags">Tags</button><button type="button" class="add">Add</button><h2>Sources</h2>"""
_SEARCH = """
<search><label><span class="spoken">Search in this transcript</span><input type="search" maxlength="200"
  placeholder="Search in this transcript" autocomplete="off"></label><span class="count" role="status"></span
  ><button type="button" class="step" data-step="-1" aria-label="Previous place" disabled>↑</button
  ><button type="button" class="step" data-step="1" aria-label="Next place" disabled>↓</button></search>
"""
_NARROWED = '<p id="narrowed" hidden><span></span> <button type="button">Ask all</button></p>'


@dataclass(frozen=True, slots=True)
class Composer:
    """Where a question is put, and what it is restricted to."""

    question: gr.Textbox
    documents: gr.Dropdown
    speaker: gr.Dropdown


@dataclass(frozen=True, slots=True)
class ModelPanel:
    """The settings of the language model."""

    status: gr.HTML
    look: gr.Button
    found: gr.Dropdown
    url: gr.Textbox
    name: gr.Textbox
    key: gr.Textbox
    way: gr.Dropdown
    use: gr.Button
    use_none: gr.Button


@dataclass(frozen=True, slots=True)
class HistoryPanel:
    """Past conversations; `deleted` is the one that can be had back."""

    new: gr.Button
    words: gr.Textbox
    listed: gr.HTML
    deleted: gr.State


@dataclass(frozen=True, slots=True)
class Drawer:
    """The visitor's transcripts and kept conversations, and what can be done with them."""

    collections: gr.HTML
    listed: gr.HTML
    keeping: gr.HTML
    upload: gr.UploadButton
    pasted: gr.Textbox
    pasted_title: gr.Textbox
    paste: gr.Button
    status: gr.HTML
    again: gr.Button
    draft: DraftPanel
    history: HistoryPanel
    model: ModelPanel
    save_markdown: gr.Button
    save_json: gr.Button
    form: gr.Dropdown
    save_as: gr.Button


@dataclass(frozen=True, slots=True)
class Page:
    """The components that events read and write; `exchanges` is the conversation, `name` that under which it is kept.

    `kept` is what an earlier version left in the browser.
    """

    exchanges: gr.State
    kept: gr.BrowserState
    name: gr.HTML
    welcome: gr.HTML
    conversation: gr.HTML
    offers: gr.HTML
    composer: Composer
    shelf: gr.Dropdown
    transcript: gr.HTML
    search: gr.HTML
    found: gr.HTML
    removed: gr.HTML
    dropping: gr.HTML
    drawer: Drawer
    saver: gr.HTML


def lay_out(service: ChatService, first: Document | None, *, choose_model: bool = True) -> Page:
    """The page, in the `gr.Blocks` that is open; what everybody sees first stands in it and waits for no event.

    :param first: the transcript that is shown first; None says that there is none.
    :param choose_model: visitors may name a language model of their own.
    """
    exchanges = gr.State(())
    # Not a state of the server: the page knows it still when the server has been started again.
    name = gr.HTML("", html_template="", js_on_load=_script("address"), elem_id="conversation-name")
    kept = gr.BrowserState([], storage_key="on-the-record-conversations", secret="on-the-record")
    _html(_HEADER, "head", script="header")
    with gr.Row(elem_id="panes"):
        with gr.Column(elem_id="talk", min_width=0):
            # Two, so that examples that come late never take the place of an answer; one at a time is shown.
            welcome = _html(render_welcome(hand_chosen(first) if first else ()), "welcome")
            conversation = _html("", "conversation", script="conversation peeks")
            offers = _html("", "offers", script="offers")
            _html(render_player(), "hearing", script="hear")
            composer = _lay_out_composer()
        with gr.Column(elem_id="source", min_width=0):
            _html('<button type="button" class="close-source">Back to the answer</button>', "source-bar")
            shelf = gr.Dropdown(label="Transcript", visible=False, elem_id="shelf")
            search = _html(_SEARCH, "search", script="search")
            found = gr.HTML(None, html_template="", js_on_load=_script("found"), elem_id="found")
            transcript = _html(render_transcript(first), "transcript", script="transcript correct voices")
    listed, removed, dropping = _lay_out_sources(CollectionEvents(service).render("")[1])
    drawer = _lay_out_drawer(service, choose_model, listed)
    return Page(
        exchanges=exchanges,
        kept=kept,
        name=name,
        welcome=welcome,
        conversation=conversation,
        offers=offers,
        composer=composer,
        shelf=shelf,
        transcript=transcript,
        search=search,
        found=found,
        removed=removed,
        dropping=dropping,
        drawer=drawer,
        saver=gr.HTML(None, html_template="", js_on_load=_script("save"), elem_id="saver"),
    )


def _lay_out_composer() -> Composer:
    with gr.Column(elem_id="composer"):
        question = gr.Textbox(
            label="Your question",
            show_label=False,
            placeholder="Ask the interview a question",
            max_length=MAX_QUESTION_CHARS,
            submit_btn=True,
            autofocus=True,
            max_lines=6,
            elem_id="question",
        )
        with gr.Row(elem_id="scope"):
            documents = gr.Dropdown(label="Only in", multiselect=True, visible=False, elem_id="only-in")
            speaker = gr.Dropdown(label="Only in the words of", elem_id="only-of")
            _html(_NARROWED, "narrowing")
    return Composer(question, documents, speaker)


def _lay_out_sources(keeping: str) -> tuple[gr.HTML, gr.HTML, gr.HTML]:
    """The list of transcripts, what offers back what was removed, and what becomes of that which is dropped there."""
    with gr.Column(elem_id="sources", min_width=0):
        _html(_SOURCES_HEAD, "sources-head")
        removed = _html("", "removed", script="removed")
        listed = _html("", "documents", script="sources")
        _html('<p class="drop">Drop files here to add them.</p>', "sources-foot")
        dropping = _html(keeping, "dropping")
    return listed, removed, dropping


def _lay_out_drawer(service: ChatService, choose_model: bool, listed: gr.HTML) -> Drawer:
    with gr.Column(elem_id="desk", min_width=0):
        _html('<button type="button" class="close-desk">Close</button>', "desk-head")
        shown, words, _ = CollectionEvents(service).render("")
        collections = _html(shown, "collections", script="collections")
        _html("<h2>Add transcripts</h2>", "transcripts-head")
        keeping = _html(words, "keeping")
        upload = gr.UploadButton("Upload files", file_count="multiple", elem_id="upload")
        _html(ARRIVALS, "arrivals", script="arrivals")
        pasted = gr.Textbox(
            label="Or paste a transcript", lines=4, max_lines=8, max_length=MAX_PASTED_CHARS, elem_id="pasted"
        )
        pasted_title = gr.Textbox(label="Its title", max_length=MAX_TITLE_CHARS, elem_id="pasted-title")
        paste = gr.Button("Add the pasted text", elem_id="paste")
        status = _html("", "status")
        again = gr.Button("Back to the first transcripts", visible=False, elem_id="again")
        draft = lay_out_draft_panel()
        history = _lay_out_history()
        model = _lay_out_model(service, choose_model)
        _html("<h2>Keep this one</h2>", "keep-head")
        with gr.Row(elem_id="exports"):
            save_markdown = gr.Button("Save as Markdown", elem_id="save-markdown")
            save_json = gr.Button("Save as JSON", elem_id="save-json")
        kinds = [(f"{form.label} ({form.ending})", form.name) for form in FORMATS if form.name != "json"]
        form = gr.Dropdown(label="For other programs", choices=kinds, value=FORMATS[0].name, elem_id="save-form")
        save_as = gr.Button("Save in this form", elem_id="save-as")
    return Drawer(
        collections=collections,
        listed=listed,
        keeping=keeping,
        upload=upload,
        pasted=pasted,
        pasted_title=pasted_title,
        paste=paste,
        status=status,
        again=again,
        draft=draft,
        history=history,
        model=model,
        save_markdown=save_markdown,
        save_json=save_json,
        form=form,
        save_as=save_as,
    )


def _lay_out_history() -> HistoryPanel:
    _html("<h2>Conversations</h2>", "history-head")
    new = gr.Button("New conversation", elem_id="new")
    words = gr.Textbox(
        label="Search in questions and answers", max_length=MAX_SEARCH_CHARS, max_lines=1, elem_id="history-words"
    )
    return HistoryPanel(new, words, _html(render_history((), ""), "history", script="history"), gr.State(None))


def _lay_out_model(service: ChatService, choose: bool) -> ModelPanel:
    """The settings of the language model. Nothing of the server's own settings goes into the page but its name."""
    _html("<h2>Language model</h2>", "model-head")
    status = _html(render_status(describe_writer(service.uploads.served.writer)), "model-status")
    look = gr.Button("Look for models on this machine", visible=choose, elem_id="look-for-models")
    found = gr.Dropdown(label="Found on this machine", visible=False, elem_id="found-models")
    url = gr.Textbox(
        label="Server with OpenAI’s API, on this machine",
        placeholder="http://127.0.0.1:11434/v1",
        max_length=MAX_TITLE_CHARS,
        visible=choose,
        elem_id="model-url",
    )
    name = gr.Textbox(
        label="Model (empty: its first one)", max_length=MAX_TITLE_CHARS, visible=choose, elem_id="model-name"
    )
    key = gr.Textbox(
        label="Key, if it wants one", type="password", max_length=1000, visible=choose, elem_id="model-key"
    )
    way = gr.Dropdown(label="How it works", choices=list(WAYS), value="auto", visible=choose, elem_id="model-way")
    use = gr.Button("Let it phrase the answers", visible=choose, elem_id="use-model")
    none = gr.Button("Quotes alone", elem_id="use-no-model")
    return ModelPanel(status, look, found, url, name, key, way, use, none)


def _html(value: str, elem_id: str, *, script: str = "") -> gr.HTML:
    """HTML of our own, unstyled by Gradio; the template puts `value` in as it is, so it must be safe already.

    :param script: the names of its scripts, parted by spaces.
    """
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=_script(*script.split()) or None)


def _script(*names: str) -> str:
    """The scripts in one, each in a block of its own."""
    return "".join(f"{{\n{(ASSETS / f'{name}.js').read_text(encoding='utf-8')}}}\n" for name in names)
