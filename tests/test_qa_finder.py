"""How a question is understood, and what is said where nothing was found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Document
from index import FloatArray, Hit, build_index
from qa import QA, Reading
from qa.pipeline import PERHAPS
from tests.fakes import SCALE, HashEmbedder, WordReader

PORT = """\
Host: When does the port open?

Ann: The port opens in November. The mayor pays for the cranes.

Host: Some people suggest that the port has military purposes, do they not?

Ann: It is impossible. The port is run by a private company.

Ben: I was a sailor once. The fishing boats stay in the old harbour.
"""
GARDEN = """\
Cleo: The tulips are watered on Monday.

Dan: Small gardens get a discount. The club owns the greenhouse.
"""
HISTORY = [{"role": "user", "content": "When does the port open?"}]


class Told(WordReader):
    """Ranks by words, and is as sure as it is told to be for questions that hold some words."""

    sure_confidence = 0.8

    def __init__(self, **told: float) -> None:
        self.told = {words.replace("_", " "): confidence for words, confidence in told.items()}
        self.asked: list[str] = []

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """By words, with the confidence of the first told words in the question, or a low one."""
        self.asked.append(question)
        sure = next((confidence for words, confidence in self.told.items() if words in question), 0.1)
        reading = super().read(question, hits, documents, embedding=embedding)
        # By little, so that who says something counts.
        near = tuple(replace(each, score=each.score / SCALE) for each in reading.evidence)
        return replace(reading, evidence=near, confidence=sure)


class SureOf(Told):
    """Sure where words of one speaker were found, and only there."""

    def __init__(self, speaker: str) -> None:
        super().__init__()
        self.speaker = speaker

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """As its parent, with a confidence of its own."""
        reading = super().read(question, hits, documents, embedding=embedding)
        found = any(hit.passage.speaker == self.speaker for hit in hits)
        return replace(reading, confidence=0.9 if found else 0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    garden = Document.from_text(GARDEN, doc_id="garden", title="Garden club")
    build_index([Document.from_text(PORT, doc_id="port"), garden], tmp_path, embedder=HashEmbedder())
    return tmp_path


def ask(folder: Path, reader: Told) -> QA:
    return QA.open(folder, embedder=HashEmbedder(), reader=reader)


def test_a_question_that_points_nowhere_is_read_alone(folder: Path) -> None:
    reader = Told(discount=0.9)
    answer = ask(folder, reader).answer("Which gardens get a discount?", history=HISTORY)
    assert reader.asked == ["Which gardens get a discount?"]
    assert answer.standalone_question == "Which gardens get a discount?"
    assert answer.quotes[0].text == "Small gardens get a discount."


def test_words_that_point_back_do_not_bind_a_question_that_stands_alone(folder: Path) -> None:
    reader = Told(**{"(“When": 0.3, "greenhouse": 0.9})
    answer = ask(folder, reader).answer("And who owns the greenhouse?", history=HISTORY)
    assert answer.standalone_question == "And who owns the greenhouse?"
    assert answer.quotes[0].text == "The club owns the greenhouse."
    in_context = ask(folder, Told(**{"(“When": 0.9, "pays": 0.4})).answer("And who pays?", history=HISTORY)
    assert in_context.standalone_question.startswith("And who pays? (")


def test_a_question_of_its_own_is_not_bound_even_if_nothing_answers_it(folder: Path) -> None:
    reader = Told(**{"(“When": 0.9})
    answer = ask(folder, reader).answer("What does lithium from Chilean mines cost?", history=HISTORY)
    assert answer.abstained
    assert reader.asked == ["What does lithium from Chilean mines cost?"]


def test_both_halves_of_a_question_are_answered(folder: Path) -> None:
    reader = Told(**{"When does the port open, and": 0.6, "discount": 0.7, "When does the port": 0.9})
    answer = ask(folder, reader).answer("When does the port open, and which gardens get a discount?")
    assert {quote.text for quote in answer.quotes} >= {"The port opens in November.", "Small gardens get a discount."}
    assert answer.confidence == pytest.approx(0.9, abs=0.05)  # less: the host's question is nearer
    assert answer.notice is None


def test_the_half_that_stays_open_is_named(folder: Path) -> None:
    reader = Told(**{"and how deep": 0.6, "how deep": 0.2, "When does the port": 0.9})
    answer = ask(folder, reader).answer("When does the port open and how deep is the well?")
    assert answer.quotes[0].text == "The port opens in November."
    assert answer.notice == "Not answered: “how deep is the well?”"


def test_the_reply_is_quoted_and_not_what_was_put_to_somebody(folder: Path) -> None:
    answer = ask(folder, Told(military=0.9)).answer("Has the port military purposes?")
    assert answer.quotes[0].speaker == "Ann"
    assert "It is impossible." in {passage.text for passage in answer.passages}
    put = ask(folder, Told(military=0.9)).answer("Who suggested that the port has military purposes?")
    assert put.quotes[0].speaker == "Host"


def test_whether_somebody_said_something_is_read_as_whether_it_is_so(folder: Path) -> None:
    reader = Told(**{"Did Ann": 0.2, "private": 0.7})
    answer = ask(folder, reader).answer("Did Ann say that the port is run by a private company?")
    assert reader.asked[:2] == [
        "Did Ann say that the port is run by a private company?",
        "the port is run by a private company?",
    ]
    assert answer.quotes[0].text == "The port is run by a private company."
    assert answer.standalone_question == "Did Ann say that the port is run by a private company?"


def test_that_somebody_else_said_it_is_said(folder: Path) -> None:
    answer = ask(folder, SureOf("Host")).answer("Did Ben suggest that the port has military purposes?")
    assert answer.abstained
    assert answer.reason == "Nothing that Ben says comes close enough to the question; Host (asking) puts it to others."


def test_a_filter_that_hides_the_answer_is_named(folder: Path) -> None:
    qa = ask(folder, SureOf("Cleo"))
    by_speaker = qa.answer("When are the tulips watered?", speaker="Dan")
    assert by_speaker.text == (
        "What was chosen does not answer this. Without the filter there may be an answer, by Cleo in “Garden club”; "
        "only the words of Dan were searched."
    )
    by_document = qa.answer("When are the tulips watered?", doc_ids=["port"])
    assert by_document.reason == (
        "Without the filter there may be an answer, by Cleo in “Garden club”; only the documents that were chosen "
        "were searched."
    )


def test_a_word_that_the_source_has_anywhere_is_not_called_missing(folder: Path) -> None:
    answer = ask(folder, Told()).answer("Thanks, what does Ann say about watering zebras?")
    assert answer.reason == (
        "No sentence comes close enough to the question; the source never mentions “watering” or “zebras”."
    )
    everywhere = ask(folder, Told()).answer("Is anything about watering zebras there?")
    assert everywhere.reason == "No sentence comes close enough to the question; the source never mentions “zebras”."


def test_what_is_hardly_sure_is_shown_as_perhaps_an_answer(folder: Path) -> None:
    answer = ask(folder, Told(tulips=0.7)).answer("When are the tulips watered?")
    assert (answer.lead, answer.short) == (PERHAPS, None)
    assert ask(folder, Told(tulips=0.8)).answer("When are the tulips watered?").lead == ""
