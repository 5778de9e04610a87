"""Approximate search and its file: as good as exact, whole or derived again, of one generation."""

import hashlib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus import Document, Passage
from index import EVERYWHERE, Entry, FloatArray, Scope, SqliteStore
from index.sqlite.faiss_index import ExactIndex, ListIndex
from tests.fakes import HashEmbedder

EMBEDDER = HashEmbedder()
Found = list[tuple[str, float]]  # ids of passages and scores
WORDS = "harbour ship crane river bridge harvest war school letter mountain train music doctor winter market".split()


def unit(vectors: NDArray[np.floating]) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def mixture(count: int, dim: int, seed: int) -> FloatArray:
    """Vectors in clusters of unequal size, as those of speech are."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((200, dim))
    return unit(centres[np.minimum(rng.geometric(0.02, count), 199)] + 0.8 * rng.standard_normal((count, dim)))


def test_the_lists_hold_98_of_100_of_the_exact_ten() -> None:
    vectors = mixture(8_000, 96, seed=1)
    rows = np.arange(1, len(vectors) + 1) * 3
    lists = ListIndex.build([(rows[:5_000], vectors[:5_000]), (rows[5_000:], vectors[5_000:])], vectors[::3])
    exact = ExactIndex(rows, vectors)
    # Near passages, far from them, and between two of them, as questions are.
    rng = np.random.default_rng(2)
    chosen = vectors[rng.integers(0, len(vectors), (2, 60))]
    noise = rng.standard_normal((60, 96)) / np.sqrt(96)
    for queries in (unit(chosen[0] + 0.3 * noise), unit(chosen[0] + 1.5 * noise), unit(chosen[0] + 0.65 * chosen[1])):
        recalls = [
            len({row for row, _ in exact.search(query, 10)} & set(lists.search(query, 40))) / 10 for query in queries
        ]
        assert np.mean(recalls) >= 0.98
    # Among few of all, and more than the lists hold that ten are looked for in.
    few = rows[::50].tolist()
    for query in unit(chosen[0] + 1.5 * noise)[:10]:
        assert {row for row, _ in exact.search(query, 10, few)} <= set(lists.search(query, 40, few))
        assert len(lists.search(query, 6_000)) == 6_000


def entry(number: int, sentences: int = 12) -> Entry:
    """A made-up document whose sentences are all different."""
    lines = [
        f"{WORDS[(number * 7 + line) % 15]} {WORDS[(line * 5) % 15]} number{number}x{line}" for line in range(sentences)
    ]
    document = Document.from_text("\n".join(lines), doc_id=f"d{number}")
    passages = []
    start = 0
    for line in lines:
        end = start + len(line)
        passages.append(Passage(f"d{number}:{start}-{end}", f"d{number}", start, end, 0, None, None))
        start = end + 1
    return Entry(document, tuple(passages), EMBEDDER.embed_passages(lines))


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("vectors-*"))


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """Twenty documents, their vectors in a file because more than fifty are searched in lists here."""
    store = SqliteStore(tmp_path, exact_max=50)
    store.write([entry(number) for number in range(20)], remove=(), identity=EMBEDDER.identity)
    return store


def search(store: SqliteStore, question: str, top_k: int = 5, scope: Scope = EVERYWHERE) -> Found:
    with store.reading() as view:
        return [
            (passage.passage_id, round(score, 4))
            for passage, score in view.nearest(EMBEDDER.embed_question(question), top_k, scope)
        ]


def search_exactly(
    store: SqliteStore, question: str, top_k: int = 5, scope: Scope = EVERYWHERE
) -> list[tuple[str, float]]:
    """The same from a copy of the catalog alone."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(store.folder / "catalog.sqlite3", folder)
        return search(SqliteStore(folder), question, top_k, scope)


def only_file(store: SqliteStore) -> Path:
    """The file of vectors: there is one, and it holds what its name says."""
    (path,) = files(store.folder)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in path.name
    return path


QUESTIONS = ["harbour number3x4", "winter market", "number19x11", "crane of the river"]


def test_the_file_gives_the_scores_of_exact_search(store: SqliteStore) -> None:
    only_file(store)
    for question in QUESTIONS:
        assert search(store, question) == search_exactly(store, question)
        assert search(store, question, 1000) == search_exactly(store, question, 1000)


@pytest.mark.parametrize("exact_max", [5, 50, 1000])
def test_a_scope_is_searched_within(store: SqliteStore, exact_max: int) -> None:
    scope = Scope(doc_ids=frozenset({"d3", "d7"}))
    found = search(SqliteStore(store.folder, exact_max=exact_max), "harbour number3x4", 5, scope)
    assert found == search_exactly(store, "harbour number3x4", 5, scope)
    assert len(found) == 5


