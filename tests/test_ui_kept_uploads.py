"""Uploads that stay: into which collection they go, whose it is, and what is told when it is gone."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from corpus import BUNDLED_NAME, Document
from index import (
    Collection,
    EmbedderIdentity,
    IndexIncompatible,
    build_index,
    delete_collection,
    list_documents,
    make_collection,
    named_collections,
    open_store,
)
from qa import QA
from tests.fakes import HashEmbedder, WordReader
from ui.callers import is_user, open_as, opened_by, person_of, visitor_of
from ui.feedback import FeedbackLog
from ui.kept_uploads import MAX_USER_COLLECTIONS, KeptUploads
from ui.service import ChatService, Restriction
from ui.shelves import UploadRefused
from ui.uploads import MAX_DOCUMENTS

TALK = Document.from_text("Rosa: Was it long?\n\nIvan: The strike lasted eleven weeks.", doc_id="strike")
HARVEST = Document.from_text("Ann: When was it?\n\nBob: The harvest failed in 1987.", doc_id="harvest")
HOME = "default/session:one"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "collections"


@pytest.fixture
def uploads(fake_qa: QA, tmp_path: Path, folder: Path) -> KeptUploads:
    return KeptUploads(fake_qa, Collection("default", "Default", tmp_path / "index"), folder)


@pytest.fixture
def service(uploads: KeptUploads, tmp_path: Path) -> ChatService:
    return ChatService(uploads, FeedbackLog(tmp_path / "feedback"))


def held(service: ChatService, visitor: str) -> list[str]:
    return [info.doc_id for info in service.documents(visitor)]


def answer(service: ChatService, visitor: str, question: str) -> str:
    *_, exchanges = service.ask(visitor, question, (), Restriction())
    shown = exchanges[-1]
    return shown.answer.text if shown.answer else str(shown.problem)


@pytest.mark.parametrize("collection_id", ["", None, "a/b", "user:x", "x" * 201])
def test_an_address_that_names_no_possible_collection(collection_id: str | None) -> None:
    assert open_as("session:a/b", collection_id) == "session:a/b"
    assert (opened_by("session:a/b"), person_of("session:a/b")) == ("", "session:a/b")


def test_a_visitor_is_a_person_and_what_they_have_open() -> None:
    request = SimpleNamespace(username=None, session_hash="x/y", query_params={"collection": "garden"})
    visitor = visitor_of(request)
    assert (visitor, opened_by(visitor), person_of(visitor)) == ("garden/session:x/y", "garden", "session:x/y")
    assert is_user(open_as("user:ann", "garden"))
    assert visitor_of(SimpleNamespace(session_hash=None, query_params={"collection": "garden"})) == ""
    assert opened_by("user:default/session") == ""


def test_what_is_added_stays_in_the_collection_that_is_open(
    uploads: KeptUploads, service: ChatService, fake_qa: QA, tmp_path: Path, folder: Path
) -> None:
    garden = uploads.make(HOME, "Garden club")
    mine, other = f"{garden.collection_id}/session:one", f"{garden.collection_id}/session:two"
    assert held(service, mine) == []
    assert "There is nothing to read there." in answer(service, mine, "When did the harvest fail?")
    assert service.examples(mine) == ()
    assert list(service.find_examples(mine)) == [()]
    assert "There are no transcripts here yet." in service.show_transcript(mine)
    assert uploads.explain_keeping(mine) == f"What you add to “Garden club” stays in {folder}/garden-club."
    uploads.add(mine, [HARVEST])
    assert uploads.explain_adding(mine) == "Added to “Garden club”. Answers now come from there."
    assert "harvest failed in 1987" in answer(service, other, "When did the harvest fail?")
    service.forget(mine)
    again = KeptUploads(fake_qa, Collection("default", "Default", tmp_path / "index"), folder)
    assert [info.doc_id for info in list_documents(again.qa_of(other).store)] == ["harvest"]
    uploads.remove(other, "harvest")
    assert held(service, mine) == []
    assert held(service, HOME) == [BUNDLED_NAME]


def test_the_bundled_interview_stays_by_itself(uploads: KeptUploads, service: ChatService, folder: Path) -> None:
    kept = f"What you add begins a collection of your own, “My transcripts”, and stays in {folder}."
    assert uploads.explain_keeping(HOME) == kept
    assert not uploads.has_own(HOME)
    with pytest.raises(UploadRefused, match="came with the program"):
        uploads.remove(HOME, BUNDLED_NAME)
    uploads.add(HOME, [TALK])
    assert uploads.opened(HOME).name == "My transcripts"
    assert held(service, HOME) == ["strike"]  # until the page knows its new address
    assert held(service, "default/session:two") == [BUNDLED_NAME]
    assert held(service, "my-transcripts/session:one") == ["strike"]
    assert held(service, HOME) == [BUNDLED_NAME]
    uploads.add("default/session:two", [HARVEST])
    assert held(service, "my-transcripts/session:one") == ["strike", "harvest"]


def test_an_index_of_ones_own_takes_what_is_added(fake_qa: QA, tmp_path: Path, folder: Path) -> None:
    uploads = KeptUploads(fake_qa, Collection(".index", "index", tmp_path / "index"), folder)
    uploads.add(".index/session:one", [TALK])
    assert [info.doc_id for info in list_documents(fake_qa.store)] == [BUNDLED_NAME, "strike"]
    uploads.remove(".index/session:one", BUNDLED_NAME)
    with pytest.raises(UploadRefused, match="the last transcript stays; add another one first"):
        uploads.remove(".index/session:one", "strike")
    with pytest.raises(UploadRefused, match="the collection “index” is what there is to begin with, and stays"):
        uploads.delete("session:one", ".index")
    with pytest.raises(UploadRefused, match="the collection “index” is what there is to begin with, and stays"):
        uploads.rename("session:one", ".index", "x")


def test_programs_have_shelves_that_are_not_kept(uploads: KeptUploads, service: ChatService, folder: Path) -> None:
    uploads.add("session:program", [TALK])
    assert uploads.explain_adding("session:program") == "Added. Answers now come from your own transcripts."
    assert held(service, "session:program") == ["strike"]
    assert not folder.exists()
    uploads.remove("session:program", "strike")
    assert held(service, "session:program") == [BUNDLED_NAME]


def test_what_was_deleted_elsewhere_is_told(uploads: KeptUploads, service: ChatService) -> None:
    garden = uploads.make(HOME, "Garden club")
    visitor = "garden-club/session:one"
    uploads.add(visitor, [HARVEST])
    assert "1987" in answer(service, visitor, "When did the harvest fail?")
    delete_collection(garden)
    told = "the collection that is open here is not there any more; open another one"
    assert answer(service, visitor, "When did the harvest fail?") == told
    with pytest.raises(UploadRefused, match=told):
        uploads.add(visitor, [TALK])
    assert uploads.settle(visitor) == HOME
    assert uploads.settle("../session:one") == HOME
    assert uploads.settle("session:one") == HOME
    assert uploads.settle("") == ""
    with pytest.raises(UploadRefused, match="there is no such collection any more"):
        uploads.delete(visitor, "garden-club")


def test_every_user_has_collections_of_their_own(fake_qa: QA, tmp_path: Path, folder: Path) -> None:
    home = Collection("default", "Default", tmp_path / "index")
    uploads = KeptUploads(fake_qa, home, folder, each_user=True)
    service = ChatService(uploads, FeedbackLog(tmp_path / "feedback"))
    ann, bob = "default/user:ann", "default/user:bob"
    assert str(tmp_path) not in uploads.explain_keeping(ann)
    uploads.add(ann, [TALK])
    made = uploads.make(ann, "Garden club")
    assert uploads.explain_keeping("garden-club/user:ann") == (
        "What you add to “Garden club” stays on this server, for you alone."
    )
    assert [collection.name for collection in uploads.collections(ann)] == ["Default", "Garden club", "My transcripts"]
    assert [collection.name for collection in uploads.collections(bob)] == ["Default"]
    assert held(service, "my-transcripts/user:ann") == ["strike"]
    with pytest.raises(UploadRefused, match="is not there any more"):
        service.documents("my-transcripts/user:bob")
    with pytest.raises(UploadRefused, match="there is no such collection any more"):
        uploads.delete(bob, "garden-club")
    assert uploads.make(bob, "Garden club").location != made.location
    assert [info.doc_id for info in list_documents(fake_qa.store)] == [BUNDLED_NAME]
    with pytest.raises(UploadRefused, match="came with the program"):
        uploads.remove(ann, BUNDLED_NAME)
    for name in ("user:ANN", "user:../ann", "user:ann "):
        assert [collection.name for collection in uploads.collections(name)] == ["Default"]


def test_a_user_cannot_fill_the_server(
    fake_qa: QA, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Collection("default", "Default", tmp_path / "index")
    uploads = KeptUploads(fake_qa, home, folder, each_user=True)
    many = [Document.from_text(f"Ann: It was {number}.", doc_id=str(number)) for number in range(MAX_DOCUMENTS + 1)]
    with pytest.raises(UploadRefused, match="a collection has at most 200 transcripts here; begin another one"):
        uploads.add("default/user:ann", many)
    for number in range(MAX_USER_COLLECTIONS - 1):
        uploads.make("user:ann", f"Number {number}")
    with pytest.raises(UploadRefused, match="there are 50 collections already; delete one first"):
        uploads.make("user:ann", "One more")
    uploads.add("default/user:ann", [TALK])
    monkeypatch.setattr("ui.kept_uploads.MAX_USER_BYTES", 100)
    with pytest.raises(UploadRefused, match="take all the room that a user has on this server"):
        uploads.add("my-transcripts/user:ann", [HARVEST])


def test_a_collection_of_another_embedder_is_refused_in_its_own_words(
    uploads: KeptUploads, service: ChatService, folder: Path
) -> None:
    other = HashEmbedder()
    other.identity = EmbedderIdentity("other", "0" * 64, "mean")
    garden = make_collection("Garden", folder)
    build_index([TALK], garden.location, embedder=other)
    assert "was built with the embedder other" in answer(service, "garden/session:one", "How long was the strike?")
    with pytest.raises(IndexIncompatible, match="was built with the embedder other"):
        uploads.add("garden/session:one", [HARVEST])
    assert [info.doc_id for info in list_documents(open_store(garden.location))] == ["strike"]


def test_many_are_open_at_once(uploads: KeptUploads, service: ChatService, folder: Path) -> None:
    for number in range(20):
        uploads.add(f"{uploads.make(HOME, f'Number {number}').collection_id}/session:one", [TALK])
    for collection in named_collections(folder):
        assert held(service, f"{collection.collection_id}/session:one") == ["strike"]
    assert len(uploads._ready._opened) == 16


def test_a_served_collection_is_listed_once(tmp_path: Path, folder: Path) -> None:
    garden = make_collection("Garden", folder)
    build_index([TALK], garden.location, embedder=HashEmbedder())
    qa = QA.open(garden.location, embedder=HashEmbedder(), reader=WordReader())
    default = Collection("default", "Default", tmp_path / "index")
    uploads = KeptUploads(qa, garden, folder, others=[default])
    assert uploads.collections("v") == [garden, default]
    uploads.add("garden/session:one", [HARVEST])
    assert [info.doc_id for info in list_documents(qa.store)] == ["strike", "harvest"]
