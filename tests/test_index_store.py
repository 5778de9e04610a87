"""The contract of a store, over every store: the same passages and scores as exact numpy."""

import itertools
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus import Document, bundled_interview, cut_passages
from index import (
    DocumentNotFound,
    EmbedderIdentity,
    Entry,
    IndexDamaged,
    IndexIncompatible,
    IndexNotFound,
    IndexNotWritable,
    PassageStore,
    Scope,
    SqliteStore,
)
from index.document_record import hash_record
from index.milvus.store import MilvusStore
from index.sqlite.vector_search import EXACT_MAX
from tests.fakes import DIM, HashEmbedder
from tests.oracle import NumpyStore

EMBEDDER = HashEmbedder()
OTHER = EmbedderIdentity("another", "0" * 64)
QUESTIONS = ["port ships Shanghai", "Peru", "energy projects in rural areas", "nothing of this stands anywhere zzz"]
TALK = "Ann: How is the harbour?\n\nBob: Full of ships. The cranes came from far away.\n\nAnn: And now?\n\nBob: Quiet."


def entry_of(document: Document) -> Entry:
    passages = cut_passages(document, max_tokens=256, count_tokens=EMBEDDER.count_tokens)
    texts = [document.text[passage.start : passage.end] for passage in passages]
    return Entry(document, tuple(passages), EMBEDDER.embed_passages(texts))


def talk(doc_id: str = "talk", text: str = TALK) -> Entry:
    return entry_of(Document.from_text(text, doc_id=doc_id))


MakeStore = Callable[[str], PassageStore]


@pytest.fixture(scope="module")
def make_store(tmp_path_factory: pytest.TempPathFactory) -> MakeStore:
    """Makes an empty store of the kind named; the Milvus ones share a milvus-lite, which is slow to start."""
    milvus = str(tmp_path_factory.mktemp("milvus") / "lite.db")
    numbers = itertools.count()

    def make(kind: str) -> PassageStore:
        if kind == "milvus":
            return MilvusStore(milvus, f"talks{next(numbers)}")
        if kind == "numpy":
            return NumpyStore()
        # The lists of an index that is too large for exact search, here from ten passages on.
        exact_max = 10 if kind == "lists" else EXACT_MAX
        return SqliteStore(tmp_path_factory.mktemp("local") / "index", exact_max=exact_max)

    return make


@pytest.fixture(params=["local", "numpy", "milvus"])
def store(request: pytest.FixtureRequest, make_store: MakeStore) -> PassageStore:
    return make_store(request.param)


@pytest.fixture(scope="module", params=["local", "lists", "milvus"])
def both(
    request: pytest.FixtureRequest, make_store: MakeStore, interview: Document
) -> tuple[PassageStore, NumpyStore, str]:
    """A store and the oracle, which hold the same."""
    # milvus-lite passes over the parameters of an index as pymilvus 3 sends them, and takes 1.5 for k1; and it counts
    # words within the scope, where SQLite and a Milvus server count them everywhere.
    milvus_lite = NumpyStore(smooth=True, k1=1.5, within_scope=True)
    oracle = milvus_lite if request.param == "milvus" else NumpyStore()
    store = make_store(request.param)
    for one in (store, oracle):
        one.write([entry_of(interview), talk()], remove=(), identity=EMBEDDER.identity)
    return store, oracle, request.param


SCOPES = {
    "everywhere": Scope(),
    "one document": Scope(doc_ids=frozenset({"talk"})),
    "one speaker": Scope(speakers=frozenset({"Balarezo"})),
    "others in one": Scope(speakers=frozenset({"Balarezo"}), called=(("talk", frozenset({"Bob", "Ann"})),)),
    "nobody in one": Scope(speakers=frozenset({"Balarezo", "Bob"}), called=(("talk", frozenset()),)),
    "speaker elsewhere": Scope(doc_ids=frozenset({"talk"}), speakers=frozenset({"Balarezo"})),
}


@pytest.mark.parametrize("top_k", [1, 5, 1000])
@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_nearest_is_exact(both: tuple[PassageStore, NumpyStore, str], question: str, scope: Scope, top_k: int) -> None:
    embedding = EMBEDDER.embed_question(question)
    with both[0].reading() as local, both[1].reading() as oracle:
        found = local.nearest(embedding, top_k, scope)
        expected = oracle.nearest(embedding, top_k, scope)
    assert np.allclose([score for _, score in found], [score for _, score in expected], atol=1e-4)
    assert [passage for passage, _ in found] == [passage for passage, _ in expected]


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("words", [["shanghai"], ["volcán"], ["harbour", "quiet", "asian"], []], ids=str)
def test_matching_is_bm25(both: tuple[PassageStore, NumpyStore, str], words: list[str], scope: Scope) -> None:
    # Words that the stemmer leaves alone, so that the plain oracle counts the same.
    with both[0].reading() as local, both[1].reading() as oracle:
        found = local.matching(words, 10, scope)
        expected = oracle.matching(words, 10, scope)
    assert {passage for passage, _ in found} == {passage for passage, _ in expected}
    assert np.allclose([score for _, score in found], [score for _, score in expected], atol=1e-4)


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_counting_stops_at_a_limit(both: tuple[PassageStore, NumpyStore, str], scope: Scope) -> None:
    embedding = EMBEDDER.embed_question(QUESTIONS[0])
    with both[0].reading() as local, both[1].reading() as oracle:
        held = len(oracle.nearest(embedding, 10**9, scope))
        assert [local.count(scope, at_most) for at_most in (0, 1, held, 10**6)] == [0, min(1, held), held, held]


