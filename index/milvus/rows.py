"""Documents and passages as rows of Milvus collections, and back."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

from corpus import Document, Passage, Speaker, Track, Turn
from index.document_record import check_document, hash_record, make_passage, speaker_values, turn_values
from index.errors import IndexDamaged
from index.store import Entry

# What a text field takes: https://milvus.io/docs/limitations.md
MAX_VARCHAR_BYTES = 65_535
# A code point has at most four bytes.
PART_CHARS = MAX_VARCHAR_BYTES // 4
# A passage's row is its document's key times this and its number in the document, so that rows are in order of storing.
PASSAGES_PER_DOCUMENT = 2**24


def passage_rows(key: int, entry: Entry) -> Iterator[dict[str, Any]]:
    """The rows of a document's passages, in order; the text that is searched for words beside the embedding."""
    if entry.embeddings.shape[0] != len(entry.passages):
        raise ValueError(
            f"{entry.document.doc_id}: {len(entry.passages)} passages but embeddings of shape {entry.embeddings.shape}"
        )
    rows = zip(entry.passages, entry.read(), entry.embeddings, strict=True)
    for number, (passage, text, embedding) in enumerate(rows):
        question_start, question_end = passage.question or (None, None)
        yield {
            "row": key * PASSAGES_PER_DOCUMENT + number,
            "key": key,
            "passage_id": passage.passage_id,
            "doc_id": passage.doc_id,
            "start": passage.start,
            "end": passage.end,
            "turn": passage.turn,
            "speaker": passage.speaker,
            "question_start": question_start,
            "question_end": question_end,
            "text": text,
            "embedding": embedding.tolist(),
        }


def document_rows(key: int, entry: Entry) -> Iterator[dict[str, Any]]:
    """The document as JSON, in parts that Milvus takes, the first with what the list of documents shows."""
    document = entry.document
    info: dict[str, Any] = {
        "doc_id": document.doc_id,
        "title": document.title,
        "source": document.source,
        "sha256": document.sha256,
    }
    stored = info | {"text": document.text, "record_sha256": hash_record(document)}
    stored |= {"turns": list(map(turn_values, document.turns))}
    stored |= {"speakers": list(map(speaker_values, document.speakers))}
    if document.track is not None:
        stored |= {"track": [b64encode(document.track.packed).decode(), document.track.maker]}
    info |= {"speakers": [speaker.name for speaker in document.speakers], "passage_count": len(entry.passages)}
    body = json.dumps(stored, ensure_ascii=False)
    for part, start in enumerate(range(0, len(body), PART_CHARS)):
        yield {
            "id": f"{key}:{part}",
            "key": key,
            "part": part,
            "doc_id": document.doc_id,
            "info": json.dumps(info, ensure_ascii=False) if part == 0 else "",
            "body": body[start : start + PART_CHARS],
            "unused": [0.0, 0.0],
        }


def read_document(doc_id: str, parts: list[dict[str, Any]]) -> Document:
    """The document in the rows of its parts, checked against its hashes.

    :raises IndexDamaged: when it is not the one that was stored.
    """
    body = "".join(row["body"] for row in sorted(parts, key=lambda row: row["part"]))
    try:
        stored = json.loads(body)
        document = Document(
            doc_id=doc_id,
            title=stored["title"],
            text=stored["text"],
            turns=tuple(Turn(*turn) for turn in stored["turns"]),
            speakers=tuple(Speaker(*speaker) for speaker in stored["speakers"]),
            source=stored["source"],
            sha256=stored["sha256"],
            track=_read_track(stored),
        )
        record_sha256 = stored["record_sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"{doc_id} cannot be read; build the index again") from error
    check_document(document, record_sha256)
    return document


def _read_track(stored: dict[str, Any]) -> Track | None:
    if "track" not in stored:
        return None
    packed, maker = stored["track"]
    return Track(b64decode(packed), maker)


def read_passage(row: dict[str, Any]) -> Passage:
    """The passage in a row.

    :raises IndexDamaged: when it does not stand where its name says.
    """
    return make_passage(
        row["passage_id"],
        row["doc_id"],
        row["start"],
        row["end"],
        row["turn"],
        row.get("speaker"),
        row.get("question_start"),
        row.get("question_end"),
    )
