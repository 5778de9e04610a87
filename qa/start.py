"""Opening what there is to ask: the index named, or the default one, made from the bundled interview if missing."""

import functools
import logging
from collections.abc import Callable

from corpus import bundled_interview
from index import (
    Embedder,
    IndexNotFound,
    Place,
    Progress,
    SentenceEmbedder,
    build_index,
    default_index_path,
    show_place,
)
from qa.answer import Answer
from qa.pipeline import QA

_log = logging.getLogger(__name__)


def open_index(
    path: Place | None,
    *,
    embedder: Embedder | None = None,
    notify: Callable[[str], None] = _log.info,
    progress: Progress | None = None,
) -> QA:
    """A `QA` on the index at `path`, or on the default one when that is None.

    The default index is built from the bundled interview when it is not there yet.

    :param notify: told in one sentence when an index is built.
    :raises IndexingError: when the index named is not there or cannot be used, or the default one cannot be written.
    """
    embedder = embedder or SentenceEmbedder()
    if path is not None:
        return QA.open(path, embedder=embedder)
    path = default_index_path()
    try:
        return QA.open(path, embedder=embedder)
    except IndexNotFound:
        interview = bundled_interview()
        notify(f"no index yet: building one of the bundled interview, “{interview.title}”, in {show_place(path)}")
        build_index([interview], path, embedder=embedder, progress=progress)
        return QA.open(path, embedder=embedder)


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
