"""The formats: which are read, which are refused and why. What is said about formats anywhere is drawn from here."""

from dataclasses import dataclass
from pathlib import PurePath

from corpus.errors import SourceNotText

__all__ = [
    "FORMATS",
    "READABLE",
    "REFUSED_SUFFIXES",
    "SUFFIXES",
    "Format",
    "find_refusal",
    "pass_over",
    "refuse_by_name",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read: its short name, what people call it, and how the names of its files end."""

    name: str
    title: str
    suffixes: tuple[str, ...]


FORMATS = (
    Format("text", "plain text", (".txt", ".text")),
    Format("md", "Markdown", (".md", ".markdown")),
    Format("html", "HTML", (".html", ".htm", ".xhtml")),
    Format("pdf", "PDF", (".pdf",)),
    Format("docx", "Word (.docx)", (".docx",)),
    Format("odt", "OpenDocument (.odt)", (".odt",)),
    Format("rtf", "RTF", (".rtf",)),
    Format("epub", "EPUB", (".epub",)),
    Format("xlsx", "Excel (.xlsx)", (".xlsx", ".xlsm")),
    Format("csv", "CSV", (".csv",)),
    Format("tsv", "TSV", (".tsv", ".tab")),
    Format("vtt", "WebVTT", (".vtt",)),
    Format("srt", "SRT", (".srt",)),
    Format("sbv", "SBV", (".sbv",)),
    Format("ttml", "TTML", (".ttml", ".dfxp")),
    Format("srv", "YouTube's XML (.srv3)", (".srv1", ".srv2", ".srv3")),
    Format("json3", "YouTube's JSON (.json3)", (".json3",)),
    Format("json", "the JSON of speech recognisers", (".json", ".jsonl")),
    Format("otr", "oTranscribe (.otr)", (".otr",)),
    Format("trs", "Transcriber (.trs)", (".trs",)),
    Format("eaf", "ELAN (.eaf)", (".eaf",)),
    Format("cha", "CHAT (.cha)", (".cha",)),
    Format("tei", "TEI", (".tei", ".xml")),
)
SUFFIXES = frozenset(suffix for known in FORMATS for suffix in known.suffixes)
READABLE = f"{', '.join(known.title for known in FORMATS[:-1])} or {FORMATS[-1].title}"

_RECORDING = (
    "this is a recording: have it transcribed (ontherecord index transcribe does so on your own machine; it needs: "
    "pip install 'on-the-record[audio]') and give the transcript"
)
_RECORDING_SUFFIXES = frozenset(
    """.aac .aif .aiff .amr .avi .caf .flac .m4a .m4b .m4v .mid .mka .mkv .mov .mp2 .mp3 .mp4 .mpeg .mpg .oga .ogg .ogv
    .opus .wav .webm .wma .wmv .3gp""".split()
)
# Documents and data that could hold a transcript and are not read: in a folder they are refused, not passed over.
_REFUSED = {
    ".doc": "this is a document of Word 97 to 2003: save it as .docx",
    ".docm": "this is a Word document with macros: save it as .docx",
    ".wpd": "this is a WordPerfect document: save it as .docx",
    ".pages": "this is a Pages document: export it as Word (.docx) or PDF",
    ".numbers": "this is a Numbers spreadsheet: export it as CSV or Excel (.xlsx)",
    ".xls": "this is a workbook of Excel 97 to 2003: save it as .xlsx or CSV",
    ".ods": "this is an OpenDocument spreadsheet: save it as .xlsx or CSV",
    ".odp": "this is a presentation: save its text as a document",
    ".ppt": "this is a presentation: save its text as a document",
    ".pptx": "this is a presentation: save its text as a document",
    ".mobi": "this is a Kindle book: convert it to EPUB",
    ".azw3": "this is a Kindle book: convert it to EPUB",
    ".eml": "this is an e-mail: save the transcript in it as text",
    ".msg": "this is an e-mail: save the transcript in it as text",
    ".mhtml": "this is a page saved as one file (MHTML): save it as HTML, or copy the text out of it",
    ".mht": "this is a page saved as one file (MHTML): save it as HTML, or copy the text out of it",
    ".webarchive": "this is a page saved by Safari: save it as HTML, or copy the text out of it",
    ".textgrid": "this is a Praat TextGrid: import it in ELAN and save it as .eaf",
    ".exb": "this is an EXMARaLDA transcription: export it as TEI or text",
    ".qdpx": "this is a project of a coding program: export the transcripts from it",
}
REFUSED_SUFFIXES = frozenset(_REFUSED)

_EBML, _OLE = b"\x1a\x45\xdf\xa3", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    *((0, magic, _RECORDING) for magic in (b"ID3", b"OggS", b"fLaC", b"RIFF", b"#!AMR", b"caff", b"FORM", _EBML)),
    *((0, magic, _RECORDING) for magic in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")),
    *((4, magic, _RECORDING) for magic in (b"ftypM4A", b"ftypmp4", b"ftypiso", b"ftypqt", b"ftyp")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _RECORDING),
    (0, _OLE, "this is an old Office file such as .doc or .xls, or one with a password: save it as .docx or .xlsx"),
    (0, b"\x1f\x8b", "this is a compressed file: unpack it first"),
    (0, b"7z\xbc\xaf", "this is an archive: unpack it first"),
    (0, b"Rar!", "this is an archive: unpack it first"),
    (0, b"\x89PNG", "this is a picture: run OCR on it first"),
    (0, b"\xff\xd8\xff", "this is a picture: run OCR on it first"),
    (0, b"GIF8", "this is a picture: run OCR on it first"),
    (0, b"II*\0", "this is a picture: run OCR on it first"),
    (0, b"MM\0*", "this is a picture: run OCR on it first"),
    (0, b"SQLite format 3\0", "this is a database: export the transcripts from its program"),
)


def find_refusal(data: bytes, name: str) -> str | None:
    """Why a file with such a beginning is not read, or None where nothing speaks against it."""
    for offset, magic, reason in _MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return _REFUSED.get(_suffix(name), reason) if magic == _OLE else reason
    return None


def refuse_by_name(name: str, suffix: str | None = None) -> SourceNotText:
    """The refusal of a file whose content says nothing, by the end of its name.

    :param suffix: the end that its name should have, where the content says so.
    """
    suffix = suffix or _suffix(name)
    if suffix in _RECORDING_SUFFIXES:
        return SourceNotText(f"{name}: {_RECORDING}")
    if suffix in _REFUSED:
        return SourceNotText(f"{name}: {_REFUSED[suffix]}")
    title = next((known.title for known in FORMATS if suffix in known.suffixes), None)
    if title is not None:
        return SourceNotText(f"{name} is not {title} inside, though it is called so; save it from its program again")
    what = f"a {suffix} file" if suffix else "a file of an unknown kind"
    return SourceNotText(f"{name} is {what}; expected is {READABLE}; save the transcript as one of these")


def pass_over(path: PurePath) -> SourceNotText | None:
    """Why a file in a folder is passed over: its name says that it is no document. None for one to read or refuse."""
    suffix = path.suffix.lower()
    if suffix in SUFFIXES | REFUSED_SUFFIXES:
        return None
    return refuse_by_name(str(path))


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()
