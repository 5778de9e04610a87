"""What is said while the index is made and the models load, and when that fails."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from corpus import Document
from index import FloatArray, IndexIncompatible, Progress, build_index
from qa import QA
from qa.start import begin_opening
from tests.fakes import HashEmbedder
from ui.loading import INDEXING, MODELS, Loading
from ui.web import make_routes


class NotingEmbedder(HashEmbedder):
    """Notes what is said on the page while it works."""

    def __init__(self) -> None:
        super().__init__()
        self.loading = Loading()
        self.said: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """As its parent."""
        self.said.append(self.loading.word)
        embeddings = super().embed_passages(texts, progress)
        self.said.append(self.loading.word)
        return embeddings

    def embed_question(self, question: str) -> FloatArray:
        """As its parent."""
        self.said.append(self.loading.word)
        return super().embed_question(question)


def test_the_first_start_says_what_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "index"))
    embedder = NotingEmbedder()
    opening = begin_opening(None, embedder=embedder)
    embedder.loading = Loading(opening)
    embedder.loading.run(opening, pytest.fail)
    count = len(embedder.embedded)
    assert count > 20
    assert embedder.said == [INDEXING, f"{INDEXING} {count} of {count} sentences done.", MODELS]
    assert embedder.loading.word == ""

    again = begin_opening(None, embedder=HashEmbedder())
    assert again.missing is None
    assert Loading(again).word == MODELS


def test_the_default_index_of_an_earlier_version_is_made_again_unless_somebody_added_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interview: Document
) -> None:
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "index"))
    earlier = HashEmbedder("an earlier one")
    build_index([interview], tmp_path / "index", embedder=earlier)
    opening = begin_opening(None, embedder=HashEmbedder())
    assert opening.missing is not None
    opening.finish(None)
    assert opening.qa.answer("Who is speaking?").quotes
    with pytest.raises(IndexIncompatible, match="an earlier one"):
        QA.open(tmp_path / "index", embedder=earlier)

    own = Document.from_text("Ann: It was cold.", doc_id="own")
    build_index([interview, own], tmp_path / "index", embedder=earlier)
    with pytest.raises(IndexIncompatible, match="build the index again"):
        begin_opening(None, embedder=HashEmbedder())


def test_the_heavy_work_begins_when_a_page_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "index"))
    monkeypatch.setattr("ui.loading.GRACE_S", 3600.0)
    opening = begin_opening(None, embedder=HashEmbedder())
    loading = Loading(opening)
    server = TestClient(Starlette(routes=make_routes(opening.qa, loading, ())))
    loading.start(pytest.fail)
    assert loading.word == INDEXING
    assert not (tmp_path / "index").exists()
    assert server.get("/health").json()["ready"] is False
    assert opening.qa.answer("Who is speaking?").quotes  # waits until it is done


def test_a_first_start_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "file" / "index"))
    opening = begin_opening(None, embedder=HashEmbedder())
    loading, notes = Loading(opening), list[str]()
    loading.run(opening, notes.append)
    assert loading.word.startswith("No question can be answered: the index in ")
    assert notes == [loading.word]
