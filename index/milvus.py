"""The store past one machine, in collections of a Milvus server; the only importer of pymilvus."""

import functools
import json
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import numpy as np

from corpus import Document, Passage
from corpus.passages import PASSAGE_RULES
from index.embedder import EmbedderIdentity, FloatArray
from index.errors import DocumentNotFound, IndexDamaged, IndexIncompatible, IndexNotFound, IndexNotWritable
from index.milvus_rows import MAX_VARCHAR_BYTES, document_rows, passage_rows, read_document, read_passage
from index.store import DocumentInfo, Entry, Scope

if TYPE_CHECKING:
    from pymilvus import MilvusClient

# Raise it when the fields change.
FORMAT = 1
_HEAD_ID = "head"
# What Milvus takes: https://milvus.io/docs/limitations.md
_MAX_HITS = 16_384
_MAX_RETIRED = 4_000
_BATCH_ROWS = 1_000
_PASSAGE_FIELDS = ["row", "passage_id", "doc_id", "start", "end", "turn", "speaker", "question_start", "question_end"]


@dataclass(frozen=True, slots=True)
class Head:
    """The one row whose replacement is the commit point: what else is stored counts only as it says.

    A document that is stored gets the next key, its passages carry it. Visible are the keys from `first_key` up to, not
    including, `next_key` that are not `retired`. Retired ones are deleted by the next write but one, and not at once,
    so that who reads meanwhile still finds them.
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


class MilvusStore:
    """A `PassageStore` in collections of a Milvus server, whose names begin with `name`.

    Milvus has no transactions over several rows: all is written beside what is there, and then one row is replaced.
    It has no lock either: let one program write at a time; who was overtaken is refused.
    """

    def __init__(self, uri: str, name: str, *, token: str = "") -> None:
        """Name the server, or a file for milvus-lite; nothing is read yet."""
        self.uri = uri
        self.name = name
        self._token = token

    @classmethod
    def from_url(cls, url: str) -> Self:
        """The store of `http://host:19530/name`; a user or token stands before the host, as `http://token@host/name`.

        :raises IndexNotFound: when the address names no collection.
        """
        parts = urlsplit(url)
        name = parts.path.strip("/")
        token, _, host = parts.netloc.rpartition("@")
        host = f"{parts.scheme}://{host}"
        if not parts.hostname or not name.isidentifier():
            raise IndexNotFound(
                f"{host}{parts.path} names no index; expected http://HOST:19530/NAME, NAME in letters and digits"
            )
        return cls(host, name, token=token)

    @contextmanager
    def reading(self) -> Iterator["MilvusView"]:
        """See `PassageStore.reading`."""
        with self._refusing():
            yield MilvusView(self._client, self.name, self._read_head())

    def writing(self) -> AbstractContextManager[None]:
        """See `PassageStore.writing`; nobody is kept out, but see `write`."""
        return nullcontext()

    def write(
        self, entries: Sequence[Entry], *, remove: Collection[str], identity: EmbedderIdentity, anew: bool = False
    ) -> None:
        """See `PassageStore.write`.

        :raises IndexNotWritable: also when somebody else has written meanwhile.
        """
        with self._refusing():
            old = self._read_old_head(anew)
            head = self._prepare(old, entries, remove, identity, anew)
            keys = range(head.next_key, head.next_key + len(entries))
            for key, entry in zip(keys, entries, strict=True):
                self._insert(head.passages, passage_rows(key, entry))
                self._insert(self.name, document_rows(key, entry))
            if self._find_generation() != (0 if old is None else old.generation):
                raise IndexNotWritable(
                    f"somebody else has written to {self.uri}/{self.name} meanwhile; try again when they are done"
                )
            self._commit(replace(head, generation=head.generation + 1, next_key=head.next_key + len(entries)))

    def require(self, identity: EmbedderIdentity) -> None:
        """See `PassageStore.require`."""
        with self._refusing():
            self._check_identity(self._read_head(), identity)

    @functools.cached_property
    def _client(self) -> "MilvusClient":
        return _connect(self.uri, self._token)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Turn what pymilvus raises into a refusal in words."""
        milvus_exception = _import_pymilvus().MilvusException
        try:
            yield
        except milvus_exception as error:
            raise IndexNotWritable(f"the Milvus server at {self.uri} refuses: {error.message}") from error

    def _read_old_head(self, anew: bool) -> Head | None:
        """The head before a write; None for a fresh start, also from what cannot be used."""
        try:
            return self._read_head()
        except IndexNotFound:
            return None
        except (IndexIncompatible, IndexDamaged):
            if anew:
                return None
            raise

    def _read_head(self) -> Head:
        body = self._find_head()
        if body is None:
            raise IndexNotFound(
                f"no index in {self.uri}/{self.name}; "
                f"build one with: python -m index build FILE… --index {self.uri}/{self.name}"
            )
        if body.get("format") != FORMAT:
            raise IndexIncompatible(
                f"the index in {self.uri}/{self.name} has format {body.get('format')}, expected {FORMAT}; "
                "build it again with: python -m index build"
            )
        try:
            return Head(**{**body, "retired": tuple(body["retired"])})
        except (KeyError, TypeError) as error:
            raise IndexDamaged(f"the head of {self.uri}/{self.name} cannot be read; build the index again") from error

    def _find_head(self) -> dict[str, Any] | None:
        if not self._client.has_collection(self.name):
            return None
        found = self._client.query(self.name, filter=f'id == "{_HEAD_ID}"', output_fields=["body"])
        return json.loads(found[0]["body"]) if found else None

    def _find_generation(self) -> int:
        body = self._find_head()
        return 0 if body is None else int(body["generation"])

    def _prepare(
        self,
        old: Head | None,
        entries: Sequence[Entry],
        remove: Collection[str],
        identity: EmbedderIdentity,
        anew: bool,
    ) -> Head:
        """The head to be, as yet without the new documents; what earlier writes left over is deleted."""
        if old is not None:
            self._delete_leftovers(old)
        else:
            self._start_over()
        widths = {entry.embeddings.shape[1] for entry in entries if entry.passages}
        held = {} if old is None or anew else MilvusView(self._client, self.name, old).keys()
        going = {*remove, *(entry.document.doc_id for entry in entries)} & held.keys()
        staying = held.keys() - going
        if old is not None and staying:
            self._check_identity(old, identity)
            widths.add(old.dimension)
        if len(widths) > 1:
            raise IndexIncompatible(
                f"{self.uri}/{self.name} would hold embeddings of {' and '.join(map(str, sorted(widths)))} dimensions, "
                "expected one number; build it again with: python -m index build"
            )
        retired = tuple(sorted(held[doc_id] for doc_id in going)) if staying else ()
        if len(retired) > _MAX_RETIRED:
            raise IndexNotWritable(f"at most {_MAX_RETIRED:,} documents are replaced at once, here {len(retired):,}")
        dimension = widths.pop() if widths else 1
        generation, next_key = (old.generation, old.next_key) if old is not None else (0, 0)
        passages = old.passages if old is not None else ""
        if not staying:
            passages = f"{self.name}_passages_{generation + 1}"
            self._create_passages(passages, dimension)
        return Head(
            passages=passages,
            old_passages=old.passages if old is not None and old.passages != passages else "",
            generation=generation,
            first_key=old.first_key if old is not None and staying else next_key,
            next_key=next_key,
            retired=retired,
            embedder=identity.name,
            weights_sha256=identity.weights_sha256,
            pooling=identity.pooling,
            passage_rules=PASSAGE_RULES,
            dimension=dimension,
            format=FORMAT,
        )

    def _delete_leftovers(self, head: Head) -> None:
        """What the last write retired, and what one that did not come to its end has left."""
        hidden = f"(key >= 0 and key < {head.first_key}) or key >= {head.next_key}"
        if head.retired:
            hidden += f" or key in {list(head.retired)}"
        self._client.delete(self.name, filter=hidden)
        if self._client.has_collection(head.passages):
            self._client.delete(head.passages, filter=hidden)
        if head.old_passages and self._client.has_collection(head.old_passages):
            self._client.drop_collection(head.old_passages)

    def _commit(self, head: Head) -> None:
        row = {"id": _HEAD_ID, "key": -1, "part": 0, "doc_id": "", "info": "", "body": json.dumps(asdict(head))}
        self._client.upsert(self.name, [row | {"unused": [0.0, 0.0]}])

    def _check_identity(self, head: Head, identity: EmbedderIdentity) -> None:
        built = EmbedderIdentity(head.embedder, head.weights_sha256, head.pooling)
        if built != identity:
            raise IndexIncompatible(
                f"the index in {self.uri}/{self.name} was built with the embedder {built}, but {identity} is in use; "
                "name that embedder with --embedder, or build the index again with: python -m index build"
            )
        if head.passage_rules != PASSAGE_RULES:
            raise IndexIncompatible(
                f"the index in {self.uri}/{self.name} was cut into passages by {head.passage_rules}, expected "
                f"{PASSAGE_RULES}; build it again with: python -m index build"
            )

    def _insert(self, collection: str, rows: Iterable[dict[str, Any]]) -> None:
        pending = list(rows)
        for start in range(0, len(pending), _BATCH_ROWS):
            self._client.insert(collection, pending[start : start + _BATCH_ROWS])

    def _start_over(self) -> None:
        for collection in self._client.list_collections():
            if collection == self.name or collection.startswith(f"{self.name}_passages_"):
                self._client.drop_collection(collection)
        kind = _import_pymilvus().DataType
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", kind.VARCHAR, is_primary=True, max_length=64)
        schema.add_field("key", kind.INT64)
        schema.add_field("part", kind.INT64)
        for name in ("doc_id", "info", "body"):
            schema.add_field(name, kind.VARCHAR, max_length=MAX_VARCHAR_BYTES)
        schema.add_field("unused", kind.FLOAT_VECTOR, dim=2)  # a collection must have vectors
        parameters = self._client.prepare_index_params()
        parameters.add_index("unused", index_type="AUTOINDEX", metric_type="IP")
        self._create(self.name, schema, parameters)

    def _create_passages(self, collection: str, dimension: int) -> None:
        pymilvus = _import_pymilvus()
        kind = pymilvus.DataType
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("row", kind.INT64, is_primary=True)
        for name in ("key", "start", "end", "turn"):
            schema.add_field(name, kind.INT64)
        for name in ("question_start", "question_end"):
            schema.add_field(name, kind.INT64, nullable=True)
        for name in ("passage_id", "doc_id"):
            schema.add_field(name, kind.VARCHAR, max_length=MAX_VARCHAR_BYTES)
        schema.add_field("speaker", kind.VARCHAR, max_length=MAX_VARCHAR_BYTES, nullable=True)
        analyzer = {
            "tokenizer": "standard",
            "filter": ["lowercase", "asciifolding", {"type": "stemmer", "language": "english"}],
        }
        schema.add_field(
            "text", kind.VARCHAR, max_length=MAX_VARCHAR_BYTES, enable_analyzer=True, analyzer_params=analyzer
        )
        schema.add_field("words", kind.SPARSE_FLOAT_VECTOR)
        schema.add_field("embedding", kind.FLOAT_VECTOR, dim=dimension)
        schema.add_function(
            pymilvus.Function(
                name="bm25",
                function_type=pymilvus.FunctionType.BM25,
                input_field_names=["text"],
                output_field_names=["words"],
            )
        )
        parameters = self._client.prepare_index_params()
        parameters.add_index("embedding", index_type="AUTOINDEX", metric_type="COSINE")
        parameters.add_index(
            "words",
            index_type="SPARSE_INVERTED_INDEX",
            metric_type="BM25",
            params={"bm25_k1": 1.2, "bm25_b": 0.75},  # those of SQLite's FTS5
        )
        self._create(collection, schema, parameters)

    def _create(self, collection: str, schema: object, parameters: object) -> None:
        if self._client.has_collection(collection):  # left by a write that did not come to its end
            self._client.drop_collection(collection)
        self._client.create_collection(collection, schema=schema, index_params=parameters, consistency_level="Strong")


