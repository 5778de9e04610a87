"""Whether what an index holds agrees with itself."""

from collections.abc import Iterator

import numpy as np

from corpus import Document
from index.catalog_view import CatalogView
from index.errors import IndexDamaged
from index.local import LocalStore

# How far the length of a stored embedding may be from 1: float32 rounding is a thousand times less.
_MAX_NORM_ERROR = 1e-3


def check_index(store: LocalStore) -> list[str]:
    """What is wrong with the index, a sentence each; an empty list when every document, passage and embedding is sound.

    :raises IndexNotFound: when there is no index.
    :raises IndexDamaged: when it cannot be read at all.
    """
    with store.reading_catalog() as view:
        return [*_check_file(view), *_check_documents(view), *_check_embeddings(view)]


def repair_index(store: LocalStore) -> list[str]:
    """What was wrong with what is derived from documents and embeddings, a sentence each; it has been made again.

    :raises IndexNotWritable: when it cannot be made again here.
    """
    with store.reading_catalog() as view:
        problems = view.words_problems()
    if problems:
        with store.writing(), store.repairing_catalog() as view:
            view.rebuild_words()
    return [*problems, *store.derive_vectors()]


def _check_file(view: CatalogView) -> Iterator[str]:
    for problem in view.integrity_problems():
        yield f"the catalog's file is damaged: {problem}"


def _check_documents(view: CatalogView) -> Iterator[str]:
    for info in view.documents():
        try:
            document = view.document(info.doc_id)
        except IndexDamaged as error:
            yield str(error)
            continue
        yield from _check_turns(document)
        try:
            passages = view.passages_of(info.doc_id)
        except IndexDamaged as error:
            yield str(error)
            continue
        for passage in passages:
            turn = document.turn_at(passage.start, passage.end)
            if passage.start >= passage.end or turn != passage.turn:
                yield f"passage {passage.passage_id} does not lie in turn {passage.turn} of its document"
            elif document.turns[turn].speaker != passage.speaker or document.turns[turn].kind == "furniture":
                yield f"passage {passage.passage_id} is not what {passage.speaker or 'the narration'} says"


def _check_turns(document: Document) -> Iterator[str]:
    end = 0
    for number, turn in enumerate(document.turns):
        if not end <= turn.start < turn.end <= len(document.text):
            yield f"turn {number} of {document.doc_id} is out of order or leaves the text"
        end = turn.end


def _check_embeddings(view: CatalogView) -> Iterator[str]:
    try:
        rows, embeddings = view.embeddings()
    except IndexDamaged as error:
        yield str(error)
        return
    lengths = np.linalg.norm(embeddings, axis=1)
    wrong = int(np.sum(~(np.abs(lengths - 1.0) <= _MAX_NORM_ERROR))) if len(rows) else 0
    if wrong:
        yield f"{wrong} of {len(rows)} embeddings are not of unit length"
