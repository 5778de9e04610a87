"""Which format a file is in, by its content and then its name, and the reader for it."""

import re
from collections.abc import Callable
from pathlib import PurePath

from corpus.encoding import decode
from corpus.errors import SourceNotText, SourceUnreadable
from corpus.formats.extract import Extract
from corpus.formats.known import FORMATS, READABLE, find_refusal, refuse_by_name

_SUFFIXES_OF = {known.name: frozenset(known.suffixes) for known in FORMATS}
_HTML_SUFFIXES = _SUFFIXES_OF["html"]
_JSON_SUFFIXES = _SUFFIXES_OF["json"] | _SUFFIXES_OF["json3"] | _SUFFIXES_OF["otr"]
_CAPTION_SUFFIXES = _SUFFIXES_OF["vtt"] | _SUFFIXES_OF["srt"] | _SUFFIXES_OF["sbv"]
_TABLE_SUFFIXES = _SUFFIXES_OF["csv"] | _SUFFIXES_OF["tsv"]
# Text is sometimes saved under the name of a Word document.
_TEXT_SUFFIXES = _SUFFIXES_OF["text"] | _SUFFIXES_OF["md"] | {"", ".doc"}
_XML_SUFFIXES = frozenset(suffix for name in ("ttml", "srv", "trs", "eaf", "tei") for suffix in _SUFFIXES_OF[name]) | {
    ".exb"
}

# The PDF header may stand a little after the beginning.
_PDF_HEADER_BYTES = 1024
_XML_START = re.compile(
    rb"[\xef\xbb\xbf\s]*<(?:\?xml|!DOCTYPE\s+(?!html)|tt\b|Trans\b|TEI\b|timedtext\b)", re.IGNORECASE
)

Reader = Callable[[], Extract]


def read(data: bytes, name: str) -> tuple[str, Extract]:
    """The format of a file ("text", "vtt", "pdf", …) and what its reader takes out of it.

    :param name: the file's path or name; its ending decides only where the content leaves it open.
    :raises CorpusError: when it is in no format that is read, damaged, protected, too large or empty.
    """
    format_name, reader = _find_reader(data, name, PurePath(name).suffix.lower())
    return format_name, reader()


def find_format(data: bytes, name: str) -> str:
    """The format of a file, without reading it; raises as `read`."""
    return _find_reader(data, name, PurePath(name).suffix.lower())[0]


