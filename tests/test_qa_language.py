"""The language of a question and of the source: told where it can be, and said where it matters."""

from pathlib import Path

import pytest

from corpus import Document, load
from index import DEFAULT_EMBEDDER, build_index
from qa import QA
from qa.conversation.language import detect_language, explain_language
from qa.evaluation.questions import load_question_set
from tests.fakes import HashEmbedder, WordReader

HERE = Path(__file__).parent
SPANISH = load(HERE / "samples" / "14_spanish_interview_caps.md")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much faster will cargo reach Shanghai?", "English"),
        ("¿Cuánto más rápido llegará la carga a Shanghái?", "Spanish"),
        ("Combien de temps dure le voyage vers la Chine ?", "French"),
        ("Wie lange dauert die Reise nach China?", "German"),
        ("Quanto tempo dura a viagem para a China e por que é mais rápida?", "Portuguese"),
        ("Quanto dura il viaggio della nave in Cina?", "Italian"),
        ("Hoe lang duurt de reis van het schip naar China?", "Dutch"),
        ("货物到上海要快多少？", "Chinese"),
        ("上海まで貨物はどれだけ早くなりますか", "Japanese"),
        ("화물은 상하이에 얼마나 빨리 도착합니까?", "Korean"),
        ("На сколько быстрее груз дойдёт до Шанхая?", "Russian or another language in Cyrillic letters"),
        ("Chancay", None),
        ("1984?", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_transcripts_and_the_questions_about_them() -> None:
    questions = load_question_set(HERE / "eval")
    assert {detect_language(document.text) for document in questions.documents.values()} == {"English"}
    assert detect_language(SPANISH.text) == "Spanish"
    others = [gold.question for gold in questions.questions if detect_language(gold.question) not in ("English", None)]
    assert others == []


@pytest.mark.parametrize(
    ("question", "passage", "begins"),
    [
        (
            "¿Cuándo se abre el puerto de Chancay?",
            "It is expected to open in November.",
            "The question looks Spanish, ",
        ),
        (
            "When is it expected to open?",
            "Se abre en noviembre, como dice el gobierno.",
            "The question looks English, ",
        ),
        (
            "¿Cuándo se abre el puerto?",
            "Se abre en noviembre, como dice el gobierno.",
            "Question and source look Spanish",
        ),
        ("When is it expected to open?", "It is expected to open in November.", None),
        ("Chancay?", "Se abre en noviembre, como dice el gobierno.", None),
        ("¿Cuándo se abre el puerto?", "1984", None),
    ],
)
def test_notice_is_given_where_the_default_embedder_is_out_of_its_depth(
    question: str, passage: str, begins: str | None
) -> None:
    notice = explain_language(question, [passage], DEFAULT_EMBEDDER)
    assert notice is None if begins is None else (notice or "").startswith(begins)
    assert explain_language(question, [passage], "another") is None


def test_the_notice_stands_with_the_answer_and_with_the_abstention(tmp_path: Path, interview: Document) -> None:
    embedder = HashEmbedder(DEFAULT_EMBEDDER)
    build_index([interview], tmp_path, embedder=embedder)
    qa = QA.open(tmp_path, embedder=embedder, reader=WordReader())
    abstained = qa.answer("¿En cuántos días llega la carga a Shanghai por el puerto?")
    assert (abstained.abstained, abstained.quotes) == (True, ())
    assert "The question looks Spanish, the source English;" in (abstained.notice or "")
    answered = qa.answer("¿Qué es Cosco Shipping y Volcán?")
    assert answered.quotes
    assert "Ask in English, or index with a multilingual embedder, such as --embedder " in answered.text
    assert "Spanish" not in qa.answer("vessels between Chancay and Shanghai").text
