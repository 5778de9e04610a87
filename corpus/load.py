"""A path into a document."""

from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document
from corpus.errors import SourceEmpty, SourceNotFound, SourceTooLarge, SourceUnreadable
from corpus.formats.detect import read

# A day of speech is about one megabyte of text; what is far larger is not a transcript.
MAX_FILE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A document and the format that its file is in: a name in `corpus.formats.known.FORMATS`."""

    document: Document
    format: str


def load(path: str | Path) -> Document:
    """The document in the file at `path`; its `doc_id` is the file name's stem.

    For plain text and Markdown `Document.text` is the decoded file unchanged. For the other formats, which
    `corpus.formats.known` lists, it is the text taken out of the file, with the times and pages on its turns. The
    format is told by the content, and by the name where that leaves it open.

    :raises SourceNotFound: when there is no such file.
    :raises SourceUnreadable: when it is a folder, may not be read, is damaged or encrypted.
    :raises SourceTooLarge: when it takes more memory or time than a transcript does; see `MAX_FILE_BYTES`.
    :raises SourceNotText: when it is in a format that is not read.
    :raises SourceEmpty: when it has no words.
    """
    return load_file(path).document


def load_file(path: str | Path) -> LoadedFile:
    """As `load`, and the format beside it."""
    path = Path(path)
    format_name, extract = read(read_bytes(path), str(path))
    document = Document.from_turns(
        extract.text, extract.turns, doc_id=path.stem, headline=extract.title, source=str(path)
    )
    return LoadedFile(document, format_name)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, refused in words when there are none, too many, or none that may be read."""
    try:
        if path.is_dir():
            raise SourceUnreadable(f"{path} is a folder; name the files in it, for example {path}/*.txt")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise SourceTooLarge(
                f"{path} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} of a transcript; split it"
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceNotFound(f"{path} does not exist; check the name") from error
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error.strerror or error}") from error
    if not data:
        raise SourceEmpty(f"{path} is empty; give a transcript with text")
    return data
