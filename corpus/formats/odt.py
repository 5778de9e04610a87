"""OpenDocument texts (ODT, LibreOffice and Google Docs): paragraphs, and transcripts that stand in a table.

Read here and not by odfpy 1.4.1 (2020, no wheel), which expands entities and reads no tracked changes.
"""

from collections.abc import Iterator

from corpus.errors import SourceUnreadable
from corpus.formats.extract import Extract, clean_text
from corpus.formats.office import HtmlBlock, read_blocks
from corpus.formats.xml import Element, attribute, children, descendants, local_name, parse_xml
from corpus.formats.zipped import read_parts

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_PROGRAM = "its program"
# Of what stands in a paragraph: notes and remarks beside the text, and what a field only shows.
_NOT_TEXT = frozenset("note annotation annotation-end tracked-changes ruby-text bookmark index-title-template".split())
_WRAPPERS = frozenset(
    """section list list-item list-header index-body table-of-content frame text-box text shape numbered-paragraph
    soft-page-break""".split()
)
_MAX_SPACES = 100


def read_odt(data: bytes, name: str) -> Extract:
    """The text of an OpenDocument text as it reads with all changes accepted; notes beside it are left out.

    :raises SourceTooLarge: when it unpacks to more than a transcript takes.
    :raises SourceUnreadable: when it is damaged or encrypted.
    """
    parts = read_parts(data, name, _PROGRAM, (_CONTENT, _MANIFEST))
    if b"encryption-data" in parts.get(_MANIFEST, b""):
        raise SourceUnreadable(f"{name} is encrypted; save a copy without a password")
    if _CONTENT not in parts:
        raise SourceUnreadable(f"{name} is damaged: its text is missing; save it from {_PROGRAM} again")
    root = parse_xml(parts[_CONTENT], name, _PROGRAM)
    blocks = [block for body in descendants(root, "text") for block in _find_blocks(body)]
    return read_blocks(blocks)


def _find_blocks(parent: Element) -> Iterator[HtmlBlock]:
    todo = list(reversed(parent))
    while todo:
        element = todo.pop()
        kind = local_name(element)
        if kind in {"p", "h"}:
            yield _read_paragraph(element)
        elif kind == "table":
            yield [[_read_cell(cell) for cell in _cells(row)] for row in descendants(element, "table-row")]
        elif kind in _WRAPPERS:
            todo.extend(reversed(element))


def _cells(row: Element) -> Iterator[Element]:
    for cell in children(row, "table-cell"):
        # A row ends in one cell that stands for all that are empty.
        repeated = attribute(cell, "number-columns-repeated") or "1"
        yield from [cell] * (min(int(repeated), 50) if repeated.isdecimal() and len(cell) else 1)


def _read_cell(cell: Element) -> str:
    return clean_text(" ".join(_read_paragraph(paragraph) for paragraph in descendants(cell, "p", "h")))


def _read_paragraph(paragraph: Element) -> str:
    pieces = [paragraph.text or ""]
    todo: list[Element | str] = list(reversed(paragraph))
    while todo:
        element = todo.pop()
        if isinstance(element, str):
            pieces.append(element)
            continue
        todo.append(element.tail or "")
        kind = local_name(element)
        if kind in _NOT_TEXT:
            continue
        if kind == "s":
            count = attribute(element, "c") or "1"
            pieces.append(" " * (min(int(count), _MAX_SPACES) if count.isdecimal() else 1))
        elif kind in {"tab", "line-break"}:
            pieces.append("\t" if kind == "tab" else "\n")
        elif kind:
            pieces.append(element.text or "")
            todo.extend(reversed(element))
    return "".join(pieces)
