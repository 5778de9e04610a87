"""More like these: what the reader finds for a tag, beside what has it already."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from index import FloatArray, retrieve
from qa.answers import Citation, Quote
from qa.pipeline import QA
from qa.reading.demotion import find_margin
from qa.replies import is_asked
from qa.tags.book import CodeBook, Tag

# As many passages as are read of a question to a long talk.
_READ = 48
# A suggestion costs a look, so that it may be less probable than what is quoted for an answer.
_MIN_CONFIDENCE = 0.1
# Of the quotes that have the tag, those that were tagged last say what is meant.
_LIKE = 24


def suggest(qa: QA, book: CodeBook, name: str, *, at_most: int = 8) -> tuple[Quote, ...]:
    """Quotes that may want the tag, the likeliest first: near to those that have it, and read for what it stands for.

    :raises TagInvalid: when there is no such tag.
    :raises IndexingError: when the index cannot be read.
    """
    tag = book.find(name)
    tagged = book.tagged[tag.name]
    question = _put_as_question(tag)
    embedding = _embed(qa, question, tagged)
    with qa.store.reading() as view:
        hits = retrieve(view, question, embedding, top_k=_READ + min(len(tagged), _READ))
        documents = {doc_id: view.document(doc_id) for doc_id in {hit.passage.doc_id for hit in hits}}
    hits = [hit for hit in hits if not _overlaps(hit.passage.doc_id, hit.passage.start, hit.passage.end, tagged)]
    reading = qa.reader.read(question, hits[:_READ], documents, embedding=embedding)
    lowest = reading.evidence[0].score - find_margin(reading, _MIN_CONFIDENCE) if reading.evidence else 0.0
    near = (each for each in reading.evidence if each.score >= lowest and not is_asked(each, documents[each.doc_id]))
    return tuple(
        Quote.from_span(documents[each.doc_id], each.start, each.end, score=each.score)
        for each in islice(near, at_most)
    )


def _put_as_question(tag: Tag) -> str:
    """A tag is a word or two; what it stands for says more, where somebody wrote that down."""
    return f"What is said about {tag.name}? {tag.definition}".strip()


def _embed(qa: QA, question: str, tagged: Sequence[Citation]) -> FloatArray:
    """Half way between what the tag is called and the middle of what has it, shape `(dim,)`, of length one."""
    asked = qa.embedder.embed_question(question)
    if not tagged:
        return asked
    middle = qa.embedder.embed_passages([quote.text for quote in tagged[-_LIKE:]]).mean(axis=0)
    both = asked + middle / max(float(np.linalg.norm(middle)), 1e-9)
    return np.asarray(both / max(float(np.linalg.norm(both)), 1e-9), dtype=np.float32)


def _overlaps(doc_id: str, start: int, end: int, tagged: Sequence[Citation]) -> bool:
    return any(each.doc_id == doc_id and each.start < end and start < each.end for each in tagged)
