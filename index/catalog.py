"""The SQLite file that is the truth: documents, turns, passages, their embeddings and their words."""

import sqlite3
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Passage, Speaker, Turn
from corpus.document import hash_text
from corpus.passages import PASSAGE_RULES
from index.embedder import EmbedderIdentity, FloatArray
from index.errors import DocumentNotFound, IndexDamaged, IndexIncompatible, IndexNotFound, IndexNotWritable
from index.store import DocumentInfo, Entry, Scope

# Raise it when the tables change: an index of another number is refused, never misread.
FORMAT = 1
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
    speaker TEXT, start INTEGER NOT NULL, end INTEGER NOT NULL, kind TEXT NOT NULL, start_ms INTEGER,
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
_PASSAGE_COLUMNS = "passage_id, passages.doc_id, start, end, turn, speaker, question_start, question_end"


class Catalog:
    """The catalog in one file; every call opens it anew, so that threads share nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator["CatalogView"]:
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

    def _check_format(self, view: "CatalogView") -> None:
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


class CatalogView:
    """One state of the catalog, as seen in an open transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def meta(self, key: str) -> str | None:
        """A value that was written with the index, or None."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def embeddings(self) -> tuple[NDArray[np.int64], FloatArray]:
        """Row ids `(n,)`, ascending, and their embeddings `(n, dim)`; `(0, 1)` when there are none.

        :raises IndexDamaged: when they are not all of one width.
        """
        found = self._connection.execute("SELECT row, embedding FROM passages ORDER BY row").fetchall()
        rows = np.fromiter((row for row, _ in found), dtype=np.int64, count=len(found))
        if len({len(blob) for _, blob in found}) > 1:
            raise IndexDamaged(
                "the index holds embeddings of different widths; build it again with: python -m index build"
            )
        if not found:
            return rows, np.zeros((0, 1), dtype=np.float32)
        embeddings = np.frombuffer(b"".join(blob for _, blob in found), dtype="<f4").reshape(len(found), -1)
        return rows, embeddings.astype(np.float32, copy=False)

    def rows_in(self, scope: Scope) -> list[int] | None:
        """The row ids of the passages in `scope`, ascending; None when that is all of them."""
        condition, values = _where(scope)
        if not condition:
            return None
        rows = self._connection.execute(f"SELECT row FROM passages WHERE TRUE{condition} ORDER BY row", values)
        return [row for (row,) in rows]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages with these row ids, in the order given."""
        found = {}
        for row in rows:
            record = self._connection.execute(
                f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE row = ?", (row,)
            ).fetchone()
            found[row] = _passage(*record)
        return [found[row] for row in rows]

    def matching(self, words: Sequence[str], top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """The `top_k` passages with any of `words`, with BM25 (higher is better), best first."""
        if not words or top_k <= 0:
            return []
        query = " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
        condition, values = _where(scope)
        # FTS5 gives BM25 as a negative number, best lowest.
        found = self._connection.execute(
            f"SELECT {_PASSAGE_COLUMNS}, -bm25(words) AS score FROM words JOIN passages ON passages.row = words.rowid"
            f" WHERE words MATCH ?{condition} ORDER BY score DESC, row LIMIT ?",
            (query, *values, top_k),
        )
        return [(_passage(*record), float(score)) for *record, score in found]

    def document(self, doc_id: str) -> Document:
        """The document; see `PassageView.document`."""
        select = self._connection.execute
        row = select("SELECT title, text, source, sha256 FROM documents WHERE doc_id = ?", (doc_id,)).fetchone()
        if row is None:
            raise DocumentNotFound(f"the index holds no document {doc_id!r}; see them with: python -m index list")
        title, text, source, sha256 = row
        if hash_text(text) != sha256:
            raise IndexDamaged(f"the stored text of {doc_id} is not the one that was indexed; build the index again")
        turns = select(
            "SELECT speaker, start, end, kind, start_ms FROM turns WHERE doc_id = ? ORDER BY turn", (doc_id,)
        )
        speakers = select("SELECT name, role FROM speakers WHERE doc_id = ? ORDER BY rowid", (doc_id,))
        return Document(
            doc_id=doc_id,
            title=title,
            text=text,
            turns=tuple(Turn(*record) for record in turns),
            speakers=tuple(Speaker(*record) for record in speakers),
            source=source,
            sha256=sha256,
        )

    def documents(self) -> list[DocumentInfo]:
        """All documents, in the order in which they were stored."""
        select = self._connection.execute
        infos = []
        for doc_id, title, source, sha256 in select(
            "SELECT doc_id, title, source, sha256 FROM documents ORDER BY number"
        ).fetchall():
            speakers = select("SELECT name FROM speakers WHERE doc_id = ? ORDER BY rowid", (doc_id,))
            (count,) = select("SELECT count(*) FROM passages WHERE doc_id = ?", (doc_id,)).fetchone()
            infos.append(DocumentInfo(doc_id, title, source, sha256, tuple(name for (name,) in speakers), count))
        return infos


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
        "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (document.doc_id, number, turn.speaker, turn.start, turn.end, turn.kind, turn.start_ms)
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


def _passage(
    passage_id: str,
    doc_id: str,
    start: int,
    end: int,
    turn: int,
    speaker: str | None,
    question_start: int | None,
    question_end: int | None,
) -> Passage:
    question = None if question_start is None or question_end is None else (question_start, question_end)
    return Passage(passage_id, doc_id, start, end, turn, speaker, question)


def _where(scope: Scope) -> tuple[str, list[str]]:
    condition = ""
    values: list[str] = []
    for column, names in (("doc_id", scope.doc_ids), ("speaker", scope.speakers)):
        if names is not None:
            condition += f" AND passages.{column} IN ({', '.join('?' * len(names))})"
            values += sorted(names)
    return condition, values
