"""The list of documents, read again only after something was written: counting a large shelf takes long."""

import sqlite3
from collections.abc import Iterator

from index.store import DocumentInfo


class KeptListing:
    """The list as it was last read, of one state of the catalog; threads share it."""

    def __init__(self) -> None:
        self._listed: tuple[tuple[str, int], tuple[DocumentInfo, ...]] | None = None

    def read(self, connection: sqlite3.Connection, generation: tuple[str, int]) -> list[DocumentInfo]:
        """All documents of that state, which `connection` sees, in the order in which they were stored."""
        listed = self._listed
        if listed is None or listed[0] != generation:
            listed = self._listed = generation, tuple(_read(connection))
        return list(listed[1])


def _read(connection: sqlite3.Connection) -> Iterator[DocumentInfo]:
    select = connection.execute
    counts = dict(select("SELECT doc_id, count(*) FROM passages GROUP BY doc_id"))
    speakers: dict[str, list[str]] = {}
    for doc_id, name in select("SELECT doc_id, name FROM speakers ORDER BY rowid"):
        speakers.setdefault(doc_id, []).append(name)
    for doc_id, title, source, sha256 in select("SELECT doc_id, title, source, sha256 FROM documents ORDER BY number"):
        names = tuple(speakers.get(doc_id, ()))
        yield DocumentInfo(doc_id, title, source, sha256, names, counts.get(doc_id, 0))
