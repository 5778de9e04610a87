"""The SQLite file that is the truth: documents, turns, passages, their embeddings and their words."""

import sqlite3
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from corpus.passages import PASSAGE_RULES
from index.catalog_view import CatalogView
from index.embedder import EmbedderIdentity
from index.errors import IndexDamaged, IndexIncompatible, IndexNotFound, IndexNotWritable
from index.store import Entry

# Raise it when the tables change: an index of another number is refused, never misread.
FORMAT = 2
# How long a writer waits for another one to finish.
LOCK_TIMEOUT_S = 30.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, doc_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL, source TEXT,
    sha256 TEXT NOT NULL
);
CREATE TABLE speakers (
    doc_id TEXT NOT NULL REFERENCES documents (doc_id) ON DELETE CASCADE,
    name TEXT NOT NULL, role TEXT, PRIMARY KEY (doc_id, name)
);
CREATE TABLE turns (
    doc_id TEXT NOT NULL REFERENCES documents (doc_id) ON DELETE CASCADE, turn INTEGER NOT NULL,
    speaker TEXT, start INTEGER NOT NULL, end INTEGER NOT NULL, kind TEXT NOT NULL, start_ms INTEGER, page INTEGER,
    PRIMARY KEY (doc_id, turn)
);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, passage_id TEXT NOT NULL UNIQUE, doc_id TEXT NOT NULL REFERENCES documents (doc_id) ON
    DELETE CASCADE, start INTEGER NOT NULL, end INTEGER NOT NULL, turn INTEGER NOT NULL, speaker TEXT, question_start
    INTEGER, question_end INTEGER, embedding BLOB NOT NULL
);
CREATE INDEX passages_by_document ON passages (doc_id);
CREATE VIRTUAL TABLE words USING fts5 (text, content = '', tokenize = "porter unicode61 remove_diacritics 2");
"""


class Catalog:
    """The catalog in one file; every call opens it anew, so that threads share nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[CatalogView]:
        """One state of the catalog, unchanged until the block ends.

        :raises IndexNotFound: when the file is not there or holds no index yet.
        :raises IndexIncompatible: when another version of this program made it.
        :raises IndexDamaged: when it is no catalog.
        """
        if not self.path.is_file():
            raise IndexNotFound(
                f"no index in {self.path.parent}; "
                f"build one with: python -m index build FILE… --index {self.path.parent}"
            )
        try:
            with closing(self._connect()) as connection:
                connection.execute("BEGIN")
                view = CatalogView(connection)
                self._check_format(view)
                yield view
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(
                f"{self.path} cannot be read ({error}); build the index again with: python -m index build"
            ) from error

    def write(self, entries: Sequence[Entry], *, remove: Collection[str], identity: EmbedderIdentity) -> None:
        """Take `remove` out, put `entries` in, in one transaction; see `PassageStore.write`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("BEGIN IMMEDIATE")
                self._write(connection, entries, remove, identity)
                connection.execute("COMMIT")
        except (sqlite3.OperationalError, OSError) as error:
            raise IndexNotWritable(
                f"the index in {self.path.parent} cannot be written: {error}; the old one is unchanged"
            ) from error
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(
                f"{self.path} is no catalog ({error}); delete the folder and build the index again"
            ) from error

    def _write(
        self,
        connection: sqlite3.Connection,
        entries: Sequence[Entry],
        remove: Collection[str],
        identity: EmbedderIdentity,
    ) -> None:
        view = CatalogView(connection)
        if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
        else:
            self._check_format(view)
        for doc_id in {*remove, *(entry.document.doc_id for entry in entries)}:
            _delete(connection, doc_id)
        if connection.execute("SELECT 1 FROM documents").fetchone():
            check_identity(view, identity, self.path.parent)
        for entry in entries:
            _insert(connection, entry)
        meta = {
            "format": str(FORMAT),
            "generation": uuid.uuid4().hex,
            "embedder": identity.name,
            "weights_sha256": identity.weights_sha256,
            "passage_rules": PASSAGE_RULES,
        }
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())

    def _check_format(self, view: CatalogView) -> None:
        try:
            found = view.meta("format")
        except sqlite3.OperationalError:
            found = None
        if found is None:
            raise IndexNotFound(
                f"{self.path} holds no index; build one with: python -m index build FILE… --index {self.path.parent}"
            )
        if found != str(FORMAT):
            raise IndexIncompatible(
                f"the index in {self.path.parent} has format {found}, expected {FORMAT}; build it again"
            )

    def _connect(self) -> sqlite3.Connection:
        # Transactions are opened by hand: the module's own would commit behind the writer's back.
        return sqlite3.connect(self.path, timeout=LOCK_TIMEOUT_S, isolation_level=None)


def check_identity(view: CatalogView, identity: EmbedderIdentity, folder: Path) -> None:
    """Refuse an index whose embeddings another embedder made, or whose passages other rules cut.

    :raises IndexIncompatible: naming both.
    """
    built = EmbedderIdentity(view.meta("embedder") or "?", view.meta("weights_sha256") or "?")
    if built != identity:
        raise IndexIncompatible(
            f"the index in {folder} was built with the embedder {built}, but {identity} is in use; "
            f"name that embedder with --embedder, or build the index again with: python -m index build"
        )
    rules = view.meta("passage_rules")
    if rules != PASSAGE_RULES:
        raise IndexIncompatible(
            f"the index in {folder} was cut into passages by {rules}, expected {PASSAGE_RULES}; build it again"
        )


def _delete(connection: sqlite3.Connection, doc_id: str) -> None:
    row = connection.execute("SELECT text FROM documents WHERE doc_id = ?", (doc_id,)).fetchone()
    if row is None:
        return
    # A contentless FTS5 table must be told the words that it forgets.
    spans = connection.execute("SELECT row, start, end FROM passages WHERE doc_id = ?", (doc_id,)).fetchall()
    connection.executemany(
        "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)",
        [(row_id, row[0][start:end]) for row_id, start, end in spans],
    )
    connection.execute("DELETE FROM documents WHERE doc_id = ?", (doc_id,))


def _insert(connection: sqlite3.Connection, entry: Entry) -> None:
    document = entry.document
    if entry.embeddings.shape[0] != len(entry.passages):
        raise ValueError(
            f"{document.doc_id}: {len(entry.passages)} passages but embeddings of shape {entry.embeddings.shape}"
        )
    connection.execute(
        "INSERT INTO documents (doc_id, title, text, source, sha256) VALUES (?, ?, ?, ?, ?)",
        (document.doc_id, document.title, document.text, document.source, document.sha256),
    )
    connection.executemany(
        "INSERT INTO speakers (doc_id, name, role) VALUES (?, ?, ?)",
        [(document.doc_id, speaker.name, speaker.role) for speaker in document.speakers],
    )
    connection.executemany(
        "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (document.doc_id, number, turn.speaker, turn.start, turn.end, turn.kind, turn.start_ms, turn.page)
            for number, turn in enumerate(document.turns)
        ],
    )
    for passage, embedding in zip(entry.passages, entry.embeddings, strict=True):
        question_start, question_end = passage.question or (None, None)
        cursor = connection.execute(
            "INSERT INTO passages"
            " (passage_id, doc_id, start, end, turn, speaker, question_start, question_end, embedding)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                passage.passage_id,
                passage.doc_id,
                passage.start,
                passage.end,
                passage.turn,
                passage.speaker,
                question_start,
                question_end,
                np.asarray(embedding, dtype="<f4").tobytes(),
            ),
        )
        words = document.text[passage.start : passage.end]
        connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (cursor.lastrowid, words))
