"""The corrections of a collection, in an open file beside its index."""

import threading
from pathlib import Path

from corpus import CorrectionInvalid, Corrections, read_corrections, write_corrections
from index.atomic_write import write_atomically
from index.errors import IndexDamaged, IndexNotWritable
from index.regular_file import require_regular

CORRECTIONS_NAME = "corrections.json"
_NONE = Corrections()


class CorrectionsFile:
    """`corrections.json` in a folder; it is read again when somebody wrote another one."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / CORRECTIONS_NAME
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._corrections = _NONE

    def read(self) -> Corrections:
        """What is in the file; none where there is no file.

        :raises IndexDamaged: when it cannot be read, or is no file of corrections.
        """
        with self._lock:
            try:
                require_regular(self.path)
                found = self.path.stat()
                seen = (found.st_mtime_ns, found.st_size, found.st_ino)
                if seen != self._seen:
                    self._corrections = read_corrections(self.path.read_bytes(), str(self.path))
                    self._seen = seen
            except FileNotFoundError:
                self._seen, self._corrections = None, _NONE
            except (OSError, CorrectionInvalid) as error:
                raise IndexDamaged(f"the corrections cannot be read: {error}") from error
            return self._corrections

    def write(self, corrections: Corrections) -> None:
        """Put these in the place of what is there.

        :raises IndexNotWritable: when the file cannot be written; the old one is unchanged then.
        """
        try:
            require_regular(self.path)
            write_atomically(self.path, write_corrections(corrections))
        except OSError as error:
            raise IndexNotWritable(f"the corrections in {self.path} cannot be written: {error}") from error
