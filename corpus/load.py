"""A path into a document."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document
from corpus.errors import CorpusError, SourceEmpty, SourceNotFound, SourceTooLarge, SourceUnreadable
from corpus.formats.detect import read
from corpus.one_line import one_line

# A day of speech is about one megabyte of text; what is far larger is not a transcript.
MAX_FILE_BYTES = 32 * 1024 * 1024
_MAX_REASON_CHARS = 200


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A document and the format that its file is in: a name in `corpus.formats.known.FORMATS`."""

    document: Document
    format: str


def load(path: str | Path) -> Document:
    """The document in the file at `path`; its `doc_id` is the file name's stem.

    For plain text and Markdown `Document.text` is the decoded file unchanged. For the other formats, which
    `corpus.formats.known` lists, it is the text taken out of the file, with the times and pages on its turns. The
    format is decided by the content, and by the name where that leaves it open.

    :raises SourceNotFound: when there is no such file.
    :raises SourceUnreadable: when it is a folder, may not be read, is damaged or encrypted, or a reader fails at it.
    :raises SourceTooLarge: when it takes more memory or time than a transcript does; see `MAX_FILE_BYTES`.
    :raises SourceNotText: when it is in a format that is not read.
    :raises SourceEmpty: when it has no words.
    """
    return load_file(path).document


def load_file(path: str | Path) -> LoadedFile:
    """As `load`, and the format beside it."""
    path = Path(path)
    data = read_bytes(path)
    try:
        return _read_document(data, path)
    except CorpusError:
        raise
    except MemoryError as error:
        raise SourceTooLarge(
            f"{path} takes more memory to read than a transcript does; split it, or save it as text"
        ) from error
    except Exception as error:  # whatever a file makes a reader stumble upon, the files beside it are read
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise SourceUnreadable(
            f"{path} cannot be read ({one_line(reason, _MAX_REASON_CHARS)}); save it in another format"
        ) from error


def _read_document(data: bytes, path: Path) -> LoadedFile:
    # What stands in front of the dot may be nothing, or nothing that can be shown.
    doc_id = one_line(path.stem) or "unnamed"
    format_name, extract = read(data, str(path))
    document = Document.from_turns(
        extract.text, extract.turns, doc_id=doc_id, headline=extract.title, source=str(path), track=extract.track
    )
    return LoadedFile(document, format_name)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, refused in words when there are none, too many, or none that may be read.

    Pipes and devices are refused unread: there is no telling whether they end.
    """
    try:
        if path.is_dir():
            raise SourceUnreadable(f"{path} is a folder; name the files in it, for example {path}/*.txt")
        data = _read_regular(path)
    except FileNotFoundError as error:
        raise SourceNotFound(f"{path} does not exist; check the name") from error
    except (OSError, ValueError) as error:  # a ValueError: a name that no file can have
        reason = error.strerror if isinstance(error, OSError) else None
        raise SourceUnreadable(f"{path} cannot be read: {reason or error}") from error
    if not data:
        raise SourceEmpty(f"{path} is empty; give a transcript with text")
    return data


def _read_regular(path: Path) -> bytes:
    # Without waiting for a writer, should it be a pipe.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise SourceUnreadable(f"{path} is no file but a pipe or a device; save what it gives, or pipe it into -")
        # One byte more than may be: a file can grow, or hold more than it says.
        data = file.read(MAX_FILE_BYTES + 1) if status.st_size <= MAX_FILE_BYTES else b""
    size = max(status.st_size, len(data))
    if size > MAX_FILE_BYTES:
        raise SourceTooLarge(f"{path} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} of a transcript; split it")
    return data
