"""The dialogs with tags: laid out of Gradio's components, and what their script asks of the server."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from qa.exports import FORMATS
from qa.tags import COLORS, MAX_NAME_CHARS
from ui.callers import visitor_of
from ui.events import CONCURRENT_ANSWERS
from ui.markup import render
from ui.page import ASSETS
from ui.service import FAULT, MENDABLE
from ui.tags import Tags

Reply = dict[str, Any]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TagPanel:
    """The dialogs, which ask, and where the server's replies come in."""

    dialogs: gr.HTML
    replies: gr.HTML


def lay_out_tag_panel() -> TagPanel:
    """The dialogs, in the `gr.Blocks` that is open."""
    script, heard = ((ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in ("tags", "replies"))
    shell = render("tags.html", "shell", FORMATS, COLORS, MAX_NAME_CHARS)
    dialogs = gr.HTML(shell, elem_id="tags", apply_default_css=False, js_on_load=script)
    return TagPanel(dialogs, gr.HTML(None, html_template="", js_on_load=heard, elem_id="tag-replies"))


def connect_tag_panel(panel: TagPanel, tags: Tags, saver: gr.HTML) -> None:
    """Connect the dialogs with what can be done; files go to `saver`."""
    call: Callable[..., Any] = panel.dialogs.call  # an event that its own script triggers
    call(
        TagEvents(tags).call,
        None,
        [panel.replies, saver],
        trigger_mode="multiple",
        concurrency_limit=CONCURRENT_ANSWERS,
        api_visibility="private",
        show_progress="hidden",
    )


class TagEvents:
    """The one handler: `do` names what is to be done, and the reply has the number of the call.

    Every reply has the `marks`, by which the page shows the tags of quotes that stand on it.
    """

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self._actions: dict[str, Callable[[str, Reply], Reply]] = {
            "marks": lambda visitor, asked: {},
            "menu": self._menu,
            "toggle": self._toggle,
            "make": self._make,
            "open": self._open,
            "change": self._change,
            "delete": self._delete,
            "suggest": self._suggest,
            "save": self._save,
        }

    def call(self, event: gr.EventData, request: gr.Request) -> tuple[Reply, Any]:
        """Do it; what the person can mend is said in `problem`. Besides, a file to save, or Gradio's word for none."""
        asked: Reply = event._data if isinstance(event._data, dict) else {}
        action, visitor = self._actions.get(str(asked.get("do"))), visitor_of(request)
        try:
            reply: Reply = {"problem": FAULT} if action is None else action(visitor, asked)
            marks = self._tags.marks(visitor)
            reply["marks"] = {place: [[tag.name, tag.color] for tag in tags] for place, tags in marks.items()}
        except MENDABLE as error:
            reply = {"problem": str(error)}
        except Exception:  # noqa: BLE001 - the person gets a sentence, the log the traceback
            _log.exception("%r of tags", asked.get("do"))
            reply = {"problem": FAULT}
        file = reply.pop("file", None)
        return {"call": asked.get("call"), **reply}, gr.skip() if file is None else file

    def _menu(self, visitor: str, asked: Reply) -> Reply:
        """The tags to choose from for the quote at `place`."""
        quote, book = self._tags.find_quote(visitor, _text(asked, "place")), self._tags.book(visitor)
        return {"menu": render("tags.html", "menu", quote, book.tags, book.tags_of(quote))}

    def _toggle(self, visitor: str, asked: Reply) -> Reply:
        self._tags.toggle(visitor, _text(asked, "tag"), _text(asked, "place"))
        return self._menu(visitor, asked)

    def _make(self, visitor: str, asked: Reply) -> Reply:
        """A tag; where a `place` is given, its quote has it then."""
        tag = self._tags.make(visitor, _text(asked, "tag"))
        return self._toggle(visitor, {**asked, "tag": tag.name}) if asked.get("place") else self._open(visitor, {})

    def _open(self, visitor: str, asked: Reply) -> Reply:
        """All tags, and of the one that is named what has it."""
        gathered = self._tags.gathered(visitor)
        name = _text(asked, "tag")
        opened = next((each for each in gathered if each.tag.name == name), None)
        keeping = self._tags.place(visitor).keeping
        return {
            "listed": render("tags.html", "listed", gathered, name, keeping),
            "opened": "" if opened is None else render("tags.html", "opened", opened, COLORS, MAX_NAME_CHARS),
        }

    def _change(self, visitor: str, asked: Reply) -> Reply:
        to, color, definition = (_text(asked, key) for key in ("to", "color", "definition"))
        return self._open(visitor, {"tag": self._tags.change(visitor, _text(asked, "tag"), to, color, definition).name})

    def _delete(self, visitor: str, asked: Reply) -> Reply:
        self._tags.delete(visitor, _text(asked, "tag"))
        return self._open(visitor, {})

    def _suggest(self, visitor: str, asked: Reply) -> Reply:
        name = _text(asked, "tag")
        return {"suggested": render("tags.html", "suggested", name, self._tags.suggest(visitor, name))}

    def _save(self, visitor: str, asked: Reply) -> Reply:
        file = self._tags.export(visitor, _text(asked, "tag") or None, _text(asked, "form"))
        return {"file": {**file, "made": str(time.time_ns())}}  # the same file is saved once more, too


def _text(asked: Reply, key: str) -> str:
    return str(asked.get(key) or "")