def _find_reader(data: bytes, name: str, suffix: str) -> tuple[str, Reader]:
    # Each reader is imported when it is needed: text must not wait for a PDF library.
    if b"%PDF-" in data[:_PDF_HEADER_BYTES]:
        from corpus.formats.pdf import read_pdf

        return "pdf", lambda: read_pdf(data, name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _find_zip_reader(data, name, suffix)
    if data[:20].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        from corpus.formats.rtf import read_rtf

        return "rtf", lambda: read_rtf(data, name)
    if (reason := find_refusal(data, name)) is not None:
        raise SourceNotText(f"{name}: {reason}")
    if suffix in _XML_SUFFIXES or _XML_START.match(data[:1000]):
        found = _find_xml_reader(data, name, suffix)
        if found is not None:
            return found
    return _find_text_reader(data, name, suffix)


def _find_zip_reader(data: bytes, name: str, suffix: str) -> tuple[str, Reader]:
    from corpus.formats.zipped import find_zip_kind

    kind = find_zip_kind(data)
    if suffix == ".docm":
        raise refuse_by_name(name)
    if kind == "docx":
        from corpus.formats.docx import read_docx

        return kind, lambda: read_docx(data, name)
    if kind == "odt":
        from corpus.formats.odt import read_odt

        return kind, lambda: read_odt(data, name)
    if kind == "epub":
        from corpus.formats.epub import read_epub

        return kind, lambda: read_epub(data, name)
    if kind == "xlsx":
        from corpus.formats.xlsx import read_xlsx

        return kind, lambda: read_xlsx(data, name)
    if kind is None:
        raise SourceUnreadable(f"{name} is damaged: it is cut off or was not copied whole; save or download it again")
    if kind != "zip":
        raise refuse_by_name(name, f".{kind}")
    raise SourceNotText(f"{name}: this is an archive: unpack it, and give the transcripts in it; {READABLE} are read")


def _find_xml_reader(data: bytes, name: str, suffix: str) -> tuple[str, Reader] | None:
    """The reader by the name of the outermost element; None for a page, and for text that is not XML after all."""
    from corpus.formats.xml import find_root_name, parse_xml

    root_name = find_root_name(data)
    if root_name is None and suffix not in _XML_SUFFIXES:
        return None
    if root_name in {"html", "HTML"}:
        return None
    if root_name == "Trans":
        from corpus.formats.trs import read_trs

        return "trs", lambda: read_trs(data, name)
    if root_name == "tt":
        from corpus.formats.ttml import read_ttml

        return "ttml", lambda: read_ttml(parse_xml(data, name, "its program"), name)
    if root_name in {"timedtext", "transcript"}:
        from corpus.formats.srv import read_srv

        return "srv", lambda: read_srv(parse_xml(data, name, "its program"), name)
    if root_name == "ANNOTATION_DOCUMENT":
        from corpus.formats.eaf import read_eaf

        return "eaf", lambda: read_eaf(parse_xml(data, name, "ELAN"), name)
    if root_name in {"TEI", "TEI.2", "teiCorpus"}:
        from corpus.formats.tei import read_tei

        return "tei", lambda: read_tei(parse_xml(data, name, "its program"), name)
    if suffix in _XML_SUFFIXES - {".xml"} and root_name is None:
        raise SourceUnreadable(f"{name} is damaged: it is no XML; save it from its program again")
    if suffix == ".exb":
        raise refuse_by_name(name)
    raise SourceNotText(
        f"{name} is XML of a kind that is not read (<{root_name}>); TEI, TTML, ELAN, Transcriber and YouTube's are; "
        "export the transcript as one of these or as text"
    )


def _find_text_reader(data: bytes, name: str, suffix: str) -> tuple[str, Reader]:
    from corpus.formats.captions import read_captions
    from corpus.formats.chat import is_chat, read_chat
    from corpus.formats.csv import is_csv, read_csv
    from corpus.formats.cues import has_header, is_captions
    from corpus.formats.json_exports import parse_json, read_json
    from corpus.formats.markdown import find_table, read_with_table

    text = decode(data, name)
    if suffix in _HTML_SUFFIXES or _looks_like_html(text):
        from corpus.formats.html import read_html
        from corpus.formats.html_page import decode_html, is_html

        if suffix in _HTML_SUFFIXES or is_html(text):
            return "html", lambda: read_html(decode_html(data, name), name)
    parsed = parse_json(text)
    if suffix in _JSON_SUFFIXES or parsed is not None:
        return "json", lambda: read_json(parsed, name)
    if suffix in _CAPTION_SUFFIXES or is_captions(text):
        kind = "vtt" if has_header(text) else suffix[1:] if suffix in _CAPTION_SUFFIXES else "srt"
        return kind, lambda: read_captions(text, name)
    if suffix in _SUFFIXES_OF["cha"] or is_chat(text):
        return "cha", lambda: read_chat(text, name)
    table = find_table(text) if suffix in _TEXT_SUFFIXES else None
    if suffix in _TABLE_SUFFIXES or (table is None and is_csv(text)):
        return "csv", lambda: read_csv(text, name)
    if suffix not in _TEXT_SUFFIXES:
        raise refuse_by_name(name)
    from corpus.formats.plain import read_plain

    kind = "md" if suffix in _SUFFIXES_OF["md"] else "text"
    return kind, lambda: read_with_table(text, table) if table is not None else read_plain(text)


def _looks_like_html(text: str) -> bool:
    start = text[:4000].lstrip("\ufeff \t\r\n").lower()
    return start.startswith(("<!doctype", "<html", "<head", "<body", "<?xml", "<!--"))
