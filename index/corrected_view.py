"""A state of a store as anybody may see it: under the corrections and the conditions of its collection."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from corpus import FILLER, Document, Names, Overlay, Passage, ShownLayout, list_forms
from index.errors import DocumentNotFound
from index.store import DocumentInfo, Entry, PassageView, Scope, StoredView
from index.types import FloatArray


class CorrectedView:
    """A `PassageView` of another one, whose speakers go by their corrected names or by pseudonyms.

    The store has the names of the source, so that a change of name writes nothing there. Where turns were given to
    somebody else, a passage is shown with whoever said it now; one that is not whole in a turn any more is left out.

    A document that is kept back on the day `today` is not there: nor is one in which a place that is off the record is
    not found any more, or whose own name has a hidden one in it.
    """

    def __init__(self, view: StoredView, overlay: Overlay, today: date) -> None:
        self._view = view
        self._overlay = overlay
        self._embargoed = overlay.embargoed(today)
        self._layouts: dict[str, ShownLayout] = {}
        self._held: dict[str, bool] = {}

    @property
    def conditions_since(self) -> str:
        """See `PassageView.conditions_since`."""
        return self._overlay.conditions.newest

    def holds_hidden(self, text: str) -> bool:
        """See `PassageView.holds_hidden`."""
        return bool(self._hidden.find(text))

    @cached_property
    def _hidden(self) -> Names:
        """All that is hidden, to be found in any text."""
        records = self._overlay.conditions.records
        phrases = {form for record in records for form in record.forms}
        known: set[str] = set()
        for info in self._infos:
            if self._is_held(info.doc_id):
                told = {info.doc_id, info.title, *info.speakers}
                phrases |= told.union(*map(list_forms, told))
            elif info.doc_id in self._overlay.placed:
                phrases |= self._lay_out(info.doc_id).hidden_words
            else:
                known |= {info.doc_id, info.title, *list_forms(info.title)}
            if not self._is_held(info.doc_id):
                known.update(*((name, *list_forms(name)) for name in self._show_speakers(info)))
        shown = {phrase.casefold() for phrase in known}
        return Names({phrase: FILLER for phrase in phrases if phrase.casefold() not in shown})

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
        if self._is_held(doc_id):
            return []
        stored = None if speakers is None else self._find_names(doc_id, speakers)
        return self._show(self._view.around(embedding, doc_id, start, reach, stored), speakers)

    def document(self, doc_id: str) -> Document:
        """See `PassageView.document`; with its corrections, and as its conditions allow."""
        if self._is_held(doc_id):
            raise DocumentNotFound(f"the index holds no document {doc_id!r}; see them with: ontherecord index list")
        return self._lay_out(doc_id).shown

    def documents(self) -> list[DocumentInfo]:
        """See `PassageView.documents`."""
        return [self._show_info(info) for info in self._infos if not self._is_held(info.doc_id)]

    @cached_property
    def _infos(self) -> list[DocumentInfo]:
        return self._view.documents()

    def _is_held(self, doc_id: str) -> bool:
        """Whether nothing of the document may be shown."""
        if doc_id not in self._held:
            self._held[doc_id] = self._holds_back(doc_id)
        return self._held[doc_id]

    def _holds_back(self, doc_id: str) -> bool:
        if doc_id in self._embargoed or (self._overlay.has_names and self._overlay.names_in(doc_id).find(doc_id)):
            return True
        try:
            return doc_id in self._overlay.placed and self._lay_out(doc_id).lost
        except DocumentNotFound:
            return False  # conditions outlive their document

    def _lay_out(self, doc_id: str) -> ShownLayout:
        if doc_id not in self._layouts:
            self._layouts[doc_id] = self._overlay.show(self._view.document(doc_id))
        return self._layouts[doc_id]

    def _show_info(self, info: DocumentInfo) -> DocumentInfo:
        speakers = tuple(self._show_speakers(info))
        if not self._overlay.hides(info.doc_id):
            return replace(info, speakers=speakers)
        names = self._overlay.names_in(info.doc_id)
        source = None if info.source is not None and names.find(info.source) else info.source
        sha256 = self._overlay.hash_shown(info.doc_id, info.sha256, lambda: self._lay_out(info.doc_id).shown)
        return replace(info, speakers=speakers, title=names.hide(info.title), source=source, sha256=sha256)

    def _show_speakers(self, info: DocumentInfo) -> Iterable[str]:
        if self._overlay.parts(info.doc_id):
            return [speaker.name for speaker in self.document(info.doc_id).speakers]
        return dict.fromkeys(self._overlay.show_name(info.doc_id, name) for name in info.speakers)

    def _find_names(self, doc_id: str, shown: frozenset[str]) -> frozenset[str]:
        """The names under which the store has those who are called one of `shown` in a document."""
        if not self._overlay.parts(doc_id) and not self._overlay.has_names:
            return self._overlay.corrections.find_names(doc_id, shown)
        try:
            layout = self._lay_out(doc_id).layout
        except DocumentNotFound:
            return frozenset()  # corrections outlive their document
        names = [speaker.name for speaker in layout.document.speakers]
        return frozenset(name for name in names if layout.names.get(name, name) in shown)

    def _to_stored(self, scope: Scope) -> Scope:
        without = {info for info in self._embargoed | self._overlay.placed if self._is_held(info)}
        scope = replace(scope, without=scope.without | without)
        if scope.speakers is None:
            return scope
        if self._overlay.has_names:
            called = tuple(self._call_all(scope, scope.speakers))
            return replace(scope, speakers=frozenset(), called=called)
        records = self._overlay.corrections.records
        own = {record.doc_id for record in records if record.doc_id is not None} | self._overlay.placed
        called = tuple(
            (doc_id, self._find_names(doc_id, scope.speakers)) for doc_id in sorted(own) if scope.has_document(doc_id)
        )
        names = self._overlay.corrections.find_names(None, scope.speakers)
        return replace(scope, speakers=names, called=called)

    def _call_all(self, scope: Scope, shown: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
        """For each document, the names under which the store has those who are shown so."""
        for info in self._infos:
            if not scope.has_document(info.doc_id) or self._is_held(info.doc_id):
                continue
            if self._overlay.parts(info.doc_id):
                yield info.doc_id, self._find_names(info.doc_id, shown)
                continue
            names = [name for name in info.speakers if self._overlay.show_name(info.doc_id, name) in shown]
            yield info.doc_id, frozenset(names)

    def _show(
        self, found: Iterable[tuple[Passage, float]], speakers: frozenset[str] | None
    ) -> list[tuple[Passage, float]]:
        shown = []
        for passage, score in found:
            seen = None if self._is_held(passage.doc_id) else self._show_passage(passage)
            if seen is not None and (speakers is None or seen.speaker in speakers):
                shown.append((seen, score))
        return shown

    def _show_passage(self, passage: Passage) -> Passage | None:
        if not self._overlay.parts(passage.doc_id):
            if passage.speaker is None:
                return passage
            return replace(passage, speaker=self._overlay.show_name(passage.doc_id, passage.speaker))
        document = self.document(passage.doc_id)
        turn = document.turn_at(passage.start, passage.end)
        if turn is None or turn != passage.turn or document.turns[turn].kind == "furniture":
            return None  # cut before the change was made, by a change that did not come to its end
        return replace(passage, speaker=document.turns[turn].speaker)


class AllView(CorrectedView):
    """The same without conditions, and with what is stored: a `StoredView`."""

    def __init__(self, view: StoredView, overlay: Overlay) -> None:
        super().__init__(view, Overlay(overlay.corrections), date.max)

    def entry(self, doc_id: str) -> Entry:
        """See `StoredView.entry`: as it is stored, the document as it was read."""
        return self._view.entry(doc_id)


def show_view(view: StoredView, overlay: Overlay, today: date) -> PassageView:
    """The state as it may be shown on that day."""
    return view if overlay.is_empty else CorrectedView(view, overlay, today)


def show_all(view: StoredView, overlay: Overlay) -> StoredView:
    """The state with its corrections, whatever its conditions."""
    return AllView(view, overlay) if overlay.corrections.records else view
