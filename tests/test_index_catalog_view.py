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


def count_statements(store: SqliteStore) -> tuple[int, list[str]]:
    """How many statements the list of documents takes that go beyond asking which state this is, and the documents."""
    with store.reading_catalog() as view:
        view.generation()
        statements: list[str] = []
        view.connection.set_trace_callback(statements.append)
        infos = view.documents()
    assert {(info.speakers, info.passage_count) for info in infos} == {(("Ann", "Bob"), 3)}
    return sum("FROM meta" not in statement for statement in statements), [info.doc_id for info in infos]


def test_the_list_of_documents_takes_three_queries_and_the_next_time_none(store: SqliteStore) -> None:
    names = [f"d{number}" for number in range(COUNT)]
    assert count_statements(store) == (3, names)
    assert count_statements(store) == (0, names)


def test_after_something_was_written_the_list_is_read_again(store: SqliteStore) -> None:
    count_statements(store)
    SqliteStore(store.folder).write([make_entry("new", "ship")], remove=["d0"], identity=EMBEDDER.identity)
    assert count_statements(store) == (3, [*(f"d{number}" for number in range(1, COUNT)), "new"])


def test_a_list_that_somebody_changed_is_not_the_one_that_is_kept(store: SqliteStore) -> None:
    with store.reading_catalog() as view:
        view.documents().clear()
        assert len(view.documents()) == COUNT


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
