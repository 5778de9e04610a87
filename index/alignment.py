"""The times of a transcript made by hand, from its recording: listened to once, aligned as often as it changes."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus import Document
from index.audio.align import Aligned, align
from index.audio.recognise import HeardWord
from index.audio.transcribe import Listening, hash_file, transcribe
from index.build import update_index
from index.embedding import Embedder
from index.errors import IndexNotWritable, RecordingRefused
from index.location import Location
from index.recordings import attach_recording, find_source, require_folder
from index.types import Progress

__all__ = ["Aligned", "align_heard", "align_recording", "describe_missing", "read_heard"]

FOLDER_NAME = "heard"
# Of six transcripts at most 16 in 100 words fall into place in the words of another one; in its own, of which every
# tenth was misheard and every twentieth missed, 95 in 100.
MIN_SHARE = 0.4


def align_recording(
    named: str,
    recording: Path,
    location: Location,
    listen: Callable[[], Listening],
    *,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
) -> Aligned:
    """Give the words of a document their times in `recording`, which is attached to it; its text stays as it is.

    What was heard is kept in the folder `heard` of the index, so that nothing is listened to twice.

    :param named: the document's name as the list shows it, or the file that it was made of.
    :param listen: makes what listens, where that is needed.
    :raises DocumentNotFound: when the index does not hold the document.
    :raises RecordingRefused: when the file is no recording, or too few of the words are heard in it; nothing changes.
    :raises IndexNotWritable: when the index cannot be written.
    """
    folder = require_folder(location)
    source = find_source(named, location)  # before anything is listened to
    try:
        (folder / FOLDER_NAME).mkdir(exist_ok=True)
        path = folder / FOLDER_NAME / f"{hash_file(recording)[:16]}.json"
        if not path.exists():
            transcribe(recording, path, listen(), progress)
        words = read_heard(path)
    except OSError as error:
        raise IndexNotWritable(f"{recording.name} cannot be listened to: {error}") from error
    return align_heard(source.doc_id, recording, words, location, embedder=embedder)


def align_heard(
    named: str,
    recording: Path,
    heard: Sequence[HeardWord],
    location: Location,
    *,
    embedder: Embedder | None = None,
    copy: bool = False,
) -> Aligned:
    """As `align_recording`, with the words that were heard already.

    :param copy: keep a copy of the recording in the folder of the index.
    :raises IndexingError: as `align_recording`.
    """
    source = find_source(named, location)
    aligned = align(source, heard)
    if aligned.share < MIN_SHARE:
        raise RecordingRefused(
            f"only {aligned.share:.0%} of the words of {source.doc_id} are heard in {recording.name}; "
            "is it the recording of another talk, or in another language? Nothing was changed"
        )
    update_index([aligned.document], location, embedder=embedder)
    attach_recording(source.doc_id, recording, location, copy=copy)
    return aligned


def describe_missing(aligned: Aligned, document: Document) -> list[str]:
    """The stretches without times, a line each: their place, and how they begin."""
    return [
        f"characters {start}–{end}: “{' '.join(document.text[start:end].split())[:60]}…”"
        for start, end in aligned.missing
    ]


def read_heard(path: Path) -> list[HeardWord]:
    """The words of a transcript that `transcribe` wrote.

    :raises RecordingRefused: when it is none.
    """
    try:
        data = json.loads(path.read_bytes())
        return [
            HeardWord(
                str(word["word"]), round(1000 * word["start"]), round(1000 * word["end"]), float(word["probability"])
            )
            for segment in data["segments"]
            for word in segment["words"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise RecordingRefused(f"{path} is not what was heard of a recording; delete it, and try again") from error
