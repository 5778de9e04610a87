"""The list of past conversations as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from ui.conversation_store import KeptConversation
from ui.markup import render

# All are found by their words; a list of thousands would be in nobody's way but the browser's.
MAX_SHOWN = 100


@dataclass(frozen=True, slots=True)
class _Shown:
    """The list, and what its template wants to know besides."""

    rows: tuple[KeptConversation, ...]
    further: int
    searched: bool
    current: str
    deleted: str | None
    note: str


def render_history(
    found: Sequence[KeptConversation],
    note: str,
    *,
    searched: bool = False,
    current: str = "",
    deleted: str | None = None,
) -> str:
    """Past conversations, in the order given.

    :param note: a sentence to put below them.
    :param searched: they are those that were searched for.
    :param current: the name of the one that is open.
    :param deleted: the title of one that was just deleted, and can be had back.
    """
    rows = tuple(found[:MAX_SHOWN])
    return render("history.html", "history", _Shown(rows, len(found) - len(rows), searched, current, deleted, note))
