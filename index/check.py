"""Whether what an index holds agrees with itself."""

from collections.abc import Iterator

import numpy as np

from index.errors import IndexDamaged
from index.store import Entry, PassageStore

# How far the length of a stored embedding may be from 1: float32 rounding is a thousand times less.
_MAX_NORM_ERROR = 1e-3


def check_index(store: PassageStore) -> list[str]:
    """What is wrong with the index, a sentence each; an empty list when every document, passage and embedding is sound.

    :raises IndexNotFound: when there is no index.
    :raises IndexDamaged: when it cannot be read at all.
    """
    problems = store.file_problems()
    with store.reading() as view:
        for info in view.documents():
            try:
                problems += _check_entry(view.entry(info.doc_id))
            except IndexDamaged as error:
                problems.append(f"{info.doc_id}: {error}")
    return problems


def _check_entry(entry: Entry) -> Iterator[str]:
    document = entry.document
    end = 0
    for number, turn in enumerate(document.turns):
        if not end <= turn.start < turn.end <= len(document.text):
            yield f"turn {number} of {document.doc_id} is out of order or leaves the text"
        end = turn.end
    for passage in entry.passages:
        turn_number = document.turn_at(passage.start, passage.end)
        if passage.start >= passage.end or turn_number != passage.turn:
            yield f"passage {passage.passage_id} does not lie in turn {passage.turn} of its document"
        elif document.turns[turn_number].speaker != passage.speaker or document.turns[turn_number].kind == "furniture":
            yield f"passage {passage.passage_id} is not what {passage.speaker or 'the narration'} says"
    lengths = np.linalg.norm(entry.embeddings, axis=1)
    wrong = int(np.sum(~(np.abs(lengths - 1.0) <= _MAX_NORM_ERROR)))
    if wrong or len(lengths) != len(entry.passages):
        yield f"{wrong} of {len(lengths)} embeddings of {document.doc_id} are not of unit length"
