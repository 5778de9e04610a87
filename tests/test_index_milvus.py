"""What is Milvus's own: addresses, names that want quoting, leftovers of a killed writer, who was overtaken."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from corpus import Document
from index import (
    EVERYWHERE,
    IndexIncompatible,
    IndexNotFound,
    IndexNotWritable,
    Scope,
    SqliteStore,
    build_index,
    open_store,
    show_location,
    update_index,
)
from index.check import check_index
from index.milvus.client import connect
from index.milvus.store import MilvusStore
from tests.crash_worker import EMBEDDER, make_entry
from tests.fakes import HashEmbedder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A milvus-lite."""
    return str(tmp_path_factory.mktemp("milvus") / "lite.db")


def names(store: MilvusStore) -> list[str]:
    with store.reading() as view:
        return [info.doc_id for info in view.documents()]


def test_an_address_names_a_server_and_a_collection(tmp_path: Path) -> None:
    store = open_store("http://me:secret@db.example:19530/talks")
    assert isinstance(store, MilvusStore)
    assert (store.uri, store.name) == ("http://db.example:19530", "talks")
    assert isinstance(open_store(tmp_path), SqliteStore)
    with pytest.raises(IndexNotFound, match="names no index; expected http://HOST:19530/NAME"):
        open_store("http://db.example:19530/")


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    assert show_location("http://me:secret@db.example:19530/talks") == "http://db.example:19530/talks"
    assert show_location(tmp_path) == str(tmp_path)
    with pytest.raises(IndexNotFound, match=r"^http://db\.example/ names no index"):
        open_store("http://me:secret@db.example/")


def test_nobody_answers() -> None:
    with pytest.raises(IndexNotFound, match=r"no Milvus server answers at http://127\.0\.0\.1:9"):
        open_store("http://127.0.0.1:9/talks").require(EMBEDDER.identity)


def test_a_long_document_under_an_odd_name(server: str) -> None:
    store = MilvusStore(server, "odd")
    text = "Ann: Où?\n\nBob: Là-bas, “over there” \\ 🚢.\n\n" * 3000
    name = 'it\'s "odd" \\ {x} Ж'
    entry = make_entry(name, "the ship")
    long = replace(entry, document=Document.from_text(text + entry.document.text, doc_id="long"), passages=())
    long = replace(long, embeddings=entry.embeddings[:0])
    store.write([entry, long], remove=(), identity=EMBEDDER.identity)
    with store.reading() as view:
        assert view.document("long") == long.document
        assert view.entry(name).passages == entry.passages
        hits = view.matching(["ship"], 5, Scope(doc_ids=frozenset({name})))
        assert {passage.doc_id for passage, _ in hits} == {name}
    (problem,) = check_index(store)
    assert problem.startswith("the sentence at 5-8 of long is in no passages of its own")


