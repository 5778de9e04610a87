"""Reading the catalog: one state of it, seen in an open transaction."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Passage, Speaker, Turn, one_line
from index.document_record import check_document, hash_entry, make_passage
from index.embedding import EmbedderIdentity
from index.errors import DocumentNotFound, IndexDamaged
from index.sqlite.listing import KeptListing
from index.sqlite.scoping import where
from index.sqlite.tracks import read_track
from index.sqlite.word_search import find_best, is_large, quote_word
from index.sqlite.words import find_words_problems, read_corrected_texts, read_texts, rebuild_words
from index.store import DocumentInfo, Entry, Scope
from index.types import FloatArray

_PASSAGE_COLUMNS = "passage_id, passages.doc_id, start, end, turn, speaker, question_start, question_end"
_VECTOR_FILE = "vector_file"
_CONDITIONS = "conditions"
# Noted where every document has a hash of its own, which an earlier version did not write.
HASHES = "entries are hashed"
# How many embeddings are in memory at once where they are only passed through.
_BATCH_ROWS = 20_000


class Generation(NamedTuple):
    """A state of a catalog: within a lineage a higher number is newer, and a row id stands for one passage for ever."""

    lineage: str
    number: int


class CatalogView:
    """One state of the catalog; made by `Catalog.reading`, good until its block ends."""

    conditions_since = ""

    def __init__(self, connection: sqlite3.Connection, kept: KeptListing | None = None) -> None:
        """Read through `connection`; what is `kept` of the same state is not read again."""
        self.connection = connection
        self._kept = kept or KeptListing()

    def holds_hidden(self, text: str) -> bool:
        """See `PassageView.holds_hidden`; what is stored hides nothing."""
        return False

    def has_meta(self) -> bool:
        """Whether anything has been written; a file may be there before."""
        return self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None

    def meta(self, key: str) -> str | None:
        """A value that was written with the index, or None."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def built_by(self) -> EmbedderIdentity:
        """The embedder whose embeddings are stored."""
        return EmbedderIdentity(*(self.meta(key) or "?" for key in ("embedder", "weights_sha256", "pooling")))

    def dimension(self) -> int:
        """How many numbers an embedding has; 0 while there are none."""
        return int(self.meta("dimension") or 0)

    def generation(self) -> Generation:
        """Which state of which catalog this is."""
        return Generation(self.meta("lineage") or "", int(self.meta("generation") or 0))

    def vector_file(self) -> str | None:
        """The name of the file of vectors that was made of this catalog, None while there is none."""
        return self.meta(_VECTOR_FILE)

    def note_vector_file(self, name: str) -> None:
        """See `Catalog.note_vector_file`; only in a view that may write."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_VECTOR_FILE, name))

    def has_conditions(self) -> bool:
        """Whether somebody has ever said under which conditions the documents may be shown."""
        return self.meta(_CONDITIONS) is not None

    def note_conditions(self) -> None:
        """Note that somebody has; only in a view that may write."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_CONDITIONS, "yes"))

    def count_passages(self, up_to: int | None = None) -> int:
        """How many passages there are; with `up_to`, how many with a row id of at most that."""
        condition = "" if up_to is None else f" WHERE row <= {int(up_to)}"
        (count,) = self.connection.execute(f"SELECT count(*) FROM passages{condition}").fetchone()
        return int(count)

    def count(self, scope: Scope, at_most: int) -> int:
        """See `PassageView.count`."""
        condition, values = where(scope)
        select = f"SELECT count(*) FROM (SELECT 1 FROM passages WHERE TRUE{condition} LIMIT ?)"
        (count,) = self.connection.execute(select, (*values, at_most)).fetchone()
        return int(count)

    def embeddings(self, after: int = 0) -> tuple[NDArray[np.int64], FloatArray]:
        """Row ids `(n,)` greater than `after`, ascending, and their embeddings `(n, dim)`; `(0, 1)` for none.

        :raises IndexDamaged: when they are not all of one width.
        """
        batches = list(self.embedding_batches(after))
        if not batches:
            return np.zeros(0, dtype=np.int64), np.zeros((0, 1), dtype=np.float32)
        return np.concatenate([rows for rows, _ in batches]), np.concatenate([vectors for _, vectors in batches])

    def embedding_batches(self, after: int = 0) -> Iterator[tuple[NDArray[np.int64], FloatArray]]:
        """As `embeddings`, in parts that do not fill the memory."""
        dimension = self.dimension()
        cursor = self.connection.execute("SELECT row, embedding FROM passages WHERE row > ? ORDER BY row", (after,))
        while found := cursor.fetchmany(_BATCH_ROWS):
            yield _unpack(found, dimension)

    def embeddings_at(self, rows: Sequence[int]) -> tuple[NDArray[np.int64], FloatArray]:
        """As `embeddings`, of those of `rows` that there are."""
        select = "SELECT row, embedding FROM passages WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row"
        found = self.connection.execute(select, (json.dumps(list(rows)),))
        return _unpack(found.fetchall(), self.dimension())

    def entry(self, doc_id: str) -> Entry:
        """See `PassageView.entry`."""
        document, passages = self.document(doc_id), self.passages_of(doc_id)
        found = self.connection.execute("SELECT row, embedding FROM passages WHERE doc_id = ? ORDER BY row", (doc_id,))
        _, embeddings = _unpack(found.fetchall(), self.dimension())
        texts = None
        if read_corrected_texts(self.connection, doc_id):
            texts = tuple(text for _, text in read_texts(self.connection, doc_id))
        return Entry(document, tuple(passages), embeddings, texts)

    def rows(self) -> NDArray[np.int64]:
        """The row ids of all passages, ascending."""
        found = self.connection.execute("SELECT row FROM passages ORDER BY row").fetchall()
        return np.array(found, dtype=np.int64).reshape(-1)

    def last_row(self) -> int:
        """The greatest row id that there has ever been: what is added later has greater ones."""
        (last,) = self.connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'passages'").fetchone()
        return int(last or 0)

    def rows_in(self, scope: Scope) -> list[int] | None:
        """The row ids of the passages in `scope`, ascending; None when that is all of them."""
        condition, values = where(scope)
        if not condition:
            return None
        rows = self.connection.execute(f"SELECT row FROM passages WHERE TRUE{condition} ORDER BY row", values)
        return [row for (row,) in rows]

    def rows_around(self, doc_id: str, start: int, reach: int, speakers: frozenset[str] | None) -> list[int]:
        """The row ids of the passages that `PassageView.around` gives, ascending."""
        condition, values = where(Scope(frozenset({doc_id}), speakers))
        select = f"SELECT row FROM passages WHERE end {{}} ?{condition} ORDER BY start {{}} LIMIT ?"
        before = self.connection.execute(select.format("<=", "DESC"), (start, *values, reach))
        after = self.connection.execute(select.format(">", "ASC"), (start, *values, reach + 1))
        return sorted(row for found in (before, after) for (row,) in found)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages with these row ids, in the order given; unknown ids are left out."""
        # A cross join is never turned round: the order is that of the list.
        select = (
            f"SELECT {_PASSAGE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN passages ON passages.row = wanted.value"
            " ORDER BY wanted.key"
        )
        return [make_passage(*record) for record in self.connection.execute(select, (json.dumps(list(rows)),))]

    def passages_of(self, doc_id: str) -> list[Passage]:
        """The passages of a document, in order of storing."""
        select = f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE doc_id = ? ORDER BY row"
        return [make_passage(*record) for record in self.connection.execute(select, (doc_id,))]

    def words_problems(self) -> list[str]:
        """What is wrong with the index of words, which is derived from the passages; an empty list when it is sound."""
        return find_words_problems(self.connection)

    def rebuild_words(self) -> None:
        """Make the index of words again from the passages; only in a view that may write."""
        rebuild_words(self.connection)

    def integrity_problems(self) -> list[str]:
        """What SQLite's own check of the file says is wrong; an empty list when it is sound."""
        found = [str(problem) for (problem,) in self.connection.execute("PRAGMA integrity_check")]
        return [problem for problem in found if problem != "ok"]

    def entry_problems(self) -> list[str]:
        """The documents that are stored otherwise than they were written, a sentence each; an empty list for none.

        An index that an earlier version began holds no hashes for some documents, which are passed over.
        """
        complete = self.meta(HASHES) is not None
        problems = []
        for info in self.documents():
            noted = self.meta(name_hash(info.doc_id))
            if noted is None and not complete:
                continue
            try:
                entry = self.entry(info.doc_id)
            except IndexDamaged:
                continue  # what is wrong with it is reported where it is read
            if noted != hash_entry(entry, pack(entry.embeddings)):
                name = one_line(info.doc_id)
                problems.append(f"the name, the passages or the embeddings of {name} are not those that were indexed")
        return problems

    def matching(self, words: Sequence[str], top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """The `top_k` passages with any of `words`, best first, with BM25: higher is better, of a large index about."""
        if not words or top_k <= 0:
            return []
        condition, values = where(scope)
        if not condition and is_large(self.connection):
            select = (
                f"SELECT {_PASSAGE_COLUMNS}, wanted.value ->> 1 FROM json_each(?) AS wanted"
                " CROSS JOIN passages ON passages.row = wanted.value ->> 0 ORDER BY wanted.key"
            )
            found = self.connection.execute(select, (json.dumps(find_best(self.connection, words, top_k)),))
            return [(make_passage(*record), float(score)) for *record, score in found]
        query = " OR ".join(map(quote_word, words))
        # FTS5 gives BM25 as a negative number, best lowest. Without a condition the best are found among the words
        # alone: to look up every passage that has one takes longer than all the rest.
        best = (
            "SELECT rowid AS row, -bm25(words) AS score FROM words WHERE words MATCH ?"
            f"{'' if condition else ' ORDER BY score DESC, rowid LIMIT ?'}"
        )
        found = self.connection.execute(
            f"SELECT {_PASSAGE_COLUMNS}, score FROM ({best}) AS best JOIN passages ON passages.row = best.row"
            f" WHERE TRUE{condition} ORDER BY score DESC, passages.row LIMIT ?",
            (query, *values, top_k) if condition else (query, top_k, top_k),
        )
        return [(make_passage(*record), float(score)) for *record, score in found]

    def document(self, doc_id: str) -> Document:
        """The document; see `PassageView.document`."""
        select = self.connection.execute
        row = select(
            "SELECT title, text, source, sha256, record_sha256 FROM documents WHERE doc_id = ?", (doc_id,)
        ).fetchone()
        if row is None:
            raise DocumentNotFound(f"the index holds no document {doc_id!r}; see them with: ontherecord index list")
        title, text, source, sha256, record_sha256 = row
        turns = select(
            "SELECT speaker, start, end, kind, start_ms, page FROM turns WHERE doc_id = ? ORDER BY turn", (doc_id,)
        )
        speakers = select("SELECT name, role FROM speakers WHERE doc_id = ? ORDER BY rowid", (doc_id,))
        try:
            document = Document(
                doc_id=doc_id,
                title=title,
                text=text,
                turns=tuple(Turn(*record) for record in turns),
                speakers=tuple(Speaker(*record) for record in speakers),
                source=source,
                sha256=sha256,
                track=read_track(self.connection, doc_id, sha256),
            )
        except ValueError as error:
            raise IndexDamaged(f"the stored {one_line(doc_id)!r} is no document ({error}); build it again") from error
        check_document(document, record_sha256)
        return document

    def documents(self) -> list[DocumentInfo]:
        """All documents, in the order in which they were stored."""
        return self._kept.read(self.connection, self.generation())


def name_hash(doc_id: str) -> str:
    """The key under which the hash of a document is noted."""
    return f"entry of {doc_id}"


def hash_meta(entry: Entry) -> tuple[str, str]:
    """What is noted of a document that is written, see `CatalogView.entry_problems`."""
    return name_hash(entry.document.doc_id), hash_entry(entry, pack(entry.embeddings))


def pack(embedding: FloatArray) -> bytes:
    """An embedding, or several in order, as they are stored: float16, half the bytes.

    Measured with the bundled model on 3,308 passages of the samples and the 286 questions of tests/eval: cosines move
    by 6e-5 at most, the best ten are the same ten for every question; int8 exchanges 3 in 1,000 of them.
    """
    return np.asarray(embedding, dtype="<f2").tobytes()


def _unpack(found: Sequence[tuple[int, bytes]], dimension: int) -> tuple[NDArray[np.int64], FloatArray]:
    rows = np.fromiter((row for row, _ in found), dtype=np.int64, count=len(found))
    if any(len(blob) != 2 * dimension for _, blob in found):
        raise IndexDamaged(
            f"the index holds embeddings of different widths, expected {dimension} numbers each; "
            "build it again with: ontherecord index build"
        )
    joined = b"".join(blob for _, blob in found)
    return rows, np.frombuffer(joined, dtype="<f2").reshape(len(found), dimension).astype(np.float32)
