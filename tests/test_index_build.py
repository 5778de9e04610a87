"""Sources into an index: exactly these, or these besides what is there."""

from pathlib import Path

import pytest

from corpus import Document, SourceNotFound
from index import (
    BuildReport,
    DocumentNotFound,
    IndexIncompatible,
    LocalStore,
    build_index,
    list_documents,
    remove_documents,
    update_index,
)
from tests.fakes import HashEmbedder

FIRST = Document.from_text("Ann: Where?\n\nBob: Here.", doc_id="first")
SECOND = Document.from_text("One more text. It has two sentences.", doc_id="second")


def names(path: Path) -> list[str]:
    return [info.doc_id for info in list_documents(LocalStore(path))]


def test_build_holds_exactly_the_sources(tmp_path: Path) -> None:
    build_index([FIRST], tmp_path, embedder=HashEmbedder())
    report = build_index([SECOND], tmp_path, embedder=HashEmbedder())
    assert names(tmp_path) == ["second"]
    assert (report.added, report.removed, report.passage_count) == (("second",), ("first",), 2)


def test_update_embeds_only_what_changed(tmp_path: Path) -> None:
    build_index([FIRST, SECOND], tmp_path, embedder=HashEmbedder())
    embedder = HashEmbedder()
    report = update_index([FIRST, Document.from_text("New words.", doc_id="second")], tmp_path, embedder=embedder)
    assert embedder.embedded == ["New words."]
    assert (report.added, report.unchanged) == (("second",), ("first",))
    assert sorted(names(tmp_path)) == ["first", "second"]


def test_files_and_documents_together_under_the_names_of_the_files(tmp_path: Path) -> None:
    path = tmp_path / "third.md"
    path.write_text("# Third\n\nMore.", encoding="utf-8")
    build_index([FIRST, path, str(path)], tmp_path / "index", embedder=HashEmbedder())
    assert names(tmp_path / "index") == ["first", "third"]


def test_the_same_name_for_another_text_is_made_unique(tmp_path: Path) -> None:
    build_index([FIRST, Document.from_text("Else.", doc_id="first")], tmp_path, embedder=HashEmbedder())
    assert names(tmp_path) == ["first", "first-2"]


def test_one_bad_source_and_nothing_is_changed(tmp_path: Path) -> None:
    build_index([FIRST], tmp_path, embedder=HashEmbedder())
    with pytest.raises(SourceNotFound, match="missing"):
        build_index([SECOND, tmp_path / "missing.txt"], tmp_path, embedder=HashEmbedder())
    assert names(tmp_path) == ["first"]


def test_no_sources() -> None:
    with pytest.raises(ValueError, match="no sources; name at least one file"):
        build_index([], "anywhere", embedder=HashEmbedder())


def test_remove(tmp_path: Path) -> None:
    build_index([FIRST, SECOND], tmp_path, embedder=HashEmbedder())
    with pytest.raises(DocumentNotFound, match="no document 'third'"):
        remove_documents(["first", "third"], tmp_path, embedder=HashEmbedder())
    assert names(tmp_path) == ["first", "second"]
    assert remove_documents(["first"], tmp_path, embedder=HashEmbedder()).removed == ("first",)
    assert names(tmp_path) == ["second"]


def test_another_embedder_cannot_add(tmp_path: Path) -> None:
    build_index([FIRST], tmp_path, embedder=HashEmbedder())
    with pytest.raises(IndexIncompatible, match="another-model"):
        update_index([SECOND], tmp_path, embedder=HashEmbedder("another-model"))


def test_progress_ends_with_all(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = build_index([FIRST, SECOND], tmp_path, embedder=HashEmbedder(), progress=lambda *done: seen.append(done))
    assert seen[-1] == (4, 4)
    assert report == BuildReport(("first", "second"), (), (), 4, report.seconds)
