"""Visitors' own transcripts: an index each, in a temporary folder that goes when they do."""

import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from index import Progress
from index.intake import Intake, take_in
from qa import QA
from ui.render import escape

# Beyond this many visitors with uploads, those of the one who uploaded first are forgotten.
MAX_VISITORS = 200


class Uploads:
    """Who asks which index: visitors with uploads their own, everybody else the one that is served."""

    def __init__(self, served: QA) -> None:
        self._served = served
        self._root = tempfile.TemporaryDirectory(prefix="on-the-record-", ignore_cleanup_errors=True)
        self._lock = threading.Lock()
        self._own: OrderedDict[str, tuple[QA, Path]] = OrderedDict()

    def qa_of(self, visitor: str) -> QA:
        """What this visitor asks."""
        with self._lock:
            own = self._own.get(visitor)
        return self._served if own is None else own[0]

    def take(self, visitor: str, paths: Sequence[Path], progress: Progress | None = None) -> Intake:
        """Make an index of what can be read of `paths`, which the visitor then asks; with nothing, all stays as it was.

        :raises IndexingError: when the index cannot be written.
        """
        intake = take_in(paths)
        if intake.documents:
            folder = Path(tempfile.mkdtemp(dir=self._root.name))
            own = self._served.build(intake.documents, folder, progress=progress)
            self.forget(visitor)
            with self._lock:
                self._own[visitor] = (own, folder)
                oldest = next(iter(self._own)) if len(self._own) > MAX_VISITORS else None
            if oldest is not None:
                self.forget(oldest)
        return intake

    def forget(self, visitor: str) -> None:
        """Delete the visitor's uploads; from now on they ask what is served."""
        with self._lock:
            own = self._own.pop(visitor, None)
        if own is not None:
            shutil.rmtree(own[1], ignore_errors=True)


def describe_intake(intake: Intake) -> str:
    """What became of each file, as Markdown: what there is to ask, or the reason for a refusal."""
    lines = []
    for document in intake.documents:
        speakers = ", ".join(speaker.name for speaker in document.speakers) or "nobody named"
        lines.append(f"- **{escape(document.title)}**: {escape(speakers)}")
    for refusal in intake.refused:
        # Where the server keeps uploads is nobody's business.
        reason = str(refusal.error).replace(str(refusal.path), refusal.path.name)
        lines.append(f"- *Refused:* {escape(reason)}")
    head = "Now answering from your own transcripts:" if intake.documents else "None of these could be read:"
    return "\n".join([head, "", *lines])
