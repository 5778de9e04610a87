"""Passages that match by words, in an index so large that FTS5's own BM25 takes too long: it scores every match.

A passage is a sentence or two, in which a word seldom stands twice. So BM25 is nearly the sum of the rarities of the
words that it has, over its length; the sums take an addition a match, and only the best need a length. See
docs/index.md for what that costs and saves.
"""

import json
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Below so many passages FTS5 is fast enough, and exact.
LARGE = 50_000
# Of the passages with the rarest words so many are compared by their length too.
_WEIGHED = 2_000
# The constants of FTS5's BM25.
_K1, _B = 1.2, 0.75
# No word counts for less, however common, as in FTS5.
_LEAST_RARITY = 1e-6


def is_large(connection: sqlite3.Connection) -> bool:
    """Whether the index may have more than `LARGE` passages: rows are counted that were there once, too."""
    return _find_last(connection) > LARGE


def find_best(connection: sqlite3.Connection, words: Sequence[str], top_k: int) -> list[tuple[int, float]]:
    """The rows of the `top_k` passages with any of `words`, with about their BM25, best first."""
    rows_of_words = [_find_rows(connection, word) for word in words]
    count = _find_last(connection)
    rarities = [
        max(_LEAST_RARITY, float(np.log((count - len(rows) + 0.5) / (len(rows) + 0.5)))) for rows in rows_of_words
    ]
    having = np.concatenate(rows_of_words)
    if not len(having):
        return []
    weights = np.repeat(rarities, [len(rows) for rows in rows_of_words])
    rows, place = np.unique(having, return_inverse=True)
    sums = np.bincount(place, weights)
    if len(rows) > _WEIGHED:
        best = np.argpartition(-sums, _WEIGHED)[:_WEIGHED]
        rows, sums = rows[best], sums[best]
    lengths = _read_lengths(connection, rows)
    scores = sums * (_K1 + 1) / (1 + _K1 * (1 - _B + _B * lengths / lengths.mean()))
    order = np.lexsort((rows, -scores))[:top_k]
    return list(zip(rows[order].tolist(), scores[order].tolist(), strict=True))


def quote_word(word: str) -> str:
    """The word for a query of FTS5."""
    return '"' + word.replace('"', '""') + '"'


def _find_last(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT max(row) FROM passages").fetchone()
    return last or 0


def _find_rows(connection: sqlite3.Connection, word: str) -> NDArray[np.int64]:
    # As one text: to fetch them row by row takes three times as long.
    select = "SELECT group_concat(rowid) FROM words WHERE words MATCH ?"
    (rows,) = connection.execute(select, (quote_word(word),)).fetchone()
    return np.fromstring(rows or "", dtype=np.int64, sep=",")


def _read_lengths(connection: sqlite3.Connection, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """How many words each has, in the order of `rows`."""
    select = "SELECT id, sz FROM words_docsize WHERE id IN (SELECT value FROM json_each(?))"
    sizes = dict(connection.execute(select, (json.dumps(rows.tolist()),)))
    return np.array([_read_varint(sizes[row]) for row in rows.tolist()], dtype=np.float64)


def _read_varint(blob: bytes) -> int:
    """The first number in it, as SQLite writes them: seven bits a byte, the highest bit of all but the last is set."""
    number = 0
    for byte in blob:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return number
