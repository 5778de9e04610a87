"""One call that checks a draft against the index named, or the default one, which is made where it is missing."""

import logging
from collections.abc import Callable, Collection
from pathlib import Path

from corpus import Prose, bundled_interview
from index import (
    Embedder,
    IndexNotFound,
    Location,
    PassageStore,
    Progress,
    SentenceEmbedder,
    build_index,
    default_index_path,
    open_store,
)
from qa.checking.records import DraftReport
from qa.reading.extractive import ExtractiveReader
from qa.reading.reader import Reader
from qa.start import explain_building

_log = logging.getLogger(__name__)


def check_draft(
    text_or_path: str | Path,
    index: Location | PassageStore | None = None,
    *,
    doc_ids: Collection[str] | None = None,
    embedder: Embedder | None = None,
    reader: Reader | None = None,
    progress: Progress | None = None,
) -> DraftReport:
    """Every quotation in a draft held against what was said.

    :param text_or_path: the draft itself, or the path of its file (text, Markdown, Word, HTML, PDF); a string of one
        line that is the name of a file is taken for that.
    :param index: the folder, address or store of the index; None is the default one, by default the bundled interview.
    :param doc_ids: hold it against these documents only.
    :param embedder: what made the index; it is needed for reported speech alone, and loaded for that.
    :param reader: what chooses the passage nearest to reported speech; None is the bundled small one, loaded for that.
    :param progress: called with how many documents are gone through.
    :raises CorpusError: when the file cannot be read.
    :raises DraftInvalid: when the draft has no words, or far too many quotations.
    :raises IndexingError: when the index cannot be read, or holds no such document.
    """
    from qa.checking.check import check_text  # only who checks pays for it
    from qa.checking.nearest import NearestPassages

    embedder = embedder or SentenceEmbedder()
    store = find_store(index, embedder, _log.info)
    nearest = NearestPassages(store, embedder, reader or ExtractiveReader(embedder), doc_ids)
    report = check_text(text_or_path, store, doc_ids=doc_ids, nearest=nearest, progress=progress)
    if nearest.problem:
        _log.warning("%s", nearest.problem)
    return report


def check_pasted(
    text: str | Prose,
    store: PassageStore,
    *,
    name: str = "",
    embedder: Embedder,
    reader: Reader | None = None,
    doc_ids: Collection[str] | None = None,
) -> DraftReport:
    """As `check_draft`, for text from somebody else, as it is or as it was read: it is never taken for a path.

    :param name: that of the file, where there was one.
    :param reader: None chooses the passage nearest to reported speech by meaning and words alone.
    :raises DraftInvalid: when it has no words, or far too many quotations.
    :raises IndexingError: when the index cannot be read, or holds no such document.
    """
    from qa.checking.check import check_text
    from qa.checking.draft import make_draft
    from qa.checking.nearest import NearestPassages

    draft = make_draft(text if isinstance(text, Prose) else Prose(text, "text", ()), name)
    return check_text(draft, store, doc_ids=doc_ids, nearest=NearestPassages(store, embedder, reader, doc_ids))


def find_store(
    index: Location | PassageStore | None, embedder: Embedder, notify: Callable[[str], None]
) -> PassageStore:
    """The store named; for None the default one, which is built of the bundled interview where it is missing.

    :param notify: called with one sentence when an index is built.
    """
    if index is not None:
        return open_store(index) if isinstance(index, str | Path) else index
    place = default_index_path()
    store = open_store(place)
    try:
        with store.reading() as view:
            view.documents()
    except IndexNotFound:
        interview = bundled_interview()
        notify(explain_building(interview))
        build_index([interview], place, embedder=embedder)
    return store
