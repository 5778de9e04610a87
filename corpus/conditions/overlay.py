"""All that lies over the sources of a collection: what was corrected, and then what must not be shown."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from corpus.conditions.hiding import FILLER, Hidden, keep_back, mask
from corpus.conditions.names import Names, find_words
from corpus.conditions.record import Condition
from corpus.corrections.anchor import find_anchor
from corpus.corrections.layer import Corrections, Layout
from corpus.document import Document

# Between dating a condition and its file being there.
_WRITING = timedelta(seconds=2)
# Of a condition without a date everything may be from before it.
_ALWAYS = "9999"
_MASKED = re.compile(rf"{FILLER}(?:[\r\n]*{FILLER})*")
# How many documents are kept as they are shown: to look for names in one again takes longer than to read it again.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a collection, in the order in which they were set."""

    records: tuple[Condition, ...] = ()

    def of(self, doc_id: str) -> list[Condition]:
        """Those that concern this document."""
        return [record for record in self.records if record.doc_id in (None, doc_id)]

    @property
    def newest(self) -> str:
        """Until when what was made may show what is hidden now (UTC, ISO 8601); "" where there are no conditions."""
        try:
            times = [datetime.fromisoformat(record.when).astimezone(UTC) for record in self.records]
            return (max(times) + _WRITING).isoformat(timespec="microseconds") if times else ""
        except (ValueError, OverflowError):
            return _ALWAYS


@dataclass(frozen=True, slots=True)
class ShownLayout:
    """A document as it is stored and found (`layout`), and as anybody may see it (`shown`).

    `lost` is whether a place that is off the record is not found in it any more: then nothing of it may be shown.
    """

    layout: Layout
    shown: Document
    lost: bool

    @property
    def hidden_words(self) -> frozenset[str]:
        """The words that stand in this document only where something is hidden."""
        text, shown = self.layout.document.text, self.shown.text
        differing = (text[match.start() : match.end()] for match in _MASKED.finditer(shown))
        return frozenset(word for part in differing for word in find_words(part)) - frozenset(find_words(shown))


@dataclass(frozen=True)
class Overlay:
    """Corrections and conditions: the one place where what is stored becomes what may be shown."""

    corrections: Corrections = field(default_factory=Corrections)
    conditions: Conditions = field(default_factory=Conditions)
    _names: dict[str, Names] = field(default_factory=dict, repr=False, compare=False)
    _hashes: dict[tuple[str, str], str] = field(default_factory=dict, repr=False, compare=False)
    _known: dict[str, tuple[Document, ShownLayout]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def is_empty(self) -> bool:
        """Whether everything is shown as it is stored."""
        return not self.corrections.records and not self.conditions.records

    @cached_property
    def has_names(self) -> bool:
        """Whether somebody's name is hidden."""
        return any(record.kind == "pseudonym" for record in self.conditions.records)

    @cached_property
    def _named(self) -> frozenset[str]:
        """The documents in which other names are hidden than everywhere."""
        return frozenset(record.doc_id for record in self.conditions.records if record.forms and record.doc_id)

    @cached_property
    def placed(self) -> frozenset[str]:
        """The documents with something off the record."""
        return frozenset(record.doc_id for record in self.conditions.records if record.at and record.doc_id)

    def changes(self, doc_id: str) -> bool:
        """Whether anything in this document but a speaker's name may be another one."""
        return self.corrections.changes(doc_id) or self.has_names or doc_id in self.placed

    def parts(self, doc_id: str) -> bool:
        """Whether other turns may be somebody's in this document than the source says."""
        return self.corrections.parts(doc_id) or doc_id in self.placed

    def hides(self, doc_id: str) -> bool:
        """Whether anything in this document may be masked."""
        return doc_id in self.placed or any(record.kind == "pseudonym" for record in self.conditions.of(doc_id))

    def may_export(self, doc_id: str) -> bool:
        """Whether what this document says may go into an export."""
        return not any(record.kind == "no_export" for record in self.conditions.of(doc_id))

    def embargoed(self, today: date) -> frozenset[str]:
        """The documents that are kept back on that day."""
        return frozenset(
            record.doc_id
            for record in self.conditions.records
            if record.kind == "embargo" and record.doc_id and (record.until or "") > today.isoformat()
        )

    def names_in(self, doc_id: str) -> Names:
        """The names that are hidden in this document."""
        known_as = doc_id if doc_id in self._named else ""
        if known_as not in self._names:
            records = self.conditions.of(known_as)
            self._names[known_as] = Names({form: record.to or "" for record in records for form in record.forms})
        return self._names[known_as]

    def show_name(self, doc_id: str, speaker: str) -> str:
        """What somebody is called in a document in which nobody's turns are another's (see `parts`)."""
        name = self.corrections.show_name(doc_id, speaker)
        return self.names_in(doc_id).hide(name) if self.has_names else name

    def lay_out(self, document: Document) -> Layout:
        """The document, as it was read, as it is cut and found; its text is still the source's."""
        return self._keep_back(document)[0]

    def show(self, document: Document) -> ShownLayout:
        """The document, as it was read, as it may be shown; the last few are kept."""
        known = self._known.get(document.doc_id)
        if known is not None and known[0] == document:
            return known[1]
        shown = self._show(document)
        if len(self._known) >= _KEPT:
            self._known.pop(next(iter(self._known), ""), None)
        self._known[document.doc_id] = (document, shown)
        return shown

    def hash_shown(self, doc_id: str, sha256: str, read: Callable[[], Document]) -> str:
        """The hash of a document as it is shown, by that of its source; it is read only where that is not known yet."""
        if (doc_id, sha256) not in self._hashes:
            self._hashes[doc_id, sha256] = read().sha256
        return self._hashes[doc_id, sha256]

    def _show(self, document: Document) -> ShownLayout:
        layout, hidden, lost = self._keep_back(document)
        shown = layout.show()
        if not self.conditions.of(document.doc_id):
            return ShownLayout(layout, shown, lost=False)
        names = self.names_in(document.doc_id)
        masked = mask(shown, hidden, names, may_export=self.may_export(document.doc_id))
        called = {speaker.name: layout.names.get(speaker.name, speaker.name) for speaker in layout.document.speakers}
        called = {name: shown_name for name, old in called.items() if (shown_name := names.hide(old)) != name}
        return ShownLayout(replace(layout, names=called), masked, lost)

    def _keep_back(self, document: Document) -> tuple[Layout, Hidden, bool]:
        layout = self.corrections.lay_out(document)
        if not self.hides(document.doc_id):
            return layout, Hidden(()), False
        anchors = [record.at for record in self.conditions.of(document.doc_id) if record.at is not None]
        places = [find_anchor(document.text, document.sha256, anchor) for anchor in anchors]
        found = [place for place in places if place is not None]
        kept, hidden = keep_back(layout.document, found, self.names_in(document.doc_id))
        return replace(layout, document=kept), hidden, len(found) < len(places)
