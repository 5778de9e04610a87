"""What becomes of a recording that a visitor brought: attached, aligned, or made a transcript of their own."""

from collections.abc import Container
from dataclasses import replace
from pathlib import Path

from corpus import Document, load
from index import Location, attach_recording, open_store
from index.alignment import align_heard, read_heard
from ui.arrival_tasks import Task
from ui.shelves import UploadRefused
from ui.uploads import Uploads


def find_own(uploads: Uploads, visitor: str, doc_id: str) -> tuple[Document, Location]:
    """The visitor's document of that name, as it is shown, and where it lies.

    :raises UploadRefused: when it is not one that the visitor may change.
    :raises DocumentNotFound: when it is not there.
    """
    place = uploads.place_of(visitor)
    if place is None:
        raise UploadRefused("this transcript is not one of your own; add it, and then its recording")
    with open_store(place).reading() as view:
        return view.document(doc_id), place


def has_times(document: Document) -> bool:
    """Whether it tells when anything is said."""
    return document.track is not None or any(turn.start_ms is not None for turn in document.turns)


def attach(uploads: Uploads, task: Task) -> str:
    """Make it the recording of a transcript with times; what was done, in a sentence.

    :raises IndexingError: when it cannot be.
    """
    document, place = find_own(uploads, task.visitor, str(task.errand.doc_id))
    attach_recording(document.doc_id, task.recording, place, copy=True)
    return f"Its quotes in “{document.title}” can be heard now."


def align(uploads: Uploads, task: Task) -> str:
    """Make it the recording of a transcript without times, by what was heard; what was done, in a sentence.

    :raises IndexingError: when it cannot be.
    """
    document, place = find_own(uploads, task.visitor, str(task.errand.doc_id))
    embedder = uploads.served.embedder
    aligned = align_heard(document.doc_id, task.recording, read_heard(task.heard), place, embedder=embedder, copy=True)
    return (
        f"{aligned.timed_count:,} of the {aligned.word_count:,} words of “{document.title}” have a time now "
        f"({aligned.share:.0%}): its quotes can be heard."
    )


def add(uploads: Uploads, task: Task) -> str:
    """Add what was heard to the visitor's transcripts, under a name that none of these has; what was done.

    :raises CorpusError: when it cannot be read.
    :raises IndexingError: when it cannot be added.
    :raises UploadRefused: as `Uploads.add`.
    """
    name = Path(task.errand.name).stem
    own = uploads.place_of(task.visitor)
    taken = set(_list_names(own).values()) if own is not None else set[str]()
    document = replace(load(task.heard), doc_id=_find_free(name, taken), title=name, source=task.errand.name)
    uploads.add(task.visitor, [document])
    place = uploads.place_of(task.visitor)
    if place is None:
        raise UploadRefused("the transcript was removed before its recording was attached")
    # A text that was there already stays there under its name.
    attach_recording(_list_names(place).get(document.sha256, document.doc_id), task.recording, place, copy=True)
    count = len(document.speakers)
    voices = f" {count} voice{'' if count == 1 else 's'} told apart: name them in the transcript." if count else ""
    return f"Added as “{document.title}”.{voices}"


def _list_names(place: Location) -> dict[str, str]:
    """The names of the documents there, by the hashes of their texts."""
    with open_store(place).reading() as view:
        return {info.sha256: info.doc_id for info in view.documents()}


def _find_free(name: str, taken: Container[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free
