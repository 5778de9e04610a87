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
_ROW_GROUPS = frozenset("table-header-rows table-rows table-row-group".split())
_MAX_SPACES = 100
# A longer cell is not the same as the one beside it by chance.
_MAX_REPEATED_CHARS = 200


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
            yield [list(_read_cells(row)) for row in _rows(element)]
        elif kind in _WRAPPERS:
            todo.extend(reversed(element))


def _rows(table: Element) -> Iterator[Element]:
    """The rows of a table, none of those of tables in its cells."""
    todo = list(reversed(table))
    while todo:
        element = todo.pop()
        if local_name(element) == "table-row":
            yield element
        elif local_name(element) in _ROW_GROUPS:
            todo.extend(reversed(element))


def _read_cells(row: Element) -> Iterator[str]:
    for cell in children(row, "table-cell"):
        text = _read_cell(cell)
        # A row ends in one cell that stands for all that are empty.
        repeated = attribute(cell, "number-columns-repeated")
        yield from [text] * (_count(repeated, 50) if len(cell) and len(text) <= _MAX_REPEATED_CHARS else 1)


def _read_cell(cell: Element) -> str:
    # A paragraph inside another, as in a text box, is read with that one.
    outermost = (
        paragraph
        for paragraph in descendants(cell, "p", "h")
        if next(paragraph.iterancestors("{*}p", "{*}h"), None) is None
    )
    return clean_text(" ".join(map(_read_paragraph, outermost)))


def _count(written: str | None, most: int) -> int:
    """A number of times as it is written, at least 0; 1 where none is."""
    if not written or not written.isdecimal():
        return 1
    return min(int(written), most) if len(written) < 10 else most


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
            pieces.append(" " * _count(attribute(element, "c"), _MAX_SPACES))
        elif kind in {"tab", "line-break"}:
            pieces.append("\t" if kind == "tab" else "\n")
        elif kind:
            pieces.append(element.text or "")
            todo.extend(reversed(element))
    return "".join(pieces)
