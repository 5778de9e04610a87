"""A store that is still being made: its readers wait, and get what became of it."""

import threading
from pathlib import Path

import pytest

from corpus import Document
from index import IndexIncompatible, IndexingError, IndexNotWritable, SqliteStore, build_index
from index.check import check_index
from index.pending_store import PendingStore
from tests.fakes import HashEmbedder

TALK = Document.from_text("Ann: Well?\n\nBob: Yes.", doc_id="talk")


def read_names(store: PendingStore, found: list[str]) -> None:
    with store.reading() as view:
        found += [info.doc_id for info in view.documents()]


def test_readers_wait_until_it_is_made(tmp_path: Path) -> None:
    store = PendingStore(SqliteStore(tmp_path))
    store.require(HashEmbedder().identity)
    found: list[str] = []
    reader = threading.Thread(target=read_names, args=(store, found))
    reader.start()
    assert found == []
    store.make(lambda: build_index([TALK], tmp_path, embedder=HashEmbedder()))
    reader.join()
    assert found == ["talk"]
    assert check_index(store) == []
    assert store.repair() == []
    with pytest.raises(IndexIncompatible, match="another"):
        store.require(HashEmbedder("another").identity)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (IndexNotWritable("the disk is full"), "the disk is full"),
        (KeyError("x"), "the index could not be made; the log of the server says why"),
    ],
    ids=["in words", "a fault"],
)
def test_readers_are_told_what_went_wrong(tmp_path: Path, error: Exception, told: str) -> None:
    store = PendingStore(SqliteStore(tmp_path))

    def fail() -> None:
        raise error

    with pytest.raises(type(error), match=str(error)):
        store.make(fail)
    for _ in range(2):
        with pytest.raises(IndexingError, match=told):
            read_names(store, [])
