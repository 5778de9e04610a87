"""Corrections made, withdrawn and taken in: what lies over the sources of an index changes, the sources never do."""

import getpass
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import Conditions, Correction, CorrectionInvalid, Corrections, Effect, Layout, Overlay, one_line
from index.build import embed_documents, embeddings_by_text
from index.check import find_entry_problems
from index.embedding import Embedder, SentenceEmbedder
from index.location import Location, open_store
from index.store import Entry, PassageStore, StoredView

_BY_STRENGTH: tuple[Effect, ...] = ("applied", "lost", "idle")
# How many names are named where one is not among them.
_NAMED = 12
# Whoever has no name on this machine.
_SOMEBODY = "somebody"


@dataclass(frozen=True, slots=True)
class CorrectionReport:
    """What a change of corrections did: those made or withdrawn, passages embedded, seconds."""

    corrections: tuple[Correction, ...]
    passage_count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class KeptCorrection:
    """A correction, and what it does to the documents of an index.

    "idle" where it concerns none of them, or nobody in them; see `corpus.Effect`.
    """

    correction: Correction
    effect: Effect


def add_corrections(
    corrections: Sequence[Correction], index: Location | PassageStore, *, embedder: Embedder | None = None
) -> CorrectionReport:
    """Lay these over the documents of the index, after those that are there: all of them, or none.

    What is said, and by whom, changes at once everywhere. Only passages whose words were corrected are embedded; where
    nothing but names change, no model is loaded.

    :raises CorrectionInvalid: when one is about nobody or about words that are not there.
    :raises DocumentNotFound: when one is about a document that the index does not hold.
    :raises IndexingError: when the index cannot be written; then nothing is changed.
    """

    def add(old: Corrections, view: StoredView) -> Corrections:
        new = Corrections((*old.records, *corrections))
        for record in corrections:
            _check_effect(record, new, view)
        return new

    return _change(_open(index), add, embedder)


def withdraw_corrections(
    ids: Sequence[str], index: Location | PassageStore, *, embedder: Embedder | None = None
) -> CorrectionReport:
    """Take the corrections with these ids away, as if they had never been made.

    :raises CorrectionInvalid: when there is none of an id; then nothing is changed.
    :raises IndexingError: as for `add_corrections`.
    """

    def withdraw(old: Corrections, view: StoredView) -> Corrections:
        known = {record.id for record in old.records}
        for id_ in ids:
            if id_ not in known:
                raise CorrectionInvalid(
                    f"there is no correction {one_line(id_, 40)!r}; see them with: ontherecord correct list"
                )
        return Corrections(tuple(record for record in old.records if record.id not in ids))

    return _change(_open(index), withdraw, embedder)


def import_corrections(
    corrections: Corrections, index: Location | PassageStore, *, embedder: Embedder | None = None
) -> CorrectionReport:
    """Take in those that the index does not have; documents and places that are not there are no error.

    :raises IndexingError: as for `add_corrections`.
    """

    def take_in(old: Corrections, view: StoredView) -> Corrections:
        known = {record.id for record in old.records}
        return Corrections((*old.records, *(record for record in corrections.records if record.id not in known)))

    return _change(_open(index), take_in, embedder)


def list_corrections(store: PassageStore) -> list[KeptCorrection]:
    """The corrections of an index in the order in which they were made.

    :raises IndexingError: when the index cannot be read.
    """
    corrections = store.corrections()
    with store.reading_stored() as view:
        infos = view.documents()
        own = {record.doc_id for record in corrections.records if record.doc_id is not None}
        own &= {info.doc_id for info in infos}
        layouts = [corrections.lay_out(view.entry(doc_id).document) for doc_id in sorted(own)]
    names = {name for info in infos for name in info.speakers}
    return [KeptCorrection(record, _find_effect(record, corrections, layouts, names)) for record in corrections.records]


def _find_effect(
    record: Correction, corrections: Corrections, layouts: Sequence[Layout], names: Collection[str]
) -> Effect:
    """What a correction does to the documents that have some of their own, and to the names in all others."""
    effects = {layout.effects[record.id] for layout in layouts if record.id in layout.effects}
    if record.doc_id is None and record.to is not None and corrections.show_name("", record.to) in names:
        return "applied"
    return next((effect for effect in _BY_STRENGTH if effect in effects), "idle")


