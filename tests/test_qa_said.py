"""What people asked about the bundled interview, with the real models: replies, both halves, follow-ups, headlines."""

from pathlib import Path

import pytest

from corpus import load
from index import SentenceEmbedder, build_index
from qa import QA, Answer, open_reader
from qa.pipeline import PERHAPS

EVAL = Path(__file__).parent / "eval"
NAMES = ("01_changelog_bold_names.md", "06_ladybug_otter_export.md", "09_se_unlocked_interview.txt")

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def qa(embedder: SentenceEmbedder, interview_index: Path) -> QA:
    # The reader that is always there: the answers must not depend on what was fetched.
    return QA.open(interview_index, embedder=embedder, reader=open_reader(embedder, fast=True))


def after(qa: QA, *questions: str) -> Answer:
    """The answer to the last of them, asked in a conversation."""
    history: list[dict[str, object]] = []
    for question in questions[:-1]:
        answer = qa.answer(question, history=history)
        quotes = [quote.to_dict() for quote in answer.quotes]
        history += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer.text, "quotes": quotes},
        ]
    return qa.answer(questions[-1], history=history)


def test_an_insinuation_is_answered_by_the_reply(qa: QA) -> None:
    answer = qa.answer("Could the port be used by the military?")
    assert answer.quotes[0].speaker == "Balarezo"
    assert "military" in answer.quotes[0].text or "dual-use" in answer.quotes[0].text
    assert answer.short is None


def test_whether_somebody_said_so_is_answered_in_their_words(qa: QA) -> None:
    answer = qa.answer("Did Balarezo claim that the port is for the military?")
    assert {quote.speaker for quote in answer.quotes} <= {"Balarezo"}


@pytest.mark.parametrize("question", ["Is Peru or Brazil the biggest recipient?", "Does the port belong to the state?"])
def test_yes_or_no_and_either_or_have_no_headline(qa: QA, question: str) -> None:
    assert qa.answer(question).short is None


def test_a_headline_is_the_whole_figure(qa: QA) -> None:
    answer = qa.answer("For how long has China been Peru's largest trading partner?")
    assert answer.short == "10 consecutive years"
    assert answer.lead != PERHAPS


def test_both_halves_are_answered(qa: QA) -> None:
    answer = qa.answer("When does the port open, and how much faster will cargo reach Shanghai?")
    said = " ".join(quote.text for quote in answer.quotes)
    assert "officially open in November" in said
    assert "by 10 to 12 days" in said


def test_a_question_that_stands_alone_is_not_bound(qa: QA) -> None:
    answer = after(qa, "How much faster will cargo reach Shanghai?", "What potential is there for electric vehicles?")
    assert answer.standalone_question == "What potential is there for electric vehicles?"
    assert "electric vehicle" in answer.quotes[0].text


def test_courtesy_and_question_words_are_not_what_is_missing(qa: QA) -> None:
    answer = qa.answer("Thanks, and what else does he say about lithium mines?")
    assert answer.abstained
    assert answer.reason == "No sentence comes close enough to the question; the source never mentions “lithium”."


@pytest.fixture(scope="module")
def shelf(embedder: SentenceEmbedder, tmp_path_factory: pytest.TempPathFactory) -> QA:
    """Three other conversations."""
    folder = tmp_path_factory.mktemp("shelf")
    build_index([load(EVAL / name) for name in NAMES], folder, embedder=embedder)
    return QA.open(folder, embedder=embedder, reader=open_reader(embedder, fast=True))


def test_both_halves_of_a_comparison(shelf: QA) -> None:
    answer = shelf.answer("What is bias and what is prejudice in Kim's terms?")
    said = [quote.text for quote in answer.quotes]
    assert "Prejudice is meaning it." in said
    assert "So bias is sort of not meaning it." in said


def test_a_figure_of_speech_is_not_cut_behind_its_article(shelf: QA) -> None:
    answer = shelf.answer("What did Justin's parents do for a living?")
    assert answer.quotes[0].text.startswith("My mom was a teacher")
    assert answer.short is None or not answer.short.startswith("teacher")


def test_everybody_who_says_so_is_named(shelf: QA) -> None:
    answer = shelf.answer("Who recommends a password manager?", doc_ids=["06_ladybug_otter_export"])
    speakers = [quote.speaker for quote in answer.quotes]
    assert len(speakers) == len(set(speakers)) >= 2
    assert "Emma" in speakers
