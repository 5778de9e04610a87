"""The file of vectors beside the catalog: derived, named by what it was made of and by its own hash, swapped in whole.

The catalog notes the name, and with it the hash; whatever else lies there is not read, whatever it is called.

A file is named `vectors-LINEAGE-GENERATION-ROW-SHA256.FORMAT`: it holds the rows up to ROW of that generation. Rows of
a catalog are never changed and their ids never used again, so that it serves every later generation of the lineage too:
what has been removed since is not found in the catalog, what has been added since has greater ids than ROW.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.regular_file import require_regular
from index.sqlite.catalog_view import CatalogView, Generation

# To be changed with what the files hold: one of another format is as good as missing, and swept like an old one. The
# first, a graph, was called "faiss".
_FORMAT = "ivf"
_NAME = re.compile(r"vectors-([0-9a-f]+)-(\d+)-(\d+)-([0-9a-f]{64})\.(faiss|ivf)")
_UNFINISHED = "vectors-unfinished-"


@dataclass(frozen=True, slots=True)
class VectorFile:
    """A file by what its name says: not yet that it is so, see `is_intact`."""

    path: Path
    generation: Generation
    last_row: int
    sha256: str

    def is_intact(self) -> bool:
        """Whether it still holds, byte for byte, what was written."""
        try:
            require_regular(self.path)
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


def find_vector_file(folder: Path, view: CatalogView) -> VectorFile | None:
    """The file that the catalog says was made of it, None where it says none; it need not be there."""
    generation = view.generation()
    name = _NAME.fullmatch(view.vector_file() or "")
    if name is None or name[1] != generation.lineage or name[5] != _FORMAT:
        return None
    return VectorFile(folder / name[0], Generation(name[1], int(name[2])), int(name[3]), name[4])


def write_vector_file(
    folder: Path, generation: Generation, last_row: int, dump: Callable[[Callable[[bytes], int]], None]
) -> VectorFile:
    """Write a file of vectors beside the old ones.

    :param dump: gives the bytes, piece by piece, to the function that it is called with.
    :raises OSError: when it cannot be written.
    """
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:

            def write(data: bytes) -> int:
                digest.update(data)
                return file.write(data)

            dump(write)
            file.flush()
            os.fsync(file.fileno())
        sha256 = digest.hexdigest()
        path = folder / f"vectors-{generation.lineage}-{generation.number}-{last_row}-{sha256}.{_FORMAT}"
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return VectorFile(path, generation, last_row, sha256)


def sweep(folder: Path, keep: Path | None = None) -> None:
    """Delete the files of vectors but `keep`, and what killed processes left unfinished; who has one open keeps it."""
    for path in folder.glob("vectors-*"):
        if path != keep and (_NAME.fullmatch(path.name) or path.name.startswith(_UNFINISHED)):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue  # some systems keep a file that is mapped; the next sweep has it
