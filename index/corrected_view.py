"""A state of a store as it is seen under the corrections of its collection."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpus import Corrections, Document, Layout, Passage
from index.errors import DocumentNotFound
from index.store import DocumentInfo, Entry, PassageView, Scope
from index.types import FloatArray


class CorrectedView:
    """A `PassageView` of another one, whose speakers go by their corrected names.

    The store has the names of the source, so that a change of name writes nothing there. Where turns were given to
    somebody else, a passage is shown with whoever said it now; one that is not whole in a turn any more is left out.
    """

    def __init__(self, view: PassageView, corrections: Corrections) -> None:
        self._view = view
        self._corrections = corrections
        self._layouts: dict[str, Layout] = {}
        self._shown: dict[str, Document] = {}

    def nearest(self, embedding: FloatArray, top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.nearest`."""
        return self._show(self._view.nearest(embedding, top_k, self._to_stored(scope)), scope.speakers)

    def matching(self, words: Sequence[str], top_k: int, scope: Scope) -> list[tuple[Passage, float]]:
        """See `PassageView.matching`."""
        return self._show(self._view.matching(words, top_k, self._to_stored(scope)), scope.speakers)

    def count(self, scope: Scope, at_most: int) -> int:
        """See `PassageView.count`."""
        return self._view.count(self._to_stored(scope), at_most)

    def around(
        self, embedding: FloatArray, doc_id: str, start: int, reach: int, speakers: frozenset[str] | None
    ) -> list[tuple[Passage, float]]:
        """See `PassageView.around`."""
        stored = None if speakers is None else self._find_names(doc_id, speakers)
        return self._show(self._view.around(embedding, doc_id, start, reach, stored), speakers)

    def document(self, doc_id: str) -> Document:
        """See `PassageView.document`; with its corrections."""
        if doc_id not in self._shown:
            self._shown[doc_id] = self._lay_out(doc_id).show()
        return self._shown[doc_id]

    def entry(self, doc_id: str) -> Entry:
        """See `PassageView.entry`: as it is stored, the document as it was read."""
        return self._view.entry(doc_id)

    def documents(self) -> list[DocumentInfo]:
        """See `PassageView.documents`."""
        return [replace(info, speakers=tuple(self._show_speakers(info))) for info in self._view.documents()]

    def _lay_out(self, doc_id: str) -> Layout:
        if doc_id not in self._layouts:
            self._layouts[doc_id] = self._corrections.lay_out(self._view.document(doc_id))
        return self._layouts[doc_id]

    def _show_speakers(self, info: DocumentInfo) -> Iterable[str]:
        if self._corrections.parts(info.doc_id):
            return [speaker.name for speaker in self.document(info.doc_id).speakers]
        return dict.fromkeys(self._corrections.show_name(info.doc_id, name) for name in info.speakers)

    def _find_names(self, doc_id: str, shown: frozenset[str]) -> frozenset[str]:
        """The names under which the store has those who are called one of `shown` in a document."""
        if not self._corrections.parts(doc_id):
            return self._corrections.find_names(doc_id, shown)
        try:
            layout = self._lay_out(doc_id)
        except DocumentNotFound:
            return frozenset()  # corrections outlive their document
        names = [speaker.name for speaker in layout.document.speakers]
        return frozenset(name for name in names if layout.names.get(name, name) in shown)

    def _to_stored(self, scope: Scope) -> Scope:
        if scope.speakers is None:
            return scope
        own = {record.doc_id for record in self._corrections.records if record.doc_id is not None}
        called = tuple(
            (doc_id, self._find_names(doc_id, scope.speakers)) for doc_id in sorted(own) if scope.has_document(doc_id)
        )
        return replace(scope, speakers=self._corrections.find_names(None, scope.speakers), called=called)

    def _show(
        self, found: Iterable[tuple[Passage, float]], speakers: frozenset[str] | None
    ) -> list[tuple[Passage, float]]:
        shown = []
        for passage, score in found:
            seen = self._show_passage(passage)
            if seen is not None and (speakers is None or seen.speaker in speakers):
                shown.append((seen, score))
        return shown

    def _show_passage(self, passage: Passage) -> Passage | None:
        if not self._corrections.parts(passage.doc_id):
            if passage.speaker is None:
                return passage
            return replace(passage, speaker=self._corrections.show_name(passage.doc_id, passage.speaker))
        document = self.document(passage.doc_id)
        turn = document.turn_at(passage.start, passage.end)
        if turn is None or turn != passage.turn:
            return None  # cut before the correction was made, by a change that did not come to its end
        return replace(passage, speaker=document.turns[turn].speaker)
