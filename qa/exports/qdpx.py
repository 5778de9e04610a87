"""Answers as a REFI-QDA project: sources as plain text, a code a question, a selection a quote.

The exchange format of the programs for qualitative analysis (www.qdasoftware.org, Project.xsd of 18 March 2019). The
text of a source goes in unchanged, so that the positions, in code points, are those of the quotes; who opens it as text
must not join the two characters of a line break of Windows.
"""

import io
import re
import uuid
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from lxml import etree

from corpus import Document, hash_text, one_line
from qa.answers import Citation, citation_from_dict
from qa.errors import AnswersInvalid
from qa.exports.places import without_corrections
from qa.exports.records import ExportedAnswers, ExportedQuote
from qa.safe_text import xml_text

NAMESPACE = "urn:QDA-XML:project:1.0"
_PROJECT, _SOURCES = "project.qde", "Sources"
_ORIGIN = "On the Record"
# Names of ours, from which the same export gets the same identifiers at any time and place.
_FAMILY = uuid.UUID("b7d4a6b0-6c0e-5a53-9f43-3f3f6a2c9d51")
_USER = str(uuid.uuid5(_FAMILY, "user"))
_NAME_CHARS = 80
# In the description of a source: the name under which it is indexed.
_DOC_ID = re.compile(r"^doc_id: (?P<doc_id>.+)$", re.MULTILINE)


def write_qdpx(answers: ExportedAnswers) -> bytes:
    """The project as the bytes of a .qdpx file."""
    made_at = answers.made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    project = Element(
        "Project",
        {
            **{"xmlns": NAMESPACE, "name": "Quotations", "origin": _ORIGIN},
            **{"creatingUserGUID": _USER, "creationDateTime": made_at},
        },
    )
    SubElement(SubElement(project, "Users"), "User", {"guid": _USER, "name": _ORIGIN})
    codes = SubElement(SubElement(project, "CodeBook"), "Codes")
    for question in dict.fromkeys(part.question for part in answers.parts):
        name = _unique_code_name(question, codes)
        code = SubElement(codes, "Code", {"guid": _guid("code", question), "name": name, "isCodable": "true"})
        SubElement(code, "Description").text = xml_text(question)
    if answers.documents:
        sources = SubElement(project, "Sources")
        names = _name_sources(answers)
        chosen = defaultdict(list)
        for exported in answers.quotes:
            chosen[exported.quote.doc_id].append(exported)
        for doc_id, document in answers.documents.items():
            sources.append(_make_source(document, names[doc_id], chosen[doc_id], made_at))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_PROJECT, ElementTree.tostring(project, encoding="utf-8", xml_declaration=True))
        for document in answers.documents.values():
            archive.writestr(f"{_SOURCES}/{_guid('source', document.doc_id)}.txt", document.text.encode())
    return written.getvalue()


def _make_source(document: Document, name: str, chosen: list[ExportedQuote], made_at: str) -> Element:
    guid = _guid("source", document.doc_id)
    made = {"creatingUser": _USER, "creationDateTime": made_at}
    source = Element("TextSource", {"guid": guid, "name": name, "plainTextPath": f"internal://{guid}.txt", **made})
    SubElement(source, "Description").text = f"doc_id: {xml_text(document.doc_id)}\nsha256: {document.sha256}"
    spans = {(each.quote.start, each.quote.end, each.question): each for each in chosen}
    for (start, end, question), exported in sorted(spans.items(), key=lambda item: item[0]):
        key = f"{document.doc_id}\n{start}\n{end}\n{question}"
        selection = SubElement(
            source,
            "PlainTextSelection",
            {
                **{"guid": _guid("selection", key), "name": xml_text(one_line(exported.quote.text, _NAME_CHARS))},
                **{"startPosition": str(start), "endPosition": str(end), **made},
            },
        )
        corrected = exported.quote.corrected
        said = [f"Corrected: {corrected}" if corrected is not None else "", exported.citation]
        said += [f"Note: {exported.note}"] if exported.note else []
        SubElement(selection, "Description").text = xml_text("\n".join(filter(None, said)))
        coding = SubElement(selection, "Coding", {"guid": _guid("coding", key), **made})
        SubElement(coding, "CodeRef", {"targetGUID": _guid("code", question)})
    return source


def _name_sources(answers: ExportedAnswers) -> dict[str, str]:
    """The titles, and with its own name each that shares its title: programs take sources of one name for one."""
    titles = {doc_id: xml_text(one_line(document.title)) for doc_id, document in answers.documents.items()}
    counts = Counter(titles.values())
    return {doc_id: f"{title} ({xml_text(doc_id)})" if counts[title] > 1 else title for doc_id, title in titles.items()}


def _unique_code_name(question: str, codes: Element) -> str:
    """The question as the name of a code, cut, and numbered where another one begins the same."""
    name = xml_text(one_line(question, _NAME_CHARS)) or "question"
    taken = {code.get("name") for code in codes}
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def _guid(kind: str, key: str) -> str:
    return str(uuid.uuid5(_FAMILY, f"{kind}\n{key}"))


def read_qdpx(data: bytes) -> list[Citation]:
    """The selections of a project's text sources, as it has them now; what it does not say is not claimed.

    A source is known by the `doc_id` in its description, or else by its name.

    :raises AnswersInvalid: when it is none, or a selection lies outside of its source.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            project = etree.fromstring(archive.read(_PROJECT), parser)
            folders = {name.casefold(): name for name in archive.namelist()}
            return [
                citation
                for source in project.iter(f"{{{NAMESPACE}}}TextSource")
                for citation in _read_source(source, archive, folders)
            ]
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, etree.XMLSyntaxError, RuntimeError) as error:
        raise AnswersInvalid(f"it is no REFI-QDA project ({error}); export it again as .qdpx") from error


def _read_source(source: etree._Element, archive: zipfile.ZipFile, files: dict[str, str]) -> Iterator[Citation]:
    selections = source.findall(f"{{{NAMESPACE}}}PlainTextSelection")
    if not selections:
        return
    path = (source.get("plainTextPath") or "").removeprefix("internal://")
    named = files.get(f"{_SOURCES}/{path}".casefold())
    content = source.findtext(f"{{{NAMESPACE}}}PlainTextContent")
    if named is None and content is None:
        raise AnswersInvalid(f"the source {one_line(source.get('name') or '?', 60)!r} has no plain text in the project")
    text = archive.read(named).decode("utf-8") if named is not None else str(content)
    described = _DOC_ID.search(source.findtext(f"{{{NAMESPACE}}}Description") or "")
    doc_id = described["doc_id"].strip() if described else source.get("name") or ""
    for selection in selections:
        start, end = (_position(selection.get(name)) for name in ("startPosition", "endPosition"))
        if not 0 <= start < end <= len(text):
            raise AnswersInvalid(f"a selection {start}-{end} does not lie in a source of {len(text)} characters")
        record = {"cited_text": text[start:end], "doc_id": doc_id, "source_sha256": hash_text(text)}
        place = {"start_char_index": start, "end_char_index": end}
        yield without_corrections(citation_from_dict({**record, **place}))


def _position(written: str | None) -> int:
    return int(written) if written is not None and re.fullmatch(r"\d{1,12}", written) else -1
