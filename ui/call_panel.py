"""A part of the page whose own script calls the server: laid out of Gradio's components, one handler for all calls.

Each call has a number and says what it wants done, `do`; the reply has the number again and comes in by
ui/assets/replies.js.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.callers import visitor_of
from ui.events import CONCURRENT_ANSWERS
from ui.page import ASSETS
from ui.service import FAULT, MENDABLE

Reply = dict[str, Any]
# What is done for a visitor who asks for it.
Action = Callable[[str, Reply], Reply]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallPanel:
    """The frame, which calls, and where the server's replies come in."""

    frame: gr.HTML
    replies: gr.HTML


def lay_out_call_panel(name: str, shell: str) -> CallPanel:
    """The panel, in the `gr.Blocks` that is open.

    :param name: of its element and of its script in ui/assets.
    :param shell: the HTML that is there before anything of a visitor's is.
    """
    script, heard = ((ASSETS / f"{each}.js").read_text(encoding="utf-8") for each in (name, "replies"))
    frame = gr.HTML(shell, elem_id=name, apply_default_css=False, js_on_load=script)
    return CallPanel(frame, gr.HTML(None, html_template="", js_on_load=heard, elem_id=f"{name}-replies"))


def connect_call_panel(panel: CallPanel, events: "CallEvents", saver: gr.HTML) -> None:
    """Connect the frame with what can be done; files go to `saver`."""
    call: Callable[..., Any] = panel.frame.call  # an event that its own script triggers
    call(
        events.call,
        None,
        [panel.replies, saver],
        trigger_mode="multiple",
        concurrency_limit=CONCURRENT_ANSWERS,
        api_visibility="private",
        show_progress="hidden",
    )


class CallEvents:
    """The one handler."""

    def __init__(self, actions: Mapping[str, Action]) -> None:
        """:param actions: by what calls name as `do`; a `file` in a reply is saved by the browser."""
        self._actions = actions

    def call(self, event: gr.EventData, request: gr.Request) -> tuple[Reply, Any]:
        """Do it; what the person can mend is said in `problem`. Besides, a file to save, or Gradio's word for none."""
        asked: Reply = event._data if isinstance(event._data, dict) else {}
        action = self._actions.get(str(asked.get("do")))
        try:
            reply: Reply = {"problem": FAULT} if action is None else action(visitor_of(request), asked)
        except MENDABLE as error:
            reply = {"problem": str(error)}
        except Exception:  # noqa: BLE001 - the person gets a sentence, the log the traceback
            _log.exception("%r of a panel", asked.get("do"))
            reply = {"problem": FAULT}
        file = reply.pop("file", None)
        return {"call": asked.get("call"), **reply}, gr.skip() if file is None else file
