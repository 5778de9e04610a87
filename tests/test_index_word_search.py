"""Matching by words in a large index: the same passages as FTS5 itself finds, in the same order."""

import sqlite3
from pathlib import Path

import pytest

from corpus import Document
from index import EVERYWHERE, Scope, SqliteStore, build_index
from index.sqlite import word_search
from index.sqlite.word_search import _read_varint, find_best
from tests.fakes import HashEmbedder

SENTENCES = (
    "The mill was cold in winter.",
    "Grain came to the mill.",
    "A miller’s café stood beside the mill, and every evening all of the carters who had brought grain sat there.",
    "Nobody mentions carters.",
    "It didn’t rain.",
)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    filler = [f"Ann: We spoke of the weather of day {number}." for number in range(60)]
    documents = [
        Document.from_text("\n\n".join([*(f"Ann: {each}" for each in SENTENCES), *filler]), doc_id="mill"),
        Document.from_text("Bob: The mill was sold.", doc_id="sale"),
    ]
    build_index(documents, tmp_path / "index", embedder=HashEmbedder())
    return SqliteStore(tmp_path / "index")


def match(store: SqliteStore, *words: str, top_k: int = 50, scope: Scope = EVERYWHERE) -> list[str]:
    with store.reading() as view:
        found = view.matching(words, top_k, scope)
        scores = [score for _, score in found]
        assert scores == sorted(scores, reverse=True)
        return [view.document(passage.doc_id).text[passage.start : passage.end] for passage, _ in found]


@pytest.fixture
def large(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> SqliteStore:
    """The same index, taken for a large one."""
    monkeypatch.setattr(word_search, "LARGE", 10)
    return store


@pytest.mark.parametrize(
    "words",
    [("mill",), ("mills", "grain"), ("grain", "carter", "mill"), ("cafe",), ("didn't",), ("zebra", "sold"), ("zebra",)],
)
def test_it_finds_what_is_found_exactly(
    words: tuple[str, ...], store: SqliteStore, large: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = match(large, *words)
    monkeypatch.setattr(word_search, "LARGE", 50_000)
    assert found == match(store, *words)


def test_the_number_of_those_wanted_and_a_scope_hold(large: SqliteStore) -> None:
    assert len(match(large, "weather", "mill", top_k=3)) == 3
    assert match(large, "mill", scope=Scope(doc_ids=frozenset({"sale"}))) == ["Bob: The mill was sold."]
    assert match(large) == []


def test_what_has_the_rarest_words_is_weighed(large: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_search, "_WEIGHED", 4)
    assert len(match(large, "weather", "cold", "sold")) == 4
    assert match(large, "weather", "cold", top_k=1) == ["The mill was cold in winter."]


def test_an_empty_index_has_no_words(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "empty.db") as connection:
        connection.execute("CREATE TABLE passages (row INTEGER PRIMARY KEY)")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text, content = '')")
        assert not word_search.is_large(connection)
        assert find_best(connection, ["mill"], 5) == []


@pytest.mark.parametrize(("blob", "number"), [(b"\x05", 5), (b"\x81\x00", 128), (b"\xff\x7f\x01", 16383)])
def test_lengths_are_read_as_sqlite_writes_them(blob: bytes, number: int) -> None:
    assert _read_varint(blob) == number
