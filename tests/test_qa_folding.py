"""Words are found however the source writes them, and the quote is the source's own slice."""

from pathlib import Path

import pytest

from corpus import Document
from index import build_index, content_words
from qa import QA
from qa.abstention import explain_abstention
from tests.fakes import HashEmbedder, WordReader

WRITTEN = "The ﬂour was kept in the o\u00adﬃce of Cafe\u0301 Ｌｉｍａ."
TALK = f"Ann: What did you keep there?\n\nBob: {WRITTEN} Nobody took it.\n\nAnn: Why not?"


@pytest.fixture
def qa(tmp_path: Path) -> QA:
    embedder = HashEmbedder()
    build_index([Document.from_text(TALK, doc_id="talk")], tmp_path, embedder=embedder)
    return QA.open(tmp_path, embedder=embedder, reader=WordReader())


def test_content_words_are_folded() -> None:
    assert content_words(WRITTEN) == ["flour", "kept", "office", "café", "lima"]


@pytest.mark.parametrize("word", ["flour", "office", "café", "Lima", "ﬂour"])
def test_a_word_is_found_as_people_type_it(qa: QA, word: str) -> None:
    answer = qa.answer(f"List everything about {word}")
    assert [quote.text for quote in answer.quotes] == [WRITTEN]
    assert answer.quotes[0].text == TALK[answer.quotes[0].start : answer.quotes[0].end]
    assert qa.search(word, top_k=1)[0].bm25 is not None


def test_a_word_is_counted_as_people_type_it(qa: QA) -> None:
    assert qa.answer("How many times is flour mentioned?").lead.startswith("“flour”: 1 time, in 1 sentence")


def test_a_word_that_is_there_is_not_called_missing() -> None:
    assert explain_abstention("Where was the flour?", [WRITTEN]) == ("No sentence comes close enough to the question.")
