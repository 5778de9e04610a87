"""What lies over the sources of a collection, its corrections and its conditions, in open files beside its index."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from corpus import (
    Conditions,
    CorpusError,
    Corrections,
    Overlay,
    read_conditions,
    read_corrections,
    write_conditions,
    write_corrections,
)
from index.atomic_write import write_atomically
from index.errors import IndexDamaged, IndexNotWritable
from index.regular_file import require_regular

CORRECTIONS_NAME = "corrections.json"
CONDITIONS_NAME = "conditions.json"

T = TypeVar("T")


class RecordsFile(Generic[T]):
    """A file of records in a folder; it is read again when somebody wrote another one."""

    def __init__(
        self, path: Path, what: str, none: T, read: Callable[[bytes, str], T], write: Callable[[T], bytes]
    ) -> None:
        """:param what: is in it, for what is wrong with it."""
        self.path = path
        self._what = what
        self._none = none
        self._parse = read
        self._format = write
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._held = none

    def read(self) -> T:
        """What is in the file; nothing where there is no file.

        :raises IndexDamaged: when it cannot be read, or is no such file.
        """
        with self._lock:
            try:
                require_regular(self.path)
                found = self.path.stat()
                seen = (found.st_mtime_ns, found.st_size, found.st_ino)
                if seen != self._seen:
                    self._held = self._parse(self.path.read_bytes(), str(self.path))
                    self._seen = seen
            except FileNotFoundError:
                self._seen, self._held = None, self._none
            except (OSError, CorpusError) as error:
                raise IndexDamaged(f"the {self._what} cannot be read: {error}") from error
            return self._held

    def write(self, records: T) -> None:
        """Put these in the place of what is there.

        :raises IndexNotWritable: when the file cannot be written; the old one is unchanged then.
        """
        try:
            require_regular(self.path)
            write_atomically(self.path, self._format(records))
        except OSError as error:
            raise IndexNotWritable(f"the {self._what} in {self.path} cannot be written: {error}") from error


class OverlayFiles:
    """The corrections and the conditions in a folder, each read again when somebody wrote others."""

    def __init__(self, folder: Path) -> None:
        self.corrections = RecordsFile(
            folder / CORRECTIONS_NAME, "corrections", Corrections(), read_corrections, write_corrections
        )
        self.conditions = RecordsFile(
            folder / CONDITIONS_NAME, "conditions", Conditions(), read_conditions, write_conditions
        )
        self._overlay = Overlay()

    def read(self) -> Overlay:
        """Both together.

        :raises IndexDamaged: when one of them cannot be read.
        """
        corrections, conditions = self.corrections.read(), self.conditions.read()
        known = self._overlay
        if known.corrections is not corrections or known.conditions is not conditions:
            known = self._overlay = Overlay(corrections, conditions)
        return known

    def require_conditions(self) -> None:
        """Refuse a folder that has lost its conditions: nothing may be shown as if there had never been any.

        :raises IndexDamaged: when there is no file of them.
        """
        if not self.conditions.path.exists():
            raise IndexDamaged(
                f"{self.conditions.path} is missing, which says what of this index may be shown; put it back, "
                "or set the conditions again with: ontherecord conditions"
            )
