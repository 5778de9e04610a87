"""Documents that visitors took out, held for a while so that they can have them back."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus import Document
from index import (
    IndexDamaged,
    IndexingError,
    Location,
    Recording,
    attach_recording,
    list_recordings,
)
from ui.shelves import UploadRefused

# Long enough to notice a mistake, short enough that what was removed is gone soon.
KEPT_S = 10 * 60.0
# Characters of all that is held; what was removed longest ago goes first.
MAX_KEPT_CHARS = 20_000_000


@dataclass(frozen=True, slots=True)
class Removal:
    """What one visitor removed, and when by the clock of `Removals`; `recording` was attached to it."""

    visitor: str
    document: Document
    at: float
    recording: Recording | None = None


def find_recording(place: Location | None, doc_id: str) -> Recording | None:
    """The recording of a document in the index there; None where none is attached, or the list cannot be read."""
    try:
        held = list_recordings(place) if place is not None else []
    except IndexDamaged:
        return None
    return next((recording for recording in held if recording.doc_id == doc_id), None)


def attach_again(recording: Recording | None, place: Location | None) -> str | None:
    """Attach the recording of a document that came back, where it was no copy; what went wrong, in a sentence."""
    if recording is None or place is None:
        return None
    if recording.copied:
        return f"The transcript is back without its recording {recording.name}, whose copy was deleted; add it again."
    try:
        attach_recording(recording.doc_id, Path(recording.path), place)
    except IndexingError as error:
        return f"The transcript is back without its recording: {error}"
    return None


class Removals:
    """All of them, oldest first; safe to call from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Removal] = OrderedDict()

    def keep(self, visitor: str, document: Document, recording: Recording | None = None) -> str:
        """Hold a document that the visitor removed; gives the token by which they get it back."""
        token = secrets.token_urlsafe(12)
        with self._lock:
            self._held[token] = Removal(visitor, document, self._clock(), recording)
            self._let_go()
        return token

    def find(self, visitor: str, token: str) -> Removal:
        """What the visitor removed; it stays held.

        :raises UploadRefused: when it is not held for them, or no more.
        """
        with self._lock:
            self._let_go()
            removal = self._held.get(token)
        if removal is None or removal.visitor != visitor:
            raise UploadRefused("what was removed is held for ten minutes, and is gone now; add the file again")
        return removal

    def forget(self, token: str) -> None:
        """Let go of what that token stands for."""
        with self._lock:
            self._held.pop(token, None)

    def _let_go(self) -> None:
        since = self._clock() - KEPT_S
        chars = sum(len(removal.document.text) for removal in self._held.values())
        for token, removal in list(self._held.items()):
            if removal.at > since and chars <= MAX_KEPT_CHARS:
                return
            chars -= len(removal.document.text)
            del self._held[token]