class MilvusView:
    """One state of a `MilvusStore`; see `PassageView`."""

    def __init__(self, client: "MilvusClient", name: str, head: Head) -> None:
        self._client = client
        self._name = name
        self._head = head

    def nearest(self, embedding: FloatArray, top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.nearest`."""
        if embedding.shape != (self._head.dimension,):
            raise ValueError(f"the embedding has shape {embedding.shape}, expected ({self._head.dimension},)")
        return self._search("embedding", embedding.tolist(), top_k, scope)

    def matching(self, words: Sequence[str], top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.matching`."""
        return self._search("words", " ".join(words), top_k, scope) if words else []

    def document(self, doc_id: str) -> Document:
        """See `PassageView.document`."""
        parts = self._query(self._name, f"doc_id == {_quote(doc_id)}", ["key", "part", "info", "body"])
        if not parts:
            raise DocumentNotFound(f"the index holds no document {doc_id!r}; see them with: python -m index list")
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
        condition = self._head.filter
        for name, values in (("doc_id", scope.doc_ids), ("speaker", scope.speakers)):
            if values is not None:
                condition += f" and {name} in [{', '.join(map(_quote, sorted(values)))}]"
        (found,) = self._client.search(
            self._head.passages,
            data=[query],
            anns_field=field,
            filter=condition,
            limit=min(top_k, _MAX_HITS),
            output_fields=_PASSAGE_FIELDS,
        )
        # milvus-lite gives BM25 as a negative number, a server as a positive one.
        hits = [(hit["entity"], abs(hit["distance"]) if field == "words" else hit["distance"]) for hit in found]
        hits.sort(key=lambda hit: (-hit[1], hit[0]["row"]))
        return [(read_passage(row), float(score)) for row, score in hits]

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


def _quote(text: str) -> str:
    """A string in Milvus's filter language, which takes JSON's."""
    return json.dumps(text, ensure_ascii=False)


def _connect(uri: str, token: str) -> "MilvusClient":
    pymilvus = _import_pymilvus()
    try:
        return pymilvus.MilvusClient(uri=uri, token=token)
    except pymilvus.MilvusException as error:
        raise IndexNotFound(
            f"no Milvus server answers at {uri} ({error.message}); start it, or check the address"
        ) from error


def _import_pymilvus() -> Any:  # noqa: ANN401
    try:
        import pymilvus
    except ImportError as error:
        raise IndexNotFound(
            "an index on a Milvus server needs the package pymilvus; install it with: "
            "pip install 'on-the-record[milvus]'"
        ) from error
    # Whatever it logs it raises too, and standard error is ours to keep clean.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    return pymilvus
