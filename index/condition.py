"""Conditions set and lifted: what of an index may be shown changes at once, the sources never do."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from corpus import Condition, ConditionInvalid, Conditions, Document, Names, Overlay, one_line
from index.build import embed_documents, embeddings_by_text
from index.check import find_entry_problems
from index.embedding import Embedder, SentenceEmbedder
from index.errors import IndexNotFound
from index.location import Location, open_store
from index.store import DocumentInfo, Entry, PassageStore, StoredView


@dataclass(frozen=True, slots=True)
class ConditionReport:
    """What a change of conditions did: those set or lifted, in how many places names are hidden, passages embedded.

    `places` counts for each form of a hidden name how often it stands in the documents concerned.
    """

    conditions: tuple[Condition, ...]
    places: dict[str, int]
    passage_count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A document that is kept back: until when, or why for ever; its name is never told.

    `title` is None where it may not be told either.
    """

    doc_id: str
    until: date | None
    title: str | None
    why: str


def add_conditions(
    conditions: Sequence[Condition], index: Location | PassageStore, *, embedder: Embedder | None = None
) -> ConditionReport:
    """Lay these over the documents of the index: all of them, or none.

    What may be shown changes at once everywhere. Sentences with hidden names are embedded again with what is shown for
    them, so that nobody finds them by the name; where no name is hidden, no model is loaded.

    :raises ConditionInvalid: when one is about a document or words that are not there, or a pseudonym cannot be.
    :raises IndexingError: when the index cannot be written; then nothing is changed.
    """

    def add(old: Conditions, view: StoredView) -> Conditions:
        new = Conditions((*old.records, *conditions))
        for record in conditions:
            _check(record, new, view)
        return new

    return _change(_open(index), add, embedder)


def lift_conditions(
    ids: Collection[str] | None, index: Location | PassageStore, *, embedder: Embedder | None = None
) -> ConditionReport:
    """Take the conditions with these ids away; None takes all away, also those of a file that cannot be read.

    :raises ConditionInvalid: when there is none of an id; then nothing is changed.
    :raises IndexingError: as for `add_conditions`.
    """

    def lift(old: Conditions, view: StoredView) -> Conditions:
        known = {record.id for record in old.records}
        for id_ in ids or ():
            if id_ not in known:
                raise ConditionInvalid(
                    f"there is no condition {one_line(id_, 40)!r}; see them with: ontherecord conditions list"
                )
        return Conditions(tuple(record for record in old.records if ids is not None and record.id not in ids))

    return _change(_open(index), lift, embedder, mend=ids is None)


def list_held_back(store: PassageStore, today: date | None = None) -> list[HeldBack]:
    """The documents that are kept back today, UTC, in order of storing; none where there is no index yet.

    :raises IndexingError: when the index cannot be read.
    """
    conditions = store.conditions()
    if not conditions.records:
        return []
    today = today or datetime.now(UTC).date()
    try:
        with store.reading() as shown, store.reading_stored() as view:
            seen = {info.doc_id for info in shown.documents()}
            held = [info for info in view.documents() if info.doc_id not in seen]
    except IndexNotFound:
        return []
    return [_describe_held(info, conditions, today) for info in held]


def _describe_held(info: DocumentInfo, conditions: Conditions, today: date) -> HeldBack:
    records = [record for record in conditions.of(info.doc_id) if record.kind == "embargo" and record.until]
    days = {date.fromisoformat(record.until or "") for record in records}
    if (until := max(days, default=today)) > today:
        told = all(record.named for record in records)
        names = Overlay(conditions=conditions).names_in(info.doc_id)
        return HeldBack(info.doc_id, until, names.hide(info.title) if told else None, f"under embargo until {until}")
    why = "held back until its conditions are mended; see: ontherecord conditions list"
    return HeldBack(info.doc_id, None, None, why)


def avoid_held_back(documents: Sequence[Document], store: PassageStore) -> list[Document]:
    """The documents under names that none has that is kept back: nobody who adds one can know that it is there.

    :raises IndexingError: when the index cannot be read.
    """
    held = {each.doc_id for each in list_held_back(store)}
    taken = held | {document.doc_id for document in documents}
    named = []
    for document in documents:
        name, number = document.doc_id, 2
        while document.doc_id in held and name in taken:
            name, number = f"{document.doc_id}-{number}", number + 1
        taken.add(name)
        named.append(document if name == document.doc_id else replace(document, doc_id=name))
    return named


def explain_held_back(held: Sequence[HeldBack]) -> list[str]:
    """What is kept back, a sentence for each reason; no names but those that may be told."""
    sentences = []
    for why, count in Counter(each.why for each in held).items():
        titles = [one_line(each.title, 80) for each in held if each.why == why and each.title]
        named = f" ({', '.join(titles)})" if titles else ""
        sentences.append(f"{count} transcript{'s are' if count > 1 else ' is'} {why}{named}.")
    return sentences


