"""Whether what an index holds agrees with itself."""

from collections.abc import Iterator, Sequence

import numpy as np

from corpus import Document, Overlay, Passage, split_sentences
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
    overlay = Overlay(store.corrections(), store.conditions())
    with store.reading_stored() as view:
        for info in view.documents():
            try:
                entry = view.entry(info.doc_id)
                problems += find_entry_problems(entry, overlay.lay_out(entry.document).document)
            except IndexDamaged as error:
                problems.append(f"{info.doc_id}: {error}")
    return problems


def find_entry_problems(entry: Entry, document: Document) -> Iterator[str]:
    """What is wrong with what is stored of a document, which is given as its corrections and conditions make it."""
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
    yield from _check_cuts(document, entry.passages)
    if entry.read() != tuple(document.read(passage.start, passage.end) for passage in entry.passages):
        yield f"what {document.doc_id} is found by is not what it says with its corrections and conditions"
    lengths = np.linalg.norm(entry.embeddings, axis=1)
    wrong = int(np.sum(~(np.abs(lengths - 1.0) <= _MAX_NORM_ERROR)))
    if wrong or len(lengths) != len(entry.passages):
        yield f"{wrong} of {len(lengths)} embeddings of {document.doc_id} are not of unit length"


def _check_cuts(document: Document, passages: Sequence[Passage]) -> Iterator[str]:
    """Whether the passages are the sentences, each whole or in pieces, and answer the turns that they say."""
    turns = {(turn.start, turn.end) for turn in document.turns}
    sentences = [
        sentence
        for turn in document.turns
        if turn.kind != "furniture"
        for sentence in split_sentences(document.text, turn.start, turn.end)
    ]
    places = iter(sorted(passages, key=lambda passage: passage.start))
    passage = next(places, None)
    for start, end in sentences:
        reached = start
        while passage is not None and passage.start < end:
            if document.text[reached : passage.start].strip() or passage.start < reached or passage.end > end:
                break
            reached = passage.end
            passage = next(places, None)
        if document.text[reached:end].strip():
            name = "none" if passage is None else passage.passage_id
            yield f"the sentence at {start}-{end} of {document.doc_id} is in no passages of its own; there is {name}"
            return  # one that is shifted shifts all that is compared after it
    for passage in passages:
        if passage.question is not None and passage.question not in turns:
            yield f"passage {passage.passage_id} is said to answer what is no turn of {document.doc_id}"
