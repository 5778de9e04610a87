"""The index of words: an FTS5 table without content, which must be given the words that it is to forget.

Where words of a passage were corrected, what it is found by is not what the source says and is kept beside it. An index
that an earlier version made has no table for that.
"""

import sqlite3
from collections.abc import Iterator

from corpus import fold

CORRECTED_TEXTS = "corrected_texts"
_SCHEMA = (
    f"CREATE TABLE IF NOT EXISTS {CORRECTED_TEXTS} (row INTEGER PRIMARY KEY REFERENCES passages (row)"
    " ON DELETE CASCADE, text TEXT NOT NULL)"
)


def prepare_words(connection: sqlite3.Connection) -> None:
    """Make the table that an earlier version did not have."""
    connection.execute(_SCHEMA)


def add_words(connection: sqlite3.Connection, row: int, text: str, said: str) -> None:
    """Let a passage be found by the words of `text`.

    :param said: what the source says there, folded.
    """
    connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (row, text))
    if text != said:
        connection.execute(f"INSERT INTO {CORRECTED_TEXTS} (row, text) VALUES (?, ?)", (row, text))


def forget_words(connection: sqlite3.Connection, doc_id: str) -> None:
    """Let no passage of a document be found by its words; to be called before these are deleted."""
    forgotten = [("delete", row, text) for row, text in read_texts(connection, doc_id)]
    connection.executemany("INSERT INTO words (words, rowid, text) VALUES (?, ?, ?)", forgotten)


def rebuild_words(connection: sqlite3.Connection) -> None:
    """Make the index of words again from the passages."""
    connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    for (doc_id,) in connection.execute("SELECT doc_id FROM documents").fetchall():
        texts = list(read_texts(connection, doc_id))
        connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", texts)


def find_words_problems(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the index of words, a sentence each; an empty list when it is sound."""
    (count,) = connection.execute("SELECT count(*) FROM words_docsize").fetchone()
    (stored,) = connection.execute("SELECT count(*) FROM passages").fetchone()
    if count != stored:
        return [f"{count} passages can be found by their words, but {stored} are stored"]
    try:
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    except sqlite3.OperationalError:
        return []  # a folder that cannot be written cannot be checked this way
    except sqlite3.DatabaseError as error:
        return [f"the index of words is damaged: {error}"]
    return []


def read_texts(connection: sqlite3.Connection, doc_id: str) -> Iterator[tuple[int, str]]:
    """The row of each passage of a document and the text by whose words it is found, in order of storing."""
    document = connection.execute("SELECT text FROM documents WHERE doc_id = ?", (doc_id,)).fetchone()
    if document is None:
        return
    corrected = read_corrected_texts(connection, doc_id)
    select = "SELECT row, start, end FROM passages WHERE doc_id = ? ORDER BY row"
    for row, start, end in connection.execute(select, (doc_id,)).fetchall():
        yield row, corrected[row] if row in corrected else fold(document[0][start:end])


def read_corrected_texts(connection: sqlite3.Connection, doc_id: str) -> dict[int, str]:
    """The texts of those passages of a document whose words were corrected, by row."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (CORRECTED_TEXTS,)).fetchone()
    if known is None:
        return {}
    select = (
        f"SELECT row, {CORRECTED_TEXTS}.text FROM passages JOIN {CORRECTED_TEXTS} USING (row) WHERE passages.doc_id = ?"
    )
    return dict(connection.execute(select, (doc_id,)).fetchall())