def test_few_changes_leave_the_file_and_are_seen(store: SqliteStore) -> None:
    before = files(store.folder)
    store.write([replace_number(3, 103)], remove=["d19"], identity=EMBEDDER.identity)
    assert files(store.folder) == before
    for reader in (store, SqliteStore(store.folder, exact_max=50)):
        assert search(reader, "number103x4", 1)[0][0].startswith("d3:")
        assert not any(passage_id.startswith("d19:") for passage_id, _ in search(reader, "number19x11", 300))
        assert len(search(reader, "anything", 300)) == 19 * 12


def replace_number(number: int, content: int) -> Entry:
    """The document of one number with the words of another."""
    other = entry(content)
    document = replace(other.document, doc_id=f"d{number}")
    passages = tuple(
        replace(one, doc_id=f"d{number}", passage_id=f"d{number}:{one.start}-{one.end}") for one in other.passages
    )
    return Entry(document, passages, other.embeddings)


def test_many_changes_bring_a_new_file(store: SqliteStore) -> None:
    before = files(store.folder)
    store.write([entry(number) for number in range(20, 26)], remove=(), identity=EMBEDDER.identity)
    (after,) = files(store.folder)
    assert [after] != before
    assert "-312-" in after.name
    store.write([], remove=[f"d{number}" for number in range(8)], identity=EMBEDDER.identity)
    assert files(store.folder) != [after]
    store.write([], remove=[f"d{number}" for number in range(8, 23)], identity=EMBEDDER.identity)
    assert files(store.folder) == []
    assert len(search(store, "anything", 300)) == 3 * 12


def test_an_old_view_does_not_read_the_new_file(store: SqliteStore) -> None:
    with store.reading() as old:
        SqliteStore(store.folder, exact_max=50).write(
            [entry(number) for number in range(30, 40)], remove=["d3"], identity=EMBEDDER.identity
        )
        hits = old.nearest(EMBEDDER.embed_question("number3x4"), 300, EVERYWHERE)
        assert len(hits) == 20 * 12
        assert hits[0][0].doc_id == "d3"
    assert len(search(store, "number3x4", 500)) == 29 * 12


def test_a_missing_file_is_derived_again(store: SqliteStore) -> None:
    only_file(store).unlink()
    assert search(SqliteStore(store.folder, exact_max=50), QUESTIONS[0]) == search_exactly(store, QUESTIONS[0])
    only_file(store)


def test_a_file_of_another_format_is_derived_again(store: SqliteStore) -> None:
    """Also where it is what was written, and its name says so."""
    path = only_file(store)
    path.rename(path.with_suffix(".faiss"))  # what versions that searched a graph called it
    assert search(SqliteStore(store.folder, exact_max=50), QUESTIONS[0]) == search_exactly(store, QUESTIONS[0])
    assert only_file(store) == path


def test_the_check_derives_it_again(store: SqliteStore) -> None:
    (path,) = files(store.folder)
    path.write_bytes(path.read_bytes()[:-1])
    assert store.repair() == [f"{path} is not what was written"]
    assert store.repair() == []


def test_what_killed_processes_left_is_swept(store: SqliteStore) -> None:
    (store.folder / "vectors-unfinished-abc").write_bytes(b"half")
    (store.folder / "vectors-mine.txt").write_bytes(b"not ours")
    store.write([entry(number) for number in range(20, 26)], remove=(), identity=EMBEDDER.identity)
    assert [path.name for path in files(store.folder) if "unfinished" in path.name] == []
    assert (store.folder / "vectors-mine.txt").exists()


def test_where_no_file_can_be_written_search_is_exact(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = search(store, QUESTIONS[0])
    (path,) = files(store.folder)
    path.unlink()

    def refuse(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert search(SqliteStore(store.folder, exact_max=50), QUESTIONS[0]) == expected
    store.write([entry(50)], remove=(), identity=EMBEDDER.identity)
    assert search(store, "number50x4", 1)[0][0].startswith("d50:")
    assert files(store.folder) == []


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "longer"])
def test_every_region_of_the_file_is_guarded(store: SqliteStore, damage: str) -> None:
    expected = [search(store, question) for question in QUESTIONS]
    for region in range(12) if damage in {"flip", "truncate"} else [0]:
        path = only_file(store)
        whole = path.read_bytes()
        place = region * len(whole) // 12
        flipped = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        damaged = {"truncate": whole[:place], "flip": flipped, "empty": b"", "longer": whole + b"more"}[damage]
        path.write_bytes(damaged)
        fresh = SqliteStore(store.folder, exact_max=50)
        assert [search(fresh, question) for question in QUESTIONS] == expected
    only_file(store)


def test_a_question_of_the_wrong_width_is_refused(store: SqliteStore) -> None:
    with store.reading() as view, pytest.raises(ValueError, match=r"shape \(3,\), expected \(64,\)"):
        view.nearest(np.zeros(3, dtype=np.float32), 5, EVERYWHERE)
