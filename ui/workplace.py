"""Where a visitor's recordings lie until they are done with, and how much room there is for them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from ui.shelves import UploadRefused

# What stays free on the disk, whoever brings what.
FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Workplace:
    """A folder, which need not be there yet; `max_bytes` (None: no bound) is what all below `counted` may take.

    `owner` is a folder that is there while the server that works here runs, and goes with it, however that ends.
    """

    folder: Path
    owner: Path
    counted: Path
    max_bytes: int | None

    def require_room(self, size: int) -> None:
        """That `size` more bytes fit.

        :raises UploadRefused: when they do not.
        """
        if self.max_bytes is not None and size + count_bytes(self.counted) > self.max_bytes:
            raise UploadRefused("there is no more room for you on this server; delete something first")
        there = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        # It is copied into the collection before it is deleted here.
        if shutil.disk_usage(there).free < FREE_BYTES + 2 * size:
            raise UploadRefused("the disk of this server is nearly full; make room on it first")


def count_bytes(folder: Path) -> int:
    """What the files in a folder take, however deep."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
