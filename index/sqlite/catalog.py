"""The SQLite file that is the truth: documents, turns, passages, their embeddings and their words."""

import sqlite3
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from corpus import PASSAGE_RULES, fold
from index.compatibility import check_format, check_identity, find_dimension, not_found
from index.document_record import hash_record, speaker_values, turn_values
from index.embedding import EmbedderIdentity
from index.errors import IndexDamaged, IndexNotWritable
from index.regular_file import require_regular
from index.sqlite.catalog_view import HASHES, CatalogView, Generation, hash_meta, name_hash, pack
from index.sqlite.listing import KeptListing
from index.sqlite.tracks import write_track
from index.sqlite.words import CORRECTED_TEXTS, add_words, forget_words, prepare_words
from index.store import Entry

# Raise it when the tables change: an index of another number is refused, never misread.
FORMAT = 4
# How long a connection waits for another one to finish writing.
_BUSY_TIMEOUT_S = 30.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, doc_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL, source TEXT,
    sha256 TEXT NOT NULL, record_sha256 TEXT NOT NULL
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
    row INTEGER PRIMARY KEY AUTOINCREMENT, passage_id TEXT NOT NULL UNIQUE, doc_id TEXT NOT NULL REFERENCES documents
    (doc_id) ON DELETE CASCADE, start INTEGER NOT NULL, end INTEGER NOT NULL, turn INTEGER NOT NULL, speaker TEXT,
    question_start INTEGER, question_end INTEGER, embedding BLOB NOT NULL
);
CREATE INDEX passages_by_document ON passages (doc_id);
CREATE VIRTUAL TABLE words USING fts5 (text, content = '', tokenize = "porter unicode61 remove_diacritics 2");
"""
_TABLES = ("tracks", "words", CORRECTED_TEXTS, "passages", "turns", "speakers", "documents", "meta")


class Catalog:
    """The catalog in one file; every call opens it again, so that threads share nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept = KeptListing()

    @contextmanager
    def reading(self, *, afresh: bool = False) -> Iterator[CatalogView]:
        """One state of the catalog, unchanged until the block ends.

        :param afresh: trust nothing that was read before, for what checks the file.
        :raises IndexNotFound: when the file is not there or holds no index yet.
        :raises IndexIncompatible: when another version of this program made it.
        :raises IndexDamaged: when it is no catalog.
        """
        if not self.path.exists():
            raise not_found(str(self.path.parent))
        try:
            self._require_files()
        except OSError as error:
            raise IndexDamaged(f"the index in {self.path.parent} cannot be read: {error}") from error
        try:
            with self._connect_to_read() as connection:
                connection.execute("BEGIN")
                view = CatalogView(connection, None if afresh else self._kept)
                self._check_format(view)
                yield view
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(
                f"{self.path} cannot be read ({error}); build the index again with: ontherecord index build"
            ) from error

    def write(
        self,
        entries: Sequence[Entry],
        *,
        remove: Collection[str],
        identity: EmbedderIdentity,
        replace_all: bool = False,
    ) -> None:
        """Take `remove` out, put `entries` in, in one transaction; see `PassageStore.write`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._require_files()
            if replace_all and self.path.exists() and not self._is_sound():
                self._set_aside()
            self._write(entries, remove, identity, replace_all)
        except (sqlite3.OperationalError, OSError) as error:
            raise IndexNotWritable(
                f"the index in {self.path.parent} cannot be written: {error}; the old one is unchanged"
            ) from error
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(
                f"{self.path} cannot be read ({error}); build the index again with: ontherecord index build"
            ) from error

    @contextmanager
    def repairing(self) -> Iterator[CatalogView]:
        """As `reading`, and what is derived may be made again; kept when the block ends without an error.

        :raises IndexNotWritable: when it cannot be written.
        """
        with self.reading():
            pass  # what cannot be read cannot be repaired; the refusal says so
        try:
            with closing(self._connect()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield CatalogView(connection)
                connection.execute("COMMIT")
        except (sqlite3.OperationalError, OSError) as error:
            raise IndexNotWritable(f"the index in {self.path.parent} cannot be repaired: {error}") from error

    def current_generation(self) -> Generation:
        """The newest state, whatever an older view shows."""
        with self.reading() as view:
            return view.generation()

    def note_vector_file(self, name: str, generation: Generation) -> bool:
        """Note which file of vectors was made of `generation`: no other one is ever read.

        Gives whether that is so now; nothing is noted when something else has been written meanwhile.

        :raises IndexNotWritable: when it cannot be written.
        """
        with self.repairing() as view:
            if view.generation() != generation:
                return False
            view.note_vector_file(name)
        return True

    def _require_files(self) -> None:
        # SQLite follows a link, and writes what it leads to.
        require_regular(*(Path(f"{self.path}{ending}") for ending in ("", "-wal", "-shm", "-journal")))

    def _write(
        self, entries: Sequence[Entry], remove: Collection[str], identity: EmbedderIdentity, replace_all: bool
    ) -> None:
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            self._change(connection, entries, remove, identity, replace_all)
            connection.execute("COMMIT")

    def _change(
        self,
        connection: sqlite3.Connection,
        entries: Sequence[Entry],
        remove: Collection[str],
        identity: EmbedderIdentity,
        replace_all: bool,
    ) -> None:
        view = CatalogView(connection)
        if replace_all:
            for table in _TABLES:
                connection.execute(f"DROP TABLE IF EXISTS {table}")
        meta = {"format": str(FORMAT), "embedder": identity.name, "weights_sha256": identity.weights_sha256}
        meta |= {"pooling": identity.pooling, "passage_rules": PASSAGE_RULES}
        if not view.has_meta():
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            meta |= {HASHES: "yes", "lineage": uuid.uuid4().hex, "generation": "1"}
        else:
            self._check_format(view)
            meta |= {"generation": str(view.generation().number + 1)}
        prepare_words(connection)
        for doc_id in {*remove, *(entry.document.doc_id for entry in entries)}:
            _delete(connection, doc_id)
        if connection.execute("SELECT 1 FROM documents").fetchone():
            self.check_identity(view, identity)
        meta["dimension"] = _find_dimension(view, entries, self.path.parent)
        for entry in entries:
            _insert(connection, entry)
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())

    def check_identity(self, view: CatalogView, used: EmbedderIdentity) -> None:
        """Refuse embeddings of another embedder than the one that is used; see `PassageStore.require`."""
        check_identity(str(self.path.parent), view.built_by(), view.meta("passage_rules"), used)

    def _check_format(self, view: CatalogView) -> None:
        found = view.meta("format") if view.has_meta() else None
        if found is None:
            raise not_found(str(self.path.parent))
        check_format(str(self.path.parent), found, str(FORMAT))

    def _connect(self, options: str = "") -> sqlite3.Connection:
        # Transactions are opened by hand: the module's own would commit behind the writer's back.
        uri = self.path.absolute().as_uri() + options
        return sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None)

    @contextmanager
    def _connect_to_read(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading, also where nothing can be written.

        In a folder that cannot be written SQLite refuses a file in WAL mode, unless the caller promises that no process
        writes. That is so while there is no log beside the file; should its owner write after all, what was read is
        refused.
        """
        log = Path(f"{self.path}-wal")
        with closing(self._connect()) as connection:
            try:
                connection.execute("SELECT 1 FROM sqlite_master").fetchone()
                can_lock = True
            except sqlite3.OperationalError as error:
                can_lock = not error.sqlite_errorname.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN"))
            if can_lock or log.exists():
                yield connection
                return
        before = self.path.stat()
        with closing(self._connect("?immutable=1")) as connection:
            yield connection
        after = self.path.stat()
        if log.exists() or (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise IndexDamaged(f"the index in {self.path.parent} was changed while it was read; try again")

    def _is_sound(self) -> bool:
        try:
            with closing(self._connect()) as connection:
                return bool(connection.execute("PRAGMA integrity_check (1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False

    def _set_aside(self) -> None:
        """Move a file that is no catalog out of the way, with its log, which must not be applied to a new one."""
        for ending in ("-wal", "-shm", ""):
            damaged = Path(f"{self.path}{ending}")
            if damaged.exists():
                damaged.replace(Path(f"{self.path}.damaged{ending}"))


def _find_dimension(view: CatalogView, entries: Sequence[Entry], folder: Path) -> str:
    """How many numbers an embedding has, of those that stay and those of `entries`."""
    dimensions = [entry.embeddings.shape[1] for entry in entries if entry.passages]
    if view.count_passages():
        dimensions.append(view.dimension())
    return str(find_dimension(str(folder), dimensions) or 0)


def _delete(connection: sqlite3.Connection, doc_id: str) -> None:
    forget_words(connection, doc_id)
    connection.execute("DELETE FROM documents WHERE doc_id = ?", (doc_id,))
    connection.execute("DELETE FROM meta WHERE key = ?", (name_hash(doc_id),))


def _insert(connection: sqlite3.Connection, entry: Entry) -> None:
    document = entry.document
    if entry.embeddings.shape[0] != len(entry.passages):
        raise ValueError(
            f"{document.doc_id}: {len(entry.passages)} passages but embeddings of shape {entry.embeddings.shape}"
        )
    connection.execute(
        "INSERT INTO documents (doc_id, title, text, source, sha256, record_sha256) VALUES (?, ?, ?, ?, ?, ?)",
        (document.doc_id, document.title, document.text, document.source, document.sha256, hash_record(document)),
    )
    connection.executemany(
        "INSERT INTO speakers (doc_id, name, role) VALUES (?, ?, ?)",
        [(document.doc_id, *speaker_values(speaker)) for speaker in document.speakers],
    )
    connection.executemany(
        "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(document.doc_id, number, *turn_values(turn)) for number, turn in enumerate(document.turns)],
    )
    write_track(connection, document)
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", hash_meta(entry))
    for passage, text, embedding in zip(entry.passages, entry.read(), entry.embeddings, strict=True):
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
                pack(embedding),
            ),
        )
        assert cursor.lastrowid is not None  # a row was inserted
        add_words(connection, cursor.lastrowid, text, fold(document.text[passage.start : passage.end]))
