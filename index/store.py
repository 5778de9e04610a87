"""The seam behind which passages are kept and found."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from corpus import Conditions, Corrections, Document, Passage, fold
from index.embedding import EmbedderIdentity
from index.types import FloatArray


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready to be stored: `embeddings` has shape `(len(passages), dim)`, one row a passage, in order.

    `document` is as it was read; under corrections, `passages` are cut from it as corrected, speakers by the names of
    the source, and `texts` are what is embedded of each and what it is found by. None: what the source says there.
    """

    document: Document
    passages: tuple[Passage, ...]
    embeddings: FloatArray
    texts: tuple[str, ...] | None = None

    def read(self) -> tuple[str, ...]:
        """What is embedded of each passage and what it is found by, folded, in order."""
        if self.texts is not None:
            return self.texts
        text = self.document.text
        return tuple(fold(text[passage.start : passage.end]) for passage in self.passages)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: in these documents only, at what these speakers said only; None is everywhere and everybody.

    `called` are documents in which it is others whose words are looked at, each with the names that they have there;
    `without` are documents in which not to look.
    """

    doc_ids: frozenset[str] | None = None
    speakers: frozenset[str] | None = None
    called: tuple[tuple[str, frozenset[str]], ...] = ()
    without: frozenset[str] = frozenset()

    def has_document(self, doc_id: str) -> bool:
        """Whether to look in this document."""
        return (self.doc_ids is None or doc_id in self.doc_ids) and doc_id not in self.without


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A line of the list of documents."""

    doc_id: str
    title: str
    source: str | None
    sha256: str
    speakers: tuple[str, ...]
    passage_count: int


class PassageView(Protocol):
    """One state of the store, whole: what is written meanwhile does not show in it."""

    @property
    def conditions_since(self) -> str:
        """When a condition was set last (UTC, ISO 8601): what was made before may show what is hidden now; "" never."""
        ...

    def holds_hidden(self, text: str) -> bool:
        """Whether a text has a hidden name in it, or words that stand only where something is hidden.

        Only for what was made before the conditions were set: for what people ask now, it would tell them what is.
        """
        ...

    def nearest(self, embedding: FloatArray, top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """The `top_k` passages nearest to `embedding` `(dim,)`, with cosines, best first, ties in order of storing."""
        ...

    def matching(self, words: Sequence[str], top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """The `top_k` passages with any of `words`, with their BM25 scores (higher is better), best first."""
        ...

    def count(self, scope: Scope, at_most: int) -> int:
        """How many passages there are in `scope`; counting stops at `at_most`."""
        ...

    def around(
        self, embedding: FloatArray, doc_id: str, start: int, reach: int, speakers: frozenset[str] | None
    ) -> list[tuple[Passage, float]]:
        """The passages about the code point `start` of a document, with cosines, in their order in it.

        :param reach: how many that end before or at `start`, and how many and one that end after it.
        :param speakers: pass over those of others; None takes everybody's.
        """
        ...

    def document(self, doc_id: str) -> Document:
        """The document, its text checked against its hash.

        :raises DocumentNotFound: when there is none.
        :raises IndexDamaged: when the text is not the one that was stored.
        """
        ...

    def documents(self) -> list[DocumentInfo]:
        """All documents, in the order in which they were stored."""
        ...


class StoredView(PassageView, Protocol):
    """The same state with all that is stored, whatever the conditions of the collection: nothing of it is shown."""

    def entry(self, doc_id: str) -> Entry:
        """The document with its passages and embeddings, as they are stored; raises as `document` does."""
        ...


class PassageStore(Protocol):
    """Documents, their passages and embeddings, kept together."""

    def reading(self) -> AbstractContextManager[PassageView]:
        """The newest state as it may be shown, held until the block ends; many may read at once, from many threads.

        :raises IndexDamaged: also when the conditions under which it may be shown cannot be read.
        """
        ...

    def reading_stored(self) -> AbstractContextManager[StoredView]:
        """The same with what is kept back and hidden, for what changes or checks the index; never for showing it."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """The turn of one writer, from looking at what is stored to writing what follows from it.

        :raises IndexNotWritable: when somebody else writes for too long, naming them.
        """
        ...

    def write(
        self,
        entries: Sequence[Entry],
        *,
        remove: Collection[str],
        identity: EmbedderIdentity,
        replace_all: bool = False,
    ) -> None:
        """Take the documents named in `remove` out and put `entries` in, all or nothing.

        An entry replaces the document of the same name.

        :param replace_all: take out everything first, also what another embedder or version made, or what is damaged.
        :raises IndexIncompatible: when embeddings of another embedder would stay beside the new ones.
        :raises IndexNotWritable: when it cannot be written now.
        """
        ...

    def require(self, identity: EmbedderIdentity) -> None:
        """Check that the store holds embeddings of this embedder, cut by these rules.

        :raises IndexNotFound: when nothing has been stored yet.
        :raises IndexIncompatible: when it holds another's.
        """
        ...

    def corrections(self) -> Corrections:
        """The corrections that lie over the documents.

        :raises IndexDamaged: when what is kept of them cannot be read.
        """
        ...

    def keep_corrections(self, corrections: Corrections) -> None:
        """Put these in the place of those that are kept.

        :raises IndexNotWritable: when they cannot be kept.
        """
        ...

    def conditions(self) -> Conditions:
        """The conditions under which the documents may be shown.

        :raises IndexDamaged: when what is kept of them cannot be read, or is missing.
        """
        ...

    def keep_conditions(self, conditions: Conditions) -> None:
        """Put these in the place of those that are kept.

        :raises IndexNotWritable: when they cannot be kept.
        """
        ...

    def file_problems(self) -> list[str]:
        """What is wrong with the files or collections that hold the documents, a sentence each; empty when sound.

        :raises IndexNotFound: when nothing has been stored yet.
        :raises IndexDamaged: when they cannot be read at all.
        """
        ...

    def repair(self) -> list[str]:
        """Make again what is derived from the documents and is missing or damaged; what was wrong, a sentence each.

        :raises IndexNotFound: when nothing has been stored yet.
        :raises IndexNotWritable: when it cannot be made again.
        """
        ...
