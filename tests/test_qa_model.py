"""The model that ships: the files are what their card says, and it finds what the interview's readers ask first."""

import hashlib
import math
import re

import pytest
from safetensors import safe_open

from corpus import Document
from index.embedding import WEIGHTS_FILE
from qa import QA
from qa.reading.extractive import MODEL_FOLDER

MAX_BYTES, MAX_PARAMETERS = 50_000_000, 25_000_000


def test_the_weights_are_those_of_the_card_and_small_enough() -> None:
    data = (MODEL_FOLDER / WEIGHTS_FILE).read_bytes()
    card = (MODEL_FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"sha256 `([0-9a-f]{64})`", card) == [hashlib.sha256(data).hexdigest()]
    assert len(data) <= MAX_BYTES
    with safe_open(MODEL_FOLDER / WEIGHTS_FILE, framework="np") as tensors:
        slices = [tensors.get_slice(name) for name in tensors.keys()]  # noqa: SIM118 - it is no mapping
        assert {each.get_dtype() for each in slices} == {"F16"}
        assert sum(math.prod(each.get_shape()) for each in slices) <= MAX_PARAMETERS


@pytest.fixture(scope="module")
def qa(interview_index: object, embedder: object) -> QA:
    return QA.open(interview_index, embedder=embedder)  # type: ignore[arg-type]


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When does the port open?", "expected to officially open in November"),
        ("Who is Peru's biggest trading partner?", "China has been Peru's largest trading partner"),
        ("What sort of ships will be able to dock there?", "expected to receive Triple-E vessels"),
    ],
    ids=["opening", "partner", "ships"],
)
def test_what_is_asked_in_other_words_is_found(qa: QA, interview: Document, question: str, words: str) -> None:
    answer = qa.answer(question)
    assert words in answer.quotes[0].text
    quote = answer.quotes[0]
    # What is perhaps an answer has none.
    if answer.short is not None:
        assert quote.start <= interview.text.index(answer.short, quote.start) < quote.end


@pytest.mark.model
def test_nothing_is_said_of_what_does_not_occur(qa: QA) -> None:
    answer = qa.answer("What is the ambassador's favourite dish?")
    assert (answer.abstained, answer.quotes) == (True, ())
    assert answer.reason is not None
    assert "“dish”" in answer.reason
