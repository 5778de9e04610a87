"""Corrections by the page's forms: what is laid over the transcripts, by whom, and what the conversation then says."""

from pathlib import Path

import pytest

from corpus import CorrectionInvalid, Document
from index import build_index, list_corrections
from qa import QA
from tests.fakes import HashEmbedder, WordReader
from ui.conversation import check_again
from ui.correcting import correct, make_corrections, undo
from ui.export import export_markdown
from ui.feedback import FeedbackLog
from ui.service import ChatService, Restriction
from ui.shelves import UploadRefused
from ui.sources import find_words
from ui.uploads import Uploads

PORT = (
    "S1: Is it true that the port was sold for nothing?\n\nS2: No. We sold the RSPs in May. The port stays ours.\n\n"
    "S1: And the RSPs?\n\nS2: They were fair.\n"
)
WHO = "session:one"


@pytest.fixture
def service(tmp_path: Path) -> ChatService:
    embedder = HashEmbedder()
    build_index([Document.from_text(PORT, doc_id="port")], tmp_path / "index", embedder=embedder)
    qa = QA.open(tmp_path / "index", embedder=embedder, reader=WordReader())
    return ChatService(Uploads(qa, shared=tmp_path / "index"), FeedbackLog(tmp_path / "feedback"))


def test_a_form_gives_a_name_to_somebody(service: ChatService) -> None:
    document = correct(service, WHO, {"kind": "rename", "doc_id": "port", "speaker": "S2", "to": " Anna "})
    assert [speaker.name for speaker in document.speakers] == ["S1", "Anna"]
    shown = service.show_transcript(WHO)
    assert "S2 is Anna" in shown
    assert 'data-speaker="Anna"' in shown
    (kept,) = list_corrections(service.qa_of(WHO).store)
    undo(service, WHO, kept.correction.id)
    assert "corrections" not in service.show_transcript(WHO)


def test_words_are_corrected_wherever_they_stand(service: ChatService) -> None:
    start = PORT.index("RSPs")
    given = {"kind": "words", "doc_id": "port", "start": start, "end": start + 4, "to": "RSUs", "everywhere": True}
    document = correct(service, WHO, given)
    assert [words.text for words in document.words] == ["RSUs", "RSUs"]
    assert '<span class="corrected" data-said="[RSUs]"' in service.show_transcript(WHO)


def test_an_answer_that_stands_says_at_once_whose_words_they_are(service: ChatService) -> None:
    (*_, exchanges) = service.ask(WHO, "RSPs in May", (), Restriction())
    assert exchanges[0].answer is not None
    assert exchanges[0].answer.quotes[0].speaker == "S2"
    start = PORT.index("We sold")
    given = {"kind": "reassign", "doc_id": "port", "start": start, "end": start + 24, "to": "S1"}
    correct(service, WHO, given)
    with service.qa_of(WHO).store.reading() as view:
        renewed = check_again(exchanges[0], view)
    assert renewed.answer is not None
    assert (renewed.answer.quotes[0].speaker, renewed.answer.quotes[0].role) == ("S1", "asks")
    assert "S1" in export_markdown([renewed])
    assert "S2" not in export_markdown([renewed])


def test_corrected_words_are_searched_in_the_transcript(service: ChatService) -> None:
    start = PORT.index("RSPs")
    given = {"kind": "words", "doc_id": "port", "start": start, "end": start + 4, "to": "restricted stock"}
    document = correct(service, WHO, given)
    assert find_words(document, "Restricted  stock") == [(start, start + 4)]
    assert find_words(document, "RSPs") == [(PORT.index("RSPs", start + 1), PORT.index("RSPs", start + 1) + 4)]


def test_what_is_served_to_many_is_corrected_by_none_of_them(service: ChatService, tmp_path: Path) -> None:
    many = ChatService(Uploads(service.qa_of(WHO)), FeedbackLog(tmp_path / "feedback"))
    assert "button" not in many.show_transcript(WHO)
    with pytest.raises(UploadRefused, match="add your own to correct them"):
        correct(many, WHO, {"kind": "drop", "doc_id": "port", "speaker": "S1"})
    with pytest.raises(UploadRefused, match="add your own to correct them"):
        undo(many, WHO, "abc")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "words", "to": "x"}, "no words are chosen"),
        ({"kind": "words", "start": "0", "end": 4, "to": "x"}, "no words are chosen"),
        ({"kind": "words", "start": 0, "end": 10**9, "to": "x"}, "no words are chosen"),
        ({"kind": "burn", "start": 4, "end": 6}, "'burn' is no correction"),
        ({"kind": "rename", "speaker": "S1", "to": ""}, "expected one line"),
        ({"kind": "rename", "speaker": "S1", "to": "a\u202eb"}, "expected one line"),
        ({}, "no words are chosen"),
    ],
)
def test_a_form_that_asks_for_nothing_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(CorrectionInvalid, match=message):
        make_corrections(Document.from_text(PORT, doc_id="port"), given, by="me")


def test_what_a_form_says_does_nothing_on_the_page(service: ChatService) -> None:
    evil = "<img src=x onerror=alert(1)>"
    correct(service, WHO, {"kind": "rename", "doc_id": "port", "speaker": "S2", "to": evil})
    assert "<img" not in service.show_transcript(WHO)
