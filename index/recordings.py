"""The recordings of an index: which one belongs to which document, where it lies, and that it is still the same.

They are noted in `recordings.json` in the folder of the index, which anybody can read; what is copied lies in the
folder `recordings` beside it.
"""

import hashlib
import shutil
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from corpus import CorpusError, Document, load
from index.audio.media import MediaFacts, read_facts
from index.errors import DocumentNotFound, IndexDamaged, IndexIncompatible, IndexNotWritable, RecordingRefused
from index.location import Location, folder_of, open_store, show_location
from index.recording_list import Recording, read_list, write_list
from index.regular_file import require_regular

FOLDER_NAME = "recordings"
_BLOCK_BYTES = 1 << 20
# A transcript may go on for so much longer than its recording: clocks are not exact, captions stay on the screen.
_MAX_OVER_MS = 10_000


def list_recordings(location: Location) -> list[Recording]:
    """The recordings of an index, in order of their documents; empty where there are none, as on a Milvus server.

    :raises IndexDamaged: when the list cannot be read.
    """
    folder = folder_of(location)
    return read_list(folder) if folder is not None else []


def list_playable(location: Location) -> list[Recording]:
    """The recordings of an index that anybody may hear: not those of documents that are kept back or have hidden words.

    :raises IndexDamaged: when the list, or the conditions of the index, cannot be read.
    """
    recordings = list_recordings(location)
    store = open_store(location)
    if not recordings or not store.conditions().records:
        return recordings
    with store.reading() as view:
        # The hash of a document with hidden words is that of what is shown of it.
        shown = {(info.doc_id, info.sha256) for info in view.documents()}
    return [recording for recording in recordings if (recording.doc_id, recording.text_sha256) in shown]


def attach_recording(document: str, recording: Path, location: Location, *, copy: bool = False) -> Recording:
    """Note that `recording` is that of a document; it takes the place of one that was attached before.

    :param document: its name as the list shows it, or the file that it was made of.
    :param copy: keep a copy in the folder of the index, instead of a note of where it lies.
    :raises DocumentNotFound: when the index does not hold the document.
    :raises RecordingRefused: when the file is no recording, or shorter than the transcript goes on.
    :raises AudioUnavailable: without the extra `audio`.
    :raises IndexNotWritable: when it cannot be noted or copied.
    """
    folder = require_folder(location)
    found = find_source(document, location)
    facts = read_facts(recording)
    last_ms = _last_ms(found)
    if last_ms > facts.duration_ms + _MAX_OVER_MS:
        raise RecordingRefused(
            f"{recording.name} lasts {facts.duration_ms // 1000:,} seconds, and {found.doc_id} goes on to second "
            f"{last_ms // 1000:,}; is it the recording of another talk?"
        )
    path = recording.resolve()
    try:
        with open_store(location).writing():
            attached = _note(found, path, facts)
            if copy:
                attached = _copy(attached, path, folder)
            held = read_list(folder)
            left = [*(other for other in held if other.doc_id != found.doc_id), attached]
            write_list(folder, left)
            _delete_copies(held, left, folder)
    except OSError as error:
        raise IndexNotWritable(f"{recording.name} cannot be attached: {error}; nothing was changed") from error
    return attached


def detach_recording(doc_id: str, location: Location) -> Recording:
    """Forget the recording of a document; a copy of it is deleted, a file of the user's never is.

    :raises RecordingRefused: when none is attached to it.
    :raises IndexNotWritable: when it cannot be noted.
    """
    folder = require_folder(location)
    try:
        with open_store(location).writing():
            held = read_list(folder)
            found = next((recording for recording in held if recording.doc_id == doc_id), None)
            if found is None:
                raise RecordingRefused(
                    f"no recording is attached to {doc_id!r}; see them with: ontherecord index recordings"
                )
            left = [recording for recording in held if recording != found]
            write_list(folder, left)
            _delete_copies(held, left, folder)
    except OSError as error:
        raise IndexNotWritable(f"the recording of {doc_id} cannot be detached: {error}") from error
    return found


def forget_recordings(location: Location, kept: Collection[str]) -> None:
    """Forget the recordings of documents that are not among `kept`, and delete the copies that no document has then.

    For who changes an index, in their turn. A list that cannot be read stays as it is.

    :raises IndexNotWritable: when it cannot be noted.
    """
    folder = folder_of(location)
    if folder is None:
        return
    with suppress(IndexDamaged):
        held = read_list(folder)
        left = [recording for recording in held if recording.doc_id in kept]
        if left != held:
            try:
                write_list(folder, left)
                _delete_copies(held, left, folder)
            except OSError as error:
                raise IndexNotWritable(f"the recordings of what was removed are still in {folder}: {error}") from error


