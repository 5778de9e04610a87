"""Word documents (DOCX): paragraphs, and transcripts that stand in a table."""

import io
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

import docx
from docx.document import Document as DocxDocument
from lxml import etree

from corpus.errors import SourceUnreadable
from corpus.formats.extract import Extract, clean_text
from corpus.formats.office import HtmlBlock, read_blocks
from corpus.formats.zipped import check_size

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _R = f"{_W}p", f"{_W}r"
T = TypeVar("T")
# What Word and LibreOffice call the styles of block quotes, in the languages of their users.
_QUOTING = re.compile(r"quot|block ?text|zitat|cita|引用|цитата", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off"})
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


def read_docx(data: bytes, name: str) -> Extract:
    """The text of a Word document as it reads with all changes accepted; macros and links are not touched.

    :raises SourceTooLarge: when it unpacks to more than a transcript takes.
    :raises SourceUnreadable: when it is damaged or encrypted.
    """
    return read_blocks(_open(data, name, lambda document: list(_find_blocks(document.element.body))))


def read_docx_paragraphs(data: bytes, name: str) -> list[tuple[str, bool]]:
    """The paragraphs of a Word document in order, those of tables too, and whether the style of each is one of quotes.

    Raises as `read_docx`.
    """
    return _open(data, name, lambda document: list(_find_paragraphs(document)))


def _open(data: bytes, name: str, read: Callable[[DocxDocument], T]) -> T:
    """What `read` takes out of a Word document without its hidden words; whatever goes wrong is said in words."""
    check_size(data, name, "Word")
    try:
        document = docx.Document(io.BytesIO(data))
        _remove_hidden(document.element.body, document.styles.element)
        return read(document)
    except Exception as error:  # a damaged file makes the library raise whatever it stumbles upon
        raise SourceUnreadable(f"{name} is damaged or no Word document; save it from Word again as .docx") from error


def _find_paragraphs(document: DocxDocument) -> Iterator[tuple[str, bool]]:
    quoting = {
        style.get(f"{_W}styleId")
        for style in document.styles.element.iter(f"{_W}style")
        for named in style.iter(f"{_W}name")
        if _QUOTING.search(named.get(f"{_W}val") or "")
    }
    for paragraph in document.element.body.iter(_P):
        if next(paragraph.iterancestors(_P), None) is None and next(paragraph.iterancestors(*_NOT_TEXT), None) is None:
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            yield _read_paragraph(paragraph), style is not None and style.get(f"{_W}val") in quoting


def _find_blocks(parent: etree._Element) -> Iterator[HtmlBlock]:
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
    # A paragraph inside another, as in a text box, is read with that one.
    outermost = (paragraph for paragraph in cell.iter(_P) if next(paragraph.iterancestors(_P), None) is None)
    return clean_text(" ".join(map(_read_paragraph, outermost)))


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


def _remove_hidden(body: etree._Element, styles: etree._Element) -> None:
    """Take out the runs whose words Word does not show, by their own setting or by a style's."""
    hidden = _find_hidden_styles(styles)
    for run in list(body.iter(_R)):
        own = _hides(run)
        paragraph = next(run.iterancestors(_P), None)
        named = {run.find(f"{_W}rPr/{_W}rStyle"), None if paragraph is None else paragraph.find(f"{_W}pPr/{_W}pStyle")}
        by_style = any(style is not None and style.get(f"{_W}val") in hidden for style in named)
        parent = run.getparent()
        if parent is not None and (by_style if own is None else own):
            parent.remove(run)


def _find_hidden_styles(styles: etree._Element) -> set[str | None]:
    """The ids of the styles that hide words, those based on such among them."""
    hidden: set[str | None] = set()
    bases: dict[str | None, list[str | None]] = {}
    for style in styles.iter(f"{_W}style"):
        own, based = _hides(style), style.find(f"{_W}basedOn")
        if own:
            hidden.add(style.get(f"{_W}styleId"))
        elif own is None and based is not None:
            bases.setdefault(based.get(f"{_W}val"), []).append(style.get(f"{_W}styleId"))
    todo = list(hidden)
    while todo:
        for name in bases.pop(todo.pop(), []):
            hidden.add(name)
            todo.append(name)
    return hidden


def _hides(holder: etree._Element) -> bool | None:
    """Whether a run or style hides its words; None where it does not say."""
    vanish = holder.find(f"{_W}rPr/{_W}vanish")
    return None if vanish is None else vanish.get(f"{_W}val") not in _OFF