def test_the_hash_of_what_is_stored_is_the_one_that_indexes_already_hold() -> None:
    expected = "1b6dda5fd3b14fc92c4abca47f2be26263bba87eec396a250ccc2fd9fab893f4"
    assert hash_record(bundled_interview()) == expected


@pytest.mark.parametrize("speakers", [None, frozenset({"Balarezo"}), frozenset({"nobody"})], ids=str)
@pytest.mark.parametrize("start", [0, 3735, 3800, 10**6])
def test_around_a_place(both: tuple[PassageStore, NumpyStore, str], start: int, speakers: frozenset[str]) -> None:
    embedding = EMBEDDER.embed_question(QUESTIONS[0])
    with both[0].reading() as local, both[1].reading() as oracle:
        found = local.around(embedding, "peru-ambassador-global-times-2024", start, 3, speakers)
        expected = oracle.around(embedding, "peru-ambassador-global-times-2024", start, 3, speakers)
        assert local.around(embedding, "nobody's", start, 3, speakers) == []
    assert [passage for passage, _ in found] == [passage for passage, _ in expected]
    assert np.allclose([score for _, score in found], [score for _, score in expected], atol=1e-4)
    assert len(found) == (0 if speakers == {"nobody"} else 3 if start == 10**6 else 4 if start == 0 else 7)


def test_matching_stems_and_folds_accents(both: tuple[PassageStore, NumpyStore, str]) -> None:
    if both[2] == "milvus":
        pytest.skip("milvus-lite has no stemmer; a Milvus server has")
    with both[0].reading() as view:
        (crane, _), *_ = view.matching(["crane"], 3, Scope())
        (volcan, _), *_ = view.matching(["volcan"], 3, Scope())
    assert (crane.doc_id, volcan.doc_id) == ("talk", "peru-ambassador-global-times-2024")


def test_a_word_with_quotes_is_only_a_word(both: tuple[PassageStore, NumpyStore, str]) -> None:
    with both[0].reading() as view:
        assert view.matching(["NEAR(", "*"], 3, Scope()) == []
        if both[2] != "milvus":  # which takes the query apart as it does the texts
            assert view.matching(['ships" OR "peru'], 3, Scope()) == []


def test_documents_come_back_whole(store: PassageStore, interview: Document) -> None:
    store.write([entry_of(interview)], remove=(), identity=EMBEDDER.identity)
    with store.reading() as view:
        assert view.document(interview.doc_id) == interview
        with pytest.raises(DocumentNotFound, match="'nobody'"):
            view.document("nobody")


def test_an_entry_comes_back_as_it_was_stored(store: PassageStore, interview: Document) -> None:
    entry = entry_of(interview)
    store.write([talk(), entry], remove=(), identity=EMBEDDER.identity)
    with store.reading_stored() as view:
        stored = view.entry(interview.doc_id)
    assert (stored.document, stored.passages) == (entry.document, entry.passages)
    assert np.allclose(stored.embeddings, entry.embeddings, atol=1e-3)


def test_replacing_all_forgets_everything(store: PassageStore) -> None:
    store.write([talk(), talk("second")], remove=(), identity=EMBEDDER.identity)
    store.write([talk("third")], remove=(), identity=OTHER, replace_all=True)
    store.require(OTHER)
    with store.reading() as view:
        assert [info.doc_id for info in view.documents()] == ["third"]


def test_an_entry_replaces_the_document_of_its_name(store: PassageStore) -> None:
    store.write([talk(), talk("other", "Only this.")], remove=(), identity=EMBEDDER.identity)
    store.write([talk(text="Ann: Gone?\n\nBob: Gone.")], remove=("other",), identity=EMBEDDER.identity)
    with store.reading() as view:
        assert [(info.doc_id, info.passage_count) for info in view.documents()] == [("talk", 2)]
        assert view.matching(["ships"], 5, Scope()) == []
        assert len(view.nearest(EMBEDDER.embed_question("ships"), 50, Scope())) == 2


