"""Documents of word processors, spreadsheets and books: words, speakers, times; nothing deleted or hidden is said."""

import datetime
import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from corpus import Document, SourceEmpty, SourceNotText, SourceTooLarge, SourceUnreadable, load

Said = list[tuple[str | None, str, int | None]]
TALK = [("Ngozi", "When did it open?", 3000), ("Pieter", "In 1998, I think.", 8000), ("Ngozi", "Who baked?", 65_000)]
TIMED_ROWS = [["00:03", "Ngozi", "When did it open?"], ["00:08", "Pieter", "In 1998, I think."]]
TIMED_ROWS += [["01:05", "Ngozi", "Who baked?"]]
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def load_bytes(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return load(folder / name)


def said(document: Document) -> Said:
    return [(turn.speaker, document.text[turn.start : turn.end], turn.start_ms) for turn in document.turns]


def make_zip(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def make_odt(body: str, **parts: str) -> bytes:
    """An OpenDocument text as LibreOffice writes one, with this in its body."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{ODF}:office:1.0" '
        f'xmlns:text="{ODF}:text:1.0" xmlns:table="{ODF}:table:1.0"><office:body><office:text>{body}</office:text>'
        "</office:body></office:document-content>"
    )
    return make_zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **parts})


def make_docx(table: list[list[str]]) -> bytes:
    document = docx.Document()
    grid = document.add_table(rows=len(table), cols=len(table[0]))
    for row, cells in zip(grid.rows, table, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def make_xlsx(*sheets: list[list[object]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for rows in sheets:
        sheet = workbook.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_a_word_table_without_a_head(tmp_path: Path) -> None:
    assert said(load_bytes(tmp_path, "talk.docx", make_docx(TIMED_ROWS))) == TALK


def test_an_opendocument_text(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>never</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:h>A talk</text:h>"
        "<text:p>Ngozi: When<text:s text:c='2'/>did <text:span>it<text:note><text:note-body><text:p>A note.</text:p>"
        "</text:note-body></text:note> open</text:span>?</text:p><text:list><text:list-item><text:p>Pieter: In"
        "<text:tab/>1998.</text:p></text:list-item></text:list><text:section>"
        "<text:p>Ngozi: Who?</text:p></text:section>"
    )
    document = load_bytes(tmp_path, "talk.odt", make_odt(body))
    assert said(document) == [
        (None, "A talk", None),
        ("Ngozi", "When  did it open?", None),
        ("Pieter", "In\t1998.", None),
        ("Ngozi", "Who?", None),
    ]


def test_a_table_in_an_opendocument_text(tmp_path: Path) -> None:
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for row in [["Time code", "Speaker", "Verbatim transcript"], *TIMED_ROWS]
    )
    body = f"<text:p>Call of 3 May</text:p><table:table>{rows}</table:table>"
    document = load_bytes(tmp_path, "talk.odt", make_odt(body))
    assert said(document) == [(None, "Call of 3 May", None), *TALK]
    assert document.turns[0].kind == "narration"


def test_an_opendocument_text_that_is_locked_or_empty(tmp_path: Path) -> None:
    locked = make_odt("", **{"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"})
    with pytest.raises(SourceUnreadable, match=r"talk\.odt is encrypted; save a copy without a password"):
        load_bytes(tmp_path, "talk.odt", locked)
    with pytest.raises(SourceEmpty, match=r"talk\.odt has no words in it"):
        load_bytes(tmp_path, "talk.odt", make_odt("<text:p/>"))


def test_entities_in_an_opendocument_text_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET", encoding="utf-8")
    content = (
        f'<!DOCTYPE x [<!ENTITY file SYSTEM "{(tmp_path / "secret").as_uri()}"><!ENTITY ha "haha">]>'
        f'<o:document xmlns:o="{ODF}:office:1.0" xmlns:t="{ODF}:text:1.0"><o:text>'
        "<t:p>Ngozi: Who&file;&ha; baked?</t:p><t:p>Pieter: My sister.</t:p></o:text></o:document>"
    )
    data = make_zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})
    document = load_bytes(tmp_path, "talk.odt", data)
    assert said(document) == [("Ngozi", "Who baked?", None), ("Pieter", "My sister.", None)]


RTF = (
    r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}{\colortbl;\red0;}"
    r"{\*\generator Word;}{\info{\title Secret}}{\header Page head\par}"
    r"Ngozi: Quand le caf\'e9 ouvre-t-il\u8239? ?\par \pard Pieter: In 1998{\deleted  or 1999}\v hidden\v0 ."
    r"{\footnote A note.} \ldblquote So\rdblquote\~it was.\par "
    r'Ngozi: {\field{\*\fldinst{HYPERLINK "http://example.org"}}{\fldrslt Who}} baked \u-10179?\u-8704??'
    r" {\pict\pngblip 89504e47}{\f1 \'cf\'f0\'e8}\par}trailing"
)


def test_rich_text(tmp_path: Path) -> None:
    assert said(load_bytes(tmp_path, "talk.rtf", RTF.encode("ascii"))) == [
        ("Ngozi", "Quand le café ouvre-t-il\u202f ?", None),
        ("Pieter", "In 1998. “So”\u00a0it was.", None),
        ("Ngozi", "Who baked 😀? При", None),
    ]


def test_a_table_in_rich_text_and_its_content_under_another_name(tmp_path: Path) -> None:
    rows = "".join(rf"\trowd\cellx1\cellx2\cellx3\intbl {a}\cell {b}\cell {c}\cell\row " for a, b, c in TIMED_ROWS)
    data = rf"{{\rtf1 Call of 3 May\par {rows}\pard\par}}".encode()
    assert said(load_bytes(tmp_path, "talk.doc", data)) == [(None, "Call of 3 May", None), *TALK]


def test_binary_data_in_rich_text_is_jumped_over(tmp_path: Path) -> None:
    data = b"{\\rtf1 Ngozi: Who?\\par {\\*\\x\\bin5 }}}{{}Pieter: Me.\\par Ngozi: You?\\par}"
    assert [speaker for speaker, *_ in said(load_bytes(tmp_path, "talk.rtf", data))] == ["Ngozi", "Pieter", "Ngozi"]


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        (["Start", "Speaker", "Text"], datetime.time(0, 0, 3), datetime.timedelta(seconds=8)),
        (["start_ms", "speakerLabel", "utterance"], 3000, 8000),
        (["Onset (s)", "Participant", "Response"], 3.0, "8"),
    ],
    ids=["times of Excel", "milliseconds", "seconds"],
)
def test_a_workbook(tmp_path: Path, header: list[object], first: object, second: object) -> None:
    rows: list[list[object]] = [
        ["Interview 3"],
        [],
        header,
        [first, "Ngozi", "When did it open?"],
        [second, "Pieter", "In 1998, I think."],
    ]
    data = make_xlsx([["Legend"], ["x", "y"]], rows)
    assert said(load_bytes(tmp_path, "talk.xlsx", data)) == TALK[:2]


def test_a_workbook_without_a_transcript_or_with_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceNotText, match=r"sums\.xlsx is a workbook without a transcript; expected is a sheet with"):
        load_bytes(tmp_path, "sums.xlsx", make_xlsx([["Year", "Sum"], [2024, 5], [2025, 6]]))
    monkeypatch.setattr("corpus.formats.xlsx.MAX_ROWS", 2)
    with pytest.raises(SourceTooLarge, match=r"long\.xlsx has more than 2 rows, more than a transcript"):
        load_bytes(tmp_path, "long.xlsx", make_xlsx([["speaker", "text"], ["A", "One."], ["B", "Two."]]))


def make_epub(chapters: dict[str, str]) -> bytes:
    items = "".join(
        f'<item id="c{number}" href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    order = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>Bread talks</dc:title></metadata><manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    pages = {f"OEBPS/{name}": f"<html><body>{body}</body></html>" for name, body in chapters.items()}
    parts = {"META-INF/container.xml": container, "OEBPS/content.opf": package, **pages}
    return make_zip({"mimetype": "application/epub+zip", **parts})


def test_a_book_is_its_chapters_in_order(tmp_path: Path) -> None:
    chapters = {
        "one two.xhtml": "<h1>One</h1><p><b>Ngozi:</b> When did it open?</p><p><b>Pieter:</b> In 1998.</p>",
        "b.xhtml": "<h1>Two</h1><p><b>Ngozi:</b> Who baked?</p><p><b>Pieter:</b> My sister.</p>",
        "cover.xhtml": "<img src='x.png'/>",
    }
    document = load_bytes(tmp_path, "talk.epub", make_epub(chapters))
    assert [(turn.speaker, document.text[turn.start : turn.end]) for turn in document.turns] == [
        (None, "One"),
        ("Ngozi", "When did it open?"),
        ("Pieter", "In 1998."),
        (None, "Two"),
        ("Ngozi", "Who baked?"),
        ("Pieter", "My sister."),
    ]
    assert document.title == "Bread talks"


def test_a_book_of_pictures(tmp_path: Path) -> None:
    with pytest.raises(SourceEmpty, match=r"talk\.epub is a book without text, perhaps of pictures of pages; run OCR"):
        load_bytes(tmp_path, "talk.epub", make_epub({"a.xhtml": "<img src='x.png'/>"}))


@pytest.mark.parametrize("kind", ["odt", "xlsx", "epub"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, kind: str) -> None:
    made = {"odt": make_odt("<text:p>Hello.</text:p>"), "epub": make_epub({"a.xhtml": "<p>Hi.</p>"})}
    out = io.BytesIO(made.get(kind, make_xlsx([["speaker", "text"]])))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.xml", b" " * 70_000_000)
    with pytest.raises(SourceTooLarge, match=rf"bomb\.{kind} unpacks to 7\d,\d+,\d+ bytes in \d+ parts, more"):
        load_bytes(tmp_path, f"bomb.{kind}", out.getvalue())
