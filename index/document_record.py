"""What every store keeps of a document and of its passages, and how it is checked when it is read again."""

import hashlib
import json
from dataclasses import fields
from operator import attrgetter

from corpus import Document, Passage, Speaker, Turn, hash_text, name_passage
from index.errors import IndexDamaged
from index.store import Entry

# What is stored of a turn and of a speaker, in the order of their fields. As `dataclasses.astuple`, which copies every
# value, and took half the time of finding in a shelf of long talks.
turn_values = attrgetter(*(field.name for field in fields(Turn)))
speaker_values = attrgetter(*(field.name for field in fields(Speaker)))
passage_values = attrgetter(*(field.name for field in fields(Passage)))


def hash_record(document: Document) -> str:
    """The sha256 of what is stored of a document beside its text: whose words they are must not change unseen."""
    turns = list(map(turn_values, document.turns))
    speakers = list(map(speaker_values, document.speakers))
    return hash_text(json.dumps([document.title, document.source, turns, speakers]))


def hash_entry(entry: Entry, embeddings: bytes) -> str:
    """The sha256 of all that is stored of a document, under its name: no part of it can be another's.

    :param embeddings: those of the passages, in order, as they are stored.
    """
    document = entry.document
    record = [document.doc_id, document.sha256, hash_record(document), *map(passage_values, entry.passages)]
    if entry.texts is not None:
        record.append(entry.texts)
    return hashlib.sha256(json.dumps(record).encode() + embeddings).hexdigest()


def check_document(document: Document, record_sha256: str) -> None:
    """Refuse a document that is not the one that was stored.

    :param record_sha256: `hash_record` of what was stored.
    :raises IndexDamaged: when its text or anything beside it is another.
    """
    if hash_text(document.text) != document.sha256:
        raise IndexDamaged(
            f"the stored text of {document.doc_id} is not the one that was indexed; build the index again"
        )
    if hash_record(document) != record_sha256:
        raise IndexDamaged(
            f"the stored turns of {document.doc_id} are not those that were indexed; build the index again"
        )


def make_passage(
    passage_id: str,
    doc_id: str,
    start: int,
    end: int,
    turn: int,
    speaker: str | None,
    question_start: int | None,
    question_end: int | None,
) -> Passage:
    """The passage of these stored values.

    :raises IndexDamaged: when it does not stand where its name says.
    """
    question = None if question_start is None or question_end is None else (question_start, question_end)
    if passage_id != name_passage(doc_id, start, end):
        raise IndexDamaged(f"passage {passage_id} stands at {start}-{end}; build the index again")
    return Passage(passage_id, doc_id, start, end, turn, speaker, question)
