"""Answers as a Word document: each quote in a paragraph of its own, with a footnote that cites it."""

import html
import io
import re

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from qa.answers import Citation, introduce
from qa.errors import AnswersInvalid
from qa.exports.places import read_places, show_words, write_places
from qa.exports.records import ExportedAnswers, ExportedPart, ExportedQuote
from qa.safe_text import xml_text

_AUTHOR = "On the Record"
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_PLACES = "urn:on-the-record:places"
_BOOKMARK = "quote_"
_NOTE_TEXT, _NOTE_MARK, _NOTE_MARK_ID = "footnote text", "footnote reference", "FootnoteReference"


def write_word_notes(answers: ExportedAnswers) -> bytes:
    """The document as the bytes of a .docx file."""
    document = docx.Document()
    properties = document.core_properties
    properties.author, properties.title, properties.comments = _AUTHOR, "Quotations", ""
    _add_styles(document)
    document.add_heading("Quotations", level=0)
    document.add_paragraph(xml_text(answers.summary))
    asked = None
    for part in answers.parts:
        if part.question != asked:
            document.add_heading(xml_text(part.question), level=1)
            asked = part.question
        _write_part(document, part)
    if answers.quotes:
        _add_part(document, "/word/footnotes.xml", _FOOTNOTES_TYPE, RELATIONSHIP_TYPE.FOOTNOTES, _make_notes(answers))
    kept = f'<places xmlns="{_PLACES}">{html.escape(write_places(answers), quote=False)}</places>'
    name = document.part.package.next_partname("/customXml/item%d.xml")  # the template has one already
    _add_part(document, name, "application/xml", RELATIONSHIP_TYPE.CUSTOM_XML, kept)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _write_part(document: WordDocument, part: ExportedPart) -> None:
    if part.asked_of is not None:
        document.add_heading(xml_text(part.asked_of), level=2)
    if part.short:
        document.add_paragraph().add_run(xml_text(part.short)).bold = True
    if part.words:
        document.add_paragraph(xml_text(part.words))
    if part.model:
        document.add_paragraph(xml_text(f"Phrased by the language model {part.model}"))
    for exported in part.quotes:
        _write_quote(document, exported)
    if part.quotes and part.probability is not None:
        document.add_paragraph(f"Probability {part.probability:.2f}")
    if part.note:
        document.add_paragraph(xml_text(f"Note: {part.note}"))


def _write_quote(document: WordDocument, exported: ExportedQuote) -> None:
    """The speaker, the words, and the mark of the footnote, which has the quote's number.

    A bookmark is around them all, by which they are found again whatever is changed between its ends.
    """
    paragraph = document.add_paragraph()
    paragraph._p.style = "Quote"  # by its identifier: python-docx looks for long for a style by its name
    _mark(paragraph, "bookmarkStart", exported.number, f"{_BOOKMARK}{exported.number}")
    speaker = paragraph.add_run(xml_text(introduce(exported.quote)))
    speaker.bold, speaker.italic = True, False
    paragraph.add_run(f": “{xml_text(show_words(exported.quote.shown))}”")
    mark = paragraph.add_run()
    mark._r.style = _NOTE_MARK_ID
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), str(exported.number))
    mark._r.append(reference)
    _mark(paragraph, "bookmarkEnd", exported.number)


def _mark(paragraph: Paragraph, kind: str, number: int, name: str | None = None) -> None:
    mark = OxmlElement(f"w:{kind}")
    mark.set(qn("w:id"), str(number))
    if name is not None:
        mark.set(qn("w:name"), name)
    paragraph._p.append(mark)


def _make_notes(answers: ExportedAnswers) -> str:
    """The part with the footnotes; Word wants the two lines that part them from the text among them."""
    notes = [
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{mark}/></w:r></w:p></w:footnote>'
        for number, kind, mark in (
            (-1, "separator", "separator"),
            (0, "continuationSeparator", "continuationSeparator"),
        )
    ]
    notes += [
        f'<w:footnote w:id="{exported.number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
        '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {html.escape(xml_text(exported.citation))}</w:t></w:r></w:p></w:footnote>'
        for exported in answers.quotes
    ]
    return f'<w:footnotes xmlns:w="{_NAMESPACE}">{"".join(notes)}</w:footnotes>'


def _add_styles(document: WordDocument) -> None:
    """The styles of footnotes, which the template of python-docx lacks."""
    styles = document.styles
    text = styles.add_style(_NOTE_TEXT, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    text.base_style, text.font.size = styles["Normal"], Pt(9)
    text.paragraph_format.space_after = Pt(2)
    styles.add_style(_NOTE_MARK, WD_STYLE_TYPE.CHARACTER, builtin=True).font.superscript = True
    for style, style_id in ((text, "FootnoteText"), (styles[_NOTE_MARK], _NOTE_MARK_ID)):
        style.element.set(qn("w:styleId"), style_id)


def _add_part(document: WordDocument, name: str, content_type: str, relation: str, text: str) -> None:
    declared = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()
    part = Part(PackURI(name), content_type, declared, document.part.package)
    document.part.relate_to(part, relation)


def read_word_notes(data: bytes) -> list[Citation]:
    """The quotes as they stand in it, changes that are tracked taken as accepted.

    :raises AnswersInvalid: when it is none that this program wrote.
    """
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:
        raise AnswersInvalid(f"it is no Word document ({type(error).__name__}); give one that was exported") from error
    words, speakers = {}, {}
    for number, said in _read_bookmarks(document).items():
        speaker, colon, rest = said.partition(": “")
        words[number] = rest.rpartition("”")[0] if colon else said
        if colon:
            speakers[number] = speaker
    return read_places(_find_places(document), words, speakers, _show, "Word")


def _read_bookmarks(document: WordDocument) -> dict[int, str]:
    """The text within the bookmarks of quotes, by their numbers."""
    texts: dict[int, str] = {}
    begun: dict[str | None, int] = {}
    for element in document.element.body.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"), qn("w:r")):
        if element.tag == qn("w:bookmarkStart"):
            named = re.fullmatch(rf"{_BOOKMARK}(\d{{1,6}})", element.get(qn("w:name")) or "")
            if named is not None:
                begun[element.get(qn("w:id"))] = int(named[1])
                texts[int(named[1])] = ""
        elif element.tag == qn("w:bookmarkEnd"):
            begun.pop(element.get(qn("w:id")), None)
        else:
            for number in begun.values():
                texts[number] += Run(element, Paragraph(element.getparent(), document._body)).text
    return texts


def _find_places(document: WordDocument) -> str:
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.CUSTOM_XML and not relation.is_external:
            text = relation.target_part.blob.decode("utf-8", errors="replace")
            kept = re.search(rf'<(?:\w+:)?places xmlns(?::\w+)?="{_PLACES}">(.*?)</(?:\w+:)?places>', text, re.DOTALL)
            if kept is not None:
                return html.unescape(kept[1])
    raise AnswersInvalid("it has no places of quotes in it; give a Word document that was exported here")


def _show(text: str) -> str:
    return xml_text(show_words(text))
