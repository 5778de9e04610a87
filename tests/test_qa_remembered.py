"""The same question is not read twice, and what changed is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from corpus import Document, correct_words
from index import FloatArray, Hit, add_corrections, build_index, update_index
from qa import QA, Reading
from qa.reading.remembered import MOST
from tests.fakes import HashEmbedder, WordReader

TEXT = "Ann: Where did you work?\n\nBob: I worked in a mill. The winters were hard."
QUESTION = "Were the winters hard?"


class Counting(WordReader):
    """Counts how often it reads, and may become a better one."""

    def __init__(self) -> None:
        self.count = 0
        self.min_confidence = 0.5

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """As usual."""
        self.count += 1
        return super().read(question, hits, documents, embedding=embedding)


@pytest.fixture
def reader() -> Counting:
    return Counting()


@pytest.fixture
def qa(reader: Counting, tmp_path: Path) -> QA:
    build_index([Document.from_text(TEXT, doc_id="mill")], tmp_path, embedder=HashEmbedder())
    return QA.open(tmp_path, embedder=HashEmbedder(), reader=reader)


def test_the_same_question_is_read_once(qa: QA, reader: Counting) -> None:
    first = qa.answer(QUESTION)
    again = qa.answer(QUESTION)
    assert reader.count == 1
    assert (again.quotes, again.confidence) == (first.quotes, first.confidence)
    assert first.quotes != ()
    qa.answer("Who worked in a mill?")
    qa.answer(QUESTION, speaker="Bob")
    assert reader.count == 3


def test_what_changed_is_read(qa: QA, reader: Counting, tmp_path: Path) -> None:
    qa.answer(QUESTION)
    document = Document.from_text(TEXT, doc_id="mill")
    at = TEXT.index("hard")
    add_corrections([correct_words(document, at, at + 4, "mild", by="me")], tmp_path, embedder=HashEmbedder())
    (quote, *_) = qa.answer(QUESTION).quotes
    assert "[mild]" in quote.shown
    assert reader.count == 2
    update_index([Document.from_text(f"{TEXT} So we left.", doc_id="mill")], tmp_path, embedder=HashEmbedder())
    qa.answer(QUESTION)
    assert reader.count == 3


def test_a_better_reader_reads_again(qa: QA, reader: Counting) -> None:
    qa.answer(QUESTION)
    reader.min_confidence = 0.4
    qa.answer(QUESTION)
    assert reader.count == 2


def test_no_more_is_remembered_than_a_few(qa: QA, reader: Counting) -> None:
    for number in range(MOST + 1):
        qa.answer(f"{QUESTION[:-1]} {number}?")
    qa.answer(f"{QUESTION[:-1]} {MOST}?")
    assert reader.count == MOST + 1
    qa.answer(f"{QUESTION[:-1]} 0?")
    assert reader.count == MOST + 2
