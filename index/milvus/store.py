"""The store past one machine, in collections of a Milvus server."""

import functools
import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from corpus import PASSAGE_RULES, Conditions, Corrections
from index.compatibility import check_format, check_identity, find_dimension, not_found
from index.embedding import EmbedderIdentity
from index.errors import IndexDamaged, IndexIncompatible, IndexNotFound, IndexNotWritable
from index.milvus.client import connect, create_passages, import_pymilvus, start_over
from index.milvus.rows import document_rows, passage_rows
from index.milvus.view import Head, MilvusView
from index.store import Entry

if TYPE_CHECKING:
    from index.milvus.client import MilvusClient

__all__ = ["MilvusStore"]

# Raise it when the fields change.
FORMAT = 2
_HEAD_ID = "head"
# What Milvus takes: https://milvus.io/docs/limitations.md
_MAX_RETIRED = 4_000
# Rows that are sent at once, of passages and of parts of documents, which are 64 KB each: a message holds 64 MB.
_BATCH_ROWS = 1_000
_BATCH_PARTS = 200


class MilvusStore:
    """A `PassageStore` in collections of a Milvus server, whose names begin with `name`.

    Milvus has no transactions over several rows: all is written beside what is there, and then one row is replaced.
    It has no lock either: let one program write at a time; a writer that another one overtook is refused.
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

    @property
    def location(self) -> str:
        """Server and name, as they may be shown: without the token."""
        return f"{self.uri}/{self.name}"

    @contextmanager
    def reading(self) -> Iterator["MilvusView"]:
        """See `PassageStore.reading`."""
        with self._refusing():
            yield MilvusView(self._client, self.name, self._read_head())

    def reading_stored(self) -> AbstractContextManager["MilvusView"]:
        """See `PassageStore.reading_stored`; there are no conditions."""
        return self.reading()

    def writing(self) -> AbstractContextManager[None]:
        """See `PassageStore.writing`; no other writer is kept out, but see `write`."""
        return nullcontext()

    def write(
        self,
        entries: Sequence[Entry],
        *,
        remove: Collection[str],
        identity: EmbedderIdentity,
        replace_all: bool = False,
    ) -> None:
        """See `PassageStore.write`.

        :raises IndexNotWritable: also when somebody else has written meanwhile.
        """
        with self._refusing():
            old = self._read_old_head(replace_all)
            head = self._prepare(old, entries, remove, identity, replace_all)
            keyed = list(enumerate(entries, start=head.next_key))
            self._insert(head.passages, (row for one in keyed for row in passage_rows(*one)), _BATCH_ROWS)
            self._insert(self.name, (row for one in keyed for row in document_rows(*one)), _BATCH_PARTS)
            if self._find_generation() != (0 if old is None else old.generation):
                raise IndexNotWritable(
                    f"somebody else has written to {self.location} meanwhile; try again when they are done"
                )
            self._commit(replace(head, generation=head.generation + 1, next_key=head.next_key + len(entries)))

    def require(self, identity: EmbedderIdentity) -> None:
        """See `PassageStore.require`."""
        with self._refusing():
            self._check_identity(self._read_head(), identity)

    def corrections(self) -> Corrections:
        """See `PassageStore.corrections`; there are none."""
        return Corrections()

    def keep_corrections(self, corrections: Corrections) -> None:
        """See `PassageStore.keep_corrections`; they are kept beside an index in a folder only."""
        raise IndexNotWritable(
            f"corrections are kept beside an index in a folder, and {self.location} is a server; "
            "build an index in a folder with: ontherecord index build FILE… --index DIR"
        )

    def conditions(self) -> Conditions:
        """See `PassageStore.conditions`; there are none."""
        return Conditions()

    def keep_conditions(self, conditions: Conditions) -> None:
        """See `PassageStore.keep_conditions`; they are kept beside an index in a folder only."""
        raise IndexNotWritable(
            f"conditions are kept beside an index in a folder, and {self.location} is a server; "
            "build an index in a folder with: ontherecord index build FILE… --index DIR"
        )

    def file_problems(self) -> list[str]:
        """See `PassageStore.file_problems`; the server looks after its files."""
        with self._refusing():
            head = self._read_head()
            if self._client.has_collection(head.passages):
                return []
            return [f"{self.location} lacks the collection {head.passages}, which holds its passages"]

    def repair(self) -> list[str]:
        """See `PassageStore.repair`; nothing that is derived is stored here."""
        with self._refusing():
            self._read_head()
        return []

    @functools.cached_property
    def _client(self) -> "MilvusClient":
        return connect(self.uri, self._token)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Turn what pymilvus raises into a refusal in words."""
        milvus_exception = import_pymilvus().MilvusException
        try:
            yield
        except milvus_exception as error:
            raise IndexNotWritable(f"the Milvus server at {self.uri} refuses: {error.message}") from error

    def _read_old_head(self, replace_all: bool) -> Head | None:
        """The head before a write; None for a fresh start, also from what cannot be used."""
        try:
            return self._read_head()
        except IndexNotFound:
            return None
        except (IndexIncompatible, IndexDamaged):
            if replace_all:
                return None
            raise

    def _read_head(self) -> Head:
        body = self._find_head()
        if body is None:
            raise not_found(self.location)
        check_format(self.location, body.get("format"), FORMAT)
        try:
            return Head(**{**body, "retired": tuple(body["retired"])})
        except (KeyError, TypeError) as error:
            raise IndexDamaged(f"the head of {self.location} cannot be read; build the index again") from error

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
        replace_all: bool,
    ) -> Head:
        """The head to be, as yet without the new documents; what earlier writes left over is deleted."""
        if old is not None:
            self._delete_leftovers(old)
        else:
            start_over(self._client, self.name)
        dimensions = {entry.embeddings.shape[1] for entry in entries if entry.passages}
        held = {} if old is None or replace_all else MilvusView(self._client, self.name, old).keys()
        going = {*remove, *(entry.document.doc_id for entry in entries)} & held.keys()
        staying = held.keys() - going
        if old is not None and staying:
            self._check_identity(old, identity)
            dimensions.add(old.dimension)
        dimension = find_dimension(self.location, dimensions) or 1
        retired = tuple(sorted(held[doc_id] for doc_id in going)) if staying else ()
        if len(retired) > _MAX_RETIRED:
            raise IndexNotWritable(f"at most {_MAX_RETIRED:,} documents are replaced at once, here {len(retired):,}")
        generation, next_key = (old.generation, old.next_key) if old is not None else (0, 0)
        passages = old.passages if old is not None else ""
        if not staying:
            passages = f"{self.name}_passages_{generation + 1}"
            create_passages(self._client, passages, dimension)
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

    def _check_identity(self, head: Head, used: EmbedderIdentity) -> None:
        built = EmbedderIdentity(head.embedder, head.weights_sha256, head.pooling)
        check_identity(self.location, built, head.passage_rules, used)

    def _insert(self, collection: str, rows: Iterable[dict[str, Any]], batch_rows: int) -> None:
        pending = iter(rows)
        while batch := list(itertools.islice(pending, batch_rows)):
            self._client.insert(collection, batch)
