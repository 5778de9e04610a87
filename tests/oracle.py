"""A store in plain numpy and Python: slow, exact, and short enough to be believed."""

import math
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date

from corpus import Conditions, Corrections, Document, Overlay, Passage
from index import (
    DocumentInfo,
    DocumentNotFound,
    EmbedderIdentity,
    Entry,
    FloatArray,
    IndexIncompatible,
    IndexNotFound,
    PassageView,
    Scope,
    StoredView,
)
from index.corrected_view import show_all, show_view


@dataclass(frozen=True, slots=True)
class Weighing:
    """How words are weighed; see `NumpyStore`."""

    smooth: bool
    k1: float
    within_scope: bool


class NumpyStore:
    """A `PassageStore` in memory; dense search is one matrix product.

    BM25 weighs a word as SQLite's FTS5 does, or, `smooth`, as Lucene and Milvus do; `k1` is its usual parameter. How
    rare a word and how long a passage is, is counted over all passages, or, `within_scope`, over those that are looked
    at, as milvus-lite does.
    """

    def __init__(self, *, smooth: bool = False, k1: float = 1.2, within_scope: bool = False) -> None:
        self._weighing = Weighing(smooth, k1, within_scope)
        self._entries: list[Entry] = []
        self._identity: EmbedderIdentity | None = None
        self._corrections = Corrections()
        self._conditions = Conditions()
        self.today = date(2026, 1, 1)

    @contextmanager
    def reading(self) -> Iterator[PassageView]:
        """The entries as they are now."""
        if self._identity is None:
            raise IndexNotFound("no index in memory; write one")
        view = NumpyView(list(self._entries), self._weighing)
        yield show_view(view, Overlay(self._corrections, self._conditions), self.today)

    @contextmanager
    def reading_stored(self) -> Iterator[StoredView]:
        """The same, whatever the conditions."""
        if self._identity is None:
            raise IndexNotFound("no index in memory; write one")
        yield show_all(NumpyView(list(self._entries), self._weighing), Overlay(self._corrections, self._conditions))

    def corrections(self) -> Corrections:
        """Those kept last."""
        return self._corrections

    def keep_corrections(self, corrections: Corrections) -> None:
        """In memory."""
        self._corrections = corrections

    def conditions(self) -> Conditions:
        """Those kept last."""
        return self._conditions

    def keep_conditions(self, conditions: Conditions) -> None:
        """In memory."""
        self._conditions = conditions

    def writing(self) -> AbstractContextManager[None]:
        """Nobody else writes here."""
        return nullcontext()

    def write(
        self,
        entries: Sequence[Entry],
        *,
        remove: Collection[str],
        identity: EmbedderIdentity,
        replace_all: bool = False,
    ) -> None:
        """Replace and remove in one step."""
        held = {entry.document.doc_id for entry in self._entries} if replace_all else set()
        gone = {*remove, *held, *(entry.document.doc_id for entry in entries)}
        kept = [entry for entry in self._entries if entry.document.doc_id not in gone]
        if kept and identity != self._identity:
            raise IndexIncompatible(f"built with {self._identity}, {identity} is in use")
        self._entries, self._identity = [*kept, *entries], identity

    def require(self, identity: EmbedderIdentity) -> None:
        """Compare identities."""
        if self._identity is None:
            raise IndexNotFound("no index in memory; write one")
        if identity != self._identity:
            raise IndexIncompatible(f"built with {self._identity}, but {identity} is in use")

    def file_problems(self) -> list[str]:
        """There are no files."""
        with self.reading():
            return []

    def repair(self) -> list[str]:
        """Nothing is derived."""
        with self.reading():
            return []


class NumpyView:
    """See `PassageView`."""

    conditions_since = ""

    def __init__(self, entries: list[Entry], weighing: Weighing) -> None:
        self._entries = entries
        self._weighing = weighing

    def holds_hidden(self, text: str) -> bool:
        """See `PassageView.holds_hidden`; what is stored hides nothing."""
        return False

    def nearest(self, embedding: FloatArray, top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """Every cosine, sorted."""
        scored = [
            (passage, float(row @ embedding))
            for entry in self._entries
            for passage, row in zip(entry.passages, entry.embeddings, strict=True)
            if _is_in(passage, scope)
        ]
        return sorted(scored, key=lambda hit: -hit[1])[:top_k]

    def matching(self, words: Sequence[str], top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """Okapi BM25 as SQLite's FTS5 documents it (b = 0.75), without stemming."""
        texts = [
            (passage, _words(said))
            for entry in self._entries
            for passage, said in zip(entry.passages, entry.read(), strict=True)
            if not self._weighing.within_scope or _is_in(passage, scope)
        ]
        k1 = self._weighing.k1
        mean = sum(len(text) for _, text in texts) / max(1, len(texts))
        scored = []
        for passage, text in texts:
            score = 0.0
            for word in words:
                holding = sum(word in other for _, other in texts)
                odds = (len(texts) - holding + 0.5) / (holding + 0.5)
                idf = math.log(1 + odds) if self._weighing.smooth else max(1e-6, math.log(odds))
                count = text.count(word)
                score += idf * count * (k1 + 1) / (count + k1 * (0.25 + 0.75 * len(text) / mean))
            if set(words) & set(text) and _is_in(passage, scope):
                scored.append((passage, score))
        return sorted(scored, key=lambda hit: -hit[1])[:top_k]

    def count(self, scope: Scope, at_most: int) -> int:
        """One by one."""
        return min(at_most, sum(_is_in(passage, scope) for entry in self._entries for passage in entry.passages))

    def around(
        self, embedding: FloatArray, doc_id: str, start: int, reach: int, speakers: frozenset[str] | None
    ) -> list[tuple[Passage, float]]:
        """All of the document's, and then those within reach."""
        all_of_it = self.nearest(embedding, 10**9, Scope(frozenset({doc_id}), speakers))
        in_order = sorted(all_of_it, key=lambda hit: hit[0].start)
        before = [hit for hit in in_order if hit[0].end <= start]
        return [*before[-reach:], *[hit for hit in in_order if hit[0].end > start][: reach + 1]]

    def document(self, doc_id: str) -> Document:
        """By name."""
        return self.entry(doc_id).document

    def entry(self, doc_id: str) -> Entry:
        """By name."""
        for entry in self._entries:
            if entry.document.doc_id == doc_id:
                return entry
        raise DocumentNotFound(f"the index holds no document {doc_id!r}; see them with: ontherecord index list")

    def documents(self) -> list[DocumentInfo]:
        """In order of storing."""
        return [
            DocumentInfo(
                entry.document.doc_id,
                entry.document.title,
                entry.document.source,
                entry.document.sha256,
                tuple(speaker.name for speaker in entry.document.speakers),
                len(entry.passages),
            )
            for entry in self._entries
        ]


def _is_in(passage: Passage, scope: Scope) -> bool:
    in_documents = scope.has_document(passage.doc_id)
    speakers = dict(scope.called).get(passage.doc_id, scope.speakers)
    return in_documents and (scope.speakers is None or passage.speaker in (speakers or ()))


def _words(text: str) -> list[str]:
    return "".join(character if character.isalnum() else " " for character in text.casefold()).split()
