"""A question into an answer, with fakes: what is quoted, whose it is, and when nothing is."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread

import pytest

from corpus import Document
from index import DocumentNotFound, FloatArray, Hit, IndexIncompatible, IndexNotFound, build_index
from qa import QA, Evidence, HistoryInvalid, QuestionInvalid, QuoteInvalid, Reading, SpeakerUnknown
from tests.fakes import HashEmbedder, WordReader


def test_an_answer_quotes_the_source_with_its_speaker(fake_qa: QA, interview: Document) -> None:
    answer = fake_qa.answer("vessels between Chancay and Shanghai")
    quote = answer.quotes[0]
    assert (quote.speaker, quote.start, quote.end) == ("Balarezo", 3735, 3979)
    assert interview.text[quote.start : quote.end] == quote.text
    assert answer.text == f"Balarezo: “{quote.text}” [1]"
    assert (answer.abstained, answer.reason, answer.confidence) == (False, None, 1.0)
    assert answer.timings_ms.keys() == {"embed", "retrieve", "read", "compose", "total"}


def test_words_of_the_one_who_asks_are_shown_as_theirs(fake_qa: QA) -> None:
    answer = fake_qa.answer("Who asked about voices suggesting military purposes or economic coercion?")
    assert (answer.quotes[0].speaker, answer.quotes[0].role) == ("GT", "asks")
    assert answer.text.startswith("GT (asking): “There are voices suggesting")


def test_narration_is_not_shown_as_speech(fake_qa: QA) -> None:
    answer = fake_qa.answer("reporters Zhao Yusha and Bai Yunyi")
    assert (answer.quotes[0].speaker, answer.quotes[0].kind) == (None, "narration")
    assert answer.text.startswith("The text, outside the dialogue: “Recently, Global Times reporters")


def test_abstaining_shows_the_nearest_passages_and_says_what_is_missing(fake_qa: QA) -> None:
    answer = fake_qa.answer("How deep is the lithium price at Chancay?")
    assert (answer.abstained, answer.quotes, answer.short) == (True, (), None)
    assert answer.reason is not None
    assert "“lithium”" in answer.reason
    assert "“chancay”" not in answer.reason
    assert "Chancay" in answer.passages[0].text
    assert answer.text.startswith("The source does not answer this.")


def test_a_word_in_another_form_is_not_called_missing(fake_qa: QA) -> None:
    reason = fake_qa.answer("Which declaration was approving of lithium vessel taxes?").reason
    assert reason == "No sentence comes close enough to the question; the source never mentions “lithium” or “taxes”."


def test_only_one_speaker(fake_qa: QA) -> None:
    for name in ("gt", "GT"):
        answer = fake_qa.answer("Chancay Port", speaker=name)
        assert {passage.quote.speaker for passage in answer.passages} == {"GT"}
    assert {p.quote.speaker for p in fake_qa.answer("port", speaker="Marco Balarezo").passages} == {"Balarezo"}


def test_nobody_of_that_name(fake_qa: QA) -> None:
    with pytest.raises(SpeakerUnknown, match="nobody called 'Xi' speaks there; the speakers are GT, Balarezo"):
        fake_qa.answer("port", speaker="Xi")


def test_only_some_documents(tmp_path: Path, interview: Document) -> None:
    embedder = HashEmbedder()
    other = Document.from_text("Ann: Peru?\n\nBob: Peru and the port.", doc_id="other")
    build_index([interview, other], tmp_path, embedder=embedder)
    qa = QA.open(tmp_path, embedder=embedder, reader=WordReader())
    assert {p.doc_id for p in qa.answer("Peru port", doc_ids=["other"]).passages} == {"other"}
    assert {p.doc_id for p in qa.answer("Peru port").passages} == {"other", interview.doc_id}
    with pytest.raises(DocumentNotFound, match="holds no document 'none'"):
        qa.answer("Peru", doc_ids=["none"])


@pytest.mark.parametrize("question", ["", "  \n", "?!"])
def test_a_question_without_words(fake_qa: QA, question: str) -> None:
    with pytest.raises(QuestionInvalid, match="the question is empty"):
        fake_qa.answer(question)


def test_a_question_without_end(fake_qa: QA) -> None:
    with pytest.raises(QuestionInvalid, match="has 6,002 characters, at most 2,000"):
        fake_qa.answer("why? " * 1200 + "so")


def test_a_question_of_stop_words_only(fake_qa: QA) -> None:
    assert fake_qa.answer("What is it?").abstained


class InventingReader:
    """Points at words that are not there, past the end of the text."""

    min_confidence = 0.0
    sure_confidence = 0.0
    note = ""

    def warm_up(self) -> None:
        """Nothing to load."""

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """Evidence outside of everything."""
        return Reading((Evidence(hits[0].passage.doc_id, 10**6, 10**6 + 5, 1.0),), 1.0)


def test_no_reader_can_make_a_quote_of_its_own(tmp_path: Path, interview: Document) -> None:
    embedder = HashEmbedder()
    build_index([interview], tmp_path, embedder=embedder)
    with pytest.raises(QuoteInvalid, match="does not lie in one turn"):
        QA.open(tmp_path, embedder=embedder, reader=InventingReader()).answer("Peru")


def test_no_index_and_an_index_of_another_embedder(tmp_path: Path, interview: Document) -> None:
    with pytest.raises(IndexNotFound, match="no index in"):
        QA.open(tmp_path, embedder=HashEmbedder())
    build_index([interview], tmp_path, embedder=HashEmbedder())
    with pytest.raises(IndexIncompatible, match=r"was built with the embedder hash-words .* other"):
        QA.open(tmp_path, embedder=HashEmbedder("other"))


def test_many_threads_get_their_own_answers(fake_qa: QA) -> None:
    questions = {"vessels between Chancay and Shanghai": 3735, "reporters Zhao Yusha and Bai Yunyi": 412}
    found: list[tuple[str, int]] = []

    def ask(question: str) -> None:
        found.extend((question, fake_qa.answer(question).quotes[0].start) for _ in range(10))

    threads = [Thread(target=ask, args=(question,)) for question in questions for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert set(found) == set(questions.items())


def test_a_history_of_something_else(fake_qa: QA) -> None:
    with pytest.raises(HistoryInvalid, match=r"expected \{'role': 'user', 'content': '…'\}"):
        fake_qa.answer("Why?", history=[{"text": "Who?"}])


@pytest.mark.parametrize("query", ["summary", "Thanks", "vessels between Chancay and Shanghai"])
def test_a_search_gives_as_many_passages_as_are_asked_for_and_reads_none(
    tmp_path: Path, interview: Document, query: str
) -> None:
    embedder = HashEmbedder()
    build_index([interview], tmp_path, embedder=embedder)
    found = QA.open(tmp_path, embedder=embedder, reader=InventingReader()).search(query, top_k=30)
    assert len(found) == 30
    assert [passage.score for passage in found] == sorted((passage.score for passage in found), reverse=True)
    assert all(interview.text[passage.start : passage.end] == passage.text for passage in found)


def test_a_search_keeps_to_a_speaker_and_refuses_nothing_to_search_for(fake_qa: QA) -> None:
    assert {passage.quote.speaker for passage in fake_qa.search("port", speaker="Balarezo")} == {"Balarezo"}
    with pytest.raises(QuestionInvalid, match="the question is empty"):
        fake_qa.search("…")
    with pytest.raises(ValueError, match="top_k is 0"):
        fake_qa.search("port", top_k=0)
