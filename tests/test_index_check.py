"""The check of an index: sound when it is, and every kind of damage found."""

import sqlite3
from pathlib import Path

import pytest

from corpus import Document
from index import EVERYWHERE, SqliteStore, build_index
from index.check import check_index
from tests.conftest import RunModule
from tests.fakes import HashEmbedder


@pytest.fixture
def store(tmp_path: Path, interview: Document) -> SqliteStore:
    build_index([interview], tmp_path / "index", embedder=HashEmbedder())
    return SqliteStore(tmp_path / "index")


def test_a_sound_index(store: SqliteStore, run_module: RunModule) -> None:
    assert check_index(store) == []
    done = run_module("index", "check", index=store.folder)
    assert (done.returncode, done.stdout) == (0, "sound: 1 documents, 42 passages\n")


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE documents SET text = text || '!'", "is not the one that was indexed"),
        (
            "UPDATE passages SET start = start - 30 WHERE row = 10",
            "peru-ambassador-global-times-2024:1876-2016 stands at",
        ),
        ("UPDATE passages SET turn = 3 WHERE row = 10", "does not lie in turn 3 of its document"),
        ("UPDATE passages SET speaker = 'GT' WHERE row = 10", "is not what GT says"),
        (
            "UPDATE turns SET end = 99999 WHERE turn = 3",
            "-2024 are not those that were indexed",
        ),
        (
            "UPDATE passages SET embedding = zeroblob(128) WHERE row = 4",
            "1 of 42 embeddings of peru-",
        ),
        ("UPDATE passages SET embedding = zeroblob(12) WHERE row = 4", "embeddings of different widths"),
    ],
)
def test_damage_is_found(store: SqliteStore, run_module: RunModule, damage: str, problem: str) -> None:
    with sqlite3.connect(store.folder / "catalog.sqlite3") as connection:
        connection.execute(damage)
    connection.close()
    problems = check_index(store)
    assert any(problem in found for found in problems), problems
    done = run_module("index", "check", index=store.folder)
    assert done.returncode == 1
    assert problem in done.stdout


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("INSERT INTO words (rowid, text) VALUES (99, 'more')", "43 passages can be found by their words, but 42 are"),
        ("DELETE FROM words_data WHERE id > 10", "the index of words is damaged"),
    ],
)
def test_what_is_derived_is_repaired(store: SqliteStore, run_module: RunModule, damage: str, problem: str) -> None:
    with sqlite3.connect(store.folder / "catalog.sqlite3") as connection:
        connection.execute(damage)
    connection.close()
    done = run_module("index", "check", index=store.folder)
    assert (done.returncode, done.stdout) == (0, "sound: 1 documents, 42 passages\n")
    assert f"made again: {problem}" in done.stderr
    assert store.repair() == []
    with store.reading() as view:
        assert len(view.matching(["shanghai"], 50, EVERYWHERE)) == 1
