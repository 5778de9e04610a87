"""Reading what a Milvus server holds of an index: one state of it, as its head says."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import Document, Passage
from index.errors import DocumentNotFound
from index.milvus.rows import read_document, read_passage
from index.store import DocumentInfo, Entry, Scope
from index.types import FloatArray

if TYPE_CHECKING:
    from index.milvus.client import MilvusClient

# What Milvus takes: https://milvus.io/docs/limitations.md
_MAX_HITS = 16_384
_BATCH_ROWS = 1_000
_PASSAGE_FIELDS = ["row", "passage_id", "doc_id", "start", "end", "turn", "speaker", "question_start", "question_end"]


@dataclass(frozen=True, slots=True)
class Head:
    """The one row whose replacement is the commit point: what else is stored counts only as it says.

    A document that is stored gets the next key, its passages carry it. Visible are the keys from `first_key` up to, not
    including, `next_key` that are not `retired`. Retired ones are deleted by the next write but one, and not at once,
    so that those who read meanwhile still find them.
    """

    passages: str
    old_passages: str
    generation: int
    first_key: int
    next_key: int
    retired: tuple[int, ...]
    embedder: str
    weights_sha256: str
    pooling: str
    passage_rules: str
    dimension: int
    format: int

    @property
    def filter(self) -> str:
        """The condition for what is visible."""
        condition = f"key >= {self.first_key} and key < {self.next_key}"
        return f"{condition} and key not in {list(self.retired)}" if self.retired else condition


class MilvusView:
    """One state of a `MilvusStore`; see `PassageView`."""

    conditions_since = ""

    def __init__(self, client: "MilvusClient", name: str, head: Head) -> None:
        self._client = client
        self._name = name
        self._head = head

    def holds_hidden(self, text: str) -> bool:
        """See `PassageView.holds_hidden`; what is stored hides nothing."""
        return False

    def nearest(self, embedding: FloatArray, top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.nearest`."""
        if embedding.shape != (self._head.dimension,):
            raise ValueError(f"the embedding has shape {embedding.shape}, expected ({self._head.dimension},)")
        return self._search("embedding", embedding.tolist(), top_k, scope)

    def matching(self, words: Sequence[str], top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.matching`."""
        return self._search("words", " ".join(words), top_k, scope) if words else []

    def count(self, scope: Scope, at_most: int) -> int:
        """See `PassageView.count`; the server counts them all."""
        (row,) = self._client.query(self._head.passages, filter=self._visible(scope), output_fields=["count(*)"])
        return min(int(row["count(*)"]), at_most)

    def around(
        self, embedding: FloatArray, doc_id: str, start: int, reach: int, speakers: frozenset[str] | None
    ) -> list[tuple[Passage, float]]:
        """See `PassageView.around`; the ends of all passages of the document are read, but few embeddings."""
        condition = _within(Scope(frozenset({doc_id}), speakers))
        ends = sorted(self._query(self._head.passages, condition, ["row", "end"]), key=lambda found: found["row"])
        split = sum(found["end"] <= start for found in ends)
        rows = [found["row"] for found in ends[max(0, split - reach) : split + reach + 1]]
        if not rows:
            return []
        found = self._query(self._head.passages, f"row in {rows}", [*_PASSAGE_FIELDS, "embedding"])
        found.sort(key=lambda row: row["row"])
        cosines = np.asarray([row["embedding"] for row in found], dtype=np.float32) @ embedding
        return list(zip(map(read_passage, found), cosines.tolist(), strict=True))

    def document(self, doc_id: str) -> Document:
        """See `PassageView.document`."""
        parts = self._query(self._name, f"doc_id == {_quote(doc_id)}", ["key", "part", "info", "body"])
        if not parts:
            raise DocumentNotFound(f"the index holds no document {doc_id!r}; see them with: ontherecord index list")
        return read_document(doc_id, parts)

    def entry(self, doc_id: str) -> Entry:
        """See `PassageView.entry`."""
        document = self.document(doc_id)
        rows = self._query(self._head.passages, f"doc_id == {_quote(doc_id)}", [*_PASSAGE_FIELDS, "embedding"])
        rows.sort(key=lambda row: row["row"])
        embeddings = np.asarray([row["embedding"] for row in rows], dtype=np.float32)
        return Entry(document, tuple(map(read_passage, rows)), embeddings.reshape(len(rows), self._head.dimension))

    def documents(self) -> list[DocumentInfo]:
        """See `PassageView.documents`."""
        rows = self._query(self._name, "part == 0", ["key", "info"])
        infos = [json.loads(row["info"]) for row in sorted(rows, key=lambda row: row["key"])]
        return [DocumentInfo(**{**info, "speakers": tuple(info["speakers"])}) for info in infos]

    def keys(self) -> dict[str, int]:
        """The keys of the documents by their names."""
        return {row["doc_id"]: row["key"] for row in self._query(self._name, "part == 0", ["key", "doc_id"])}

    def _search(self, field: str, query: object, top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        if top_k <= 0:
            return []
        (found,) = self._client.search(
            self._head.passages,
            data=[query],
            anns_field=field,
            filter=self._visible(scope),
            limit=min(top_k, _MAX_HITS),
            output_fields=_PASSAGE_FIELDS,
        )
        # milvus-lite gives BM25 as a negative number, a server as a positive one.
        hits = [(hit["entity"], abs(hit["distance"]) if field == "words" else hit["distance"]) for hit in found]
        hits.sort(key=lambda hit: (-hit[1], hit[0]["row"]))
        return [(read_passage(row), float(score)) for row, score in hits]

    def _visible(self, scope: Scope) -> str:
        """The condition for what is visible and in `scope`."""
        return " and ".join(filter(None, [self._head.filter, _within(scope)]))

    def _query(self, collection: str, condition: str, fields: list[str]) -> list[dict[str, Any]]:
        """All rows that are visible and meet `condition`, in no order."""
        condition = f"{self._head.filter} and {condition}"
        iterator = self._client.query_iterator(
            collection, filter=condition, output_fields=fields, batch_size=_BATCH_ROWS
        )
        rows: list[dict[str, Any]] = []
        while batch := iterator.next():
            rows += batch
        iterator.close()
        return rows


def _within(scope: Scope) -> str:
    """The condition for what is in `scope`, "" for everything."""
    conditions = []
    if scope.doc_ids is not None:
        conditions.append(_is_one_of("doc_id", scope.doc_ids))
    if scope.speakers is not None:
        said = _is_one_of("speaker", scope.speakers)
        if scope.called:
            others = _is_one_of("doc_id", (doc_id for doc_id, _ in scope.called))
            ways = [f"(not ({others}) and {said})"]
            ways += [
                f"(doc_id == {_quote(doc_id)} and {_is_one_of('speaker', names)})" for doc_id, names in scope.called
            ]
            said = f"({' or '.join(ways)})"
        conditions.append(said)
    return " and ".join(conditions)


def _is_one_of(field: str, values: Iterable[str]) -> str:
    return f"{field} in [{', '.join(map(_quote, sorted(values)))}]"


def _quote(text: str) -> str:
    """A string in Milvus's filter language, which takes JSON's."""
    return json.dumps(text, ensure_ascii=False)
