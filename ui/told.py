"""What went wrong, as the page tells it."""

from collections.abc import Callable
from typing import TypeVar

import gradio as gr

from ui.render import escape
from ui.service import MENDABLE

T = TypeVar("T")


def told(action: Callable[[], T], errors: tuple[type[Exception], ...] = MENDABLE) -> T:
    """What `action` gives; what the person can mend is shown to them, as text that does nothing on the page."""
    try:
        return action()
    except errors as error:
        raise gr.Error(escape(str(error))) from error
