"""How often the catalog is asked: as often for many documents and passages as for few."""

from pathlib import Path

import pytest

from index import SqliteStore
from tests.crash_worker import EMBEDDER, make_entry

COUNT = 20


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """Twenty documents of three passages, of two speakers."""
    store = SqliteStore(tmp_path)
    entries = [make_entry(f"d{number}", f"ship {number}") for number in range(COUNT)]
    store.write(entries, remove=(), identity=EMBEDDER.identity)
    return store


def test_the_list_of_documents_takes_three_queries(store: SqliteStore) -> None:
    with store.reading_catalog() as view:
        statements: list[str] = []
        view.connection.set_trace_callback(statements.append)
        infos = view.documents()
    assert len(statements) == 3
    assert [info.doc_id for info in infos] == [f"d{number}" for number in range(COUNT)]
    assert {(info.speakers, info.passage_count) for info in infos} == {(("Ann", "Bob"), 3)}


def test_passages_take_one_query_and_keep_the_order_of_their_rows(store: SqliteStore) -> None:
    with store.reading_catalog() as view:
        in_order = [passage for number in range(COUNT) for passage in view.passages_of(f"d{number}")]
        rows = [60, 1, 30, 2, 1]
        statements: list[str] = []
        view.connection.set_trace_callback(statements.append)
        passages = view.passages(rows)
    assert len(statements) == 1
    assert passages == [in_order[row - 1] for row in rows]


def test_no_rows_are_no_passages(store: SqliteStore) -> None:
    with store.reading_catalog() as view:
        assert view.passages([]) == []
