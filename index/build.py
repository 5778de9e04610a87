"""Sources into an index, and changes to it."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from corpus import Correction, Document, Overlay, cut_passages, load
from index.check import find_entry_problems
from index.embedding import Embedder, SentenceEmbedder
from index.errors import DocumentNotFound, IndexDamaged, IndexIncompatible, IndexNotFound
from index.location import Location, open_store, show_location
from index.recordings import forget_recordings
from index.sources import list_files
from index.store import DocumentInfo, Entry, PassageStore, PassageView, StoredView
from index.types import FloatArray, Progress

Source = Document | str | Path


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build or an update did: documents by name, passages embedded, seconds.

    `lost` are the corrections of the documents added whose place is not found in them any more; they are kept.
    """

    added: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    passage_count: int
    seconds: float
    lost: tuple[Correction, ...] = ()


def build_index(
    sources: Iterable[Source], path: Location, *, embedder: Embedder | None = None, progress: Progress | None = None
) -> BuildReport:
    """Make the index at `path` hold exactly `sources`; until it is complete, an index that was there stays as it is.

    What it holds already is not embedded again. An index of another embedder or version, or a damaged one, is replaced.

    :param sources: documents, or paths of files, of folders (with all that is in them) or with wildcards.
    :param embedder: None takes the bundled model.
    :param progress: called with the number of passages embedded and the number of all.
    :raises CorpusError: when a source cannot be read; nothing is changed then.
    :raises ValueError: when there are no sources.
    :raises IndexingError: when the index cannot be written.
    """
    documents = load_documents(sources)
    store, embedder = open_store(path), embedder or SentenceEmbedder()
    with store.writing():
        replace_all = False
        try:
            store.require(embedder.identity)
            with store.reading_stored() as view:
                plan = _plan(documents, view, read_overlay(store), exactly=True)
        except (IndexNotFound, IndexIncompatible, IndexDamaged):
            plan, replace_all = Plan(documents), True
        report = _store(plan, store, embedder, progress, replace_all=replace_all)
        forget_recordings(path, {document.doc_id for document in documents})
        return report


def update_index(
    sources: Iterable[Source], path: Location, *, embedder: Embedder | None = None, progress: Progress | None = None
) -> BuildReport:
    """Add `sources` to the index at `path`, or replace documents of the same name whose text changed; the rest stays.

    A text that it holds already under another name stays there under that name. Parameters and errors as for
    `build_index`; an index that is not there is made, one of another embedder or version is refused.
    """
    documents = load_documents(sources)
    store, embedder = open_store(path), embedder or SentenceEmbedder()
    with store.writing():
        try:
            store.require(embedder.identity)
        except IndexNotFound:
            return _store(Plan(documents), store, embedder, progress)
        with store.reading_stored() as view:
            plan = _plan(documents, view, read_overlay(store), exactly=False)
        return _store(plan, store, embedder, progress)


def remove_documents(doc_ids: Sequence[str], path: Location, *, embedder: Embedder | None = None) -> BuildReport:
    """Take documents out of the index at `path`, and forget their recordings; copies of these are deleted.

    :raises DocumentNotFound: when the index does not hold one of them; nothing is removed then.
    """
    store, embedder = open_store(path), embedder or SentenceEmbedder()
    with store.reading_stored() as view:
        _check_known(doc_ids, view, path)
    with store.writing():
        with store.reading_stored() as view:
            _check_known(doc_ids, view, path)
            kept = {info.doc_id for info in view.documents()} - set(doc_ids)
        report = _store(Plan((), removed=tuple(sorted(set(doc_ids)))), store, embedder, None)
        forget_recordings(path, kept)
        return report


def prepare_index(path: Location, embedder: Embedder) -> None:
    """Make an index without documents at `path`, where there is none yet: it can then be asked, and filled later.

    :raises IndexNotWritable: when it cannot be written.
    """
    store = open_store(path)
    with store.writing():
        try:
            with store.reading():
                pass
        except IndexNotFound:
            store.write([], remove=(), identity=embedder.identity)


def list_documents(store: PassageStore) -> list[DocumentInfo]:
    """The documents of an index in order of storing; an empty list when there is no index yet."""
    try:
        with store.reading() as view:
            return view.documents()
    except IndexNotFound:
        return []


def read_overlay(store: PassageStore) -> Overlay:
    """All that lies over the documents of an index.

    :raises IndexDamaged: when it cannot be read.
    """
    return Overlay(store.corrections(), store.conditions())


def copy_stored(store: PassageStore, doc_id: str) -> Document:
    """A document as it was read, whatever its conditions: to put it back later, never to be shown.

    :raises DocumentNotFound: when the index does not hold it.
    """
    with store.reading_stored() as view:
        return view.entry(doc_id).document