def find_effect(record: Condition, overlay: Overlay, view: StoredView) -> str:
    """What a condition does now: "in force", "over", "idle" (its document is not there) or "lost" (its place is not).

    :raises IndexDamaged: when its document cannot be read.
    """
    held = {info.doc_id for info in view.documents()}
    if record.doc_id is not None and record.doc_id not in held:
        return "idle"
    if record.until is not None and record.until <= datetime.now(UTC).date().isoformat():
        return "over"
    if record.at is not None and record.doc_id is not None:
        alone = Overlay(overlay.corrections, Conditions((record,)))
        return "lost" if alone.show(view.entry(record.doc_id).document).lost else "in force"
    return "in force"


def _open(index: Location | PassageStore) -> PassageStore:
    return open_store(index) if isinstance(index, str | Path) else index


def _change(
    store: PassageStore,
    change: Callable[[Conditions, StoredView], Conditions],
    embedder: Embedder | None,
    *,
    mend: bool = False,
) -> ConditionReport:
    """Keep what `change` makes of the conditions, and cut and embed anew what these make of the documents.

    The conditions are kept first: a view hides by them alone, so that a writer who is stopped before the end leaves
    nothing shown, only passages that are found by what was there before. The next change ends it.
    """
    started = time.perf_counter()
    with store.writing():
        old = Conditions() if mend else store.conditions()
        with store.reading_stored() as view:
            new = change(old, view)
            changed = (*(each for each in old.records if each not in new.records), *_added(old, new))
            overlay = Overlay(store.corrections(), new)
            infos = view.documents()
            concerned = {info.doc_id for info in infos if mend or _concerns(changed, info.doc_id)}
            stale = [entry for doc_id in sorted(concerned) if _is_stale(entry := view.entry(doc_id), overlay)]
            places = _count_places(changed, concerned, view)
        entries: list[Entry] = []
        embedded_count = 0
        if stale:
            embedder = embedder or SentenceEmbedder()
            store.require(embedder.identity)
            known = {text: row for entry in stale for text, row in embeddings_by_text(entry).items()}
            entries, embedded_count = embed_documents([entry.document for entry in stale], overlay, known, embedder)
        dated = _date(new, old)
        store.keep_conditions(dated)
        if entries and embedder is not None:
            store.write(entries, remove=(), identity=embedder.identity)
    return ConditionReport(
        (*_added(new, old), *_added(old, dated)), places, embedded_count, time.perf_counter() - started
    )


def _date(new: Conditions, old: Conditions) -> Conditions:
    """With those that are new dated when they begin to hold: what is made until then may show what they hide."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    return Conditions(tuple(each if each in old.records else replace(each, when=now) for each in new.records))


def _added(old: Conditions, new: Conditions) -> Iterator[Condition]:
    return (record for record in new.records if record not in old.records)


def _concerns(changed: Sequence[Condition], doc_id: str) -> bool:
    return any(record.doc_id in (None, doc_id) and (record.forms or record.at) for record in changed)


def _is_stale(entry: Entry, overlay: Overlay) -> bool:
    """Whether a document is stored otherwise than it is cut and found now."""
    return any(find_entry_problems(entry, overlay.lay_out(entry.document).document))


def _count_places(changed: Sequence[Condition], concerned: Collection[str], view: StoredView) -> dict[str, int]:
    forms = [(form, record.doc_id) for record in changed for form in record.forms]
    places = dict.fromkeys((form for form, _ in forms), 0)
    for doc_id in concerned if forms else ():
        text = view.entry(doc_id).document.text
        for form, only in forms:
            if only in (None, doc_id):
                places[form] += len(Names({form: "-"}).find(text))
    return places


def _check(record: Condition, conditions: Conditions, view: StoredView) -> None:
    """Refuse a condition about what is not there, and a pseudonym that hides nothing or somebody else."""
    infos = view.documents()
    concerned = [info for info in infos if record.doc_id in (None, info.doc_id)]
    if not concerned:
        raise ConditionInvalid(
            f"there is no document {one_line(record.doc_id or '')!r}; see them with: ontherecord index list"
        )
    overlay = Overlay(conditions=conditions)
    if record.to is None:
        return
    for info in concerned:
        names = overlay.names_in(info.doc_id)
        if names.find(info.doc_id):
            raise ConditionInvalid(
                f"the document {one_line(info.doc_id, 80)!r} has the name in its own, which is shown everywhere; "
                "remove it, and add it from a file that is called otherwise"
            )
        if names.find(record.to):
            raise ConditionInvalid(f"{one_line(record.to, 80)!r} is a hidden name itself; give another pseudonym")
        if record.to in info.speakers:
            raise ConditionInvalid(
                f"somebody in {one_line(info.doc_id, 80)} is called {one_line(record.to, 80)!r} already; "
                "give another pseudonym"
            )