def test_what_a_killed_writer_left_is_neither_seen_nor_kept(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MilvusStore(server, "killed")
    store.write([make_entry("d0", "ship 0"), make_entry("d1", "ship 1")], remove=(), identity=EMBEDDER.identity)
    barge = make_entry("d0", "barge 0")
    with monkeypatch.context() as patch:
        patch.setattr(MilvusStore, "_commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt("killed")))
        with pytest.raises(KeyboardInterrupt, match="killed"):
            store.write([barge, make_entry("d2", "barge 2")], remove=(), identity=EMBEDDER.identity)
    assert names(store) == ["d0", "d1"]
    with store.reading() as view:
        assert view.matching(["barge"], 10, EVERYWHERE) == []
        assert len(view.nearest(EMBEDDER.embed_question("barge"), 10, EVERYWHERE)) == 6
    store.write([make_entry("d3", "canoe 3")], remove=["d1"], identity=EMBEDDER.identity)
    assert names(store) == ["d0", "d3"]
    with store.reading() as view:
        assert view.matching(["barge"], 10, EVERYWHERE) == []
        assert {passage.doc_id for passage, _ in view.matching(["ship", "canoe"], 10, EVERYWHERE)} == {"d0", "d3"}


def test_who_was_overtaken_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store, other = MilvusStore(server, "overtaken"), MilvusStore(server, "overtaken")
    store.write([make_entry("d0", "ship 0")], remove=(), identity=EMBEDDER.identity)
    insert = MilvusStore._insert

    def overtake(self: MilvusStore, collection: str, rows: object, batch_rows: int) -> None:
        monkeypatch.setattr(MilvusStore, "_insert", insert)
        other.write([make_entry("d1", "barge 1")], remove=(), identity=EMBEDDER.identity)

    monkeypatch.setattr(MilvusStore, "_insert", overtake)
    with pytest.raises(IndexNotWritable, match=r"somebody else has written to .* meanwhile"):
        store.write([make_entry("d2", "canoe 2")], remove=(), identity=EMBEDDER.identity)


def test_another_format_is_refused_and_replaced(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MilvusStore(server, "format")
    store.write([make_entry("d0", "ship 0")], remove=(), identity=EMBEDDER.identity)
    monkeypatch.setattr("index.milvus.store.FORMAT", 99)
    with pytest.raises(IndexIncompatible, match="has format 2, expected 99; build it again with"):
        store.require(EMBEDDER.identity)
    store.write([make_entry("d1", "barge 1")], remove=(), identity=EMBEDDER.identity, replace_all=True)
    assert names(store) == ["d1"]
    assert check_index(store) == []


def test_many_small_documents_are_sent_together(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MilvusStore(server, "many")
    sent: list[int] = []
    insert = store._client.insert

    def count(collection: str, rows: list[object]) -> None:
        sent.append(len(rows))
        insert(collection, rows)

    monkeypatch.setattr(store._client, "insert", count)
    store.write([make_entry(f"d{one}", f"ship {one}") for one in range(30)], remove=(), identity=EMBEDDER.identity)
    assert sent == [90, 30]
    assert names(store) == [f"d{one}" for one in range(30)]


def test_the_check_finds_a_lost_collection(server: str) -> None:
    store = MilvusStore(server, "lost")
    store.write([make_entry("d0", "ship 0")], remove=(), identity=EMBEDDER.identity)
    store._client.drop_collection("lost_passages_1")
    assert store.file_problems() == [f"{server}/lost lacks the collection lost_passages_1, which holds its passages"]


def test_build_and_update_as_in_a_folder(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.build.open_store", lambda _: MilvusStore(server, "built"))
    talks = [Document.from_text(f"Ann: Where?\n\nBob: Number {number}.", doc_id=f"t{number}") for number in range(4)]
    build_index(talks, "http://anywhere/built", embedder=HashEmbedder())
    embedder = HashEmbedder()
    changed = Document.from_text("Ann: Where?\n\nBob: Elsewhere.", doc_id="t1")
    report = update_index([talks[0], changed], "http://anywhere/built", embedder=embedder)
    assert embedder.embedded == ["Elsewhere."]
    assert (report.added, report.unchanged) == (("t1",), ("t0",))
    assert names(MilvusStore(server, "built")) == ["t0", "t2", "t3", "t1"]
    with pytest.raises(IndexIncompatible, match="another"):
        update_index([changed], "http://anywhere/built", embedder=HashEmbedder("another"))


@pytest.mark.parametrize(
    ("version", "is_refused"), [("v2.3.5", True), ("2.5.0", False), ("v2.10.1-gpu", False), ("3", False)]
)
def test_a_server_that_cannot_search_by_words_is_refused(
    version: str, is_refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = SimpleNamespace(get_server_version=lambda: version)
    monkeypatch.setattr("pymilvus.MilvusClient", lambda **_: client)
    if not is_refused:
        assert connect("http://db.example:19530", "") is client
        return
    with pytest.raises(
        IndexNotFound, match=r"example:19530 has version v2\.3\.5, expected 2\.5 or newer, which search"
    ):
        connect("http://db.example:19530", "")
