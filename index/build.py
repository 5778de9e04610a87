"""Sources into an index, and changes to it."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus import Document, cut_passages, load
from index.embedder import Embedder, Progress, SentenceEmbedder
from index.errors import DocumentNotFound, IndexNotFound
from index.local import LocalStore
from index.store import DocumentInfo, Entry, PassageStore

Source = Document | str | Path


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build or an update did: documents by name, passages embedded, seconds."""

    added: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    passage_count: int
    seconds: float


def build_index(
    sources: Iterable[Source], path: str | Path, *, embedder: Embedder | None = None, progress: Progress | None = None
) -> BuildReport:
    """Make the index at `path` hold exactly `sources`; until it is complete, an index that was there stays as it is.

    :param sources: documents or paths of files.
    :param embedder: None takes the bundled model.
    :param progress: called with the number of passages embedded and the number of all.
    :raises CorpusError: when a source cannot be read; nothing is changed then.
    :raises ValueError: when there are no sources.
    :raises IndexingError: when the index cannot be written.
    """
    documents = load_documents(sources)
    store = LocalStore(path)
    old = {info.doc_id for info in list_documents(store)}
    return _store(documents, store, embedder or SentenceEmbedder(), progress, remove=old, unchanged=())


def update_index(
    sources: Iterable[Source], path: str | Path, *, embedder: Embedder | None = None, progress: Progress | None = None
) -> BuildReport:
    """Add `sources` to the index at `path`, or replace documents of the same name whose text changed; the rest stays.

    Parameters and errors as for `build_index`; an index that is not there is made.
    """
    documents = load_documents(sources)
    store = LocalStore(path)
    embedder = embedder or SentenceEmbedder()
    known = {info.doc_id: info.sha256 for info in list_documents(store)}
    if known:
        store.require(embedder.identity)
    changed = [document for document in documents if known.get(document.doc_id) != document.sha256]
    unchanged = tuple(document.doc_id for document in documents if document not in changed)
    return _store(changed, store, embedder, progress, remove=(), unchanged=unchanged)


def remove_documents(doc_ids: Sequence[str], path: str | Path, *, embedder: Embedder | None = None) -> BuildReport:
    """Take documents out of the index at `path`.

    :raises DocumentNotFound: when the index does not hold one of them; nothing is removed then.
    """
    store = LocalStore(path)
    with store.reading() as view:
        known = {info.doc_id for info in view.documents()}
    for doc_id in doc_ids:
        if doc_id not in known:
            raise DocumentNotFound(
                f"the index in {path} holds no document {doc_id!r}; see them with: python -m index list"
            )
    return _store([], store, embedder or SentenceEmbedder(), None, remove=doc_ids, unchanged=())


def list_documents(store: PassageStore) -> list[DocumentInfo]:
    """The documents of an index in order of storing; an empty list when there is no index yet."""
    try:
        with store.reading() as view:
            return view.documents()
    except IndexNotFound:
        return []


def load_documents(sources: Iterable[Source]) -> list[Document]:
    """The documents of `sources`, in order; the same text given twice is one document, and names are made unique.

    :raises CorpusError: when a source cannot be read.
    :raises ValueError: when there are no sources.
    """
    documents: dict[str, Document] = {}
    hashes: set[str] = set()
    for source in sources:
        document = source if isinstance(source, Document) else load(source)
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


def _store(
    documents: Sequence[Document],
    store: PassageStore,
    embedder: Embedder,
    progress: Progress | None,
    *,
    remove: Iterable[str],
    unchanged: tuple[str, ...],
) -> BuildReport:
    started = time.perf_counter()
    entries = _embed(documents, embedder, progress)
    names = {document.doc_id for document in documents}
    removed = tuple(sorted(set(remove) - names))
    if entries or removed:
        store.write(entries, remove=removed, identity=embedder.identity)
    return BuildReport(
        added=tuple(document.doc_id for document in documents),
        unchanged=unchanged,
        removed=removed,
        passage_count=sum(len(entry.passages) for entry in entries),
        seconds=time.perf_counter() - started,
    )


def _embed(documents: Sequence[Document], embedder: Embedder, progress: Progress | None) -> list[Entry]:
    """Entries ready to be stored; all passages are embedded together, so that batches are full."""
    if not documents:
        return []
    cut = [
        tuple(cut_passages(document, max_tokens=embedder.max_tokens, count_tokens=embedder.count_tokens))
        for document in documents
    ]
    texts = [
        document.text[passage.start : passage.end]
        for document, passages in zip(documents, cut, strict=True)
        for passage in passages
    ]
    embeddings = embedder.embed_passages(texts, progress)
    entries = []
    start = 0
    for document, passages in zip(documents, cut, strict=True):
        entries.append(Entry(document, passages, embeddings[start : start + len(passages)]))
        start += len(passages)
    return entries
