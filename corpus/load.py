"""A path into a document."""

from pathlib import Path

from corpus.document import Document
from corpus.errors import SourceEmpty, SourceNotFound, SourceNotText, SourceUnreadable

# A day of speech is about one megabyte of text; what is far larger is not a transcript.
MAX_FILE_BYTES = 32 * 1024 * 1024
TEXT_SUFFIXES = frozenset({"", ".txt", ".text", ".md", ".markdown"})


def load(path: str | Path) -> Document:
    """The document in the file at `path`; its `doc_id` is the file name's stem, its text the decoded file unchanged.

    :raises SourceNotFound: when there is no such file.
    :raises SourceUnreadable: when it is a folder, may not be read or is larger than `MAX_FILE_BYTES`.
    :raises SourceNotText: when it is binary or in a format that is not read.
    :raises SourceEmpty: when it has no words.
    """
    path = Path(path)
    text = decode(read_bytes(path), str(path))
    if path.suffix.lower() not in TEXT_SUFFIXES:
        raise SourceNotText(
            f"{path} is a {path.suffix} file; plain text (.txt) or Markdown (.md) is expected; save it as one of these"
        )
    return Document.from_text(text, doc_id=path.stem, source=str(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, refused in words when there are none, too many, or none that may be read."""
    try:
        if path.is_dir():
            raise SourceUnreadable(f"{path} is a folder; name the files in it, for example {path}/*.txt")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise SourceUnreadable(
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


def decode(data: bytes, name: str) -> str:
    """The text in `data`: UTF-8, or UTF-16 with its byte order mark, or else Windows-1252; line ends are kept.

    :raises SourceNotText: when the bytes are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise SourceNotText(
            f"{name} is a binary file, not text; export the transcript as plain text (.txt) or Markdown (.md)"
        )
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    raise SourceNotText(f"{name} is a binary file or in an unknown encoding; save the transcript as UTF-8 text")


def _is_text(text: str) -> bool:
    """Whether hardly any character is a control code other than white space: binary files are full of them."""
    controls = sum(character < " " and character not in "\t\n\r\f\v" for character in text)
    return controls * 100 <= len(text)
