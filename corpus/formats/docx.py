"""Word documents (DOCX): paragraphs, and transcripts that stand in a table."""

import io
import zipfile
from collections.abc import Iterator

import docx
from lxml import etree

from corpus.errors import SourceNotText, SourceTooLarge, SourceUnreadable
from corpus.formats.extract import Extract, clean_text
from corpus.formats.office import Block, read_blocks

# The longest book in Word has a few megabytes of XML; a zip bomb has gigabytes.
MAX_EXTRACTED_BYTES = 256 * 1024 * 1024
MAX_TEXT_PART_BYTES = 64 * 1024 * 1024
MAX_PARTS = 5000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCUMENT = "word/document.xml"
# What stands around paragraphs, rows or cells without being one: form fields, accepted insertions.
_WRAPPERS = frozenset(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml"))
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}p": "\n", f"{_W}noBreakHyphen": "-"}
# What was deleted or moved away under "track changes", what Word computes, and the fallback copy of a text box.
_NOT_TEXT = frozenset(
    {
        f"{_W}del",
        f"{_W}moveFrom",
        f"{_W}instrText",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)


def is_docx(data: bytes) -> bool:
    """Whether the file is a zip with a Word document in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _DOCUMENT in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def read_docx(data: bytes, name: str) -> Extract:
    """The text of a Word document as it reads with all changes accepted; macros and links are not touched.

    :raises SourceTooLarge: when it unpacks to more than `MAX_EXTRACTED_BYTES`.
    :raises SourceUnreadable: when it is damaged or encrypted.
    :raises SourceNotText: when it is no Word document.
    """
    _check_size(data, name)
    try:
        body = docx.Document(io.BytesIO(data)).element.body
        blocks = list(_find_blocks(body))
    except Exception as error:  # a damaged file makes the library raise whatever it stumbles upon
        raise SourceUnreadable(f"{name} is damaged or no Word document; save it from Word again as .docx") from error
    return read_blocks(blocks)


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise SourceUnreadable(f"{name} is encrypted; save a copy without a password")
            if _DOCUMENT not in archive.namelist():
                raise SourceNotText(f"{name} is no Word document; save the transcript as .docx, PDF or text")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise SourceUnreadable(f"{name} is damaged ({error}); save it from Word again") from error
    # The library reads no part beyond the size that the directory states, so the directory can be trusted for this.
    size = sum(part.file_size for part in parts)
    largest_text = max(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if size > MAX_EXTRACTED_BYTES or largest_text > MAX_TEXT_PART_BYTES or len(parts) > MAX_PARTS:
        raise SourceTooLarge(
            f"{name} unpacks to {size:,} bytes in {len(parts):,} parts, more than a transcript takes "
            f"({MAX_EXTRACTED_BYTES:,} bytes, {MAX_TEXT_PART_BYTES:,} of text, {MAX_PARTS:,} parts); save only its text"
        )


def _find_blocks(parent: etree._Element) -> Iterator[Block]:
    for element in parent:
        if element.tag == f"{_W}p":
            yield _read_paragraph(element)
        elif element.tag == f"{_W}tbl":
            yield [[_read_cell(cell) for cell in _find(row, "tc")] for row in _find(element, "tr")]
        elif element.tag in _WRAPPERS:
            yield from _find_blocks(element)


def _find(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The children of that name, those in wrappers too, but none of a table inside the table."""
    for element in parent:
        if element.tag == _W + name:
            yield element
        elif element.tag in _WRAPPERS:
            yield from _find(element, name)


def _read_cell(cell: etree._Element) -> str:
    return clean_text(" ".join(_read_paragraph(paragraph) for paragraph in cell.iter(f"{_W}p")))


def _read_paragraph(paragraph: etree._Element) -> str:
    pieces: list[str] = []
    todo = list(reversed(paragraph))
    while todo:
        element = todo.pop()
        if element.tag in _NOT_TEXT:
            continue
        if element.tag == f"{_W}t":
            pieces.append(element.text or "")
        else:
            pieces.append(_CHARACTERS.get(str(element.tag), ""))
            todo.extend(reversed(element))
    return "".join(pieces)
