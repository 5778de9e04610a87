"""Sources into an index: exactly these, or these besides what is there."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus import Document, SourceNotFound
from index import (
    BuildReport,
    DocumentNotFound,
    IndexIncompatible,
    SqliteStore,
    build_index,
    list_documents,
    remove_documents,
    update_index,
)
from tests.fakes import HashEmbedder

FIRST = Document.from_text("Ann: Where?\n\nBob: Here.", doc_id="first")
SECOND = Document.from_text("One more text. It has two sentences.", doc_id="second")


def names(path: Path) -> list[str]:
    return [info.doc_id for info in list_documents(SqliteStore(path))]


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


def test_what_the_index_holds_is_not_embedded_again(tmp_path: Path) -> None:
    build_index([FIRST, SECOND], tmp_path, embedder=HashEmbedder())
    embedder = HashEmbedder()
    third = Document.from_text("One more text. It has three sentences. Here.", doc_id="third")
    report = build_index([FIRST, third, replace(SECOND, doc_id="renamed")], tmp_path, embedder=embedder)
    assert embedder.embedded == ["It has three sentences.", "Here."]
    assert (report.added, report.unchanged, report.removed) == (("third", "renamed"), ("first",), ("second",))
    assert sorted(names(tmp_path)) == ["first", "renamed", "third"]


def test_of_a_changed_document_only_the_new_sentences_are_embedded(tmp_path: Path) -> None:
    build_index([SECOND], tmp_path, embedder=HashEmbedder())
    embedder = HashEmbedder()
    changed = Document.from_text("One more text. It has three sentences. Here.", doc_id="second")
    assert update_index([changed], tmp_path, embedder=embedder).passage_count == 2
    assert embedder.embedded == ["It has three sentences.", "Here."]
    with SqliteStore(tmp_path).reading_stored() as view:
        entry = view.entry("second")
    expected = HashEmbedder().embed_passages([changed.text[one.start : one.end] for one in entry.passages])
    assert np.allclose(entry.embeddings, expected, atol=1e-3)


def test_one_changed_among_a_thousand(tmp_path: Path) -> None:
    def make_talk(number: int, year: int) -> Document:
        text = f"Ann: When was {number}?\n\nBob: Number {number} was in {year}."
        return Document.from_text(text, doc_id=f"talk-{number}")

    talks = [make_talk(number, 1900 + number) for number in range(1000)]
    embedder = HashEmbedder()
    build_index(talks, tmp_path, embedder=embedder)
    assert len(embedder.embedded) == 2000
    embedder = HashEmbedder()
    report = update_index([*talks[:500], make_talk(500, 1815), *talks[501:]], tmp_path, embedder=embedder)
    assert embedder.embedded == ["Number 500 was in 1815."]
    assert (report.added, len(report.unchanged)) == (("talk-500",), 999)


def test_the_same_text_under_another_name_is_one_document(tmp_path: Path) -> None:
    build_index([FIRST], tmp_path, embedder=HashEmbedder())
    report = update_index([replace(FIRST, doc_id="copy")], tmp_path, embedder=HashEmbedder())
    assert (report.added, report.unchanged) == ((), ("first",))
    assert names(tmp_path) == ["first"]


def test_two_documents_may_change_names(tmp_path: Path) -> None:
    build_index([FIRST, SECOND], tmp_path, embedder=HashEmbedder())
    embedder = HashEmbedder()
    update_index([replace(FIRST, doc_id="second"), replace(SECOND, doc_id="first")], tmp_path, embedder=embedder)
    assert embedder.embedded == []
    with SqliteStore(tmp_path).reading() as view:
        assert (view.document("first").text, view.document("second").text) == (SECOND.text, FIRST.text)


def test_a_damaged_document_is_stored_again(tmp_path: Path) -> None:
    build_index([FIRST], tmp_path, embedder=HashEmbedder())
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as connection:
        connection.execute("UPDATE documents SET text = text || '!'")
    connection.close()
    assert update_index([FIRST], tmp_path, embedder=HashEmbedder()).added == ("first",)
    with SqliteStore(tmp_path).reading() as view:
        assert view.document("first") == FIRST


@pytest.mark.parametrize(
    "make_old",
    [
        "UPDATE meta SET value = '2' WHERE key = 'format'",
        "UPDATE meta SET value = 'other-rules' WHERE key = 'passage_rules'",
        "UPDATE meta SET value = 'cls' WHERE key = 'pooling'",
        "DROP TABLE passages",
    ],
)
def test_build_replaces_what_it_cannot_use(tmp_path: Path, make_old: str) -> None:
    build_index([FIRST], tmp_path, embedder=HashEmbedder())
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as connection:
        connection.execute(make_old)
    connection.close()
    build_index([SECOND], tmp_path, embedder=HashEmbedder())
    assert names(tmp_path) == ["second"]


def test_folders_and_patterns(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "talk.txt").write_text("Deep words.", encoding="utf-8")
    (tmp_path / "in" / "notes.md").write_text("Other words.", encoding="utf-8")
    build_index([tmp_path / "in"], tmp_path / "index", embedder=HashEmbedder())
    assert sorted(names(tmp_path / "index")) == ["notes", "talk"]
    build_index([str(tmp_path / "in" / "**" / "*.txt")], tmp_path / "index", embedder=HashEmbedder())
    assert names(tmp_path / "index") == ["talk"]
    with pytest.raises(SourceNotFound, match=r"no file matches .*\*\.pdf; check the pattern"):
        build_index([tmp_path / "in" / "*.pdf"], tmp_path / "index", embedder=HashEmbedder())


def test_progress_ends_with_all(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = build_index([FIRST, SECOND], tmp_path, embedder=HashEmbedder(), progress=lambda *done: seen.append(done))
    assert seen[-1] == (4, 4)
    assert report == BuildReport(("first", "second"), (), (), 4, report.seconds)