def test_a_view_does_not_see_what_is_written_meanwhile(store: PassageStore) -> None:
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    with store.reading() as old:
        store.write([talk(text="Nothing left.")], remove=(), identity=EMBEDDER.identity)
        assert old.document("talk").text == TALK
        assert len(old.nearest(EMBEDDER.embed_question("ships"), 50, Scope())) == 5
    with store.reading() as new:
        assert new.document("talk").text == "Nothing left."
        assert len(new.nearest(EMBEDDER.embed_question("ships"), 50, Scope())) == 1


def test_nothing_stored_yet(store: PassageStore) -> None:
    with pytest.raises(IndexNotFound, match="no index in"), store.reading():
        pass
    for call in (lambda: store.require(EMBEDDER.identity), store.file_problems, store.repair):
        with pytest.raises(IndexNotFound, match="no index in"):
            call()


def test_what_was_stored_is_sound(store: PassageStore) -> None:
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    assert (store.file_problems(), store.repair()) == ([], [])


def test_another_embedder_is_refused_and_named(store: PassageStore) -> None:
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    store.require(EMBEDDER.identity)
    with pytest.raises(IndexIncompatible, match=r"built with .*hash-words .*another"):
        store.require(OTHER)
    with pytest.raises(IndexIncompatible, match=r"built with .*hash-words .*another"):
        store.write([talk("second")], remove=(), identity=OTHER)
    with store.reading() as view:
        assert [info.doc_id for info in view.documents()] == ["talk"]


def test_another_embedder_may_replace_everything(store: PassageStore) -> None:
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    store.write([talk("second")], remove=("talk",), identity=OTHER)
    store.require(OTHER)
    with store.reading() as view:
        assert [info.doc_id for info in view.documents()] == ["second"]


def test_a_failed_write_changes_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    torn = Entry(talk("torn").document, talk("torn").passages, np.zeros((1, DIM), dtype=np.float32))
    with pytest.raises(ValueError, match="5 passages but embeddings of shape"):
        store.write([talk("first"), torn], remove=("talk",), identity=EMBEDDER.identity)
    with store.reading() as view:
        assert [info.doc_id for info in view.documents()] == ["talk"]


def test_a_changed_text_is_never_quoted(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'Full', 'Void')")
    connection.close()
    with store.reading() as view, pytest.raises(IndexDamaged, match="not the one that was indexed"):
        view.document("talk")


def test_a_file_that_is_no_catalog(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").write_bytes(b"not a database, but long enough to be read as one" * 100)
    store = SqliteStore(tmp_path)
    with pytest.raises(IndexDamaged, match="cannot be read"), store.reading():
        pass
    with pytest.raises(IndexDamaged, match=r"cannot be read .*build the index again"):
        store.write([talk()], remove=(), identity=EMBEDDER.identity)


def test_a_damaged_catalog_is_set_aside_for_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").write_bytes(b"not a database, but long enough to be read as one" * 100)
    store = SqliteStore(tmp_path)
    store.write([talk()], remove=(), identity=EMBEDDER.identity, replace_all=True)
    with store.reading() as view:
        assert view.document("talk").text == TALK
    assert (tmp_path / "catalog.sqlite3.damaged").read_bytes().startswith(b"not a database")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE turns SET speaker = 'Ann'", "stored turns of talk are not those that were indexed"),
        ("UPDATE documents SET title = 'Other'", "stored turns of talk are not those that were indexed"),
        ("UPDATE passages SET start = start + 2", "stands at"),
    ],
)
def test_words_are_never_given_to_another_speaker_or_place(tmp_path: Path, damage: str, words: str) -> None:
    store = SqliteStore(tmp_path)
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as connection:
        connection.execute(damage)
    connection.close()
    with store.reading_stored() as view, pytest.raises(IndexDamaged, match=words):
        view.entry("talk")


def test_embeddings_of_another_width_are_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    second = talk("second")
    narrow = Entry(second.document, second.passages, second.embeddings[:, :8])
    with pytest.raises(IndexIncompatible, match="embeddings of 8 and 64 dimensions"):
        store.write([narrow], remove=(), identity=EMBEDDER.identity)


def test_an_index_of_another_format_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.write([talk()], remove=(), identity=EMBEDDER.identity)
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    connection.close()
    with pytest.raises(IndexIncompatible, match=r"has format 99, expected \d+"), store.reading():
        pass


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexNotWritable, match="cannot be written"):
        SqliteStore(tmp_path / "file" / "index").write([talk()], remove=(), identity=EMBEDDER.identity)


def test_a_question_of_the_wrong_width(both: tuple[PassageStore, NumpyStore, str]) -> None:
    with both[0].reading() as view, pytest.raises(ValueError, match=r"shape \(3,\), expected \(64,\)"):
        view.nearest(np.zeros(3, dtype=np.float32), 5, Scope())
