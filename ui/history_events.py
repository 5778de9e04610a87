"""What each event of the list of past conversations does, and the keeping of the one that is open."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from index import IndexingError
from ui.conversation import Exchange
from ui.conversation_html import render_conversation
from ui.conversation_rows import ConversationNotKept
from ui.conversation_store import ConversationGone, DeletedConversation
from ui.history import History
from ui.history_html import render_history
from ui.render import escape
from ui.told import told

MAX_SEARCH_CHARS = 200
# As many as an earlier version kept.
MAX_ADOPTED = 12
GONE_HERE = (
    "This conversation was deleted, perhaps in another tab; what is asked in it is not kept. Begin a new conversation "
    "to keep what you ask."
)

_NOT_KEPT = (ConversationNotKept,)
Exchanges = Sequence[Exchange]
Updates = tuple[Any, ...]


class HistoryEvents:
    """The handlers; what the browser sends is the name of a conversation at most, and is looked up."""

    def __init__(self, history: History) -> None:
        self._history = history

    def keep(self, request: gr.Request, name: object, before: Exchanges, after: Exchanges) -> str:
        """Write down what came to a conversation; gives its name, "" when it is not kept, which is told then."""
        try:
            return self._history.keep(request, str(name or ""), before, after)
        except ConversationGone:
            gr.Warning(GONE_HERE)
        except ConversationNotKept as error:
            gr.Warning(escape(str(error)))
        return ""

    def know(self, request: gr.Request, name: object, exchanges: Exchanges) -> Exchanges:
        """The conversation that is on the page, also when the server was started again since it was put there."""
        if exchanges or not name:
            return self.keep_to_conditions(exchanges, request)
        try:
            return self._history.read(request, str(name))
        except ConversationNotKept:
            return ()  # `keep` says why

    def keep_to_conditions(self, exchanges: Exchanges, request: gr.Request) -> Exchanges:
        """The conversation on the page without what was hidden since; nothing where that cannot be told."""
        if not exchanges:  # and nobody waits, while the index is still being made
            return exchanges
        try:
            return self._history.keep_to_conditions(request, exchanges)
        except IndexingError:
            return ()  # whatever is asked says why

    def show(self, words: str, name: str, deleted: DeletedConversation | None, request: gr.Request) -> str:
        """The list, of those with `words` where there are any."""
        words = str(words or "")[:MAX_SEARCH_CHARS].strip()
        note = self._history.explain(request)
        try:
            found = self._history.find(request, words)
        except ConversationNotKept as error:
            found, note = [], str(error)
        title = deleted.title if deleted else None
        return render_history(found, note, searched=bool(words), current=str(name or ""), deleted=title)

    def open(self, event: gr.EventData, request: gr.Request) -> Updates:
        """A past conversation in place of the one on the page; without a name, none."""
        name = str(event._data.get("id") or "")
        if not name:
            return self.begin()
        try:
            exchanges = self._history.read(request, name)
        except ConversationNotKept as error:
            gr.Warning(escape(f"This conversation cannot be shown: {error}."))
            return (gr.skip(),) * 3
        return render_conversation(exchanges), exchanges, name

    def begin(self) -> Updates:
        """A new conversation."""
        return render_conversation(()), (), ""

    def rename(self, event: gr.EventData, request: gr.Request) -> None:
        """Give one another title."""
        told(
            lambda: self._history.rename(request, str(event._data.get("id")), str(event._data.get("title") or "")),
            _NOT_KEPT,
        )

    def delete(self, name: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Delete one; the one that is open goes from the page too."""
        given = str(event._data.get("id"))
        deleted = told(lambda: self._history.delete(request, given), _NOT_KEPT)
        return (deleted, *(self.begin() if given == name else (gr.skip(),) * 3))

    def put_back(self, deleted: DeletedConversation | None) -> None:
        """Undo the deletion; also forget it."""
        if deleted is not None:
            told(lambda: self._history.put_back(deleted), _NOT_KEPT)

    def forget(self, request: gr.Request, collection: str) -> None:
        """Delete the conversations about a collection that has been deleted."""
        try:
            self._history.forget_collection(request, collection)
        except ConversationNotKept as error:
            gr.Warning(escape(str(error)))

    def check_again(self, exchanges: Exchanges, request: gr.Request) -> Updates:
        """The conversation on the page, after the transcripts that it is about were changed."""
        if not exchanges:
            return gr.skip(), gr.skip()
        checked = self._history.check_again(request, exchanges)
        return render_conversation(checked), checked

    def adopt(self, kept: object, request: gr.Request) -> Any:  # noqa: ANN401 - an update of Gradio's
        """Take over what an earlier version left in the browser."""
        if not kept or not self._history.lasts:
            return gr.skip()
        try:
            for record in reversed(kept[:MAX_ADOPTED] if isinstance(kept, list) else []):
                self._history.adopt(request, record)
        except ConversationNotKept as error:
            gr.Warning(escape(str(error)))
            return gr.skip()
        return []
