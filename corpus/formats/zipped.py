"""Documents that are zip archives inside: which kind, and their parts, never more than a transcript takes."""

import io
import zipfile
import zlib
from collections.abc import Sequence

from corpus.errors import SourceTooLarge, SourceUnreadable

# The longest book in Word has a few megabytes of XML; a zip bomb has gigabytes.
MAX_EXTRACTED_BYTES = 256 * 1024 * 1024
MAX_TEXT_PART_BYTES = 64 * 1024 * 1024
MAX_PARTS = 5000

_DAMAGED = (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError)
# A part that only this kind of document has.
_KINDS = (
    ("docx", "word/document.xml"),
    ("xlsx", "xl/workbook.xml"),
    ("xlsx", "xl/workbook.bin"),
    ("pptx", "ppt/presentation.xml"),
    ("pages", "Index/Document.iwa"),
    ("qdpx", "project.qde"),
    ("epub", "META-INF/container.xml"),
)
_MIME_TYPES = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument", "odp"),
    (b"application/epub+zip", "epub"),
)


def find_zip_kind(data: bytes) -> str | None:
    """The kind of document by its parts ("docx", "odt", "pages", …), "zip" where it is none, None when damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            for kind, part in _KINDS:
                if part in names and kind != "epub":
                    return kind
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                written = archive.read("mimetype").strip()
                for mime_type, kind in _MIME_TYPES:
                    if written.startswith(mime_type):
                        return kind
            return next((kind for kind, part in _KINDS if part in names), "zip")
    except (*_DAMAGED, zlib.error):
        return None


def check_size(data: bytes, name: str, program: str) -> None:
    """Refuse an archive that is damaged, encrypted or a bomb, before anything in it is unpacked.

    :param program: where to save the file again when it is damaged.
    :raises SourceTooLarge: when it unpacks to more than `MAX_EXTRACTED_BYTES`.
    :raises SourceUnreadable: when it is damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except _DAMAGED as error:
        raise SourceUnreadable(f"{name} is damaged ({error}); save it from {program} again") from error
    if any(part.flag_bits & 1 for part in parts):
        raise SourceUnreadable(f"{name} is encrypted; save a copy without a password")
    # Nothing is read beyond the size that the directory states, so the directory can be trusted for this.
    size = sum(part.file_size for part in parts)
    # What a part is called says nothing of what it is read as.
    largest = max((part.file_size for part in parts), default=0)
    if size > MAX_EXTRACTED_BYTES or largest > MAX_TEXT_PART_BYTES or len(parts) > MAX_PARTS:
        raise SourceTooLarge(
            f"{name} unpacks to {size:,} bytes in {len(parts):,} parts, more than a transcript takes "
            f"({MAX_EXTRACTED_BYTES:,} bytes, {MAX_TEXT_PART_BYTES:,} in a part, {MAX_PARTS:,} parts); "
            "save only its text"
        )


def read_parts(data: bytes, name: str, program: str, wanted: Sequence[str]) -> dict[str, bytes]:
    """The parts of these names that the archive has, after `check_size`.

    :raises CorpusError: as `check_size`, and when a part is damaged.
    """
    check_size(data, name, program)
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            for part in wanted:
                if part in names:
                    with archive.open(part) as file:
                        found[part] = file.read(MAX_TEXT_PART_BYTES)
    except (*_DAMAGED, zlib.error) as error:
        raise SourceUnreadable(f"{name} is damaged ({error}); save it from {program} again") from error
    return found
