"""The times of documents' words in the catalog, in a table of its own: an index without it has no such times."""

import sqlite3

from corpus import Document, Track, hash_text
from index.errors import IndexDamaged

_TABLE = """
CREATE TABLE IF NOT EXISTS tracks (
    doc_id TEXT PRIMARY KEY REFERENCES documents (doc_id) ON DELETE CASCADE, maker TEXT, spans BLOB NOT NULL,
    sha256 TEXT NOT NULL
)
"""


def write_track(connection: sqlite3.Connection, document: Document) -> None:
    """Store the track of a document that has been stored, if it has one."""
    track = document.track
    if track is not None:
        connection.execute(_TABLE)
        values = (document.doc_id, track.maker, track.packed, hash_track(document.sha256, track))
        connection.execute("INSERT OR REPLACE INTO tracks VALUES (?, ?, ?, ?)", values)


def read_track(connection: sqlite3.Connection, doc_id: str, text_sha256: str) -> Track | None:
    """The track of a document with this text; None where it has none.

    :raises IndexDamaged: when it is not the one that was stored with this text.
    """
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'tracks'").fetchone() is None:
        return None
    row = connection.execute("SELECT spans, maker, sha256 FROM tracks WHERE doc_id = ?", (doc_id,)).fetchone()
    if row is None:
        return None
    spans, maker, sha256 = row
    track = Track(bytes(spans), maker)
    if hash_track(text_sha256, track) != sha256:
        raise IndexDamaged(f"the stored times of {doc_id} are not those that were indexed; build the index again")
    return track


def hash_track(text_sha256: str, track: Track) -> str:
    """The sha256 of a track together with that of the text whose times it tells."""
    return hash_text(f"{text_sha256}\n{track.maker}\n{track.packed.hex()}")
