"""What is refused, and why: each reason is the true one and says what to do; every format has a reader."""

import io
import zipfile
from pathlib import Path, PurePath

import pytest

from corpus import CorpusError, SourceEmpty, SourceNotText, SourceUnreadable, load
from corpus.formats.known import FORMATS, READABLE, REFUSED_SUFFIXES, SUFFIXES, pass_over

TALK = "Ann: Who built it?\nBob: My father.\nAnn: Alone?\n"


def make_zip(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"
ODF = "application/vnd.oasis.opendocument"
RECORDING = "this is a recording: have it transcribed"
REFUSALS: list[tuple[str, bytes, type[CorpusError], str]] = [
    (
        "a.doc",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
        SourceNotText,
        "this is a document of Word 97 to 2003: save it as",
    ),
    (
        "a.xls",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
        SourceNotText,
        "this is a workbook of Excel 97 to 2003: save it",
    ),
    (
        "a.bin",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
        SourceNotText,
        "an old Office file such as .doc or .xls, or one with",
    ),
    ("a.zip", make_zip(talk_dot_txt=TALK), SourceNotText, "this is an archive: unpack it, and give the transcripts"),
    ("a.docx", b"PK\x03\x04rest", SourceUnreadable, "a.docx is damaged: it is cut off or was not copied whole"),
    ("a.odt", b"PK\x03\x04rest", SourceUnreadable, "a.odt is damaged: it is cut off or was not copied whole"),
    (
        "a.odt",
        make_zip(mimetype=f"{ODF}.text"),
        SourceUnreadable,
        "damaged: its text is miss",
    ),
    (
        "a.ods",
        make_zip(mimetype=f"{ODF}.spreadsheet"),
        SourceNotText,
        "OpenDocument spreadsheet",
    ),
    ("a.pages", make_zip(Index__Document_dot_iwa=""), SourceNotText, "this is a Pages document: export it as Word"),
    ("a.pptx", make_zip(ppt__presentation_dot_xml=""), SourceNotText, "this is a presentation: save its text"),
    ("a.docx", make_zip(ppt__presentation_dot_xml=""), SourceNotText, "this is a presentation: save its text"),
    ("a.docm", make_zip(word__document_dot_xml=""), SourceNotText, "this is a Word document with macros: save it as"),
    ("a.prproj", b"Hello there.", SourceNotText, "a.prproj is a .prproj file; expected is plain text, Markdown, HTML"),
    ("a.epub", make_zip(mimetype="application/epub+zip"), SourceUnreadable, "it does not say what its chapters are"),
    ("a.xlsx", make_zip(xl__workbook_dot_xml="<workbook/>"), SourceUnreadable, "a.xlsx is damaged or no workbook"),
    ("a.rtf", b"Hello there.", SourceNotText, "a.rtf is not RTF inside, though it is called so; save"),
    ("a.pdf", b"Hello there.", SourceNotText, "a.pdf is not PDF inside, though it is called so; save"),
    ("a.mp3", b"\xff\xfb\x90\x64\0\0", SourceNotText, RECORDING),
    ("a.mp3", b"ID3\x03rest", SourceNotText, RECORDING),
    ("a.m4a", b"\0\0\0\x20ftypM4A \0\0", SourceNotText, RECORDING),
    ("a.mp4", b"\0\0\0\x20ftypisom\0\0", SourceNotText, RECORDING),
    ("a.wav", b"RIFF\0\0\0\0WAVEfmt ", SourceNotText, RECORDING),
    ("a.webm", b"\x1a\x45\xdf\xa3\x01", SourceNotText, RECORDING),
    ("talk", b"OggS\0\x02", SourceNotText, RECORDING),
    ("a.gz", b"\x1f\x8b\x08", SourceNotText, "this is a compressed file: unpack it first"),
    ("a.png", b"\x89PNG\r\n\x1a\n", SourceNotText, "this is a picture: run OCR on it first"),
    (
        "a.eml",
        b"From: a@example.org\n\nAnn: Hi.\n",
        SourceNotText,
        "this is an e-mail: save the transcript in it as text",
    ),
    ("a.mhtml", b"MIME-Version: 1.0\n", SourceNotText, "this is a page saved as one file"),
    ("a.TextGrid", b'File type = "ooTextFile"\n', SourceNotText, "this is a Praat TextGrid: import it in ELAN"),
    ("a.exb", b"<?xml version='1.0'?><basic-transcription/>", SourceNotText, "this is an EXMARaLDA transcription"),
    (
        "a.xml",
        b"<?xml version='1.0'?><rss/>",
        SourceNotText,
        "a.xml is XML of a kind that is not read (<rss>); TEI",
    ),
    ("a.eaf", b"<A:B:C/>", SourceNotText, "a.eaf is XML of a kind that is not read (<A:B:C>)"),
    ("a.vtt", b"\xef\xbb\xbf", SourceNotText, "a.vtt has no caption: a line such as 00:00:01.000"),
    ("a.eaf", b"Hello there.", SourceUnreadable, "a.eaf is damaged: it is no XML; save it from its program again"),
    ("a.eaf", b"<ANNOTATION_DOCUMENT/>", SourceEmpty, "a.eaf has no annotation with words"),
    ("a.ttml", b"<tt><body><div>", SourceUnreadable, "a.ttml is damaged: "),
    ("a.ttml", b"<tt><body/></tt>", SourceEmpty, "a.ttml has no caption with words"),
    ("a.srv3", b"<timedtext/>", SourceEmpty, "a.srv3 has no caption with words"),
    ("a.tei", b"<TEI><text><p>Prose.</p></text></TEI>", SourceNotText, "a.tei is TEI without utterances"),
    ("a.cha", b"@UTF8\n@Begin\n@End\n", SourceEmpty, "a.cha has no speaker's line (*ABC:) with words"),
    ("a.json3", b'{"events": [{"tStartMs": 0}]}', SourceEmpty, "a.json3 has no caption with words"),
]


@pytest.mark.parametrize(("name", "data", "error", "words"), REFUSALS, ids=[f"{r[0]}: {r[3][:30]}" for r in REFUSALS])
def test_a_refusal_names_the_file_and_the_real_reason(
    tmp_path: Path, name: str, data: bytes, error: type[CorpusError], words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(error) as refusal:
        load(tmp_path / name)
    assert words in str(refusal.value)
    assert str(tmp_path / name) in str(refusal.value)


def test_what_is_said_about_formats_names_every_one_that_is_read() -> None:
    assert READABLE.startswith("plain text, Markdown, HTML, PDF, Word (.docx), OpenDocument (.odt), RTF, EPUB, Excel")
    assert READABLE.endswith("CHAT (.cha) or TEI")
    documented = (Path(__file__).parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
    for known in FORMATS:
        assert known.title in READABLE
        assert f"`{known.suffixes[0]}`" in documented
    assert len(SUFFIXES) == sum(len(known.suffixes) for known in FORMATS)
    assert not SUFFIXES & REFUSED_SUFFIXES


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("talk.docx", None),
        ("talk.DOC", None),
        ("talk.wav", "talk.wav: this is a recording"),
        ("program.py", "program.py is a .py file; expected is plain text"),
        ("Makefile", "Makefile is a file of an unknown kind; expected is plain text"),
    ],
)
def test_a_folder_passes_over_what_is_no_document(name: str, reason: str | None) -> None:
    found = pass_over(PurePath(name))
    assert (found is None) if reason is None else str(found).startswith(reason)


def test_text_under_the_name_of_a_word_document_is_text(tmp_path: Path) -> None:
    (tmp_path / "talk.doc").write_text(TALK, encoding="utf-8")
    assert load(tmp_path / "talk.doc").text == TALK
