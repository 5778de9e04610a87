"""Conversations kept in one SQLite file, whoever writes at the same moment; docs/chat.md describes its tables."""

import sqlite3
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus import one_line
from index import require_regular
from ui.conversation import MAX_EXCHANGES, Exchange, tell_time
from ui.conversation_rows import MAX_EXCHANGE_CHARS, ConversationNotKept, Row, encodable, parse, searchable, to_row

# Of one person, in all collections, and of all persons in one file: beyond that, those that were used longest ago go.
MAX_CONVERSATIONS = 2_000
MAX_ALL_CONVERSATIONS = 20_000
MAX_TITLE_CHARS = 120
MAX_SEARCH_WORDS = 16
# Raise it when the tables change.
_FORMAT = 1
_BUSY_TIMEOUT_S = 10.0
_SCHEMA = """
CREATE TABLE conversations (
    conversation_id TEXT PRIMARY KEY, owner TEXT NOT NULL, collection TEXT NOT NULL, title TEXT,
    begun_at TEXT NOT NULL, changed_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_by_owner ON conversations (owner, collection, changed_at);
CREATE TABLE exchanges (
    conversation_id TEXT NOT NULL REFERENCES conversations (conversation_id) ON DELETE CASCADE,
    exchange_id TEXT NOT NULL, position INTEGER NOT NULL, asked_at TEXT NOT NULL, question TEXT NOT NULL,
    exchange TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (conversation_id, exchange_id)
) WITHOUT ROWID;
"""
_TITLE = (
    "coalesce(c.title, (SELECT question FROM exchanges e WHERE e.conversation_id = c.conversation_id "
    "ORDER BY position, asked_at, exchange_id LIMIT 1), '')"
)
_LIST = (
    f"SELECT conversation_id, {_TITLE}, changed_at, (SELECT count(*) FROM exchanges e "
    "WHERE e.conversation_id = c.conversation_id), begun_at FROM conversations c WHERE owner = ? AND collection = ?"
)
_HAS_WORD = (
    " AND (instr(searchable(c.title), ?) OR EXISTS (SELECT 1 FROM exchanges e "
    "WHERE e.conversation_id = c.conversation_id AND instr(e.words, ?)))"
)
_DROP_OLDEST = (
    "DELETE FROM exchanges WHERE conversation_id = :name AND exchange_id IN (SELECT exchange_id FROM exchanges "
    "WHERE conversation_id = :name ORDER BY position DESC, asked_at DESC, exchange_id DESC LIMIT -1 OFFSET :most)"
)


