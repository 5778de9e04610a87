"""Which format a file is in, by its content and then its name, and the reader for it."""

from collections.abc import Callable
from pathlib import PurePath

from corpus.encoding import decode
from corpus.errors import SourceNotText
from corpus.formats.extract import Extract

TEXT_SUFFIXES = frozenset({"", ".txt", ".text", ".md", ".markdown"})
CAPTION_SUFFIXES = frozenset({".vtt", ".srt", ".sbv"})
HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
TABLE_SUFFIXES = frozenset({".csv", ".tsv"})
JSON_SUFFIXES = frozenset({".json", ".jsonl"})
SUFFIXES = frozenset(
    TEXT_SUFFIXES | CAPTION_SUFFIXES | HTML_SUFFIXES | TABLE_SUFFIXES | JSON_SUFFIXES | {".pdf", ".docx", ".trs"}
)
# Documents in formats that are not read: in a folder they are named and refused, never passed over in silence.
REFUSED_SUFFIXES = frozenset({".doc", ".rtf", ".odt", ".pages", ".epub", ".xls", ".xlsx"})
EXPECTED = "text, Markdown, HTML, PDF, Word (.docx), WebVTT, SRT, SBV, TRS, CSV or JSON"

# The PDF header may stand a little after the beginning.
_PDF_HEADER_BYTES = 1024
_WHAT_IT_IS: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file such as .doc, or an encrypted one; save it as .docx"),
    (b"{\\rtf", "a rich text file (RTF); save it as .docx or as plain text"),
    (b"PK\x03\x04", "a zip archive and no Word document; unpack it, or save the transcript as .docx or text"),
    (b"PK\x05\x06", "an empty zip archive; give the transcript itself"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"ID3", "a recording; transcribe it first and give the transcript"),
    (b"OggS", "a recording; transcribe it first and give the transcript"),
    (b"RIFF", "a recording; transcribe it first and give the transcript"),
    (b"fLaC", "a recording; transcribe it first and give the transcript"),
    (b"\x89PNG", "a picture; run OCR on it first"),
    (b"\xff\xd8\xff", "a picture; run OCR on it first"),
)


def read(data: bytes, name: str) -> tuple[str, Extract]:
    """The format of a file ("text", "vtt", "pdf", …) and what its reader takes out of it.

    :param name: the file's path or name; its ending decides only where the content leaves it open.
    :raises CorpusError: when it is in no format that is read, damaged, protected, too large or empty.
    """
    format_name, reader = _find_reader(data, name, PurePath(name).suffix.lower())
    return format_name, reader()


def _find_reader(data: bytes, name: str, suffix: str) -> tuple[str, Callable[[], Extract]]:
    # Each reader is imported when it is needed: text must not wait for a PDF library.
    if b"%PDF-" in data[:_PDF_HEADER_BYTES]:
        from corpus.formats.pdf import read_pdf

        return "pdf", lambda: read_pdf(data, name)
    if data.startswith(b"PK"):
        from corpus.formats.docx import is_docx, read_docx

        if is_docx(data):
            return "docx", lambda: read_docx(data, name)
    for magic, what in _WHAT_IT_IS:
        if data.startswith(magic):
            raise SourceNotText(f"{name} is {what}")
    if b"<Trans" in data[:4096] and (suffix == ".trs" or data.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml")):
        from corpus.formats.trs import read_trs

        return "trs", lambda: read_trs(data, name)
    return _find_text_reader(data, name, suffix)


def _find_text_reader(data: bytes, name: str, suffix: str) -> tuple[str, Callable[[], Extract]]:
    from corpus.formats.captions import read_captions
    from corpus.formats.csv import is_csv, read_csv
    from corpus.formats.cues import is_captions
    from corpus.formats.json_exports import parse_json, read_json

    text = decode(data, name)
    if suffix in HTML_SUFFIXES or _looks_like_html(text):
        from corpus.formats.html import decode_html, is_html, read_html

        if suffix in HTML_SUFFIXES or is_html(text):
            return "html", lambda: read_html(decode_html(data, name), name)
    if suffix in JSON_SUFFIXES or parse_json(text) is not None:
        return "json", lambda: read_json(text, name)
    if suffix in CAPTION_SUFFIXES or is_captions(text):
        kind = (
            "vtt" if text.lstrip("\ufeff").startswith("WEBVTT") else suffix[1:] if suffix in CAPTION_SUFFIXES else "srt"
        )
        return kind, lambda: read_captions(text, name)
    if suffix in TABLE_SUFFIXES or is_csv(text):
        return "csv", lambda: read_csv(text, name)
    if suffix not in TEXT_SUFFIXES:
        raise SourceNotText(f"{name} is a {suffix} file; {EXPECTED} is expected; save the transcript as one of these")
    from corpus.formats.plain import read_plain

    return "md" if suffix in {".md", ".markdown"} else "text", lambda: read_plain(text)


def _looks_like_html(text: str) -> bool:
    start = text[:4000].lstrip("\ufeff \t\r\n").lower()
    return start.startswith(("<!doctype", "<html", "<head", "<body", "<?xml", "<!--"))
