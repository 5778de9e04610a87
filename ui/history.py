"""A person's past conversations: kept as they grow, found, shown again, each with the sources that it is about.

They are kept by the server, which checks them against the sources whenever they are shown; the browser has a name of
one at most, in its address.
"""

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from platformdirs import user_data_path

from index import PassageView
from ui.callers import NOBODY, is_user, keeper_of, visitor_of
from ui.conversation import (
    WITHHELD_QUESTION,
    ConversationInvalid,
    Exchange,
    check_again,
    keep_all_to_conditions,
    read_conversation,
    read_exchanges,
)
from ui.conversation_rows import ConversationNotKept
from ui.conversation_store import (
    ConversationGone,
    ConversationStore,
    DeletedConversation,
    HistoryKey,
    KeptConversation,
)
from ui.service import ChatService
from ui.standing import read_once
from ui.visitor_folder import VisitorFolder

FILE_NAME = "conversations.sqlite3"
UNKNOWN = "conversations are not kept for a browser that takes no cookies"


def default_history_path() -> Path:
    """Where conversations are kept when nobody says: in the user's data folder."""
    return user_data_path("on-the-record") / FILE_NAME


class History:
    """The conversations of all who use a page.

    :param path: the file they are kept in; None keeps them until the program ends.
    :param strangers: callers without a user's name are known by their browser alone, see `ui.callers.keeper_of`.
    :param collection: the name of what is served.
    """

    def __init__(
        self, service: ChatService, path: Path | None, *, strangers: bool = False, collection: str = "served"
    ) -> None:
        self._service = service
        self._strangers = strangers
        self._collection = collection
        self.lasts = path is not None
        if path is None:
            folder = VisitorFolder()
            weakref.finalize(self, folder.close)
            path = folder.path / FILE_NAME
        self.path = path
        self._store = ConversationStore(path)

    def key_of(self, request: object) -> HistoryKey:
        """Whose conversations the caller's are, and about what they ask now."""
        collection = self._service.uploads.collection_of(visitor_of(request)) or self._collection
        return HistoryKey(keeper_of(request, strangers=self._strangers), collection)

    def find(self, request: object, words: str = "") -> list[KeptConversation]:
        """The caller's, last used first; with `words`, those that have all of them.

        :raises ConversationNotKept: when they cannot be read.
        """
        found = self._store.find(self.key_of(request), words)
        store = self._service.qa_of(visitor_of(request)).store
        if not found or not store.conditions().records:
            return found
        with store.reading() as view:
            return list(_keep_to_conditions(found, view, searched=bool(words.strip())))

    def read(self, request: object, conversation_id: str) -> tuple[Exchange, ...]:
        """One of them, its quotes checked against what the caller asks now.

        :raises ConversationGone: when it is not the caller's, or not any more.
        :raises ConversationNotKept: when it cannot be read.
        """
        records = self._store.read(self.key_of(request), conversation_id)
        with self._service.qa_of(visitor_of(request)).store.reading() as view:
            return read_exchanges(records, view)

    def keep_to_conditions(self, request: object, exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
        """A conversation that is on a page, without what was hidden since it was put there."""
        return keep_all_to_conditions(exchanges, self._service.qa_of(visitor_of(request)).store)

    def check_again(self, request: object, exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
        """A conversation held against what the caller asks now."""
        with self._service.qa_of(visitor_of(request)).store.reading() as view:
            once = read_once(view)
            return tuple(check_again(exchange, once) for exchange in exchanges)

    def keep(self, request: object, conversation_id: str, before: Sequence[Exchange], after: Sequence[Exchange]) -> str:
        """Write down what the caller changed, and only that: others may have written meanwhile; gives its name.

        :param conversation_id: "" begins a new one.
        Whoever has opened another collection since begins a new one there with what is new.

        :param before: the conversation as the caller had it.
        :raises ConversationGone: when it has been deleted.
        :raises ConversationNotKept: when it cannot be written.
        """
        key = self.key_of(request)
        if key.owner == NOBODY:
            raise ConversationNotKept(UNKNOWN)
        held = {exchange.exchange_id: exchange for exchange in before} if conversation_id else {}
        changed = {
            position: exchange for position, exchange in enumerate(after) if held.get(exchange.exchange_id) != exchange
        }
        left = held.keys() - {exchange.exchange_id for exchange in after}
        try:
            return self._store.keep(key, conversation_id, changed, left)
        except ConversationGone:
            if not self._store.has(key.owner, conversation_id):
                raise
            return self._store.keep(key, "", changed, ())

    def rename(self, request: object, conversation_id: str, title: str) -> None:
        """Give one a title; "" gives its first question back; raises as `read`."""
        self._store.rename(self.key_of(request), conversation_id, title)

    def delete(self, request: object, conversation_id: str) -> DeletedConversation:
        """Delete one; gives what `put_back` needs; raises as `read`."""
        return self._store.delete(self.key_of(request), conversation_id)

    def put_back(self, deleted: DeletedConversation) -> None:
        """Undo `delete`.

        :raises ConversationNotKept: when it cannot be written.
        """
        self._store.put_back(deleted)

    def forget_collection(self, request: object, collection: str) -> None:
        """Delete all of the caller's conversations about a collection, named as by `Uploads.collection_of`.

        :raises ConversationNotKept: when they cannot be deleted.
        """
        self._store.delete_all(HistoryKey(keeper_of(request, strangers=self._strangers), collection))

    def adopt(self, request: object, record: object) -> None:
        """Keep a conversation that an earlier version left in a browser, as far as it can be read.

        :raises ConversationNotKept: when it cannot be written.
        """
        try:
            with self._service.qa_of(visitor_of(request)).store.reading() as view:
                exchanges = read_conversation(record.get("exchanges") if isinstance(record, dict) else None, view)
        except ConversationInvalid:
            return
        if exchanges:
            self.keep(request, "", (), exchanges)

    def explain(self, request: object) -> str:
        """Where the caller's conversations are kept, and for how long, in a sentence."""
        if not self.lasts:
            return "Conversations are kept until this server stops; save what you need."
        if is_user(visitor_of(request)):
            return "Conversations are kept on this server, under your name."
        return f"Conversations are kept on this machine, in {self.path}."


def _keep_to_conditions(
    found: Sequence[KeptConversation], view: PassageView, *, searched: bool
) -> Iterator[KeptConversation]:
    """The list without what is hidden since: neither titles with it, nor that words of a search were found in it."""
    for kept in found:
        if kept.begun_at >= view.conditions_since:
            yield kept
        elif not searched:
            yield replace(kept, title=WITHHELD_QUESTION) if view.holds_hidden(kept.title) else kept