class ConversationGone(ConversationNotKept):
    """There is no such conversation, or not any more."""


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """Whose conversations, and about which collection of transcripts."""

    owner: str
    collection: str


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A line of the list: the title that somebody gave it or its first question, times as of `tell_time`."""

    conversation_id: str
    title: str
    changed_at: str
    question_count: int
    begun_at: str

    @property
    def day(self) -> str:
        """The day on which it was changed last, in UTC: `YYYY-MM-DD`."""
        return self.changed_at[:10]


@dataclass(frozen=True, slots=True)
class DeletedConversation:
    """All of a conversation that was deleted, to put it back."""

    title: str
    conversation: Row
    exchanges: tuple[Row, ...]


class ConversationStore:
    """The file at `path`, made when something is first kept; every call opens it, so that threads share nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, key: HistoryKey, words: str = "") -> list[KeptConversation]:
        """The conversations, last used first; with `words`, those that have each in their title or an exchange.

        :raises ConversationNotKept: when the file cannot be read, as all here do.
        """
        if not self.path.exists():
            return []
        wanted = searchable(encodable(words)).split()[:MAX_SEARCH_WORDS]
        given = (key.owner, key.collection, *(word for each in wanted for word in (each, each)))
        with self._open() as connection:
            rows = connection.execute(
                f"{_LIST}{_HAS_WORD * len(wanted)} ORDER BY changed_at DESC, conversation_id", given
            )
            return [KeptConversation(*row) for row in rows]

    def read(self, key: HistoryKey, conversation_id: str) -> list[object]:
        """Its exchanges as they were kept, in order: JSON values that anybody with the file may have changed.

        :raises ConversationGone: when there is none of that name.
        """
        with self._open_at(key, conversation_id) as connection:
            rows = connection.execute(
                "SELECT exchange FROM exchanges WHERE conversation_id = ? AND length(exchange) <= ? "
                "ORDER BY position, asked_at, exchange_id",
                (conversation_id, MAX_EXCHANGE_CHARS),
            )
            return [parse(text) for (text,) in rows]

    def keep(
        self, key: HistoryKey, conversation_id: str, changed: Mapping[int, Exchange], removed: Collection[str]
    ) -> str:
        """Write exchanges into a conversation, by position, and take others out by id; gives its name.

        What others wrote into it meanwhile stays.

        :param conversation_id: "" begins a new one.
        :raises ConversationGone: when it has been deleted; nothing is written then.
        """
        now = tell_time()
        with self._open_at(key, conversation_id) if conversation_id else self._open() as connection:
            if not conversation_id:
                conversation_id = uuid.uuid4().hex
                row = (conversation_id, key.owner, key.collection, None, now, now)
                connection.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)", row)
                _make_room(connection, key.owner)
            connection.executemany(
                "DELETE FROM exchanges WHERE conversation_id = ? AND exchange_id = ?",
                [(conversation_id, name) for name in removed],
            )
            connection.executemany(
                "INSERT INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
                "SET exchange = excluded.exchange, words = excluded.words",
                [to_row(conversation_id, position, exchange) for position, exchange in changed.items()],
            )
            connection.execute(_DROP_OLDEST, {"name": conversation_id, "most": MAX_EXCHANGES})
            connection.execute(
                "UPDATE conversations SET changed_at = ? WHERE conversation_id = ?", (now, conversation_id)
            )
        return conversation_id

    def has(self, owner: str, conversation_id: str) -> bool:
        """Whether a person has a conversation of that name, about whatever collection."""
        with self._open() as connection:
            given = (encodable(conversation_id), owner)
            select = "SELECT 1 FROM conversations WHERE conversation_id = ? AND owner = ?"
            return connection.execute(select, given).fetchone() is not None

    def rename(self, key: HistoryKey, conversation_id: str, title: str) -> None:
        """Give it a title; "" gives its first question back.

        :raises ConversationGone: when there is none of that name.
        """
        line = one_line(encodable(title), MAX_TITLE_CHARS).strip()
        with self._open_at(key, conversation_id) as connection:
            connection.execute(
                "UPDATE conversations SET title = ? WHERE conversation_id = ?", (line or None, conversation_id)
            )

    def delete(self, key: HistoryKey, conversation_id: str) -> DeletedConversation:
        """Delete it from the file; gives what `put_back` needs.

        :raises ConversationGone: when there is none of that name.
        """
        with self._open_at(key, conversation_id) as connection:
            name = (conversation_id,)
            (title,) = connection.execute(
                f"SELECT {_TITLE} FROM conversations c WHERE conversation_id = ?", name
            ).fetchone()
            row = connection.execute("SELECT * FROM conversations WHERE conversation_id = ?", name).fetchone()
            exchanges = connection.execute("SELECT * FROM exchanges WHERE conversation_id = ?", name).fetchall()
            connection.execute("DELETE FROM conversations WHERE conversation_id = ?", name)
        return DeletedConversation(title, row, tuple(exchanges))

    def delete_all(self, key: HistoryKey) -> None:
        """Delete all conversations that a person has about a collection."""
        if self.path.exists():
            with self._open() as connection:
                connection.execute(
                    "DELETE FROM conversations WHERE owner = ? AND collection = ?", (key.owner, key.collection)
                )

    def put_back(self, deleted: DeletedConversation) -> None:
        """Undo `delete`; when that has been done already, nothing changes."""
        with self._open() as connection:
            connection.execute("INSERT OR IGNORE INTO conversations VALUES (?, ?, ?, ?, ?, ?)", deleted.conversation)
            connection.executemany("INSERT OR IGNORE INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?)", deleted.exchanges)

    @contextmanager
    def _open_at(self, key: HistoryKey, conversation_id: str) -> Iterator[sqlite3.Connection]:
        """As `_open`, when there is such a conversation."""
        gone = ConversationGone("there is no such conversation here, or not any more")
        if not self.path.exists():
            raise gone
        with self._open() as connection:
            given = (encodable(conversation_id), key.owner, key.collection)
            select = "SELECT 1 FROM conversations WHERE conversation_id = ? AND owner = ? AND collection = ?"
            if connection.execute(select, given).fetchone() is None:
                raise gone
            yield connection

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction, kept when the block ends without an error; the file is made when there is none."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            require_regular(*(Path(f"{self.path}{ending}") for ending in ("", "-wal", "-shm", "-journal")))
            self.path.touch(mode=0o600)  # what people ask is nobody else's business
            with closing(sqlite3.connect(self.path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)) as connection:
                connection.create_function("searchable", 1, searchable, deterministic=True)
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")  # what was deleted is overwritten
                connection.execute("BEGIN IMMEDIATE")
                self._require_tables(connection)
                yield connection
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise ConversationNotKept(
                f"conversations cannot be kept or shown: {self.path} cannot be used ({error}); "
                "make room or move it away, and a new one is made"
            ) from error

    def _require_tables(self, connection: sqlite3.Connection) -> None:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found == 0:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        elif found != _FORMAT:
            raise ConversationNotKept(
                f"{self.path} has conversations in the form {found}, this version reads {_FORMAT}; use the version "
                "that wrote it, or move it away"
            )


def _make_room(connection: sqlite3.Connection, owner: str) -> None:
    for where, most in (("owner = :owner", MAX_CONVERSATIONS), ("TRUE", MAX_ALL_CONVERSATIONS)):
        connection.execute(
            "DELETE FROM conversations WHERE conversation_id IN (SELECT conversation_id FROM conversations "
            f"WHERE {where} ORDER BY changed_at DESC, conversation_id LIMIT -1 OFFSET :most)",
            {"owner": owner, "most": most},
        )