def locate_recording(recording: Recording, location: Location) -> Path:
    """Where the recording lies, looked at now: it is there, a file, and by its size and time or its hash the same.

    :raises RecordingRefused: when it is not, saying what is wrong.
    """
    path = _path_of(recording, Path(location))
    try:
        status = path.lstat()
        is_same = stat.S_ISREG(status.st_mode) and status.st_size == recording.size
        # A copy of the very same bytes has another time.
        if is_same and status.st_mtime_ns != recording.mtime_ns:
            is_same = _hash_again(path, status.st_mtime_ns) == recording.sha256
    except OSError as error:
        raise RecordingRefused(
            f"the recording {recording.name} is not where it was; attach it again with: ontherecord index attach"
        ) from error
    if not is_same:
        raise RecordingRefused(
            f"the recording {recording.name} was changed after it was attached, so that its times may be others; "
            "attach it again with: ontherecord index attach"
        )
    return path


def check_recording(recording: Recording, location: Location) -> None:
    """As `locate_recording`, with every byte compared by its hash.

    :raises RecordingRefused: when it is not what was attached.
    """
    if _hash(locate_recording(recording, location)) != recording.sha256:
        raise RecordingRefused(f"the recording {recording.name} is not the file that was attached; attach it again")


def require_folder(location: Location) -> Path:
    """The folder of the index.

    :raises IndexIncompatible: when it is on a server.
    """
    folder = folder_of(location)
    if folder is None:
        raise IndexIncompatible(
            f"{show_location(location)} is an index on a server, where no recordings are kept; use one in a folder"
        )
    return folder


def find_source(named: str, location: Location) -> Document:
    """The document of that name, or the one with the text of the file of that name, as it was read.

    :raises DocumentNotFound: when the index holds none.
    """
    with open_store(location).reading_stored() as view:
        infos = view.documents()
        doc_id = next((info.doc_id for info in infos if info.doc_id == named), None)
        if doc_id is None and Path(named).is_file():
            try:
                sha256 = load(named).sha256
            except CorpusError as error:
                raise DocumentNotFound(f"{named} is no transcript: {error}") from error
            doc_id = next((info.doc_id for info in infos if info.sha256 == sha256), None)
        if doc_id is None:
            raise DocumentNotFound(
                f"the index in {show_location(location)} holds no document {named!r}; add it first with: "
                f"ontherecord index add, or see what there is with: ontherecord index list"
            )
        return view.entry(doc_id).document


def _last_ms(document: Document) -> int:
    """The last time that the transcript tells of anything in its recording; 0 where it tells none."""
    times = [turn.start_ms for turn in document.turns if turn.start_ms is not None]
    times += [span.end_ms or span.start_ms for span in document.track.spans] if document.track is not None else []
    return max(times, default=0)


def _note(document: Document, path: Path, facts: MediaFacts) -> Recording:
    status = path.stat()
    return Recording(
        doc_id=document.doc_id,
        text_sha256=document.sha256,
        name=path.name,
        path=str(path),
        copied=False,
        sha256=_hash(path),
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        media_type=facts.media_type,
        duration_ms=facts.duration_ms,
    )


def _copy(recording: Recording, path: Path, folder: Path) -> Recording:
    """Copied under the name of its hash, so that two of one name are two, and one that is there is not copied again."""
    (folder / FOLDER_NAME).mkdir(exist_ok=True)
    copy = folder / FOLDER_NAME / f"{recording.sha256[:16]}{path.suffix.lower()}"
    with _unfinished(copy) as unfinished:
        shutil.copyfile(path, unfinished)
        if _hash(unfinished) != recording.sha256:
            raise OSError(f"{path} was changed while it was copied")
        unfinished.replace(copy)
    status = copy.stat()
    return replace(recording, path=f"{FOLDER_NAME}/{copy.name}", copied=True, mtime_ns=status.st_mtime_ns)


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    unfinished = path.with_name(f"unfinished-{path.name}")
    require_regular(path, unfinished)
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)


def _delete_copies(before: Sequence[Recording], left: Sequence[Recording], folder: Path) -> None:
    """Delete the copies that no document has any more."""
    used = {recording.path for recording in left if recording.copied}
    for recording in before:
        if recording.copied and recording.path not in used:
            _path_of(recording, folder).unlink(missing_ok=True)


def _path_of(recording: Recording, folder: Path) -> Path:
    # Of a copy only the name is taken, so that no list leads out of the folder.
    return folder / FOLDER_NAME / Path(recording.path).name if recording.copied else Path(recording.path)


@lru_cache(maxsize=256)
def _hash_again(path: Path, mtime_ns: int) -> str:
    return _hash(path)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
