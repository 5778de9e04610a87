"""A path into running text: an article, a report or a chapter that quotes, and is no transcript itself."""

from dataclasses import dataclass
from pathlib import Path

from corpus.encoding import decode
from corpus.errors import CorpusError, SourceEmpty, SourceTooLarge, SourceUnreadable
from corpus.formats.detect import find_format, read
from corpus.load import read_bytes
from corpus.one_line import one_line

_TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ""})
_BOUND = frozenset({"pdf", "docx", "odt", "rtf", "epub", "xlsx", "html"})
_MAX_REASON_CHARS = 200


@dataclass(frozen=True, slots=True)
class Prose:
    """The text of a file, its format, and the spans (code points) that the format sets apart as block quotes.

    The text of a plain or Markdown file is the decoded file unchanged. Paragraphs of other formats stand a line apart.
    """

    text: str
    format: str
    quoted: tuple[tuple[int, int], ...]


def load_prose(path: str | Path) -> Prose:
    """The running text in the file at `path`: plain text, Markdown, HTML, Word, PDF or whatever else `load` reads.

    :raises CorpusError: as `load` does.
    """
    path = Path(path)
    data = read_bytes(path)
    try:
        prose = _read(data, str(path))
    except CorpusError:
        raise
    except MemoryError as error:
        raise SourceTooLarge(f"{path} takes more memory to read than a text does; split it") from error
    except Exception as error:  # whatever a file makes a reader stumble upon
        reason = one_line(f"{type(error).__name__}: {error}", _MAX_REASON_CHARS)
        raise SourceUnreadable(f"{path} cannot be read ({reason}); save it in another format") from error
    if not any(character.isalnum() for character in prose.text):
        raise SourceEmpty(f"{path} has no words in it; give a file with text")
    return prose


def _read(data: bytes, name: str) -> Prose:
    format_name = find_format(data, name)
    if format_name == "docx":
        from corpus.formats.docx import read_docx_paragraphs

        return _join([(text, quoted, "\n\n") for text, quoted in read_docx_paragraphs(data, name)], "docx")
    if format_name == "html":
        from corpus.formats.html_page import decode_html, parse_page

        _, blocks = parse_page(decode_html(data, name), name, write_marks=True)
        return _join([(block.text, block.quoted, block.lead or " ") for block in blocks], "html")
    suffix = Path(name).suffix.lower()
    if format_name not in _BOUND and suffix in _TEXT_SUFFIXES:
        # An article may look like captions or a table for a few lines; it is read as it stands all the same.
        return Prose(decode(data, name), "md" if suffix in {".md", ".markdown"} else "text", ())
    format_name, extract = read(data, name)
    return Prose(extract.text, format_name, ())


def _join(paragraphs: list[tuple[str, bool, str]], format_name: str) -> Prose:
    """The paragraphs, each with what stands before it; quoted ones that follow each other are one block."""
    pieces: list[str] = []
    quoted: list[tuple[int, int]] = []
    length = 0
    was_quoted = False
    for text, is_quoted, lead in paragraphs:
        if not text.strip():
            continue
        if pieces:
            pieces.append(lead)
            length += len(lead)
        start = length
        pieces.append(text)
        length += len(text)
        if is_quoted:
            quoted.append((quoted.pop()[0], length) if was_quoted and quoted else (start, length))
        was_quoted = is_quoted
    return Prose("".join(pieces), format_name, tuple(quoted))