def load_documents(sources: Iterable[Source]) -> list[Document]:
    """The documents of `sources`, in order; the same text given twice is one document, and names are made unique.

    :raises CorpusError: when a source cannot be read.
    :raises ValueError: when there are no sources.
    """
    documents: dict[str, Document] = {}
    hashes: set[str] = set()
    for source in sources:
        for document in [source] if isinstance(source, Document) else map(load, list_files(Path(source))):
            if document.sha256 in hashes:
                continue
            hashes.add(document.sha256)
            name, number = document.doc_id, 2
            while name in documents:
                name, number = f"{document.doc_id}-{number}", number + 1
            documents[name] = document if name == document.doc_id else replace(document, doc_id=name)
    if not documents:
        raise ValueError("no sources; name at least one file")
    return list(documents.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: documents to store, names that stay as they are and that go, embeddings there are by text."""

    changed: Sequence[Document]
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    known: Mapping[str, FloatArray] = field(default_factory=dict)


def _plan(documents: Sequence[Document], view: StoredView, overlay: Overlay, *, exactly: bool) -> Plan:
    """What makes the index hold `documents`: besides what else it holds, or `exactly` these."""
    infos = view.documents()
    held = {info.doc_id for info in infos}
    name_by_hash = {info.sha256: info.doc_id for info in infos}
    names = {document.doc_id for document in documents}
    changed, unchanged = [], []
    known: dict[str, FloatArray] = {}
    for document in documents:
        twin = name_by_hash.get(document.sha256)
        if twin is not None and twin not in names and not exactly:
            unchanged.append(twin)
            continue
        old = [_read(view, name) for name in dict.fromkeys([document.doc_id, twin]) if name in held]
        if any(entry is not None and _is_current(entry, document, overlay) for entry in old):
            unchanged.append(document.doc_id)
            continue
        changed.append(document)
        for entry in old:
            known |= embeddings_by_text(entry) if entry is not None else {}
    removed = sorted(held - names) if exactly else []
    return Plan(changed, tuple(unchanged), tuple(removed), known)


def _is_current(entry: Entry, document: Document, overlay: Overlay) -> bool:
    """Whether a document is stored as it is given, and as its corrections and conditions make it."""
    if entry.document != document:
        return False
    if not overlay.changes(document.doc_id) and entry.texts is None:
        return True
    return not any(find_entry_problems(entry, overlay.lay_out(document).document))


def _read(view: StoredView, doc_id: str | None) -> Entry | None:
    """A document as it is stored, None when that is damaged, so that it is stored again."""
    try:
        return view.entry(doc_id or "")
    except IndexDamaged:
        return None


def embeddings_by_text(entry: Entry) -> dict[str, FloatArray]:
    """The embeddings of a document that is stored, by what is embedded."""
    return dict(zip(entry.read(), entry.embeddings, strict=True))


def _check_known(doc_ids: Sequence[str], view: PassageView, path: Location) -> None:
    known = {info.doc_id for info in view.documents()}
    for doc_id in doc_ids:
        if doc_id not in known:
            raise DocumentNotFound(
                f"the index in {show_location(path)} holds no document {doc_id!r}; "
                "see them with: ontherecord index list"
            )


def _store(
    plan: Plan, store: PassageStore, embedder: Embedder, progress: Progress | None, *, replace_all: bool = False
) -> BuildReport:
    started = time.perf_counter()
    overlay = read_overlay(store)
    entries, embedded_count = embed_documents(plan.changed, overlay, plan.known, embedder, progress)
    if entries or plan.removed:
        store.write(entries, remove=plan.removed, identity=embedder.identity, replace_all=replace_all)
    return BuildReport(
        added=tuple(document.doc_id for document in plan.changed),
        unchanged=plan.unchanged,
        removed=plan.removed,
        passage_count=embedded_count,
        seconds=time.perf_counter() - started,
        lost=tuple(record for document in plan.changed for record in _find_lost(document, overlay)),
    )


def _find_lost(document: Document, overlay: Overlay) -> list[Correction]:
    corrections = overlay.corrections
    if not corrections.changes(document.doc_id):
        return []
    effects = corrections.lay_out(document).effects
    return [record for record in corrections.of(document.doc_id) if effects[record.id] == "lost"]


def embed_documents(
    documents: Sequence[Document],
    overlay: Overlay,
    known: Mapping[str, FloatArray],
    embedder: Embedder,
    progress: Progress | None = None,
) -> tuple[list[Entry], int]:
    """Entries ready to be stored, and how many passages were embedded: all together, so that batches are full.

    :param known: embeddings that there are, by what is embedded.
    """
    if not documents:
        return [], 0
    layouts = [overlay.lay_out(document).document for document in documents]
    cut = [
        tuple(cut_passages(layout, max_tokens=embedder.max_tokens, count_tokens=embedder.count_tokens))
        for layout in layouts
    ]
    texts = [
        tuple(layout.read(passage.start, passage.end) for passage in passages)
        for layout, passages in zip(layouts, cut, strict=True)
    ]
    new = [text for texts_of_one in texts for text in texts_of_one if text not in known]
    rows = iter(embedder.embed_passages(new, progress) if new else ())
    entries = []
    for document, passages, texts_of_one in zip(documents, cut, texts, strict=True):
        embeddings = [known[text] if text in known else next(rows) for text in texts_of_one]
        width = len(embeddings[0]) if embeddings else 1
        matrix = np.asarray(embeddings, dtype=np.float32).reshape(len(passages), width)
        entry = Entry(document, passages, matrix)
        entries.append(entry if entry.read() == texts_of_one else replace(entry, texts=texts_of_one))
    return entries, len(new)