def _open(index: Location | PassageStore) -> PassageStore:
    return open_store(index) if isinstance(index, str | Path) else index


def find_author() -> str:
    """Whoever uses this program, for `by` of a correction."""
    try:
        return one_line(getpass.getuser()) or _SOMEBODY
    except (KeyError, OSError):  # no name for the user's number: KeyError before Python 3.13
        return _SOMEBODY


def _change(
    store: PassageStore, change: Callable[[Corrections, StoredView], Corrections], embedder: Embedder | None
) -> CorrectionReport:
    """Keep what `change` makes of the corrections, and cut and embed anew what these make of the documents.

    The corrections are kept first: a view shows by them alone who said what, so that a writer who is stopped before the
    end leaves nothing wrong, only passages that are found by what was there before. The next change ends it.
    """
    started = time.perf_counter()
    with store.writing():
        old, conditions = store.corrections(), store.conditions()
        with store.reading_stored() as view:
            new = change(old, view)
            changed = tuple(record for record in (*old.records, *new.records) if _is_in_one(record, old, new))
            stale = list(_find_stale(changed, old, new, view, conditions))
        entries: list[Entry] = []
        embedded_count = 0
        if stale:
            embedder = embedder or SentenceEmbedder()
            store.require(embedder.identity)
            known = {text: row for entry in stale for text, row in embeddings_by_text(entry).items()}
            documents = [entry.document for entry in stale]
            entries, embedded_count = embed_documents(documents, Overlay(new, conditions), known, embedder)
        store.keep_corrections(new)
        if entries and embedder is not None:
            store.write(entries, remove=(), identity=embedder.identity)
    return CorrectionReport(changed, embedded_count, time.perf_counter() - started)


def _find_stale(
    changed: Sequence[Correction], old: Corrections, new: Corrections, view: StoredView, conditions: Conditions
) -> Iterator[Entry]:
    """The documents that are stored otherwise than their corrections make them now, as they are stored."""
    held = {info.doc_id for info in view.documents()}
    concerned = {record.doc_id for record in changed if record.doc_id is not None}
    if any(record.doc_id is None for record in changed):
        # By which name somebody's turns were given to them may be another one now.
        concerned |= {record.doc_id for record in new.records if record.doc_id and new.parts(record.doc_id)}
    for doc_id in sorted(concerned & held):
        entry = view.entry(doc_id)
        layout = Overlay(new, conditions).lay_out(entry.document).document
        if layout != Overlay(old, conditions).lay_out(entry.document).document or any(
            find_entry_problems(entry, layout)
        ):
            yield entry


def _check_effect(record: Correction, corrections: Corrections, view: StoredView) -> None:
    """Refuse a correction that changes nothing."""
    if record.doc_id is None:
        names = {name for info in view.documents() for name in info.speakers}
        if record.speaker not in names:
            raise CorrectionInvalid(f"nobody is called {one_line(record.speaker or '')!r}; {_name_some(names)}")
        return
    document = view.entry(record.doc_id).document
    effect = corrections.lay_out(document).effects[record.id]
    if effect == "applied":
        return
    if record.at is not None:
        why = "are not in its text" if effect == "lost" else "are given to them already"
        raise CorrectionInvalid(f"the words at {record.at.start}-{record.at.end} of {record.doc_id} {why}")
    names = {speaker.name for speaker in view.document(record.doc_id).speakers}
    raise CorrectionInvalid(
        f"{one_line(record.doc_id)} has no speaker {one_line(record.speaker or '')!r}; {_name_some(names)}"
    )


def _name_some(names: Collection[str]) -> str:
    if not names:
        return "there are no speakers"
    return f"there are {', '.join(map(one_line, sorted(names)[:_NAMED]))}{' and others' if len(names) > _NAMED else ''}"


def _is_in_one(record: Correction, old: Corrections, new: Corrections) -> bool:
    return (record in old.records) != (record in new.records)
