"""Reading the catalog: one state of it, seen in an open transaction."""

import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Passage, Speaker, Turn
from corpus.document import hash_text
from index.embedder import FloatArray
from index.errors import DocumentNotFound, IndexDamaged
from index.store import DocumentInfo, Scope

_PASSAGE_COLUMNS = "passage_id, passages.doc_id, start, end, turn, speaker, question_start, question_end"


class CatalogView:
    """One state of the catalog; made by `Catalog.reading`, good until its block ends."""

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
        select = f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE row = ?"
        return [_passage(*self._connection.execute(select, (row,)).fetchone()) for row in rows]

    def passages_of(self, doc_id: str) -> list[Passage]:
        """The passages of a document, in order of storing."""
        select = f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE doc_id = ? ORDER BY row"
        return [_passage(*record) for record in self._connection.execute(select, (doc_id,))]

    def count_words_rows(self) -> int:
        """How many passages the lexical index holds."""
        (count,) = self._connection.execute("SELECT count(*) FROM words_docsize").fetchone()
        return int(count)

    def integrity_problems(self) -> list[str]:
        """What SQLite's own check of the file says is wrong; an empty list when it is sound."""
        found = [str(problem) for (problem,) in self._connection.execute("PRAGMA integrity_check")]
        return [problem for problem in found if problem != "ok"]

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
            "SELECT speaker, start, end, kind, start_ms, page FROM turns WHERE doc_id = ? ORDER BY turn", (doc_id,)
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
