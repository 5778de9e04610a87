"""The chat in the browser: built and served, to this machine only."""

import importlib.util
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import gradio as gr
from platformdirs import user_data_path
from starlette.applications import Starlette

from corpus import MAX_FILE_BYTES, Document
from qa import QA
from ui.accounts import Account
from ui.api import add_endpoints
from ui.arrivals import Arrivals
from ui.call_panel import connect_call_panel, lay_out_call_panel
from ui.collection_events import CollectionEvents
from ui.draft_panel import DraftEvents
from ui.events import Events
from ui.feedback import FeedbackLog
from ui.fresh_page import FreshPage
from ui.gate import Gate, Host
from ui.history import History
from ui.history_events import HistoryEvents
from ui.loading import Loading
from ui.page import ASSETS, lay_out
from ui.recordings import Places
from ui.service import ChatService
from ui.table_html import render_shell
from ui.table_panel import TableEvents
from ui.tables import Tables
from ui.tag_panel import TagEvents, render_dialogs
from ui.tags import Tags
from ui.uploads import Uploads
from ui.web import make_routes
from ui.wiring import connect

TITLE = "On the Record"
# How long Gradio keeps the uploaded files themselves; they are read at once.
FILE_LIFE_S = 60 * 60
# Requests that wait in Gradio's queue, each of which may hold a body.
MAX_WAITING = 50
# Gradio's own fonts would be fetched from the network.
SYSTEM_FONTS = ["system-ui", "sans-serif"]
MONO_FONTS = ["ui-monospace", "monospace"]


class PortTaken(Exception):
    """Another program serves at that port."""


class MissingPackage(Exception):
    """An optional package that is not installed; the message says how to install it."""


def default_feedback_path() -> Path:
    """Where verdicts are written when nobody says: in the user's data folder."""
    return user_data_path("on-the-record") / "feedback"


def build_app(
    qa: QA,
    *,
    first: Document | None = None,
    feedback: Path | None = None,
    uploads: Uploads | None = None,
    mcp: bool = False,
    choose_model: bool = True,
    history: Path | None = None,
    strangers: bool = False,
    collection: str = "served",
) -> gr.Blocks:
    """The chat page for `qa` and its named API endpoints; not yet launched.

    :param first: the transcript that everybody sees first; None takes the first one of the index, which must be there.
    :param feedback: the folder for people's verdicts; None takes the default one.
    :param uploads: where what visitors bring goes; None deletes it when they leave.
    :param mcp: name the endpoints that are MCP tools, and keep the others from the list of endpoints.
    :param choose_model: visitors may name a language model on this machine; for a page that only its owner sees.
    :param history: the file in which conversations are kept; None keeps them until the program ends.
    :param strangers: whoever gives no user's name is known by their browser alone, and has their own conversations.
    :param collection: the name of what is served, to which conversations belong.
    """
    verdicts = FeedbackLog(feedback or default_feedback_path())
    service = ChatService(uploads or Uploads(qa), verdicts, choose_model=choose_model)
    app = gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        fill_height=True,
        fill_width=True,
        delete_cache=(FILE_LIFE_S, FILE_LIFE_S),
    )
    with app:
        first = first or service.first_document("")
        page = lay_out(service, first, choose_model=choose_model)
        past = HistoryEvents(History(service, history, strangers=strangers, collection=collection))
        handlers = (Events(service, past), CollectionEvents(service, past), DraftEvents(service))
        connect(app, page, *handlers, listed=not mcp, choose_model=choose_model)
        tables, tags = lay_out_call_panel("tables", render_shell()), lay_out_call_panel("tags", render_dialogs())
        connect_call_panel(tables, TableEvents(Tables(service, verdicts)), page.saver)
        connect_call_panel(tags, TagEvents(Tags(service)), page.saver)
        add_endpoints(service, as_tools=mcp)
    return app


def launch(
    app: gr.Blocks,
    qa: QA,
    *,
    port: int | None = None,
    auth: Sequence[Account] = (),
    mcp: bool = False,
    loading: Loading | None = None,
    allowed: Iterable[Host] = (),
    recordings: Places | None = None,
    arrivals: Arrivals | None = None,
) -> str:
    """Serve the page to this machine only, in threads of its own; gives its address.

    :param port: None takes the first free one from 7860 on.
    :param auth: users and passwords to ask for; without any, nobody is asked.
    :param mcp: serve the endpoints as MCP tools too.
    :param loading: what is still done behind the page; None says that all is there.
    :param allowed: names by which the server may be called, besides those of this machine for itself.
    :param recordings: gives the places of the indexes whose recordings can be heard now; None serves none.
    :param arrivals: takes the recordings that visitors bring; None takes none.
    :raises PortTaken: when the port is in use.
    :raises MissingPackage: when the MCP server needs a package that is not installed.
    """
    if mcp and importlib.util.find_spec("mcp") is None:
        raise MissingPackage(
            "the MCP server needs a package that is not installed; run: pip install 'on-the-record[mcp]'"
        )
    try:
        _, address, _ = app.queue(max_size=MAX_WAITING).launch(
            server_name="127.0.0.1",
            server_port=port,
            auth=list(auth) or None,
            theme=gr.themes.Base(font=SYSTEM_FONTS, font_mono=MONO_FONTS),
            head=f"<style>{(ASSETS / 'page.css').read_text(encoding='utf-8')}</style>",
            footer_links=["api"],
            share=False,
            max_file_size=MAX_FILE_BYTES,
            mcp_server=mcp,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
            app_kwargs={
                "routes": make_routes(qa, loading or Loading(), auth, recordings, arrivals),
                "lifespan": _stand_in_front(app, qa, allowed, auth),
            },
        )
    except OSError as error:
        raise PortTaken(f"port {port or 'from 7860 on'} is in use; name another one with --port") from error
    return str(address)


def _stand_in_front(
    page: gr.Blocks, qa: QA, allowed: Iterable[Host], accounts: Sequence[Account]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Puts the gate in front of all that Gradio puts in front of itself, before the first request is served."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        assert app.middleware_stack is not None  # this is called through it
        fresh = FreshPage(app.middleware_stack, page, qa.store)
        app.middleware_stack = Gate(fresh, allowed=allowed, accounts=accounts)
        yield

    return lifespan
