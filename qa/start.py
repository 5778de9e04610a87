"""Opening what there is to ask: the index named, or the default one, made from the bundled interview if missing."""

import argparse
import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass

from corpus import BUNDLED_NAME, Document, bundled_interview
from index import (
    Embedder,
    IndexIncompatible,
    IndexingError,
    IndexNotFound,
    Location,
    PendingStore,
    Progress,
    SentenceEmbedder,
    build_index,
    default_index_path,
    open_store,
    show_location,
)
from qa.answers import Answer
from qa.pipeline import QA
from qa.reading.reader import Reader

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """What there is to ask, before anything heavy has been done for it.

    `qa` answers as soon as `finish` has ended, and waits until then. `missing` is the interview of which an index is
    still to be made, None when it is there.
    """

    qa: QA
    missing: Document | None
    finish: Callable[[Progress | None], None]


def begin_opening(path: Location | None, *, embedder: Embedder | None = None, reader: Reader | None = None) -> Opening:
    """The index at `path`, or the default one when that is None; where that is missing, it is made by `finish`.

    :raises IndexingError: when the index named is not there or cannot be used, or the default one was made by another
        version or embedder and holds transcripts of one's own.
    """
    embedder = embedder or SentenceEmbedder()
    place = path if path is not None else default_index_path()
    try:
        return Opening(QA.open(place, embedder=embedder, reader=reader), None, lambda progress: None)
    except IndexNotFound:
        if path is not None:
            raise
    except IndexIncompatible:
        # That of an earlier version, which nobody has put anything into, is made again.
        if path is not None or not _has_bundled_alone(place):
            raise
    interview = bundled_interview()
    store = PendingStore(open_store(place))

    def finish(progress: Progress | None) -> None:
        store.make(lambda: build_index([interview], place, embedder=embedder, progress=progress))

    return Opening(QA.open(store, embedder=embedder, reader=reader), interview, finish)


def _has_bundled_alone(place: Location) -> bool:
    """Whether the index there holds the bundled interview and nothing else."""
    try:
        with open_store(place).reading() as view:
            return [info.doc_id for info in view.documents()] == [BUNDLED_NAME]
    except IndexingError:
        return False


def open_index(
    path: Location | None,
    *,
    embedder: Embedder | None = None,
    reader: Reader | None = None,
    notify: Callable[[str], None] = _log.info,
    progress: Progress | None = None,
) -> QA:
    """A `QA` on the index at `path`, or on the default one when that is None.

    The default index is built from the bundled interview when it is not there yet.

    :param notify: called with one sentence when an index is built.
    :raises IndexingError: when the index named is not there or cannot be used, or the default one cannot be written.
    """
    opening = begin_opening(path, embedder=embedder, reader=reader)
    if opening.missing is not None:
        notify(explain_building(opening.missing))
    opening.finish(progress)
    return opening.qa


def add_reader_argument(parser: argparse.ArgumentParser) -> None:
    """`--fast`, see `qa.open_reader`."""
    parser.add_argument(
        "--fast", action="store_true", help="read with the small network alone: sooner, and less often right"
    )


def explain_building(interview: Document) -> str:
    """What is done at the first start, in a sentence."""
    place = show_location(default_index_path())
    return f"no index yet: building one of the bundled interview, “{interview.title}”, in {place}"


def answer(question: str) -> Answer:
    """The answer of the default index, by default the bundled interview; nothing needs to be set up.

    The models are loaded at the first call and kept. For another index, a conversation or a speaker see `QA`.

    :raises QuestionInvalid: when the question is empty or too long.
    :raises IndexingError: when the index cannot be built or read.
    """
    return _default_qa().answer(question)


@functools.cache
def _default_qa() -> QA:
    return open_index(None)
