"""HTML, PDF and Word: the main text only, pages kept, nothing run or fetched, bombs and locks refused."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader, PdfWriter

from corpus import Document, SourceEmpty, SourceTooLarge, SourceUnreadable, load
from corpus.formats.pdf import MAX_SECONDS, read_pdf

ARTICLE = """<!doctype html><html><head><title>A port opens | The Paper</title><script>var Ann = "Ann: no";</script>
<style>p {}</style></head><body><header><p>The Paper: Monday: news</p></header>
<nav><ul><li>Home</li><li>World</li></ul></nav>
<div class="cookie-consent"><p>We use cookies.</p></div>
<article><h1>A port opens</h1><p>Our reporter met the engineer.</p>
<p><strong>GT:</strong> When does it
   open?</p><p><b>Ann</b>: In&nbsp;November,<br>they&#8217;d say.</p>
<aside><p>Read more: trade</p></aside><p>GT: And then?</p><p>Ann: We <em>wait</em>.</p></article>
<div id="comments"><p>Bob: First!</p></div><footer><p>© The Paper</p></footer></body></html>"""


def load_bytes(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return load(folder / name)


def said(document: Document) -> list[tuple[str | None, str]]:
    return [(turn.speaker, document.text[turn.start : turn.end]) for turn in document.turns]


def make_pdf(pages: list[list[str]]) -> bytes:
    """A PDF with these lines of Latin text on its pages."""
    shown = [b"".join(b"(%s) Tj T* " % escape(line) for line in lines) for lines in pages]
    return write_pdf([b"BT /F1 10 Tf 12 TL 50 800 Td " + page + b"ET" for page in shown])


def make_placed_pdf(placed: list[tuple[int, int, str]]) -> bytes:
    """A PDF of one page with each of these texts at its place, drawn in this order."""
    drawn = (b"BT /F1 10 Tf %d %d Td (%s) Tj ET " % (x, y, escape(text)) for x, y, text in placed)
    return write_pdf([b"".join(drawn)])


def escape(line: str) -> bytes:
    return line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def write_pdf(streams: list[bytes]) -> bytes:
    """A PDF with a page for each of these streams of drawing."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects.append(font)
    kids = []
    for stream in streams:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return out.getvalue()


TALK = [
    [
        *("The Paper, 3 May 2024", "Ann: How long did it take to build the bridge, and who gave the steel for it?"),
        "Bob: It took us nine years. My grandfather, who had the rail-",
        "way iron from a line that nobody wanted any more, built the first half of the bridge, and",
        "1",
    ],
    [
        *(
            "The Paper, 4 May 2024",
            "then the money ran out. We waited for the second half until nineteen eighty-seven.",
        ),
        *("Ann: And now?", "2"),
    ],
    ["The Paper, 5 May 2024", "Bob: Now it is old.", "3"],
]


def test_an_article_gives_its_main_text_only(tmp_path: Path) -> None:
    document = load_bytes(tmp_path, "page.html", ARTICLE.encode())
    assert said(document) == [
        (None, "A port opens\n\nOur reporter met the engineer."),
        ("GT", "When does it open?"),
        ("Ann", "In November,\nthey’d say."),
        ("GT", "And then?"),
        ("Ann", "We wait."),
    ]
    assert document.title == "A port opens"
    for page_only in ("Home", "cookies", "First!", "©", "Read more", "var "):
        assert page_only not in document.text


def test_speakers_named_by_markup(tmp_path: Path) -> None:
    page = b"""<html><body><h2>Intro</h2><div class="turn"><span class="speaker-name">Ann Lee</span>
    <span class="timestamp">00:01:02</span><p>Who built it?</p></div><div class="turn"><span class="speaker-name">Bob
    </span><p>My father.</p><p>In 1987.</p></div></body></html>"""
    document = load_bytes(tmp_path, "saved.htm", page)
    assert said(document) == [(None, "Intro"), ("Ann Lee", "Who built it?"), ("Bob", "My father. In 1987.")]
    assert [turn.start_ms for turn in document.turns] == [None, 62_000, None]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("windows-1252", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("gb2312", "gb18030"),
        ("utf-8", "utf-8"),
        ("x-none", "cp1252"),
    ],
)
def test_a_page_says_its_encoding(tmp_path: Path, charset: str, encoding: str) -> None:
    words = "记者 钱凯港" if encoding == "gb18030" else "“Où est-il ?”"
    page = f'<html><head><meta charset="{charset}"></head><body><p>{words}</p></body></html>'
    assert load_bytes(tmp_path, "page.html", page.encode(encoding)).text == words


def test_html_is_told_by_content_and_a_few_tags_in_text_are_not_html(tmp_path: Path) -> None:
    assert load_bytes(tmp_path, "page.txt", b"<!DOCTYPE html><p>Hello there.").text == "Hello there."
    assert load_bytes(tmp_path, "talk.txt", b"<ehm> Hello <b>there</b>.").text == "<ehm> Hello <b>there</b>."


@pytest.mark.parametrize("odd", ["\x01", "&#1;", "&#11;", "\ufffe"])
def test_a_control_character_behind_a_menu_costs_no_words(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        f"<html><body><p>Some <nav>menu</nav>words{odd} stay.</p><p>{TALK}</p></body></html>", encoding="utf-8"
    )
    text = load(path).text
    assert "words" in text
    assert "stay." in text
    assert "menu" not in text


def test_a_page_without_text(tmp_path: Path) -> None:
    with pytest.raises(SourceEmpty, match=r"page\.html is a page without text"):
        load_bytes(tmp_path, "page.html", b"<html><body><script>let text = 1</script></body></html>")


def test_a_pdf_keeps_pages_and_loses_what_is_printed_around_the_text(tmp_path: Path) -> None:
    document = load_bytes(tmp_path, "talk.pdf", make_pdf(TALK))
    assert [(turn.speaker, turn.page, document.text[turn.start : turn.end]) for turn in document.turns] == [
        ("Ann", 1, "How long did it take to build the bridge, and who gave the steel for it?"),
        (
            *("Bob", 1),
            "It took us nine years. My grandfather, who had the railway iron from a line that nobody wanted any more, "
            "built the first half of the bridge, and then the money ran out.",
        ),
        ("Bob", 2, "We waited for the second half until nineteen eighty-seven."),
        ("Ann", 2, "And now?"),
        ("Bob", 3, "Now it is old."),
    ]


def test_a_hyphen_stays_where_the_text_has_the_word_with_it(tmp_path: Path) -> None:
    lines = ["Ann: The one-way street is long and it is narrow, and I still say that a one-", "way street is enough."]
    text = load_bytes(tmp_path, "talk.pdf", make_pdf([lines])).text
    assert text == "Ann: The one-way street is long and it is narrow, and I still say that a one-way street is enough."


def test_a_scan_has_no_text_layer(tmp_path: Path) -> None:
    with pytest.raises(SourceEmpty, match=r"scan\.pdf has no text layer, only pictures; run OCR on it"):
        load_bytes(tmp_path, "scan.pdf", make_pdf([["1"], ["2"], []]))


@pytest.mark.parametrize("user_password", ["secret", ""], ids=["to read", "to print only"])
def test_a_pdf_with_a_password(tmp_path: Path, user_password: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf(TALK))))
    writer.encrypt(user_password=user_password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    if user_password:
        with pytest.raises(SourceUnreadable, match=r"talk\.pdf needs a password; save a copy without one"):
            load_bytes(tmp_path, "talk.pdf", out.getvalue())
    else:
        assert "nine years" in load_bytes(tmp_path, "talk.pdf", out.getvalue()).text


def test_budgets_of_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    times: Iterator[float] = iter([0.0, 1.0, *[MAX_SECONDS + 1] * 10_000])
    with pytest.raises(SourceTooLarge, match=r"talk\.pdf takes longer than 60 s to read"):
        read_pdf(make_pdf(TALK), "talk.pdf", clock=lambda: next(times))
    monkeypatch.setattr("corpus.formats.pdf.MAX_PAGES", 2)
    with pytest.raises(SourceTooLarge, match=r"talk\.pdf has 3 pages, more than the 2 of a transcript"):
        read_pdf(make_pdf(TALK), "talk.pdf")


def test_a_damaged_pdf(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"talk\.pdf is damaged"):
        load_bytes(tmp_path, "talk.pdf", b"%PDF-1.4\n1 0 obj << /Type /Catalog")


def make_docx(lines: list[str], table: list[list[str]] | None = None) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if table is not None:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def change_docx(data: bytes, old: str, new: str) -> bytes:
    """The document with something in its main part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            body = source.read(part)
            if part.filename == "word/document.xml":
                assert old.encode() in body
                body = body.replace(old.encode(), new.encode())
            target.writestr(part.filename, body)
    return out.getvalue()


def test_word_paragraphs(tmp_path: Path) -> None:
    data = make_docx(["A talk", "", "Ann: Who built it?", "Bob: My father.", "In 1987.", "Ann: Oh."])
    document = load_bytes(tmp_path, "talk.docx", data)
    assert said(document) == [
        (None, "A talk"),
        ("Ann", "Who built it?"),
        ("Bob", "My father.\nIn 1987."),
        ("Ann", "Oh."),
    ]
    assert document.title == "A talk"


def test_tracked_changes_read_as_accepted(tmp_path: Path) -> None:
    data = change_docx(
        make_docx(["Ann: Who CHANGE it?", "Bob: Me."]),
        "Who CHANGE it?",
        "Who </w:t></w:r><w:del><w:r><w:delText>broke</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>built</w:t></w:r></w:ins><w:r><w:t> it?",
    )
    assert load_bytes(tmp_path, "talk.docx", data).text == "Ann: Who built\xa0it?\nBob: Me.".replace("\xa0", " ")


def test_a_transcript_in_a_word_table(tmp_path: Path) -> None:
    table = [["Start", "Speaker", "Transcription"], ["0:00:01", "Ann", "Who built it?"], ["0:00:04", "Bob", "I did."]]
    document = load_bytes(tmp_path, "talk.docx", make_docx(["Call of 3 May"], table))
    assert said(document) == [(None, "Call of 3 May"), ("Ann", "Who built it?"), ("Bob", "I did.")]
    assert [turn.start_ms for turn in document.turns] == [None, 1000, 4000]


def test_two_columns_of_names_and_words(tmp_path: Path) -> None:
    table = [["Ann:", "Who built it?"], ["Bob:", "I did."], ["", "With help."], ["Ann:", "Oh."]]
    document = load_bytes(tmp_path, "talk.docx", make_docx([], table))
    assert said(document) == [("Ann", "Who built it?"), ("Bob", "I did.\nWith help."), ("Ann", "Oh.")]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO(make_docx(["Ann: Hello."]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"word/media/image{number}.bin", b"\0" * 60_000_000)
    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(SourceTooLarge, match=r"bomb\.docx unpacks to 300,\d{3},\d{3} bytes in \d+ parts, more than"):
        load_bytes(tmp_path, "bomb.docx", out.getvalue())


def test_entities_in_word_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET", encoding="utf-8")
    data = change_docx(make_docx(["Ann: Hello &there."]), "&amp;there", "&file;")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            body = source.read(part)
            if part.filename == "word/document.xml":
                doctype = f'<!DOCTYPE x [<!ENTITY file SYSTEM "{(tmp_path / "secret").as_uri()}">]>'.encode()
                end = body.index(b"?>") + 2
                body = body[:end] + doctype + body[end:]
            target.writestr(part.filename, body)
    assert "SECRET" not in load_bytes(tmp_path, "talk.docx", out.getvalue()).text


def test_a_page_of_noscribe(tmp_path: Path) -> None:
    page = (
        '<html><head><meta name="audio_source" content="a.wav"></head><body><p>bakery</p><p>By noScribe</p>'
        '<p><a name="ts_310_4890_S00" >S00: <span style="color:#78909C">[00:00:00]</span> Who built it?</a></p>'
        '<p><a name="ts_5000_6000_S01" >Bob: My </a><a name="ts_6000_7000_S01" >father.</a></p>'
        '<p><a name="ts_61000_70000_S00" >Alone?</a></p></body></html>'
    )
    document = load_bytes(tmp_path, "talk.html", page.encode())
    assert said(document) == [("S00", "Who built it?"), ("Bob", "My father."), ("S00", "Alone?")]
    assert [turn.start_ms for turn in document.turns] == [310, 5000, 61_000]


def test_a_page_that_marks_times(tmp_path: Path) -> None:
    page = (
        "<html><body><h1>Talk</h1><div><div class='segment-timestamp'>0:00</div><b>hi everybody</b></div>"
        "<div><div class='segment-timestamp'>1:04</div><b>we opened in march</b></div></body></html>"
    )
    document = load_bytes(tmp_path, "talk.html", page.encode())
    assert said(document) == [(None, "Talk"), (None, "hi everybody"), (None, "we opened in march")]
    assert [(turn.kind, turn.start_ms) for turn in document.turns[1:]] == [("speech", 0), ("speech", 64_000)]


def test_a_table_in_a_page(tmp_path: Path) -> None:
    cells = [["Time", "Speaker", "Text"], ["0:01", "Ann", "Who built it?"], ["0:04", "Bob", "I did."]]
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    page = f"<html><body><h1>A call</h1><table>{rows}</table><p>The end.</p></body></html>"
    document = load_bytes(tmp_path, "talk.html", page.encode())
    assert said(document) == [(None, "A call"), ("Ann", "Who built it?"), ("Bob", "I did."), (None, "The end.")]
    assert [turn.start_ms for turn in document.turns] == [None, 1000, 4000, None]


def test_a_heading_is_nobody_and_whose_words_stand_below_it_is_unknown(tmp_path: Path) -> None:
    page = b"""<html><body><p>GT: When?</p><p>Ann: In May.</p><h2>On trade</h2><p>Trade grows.</p><p>GT: And then?</p>
    <p>Ann: We wait.</p></body></html>"""
    assert said(load_bytes(tmp_path, "page.html", page)) == [
        ("GT", "When?"),
        ("Ann", "In May."),
        (None, "On trade\n\nTrade grows."),
        ("GT", "And then?"),
        ("Ann", "We wait."),
    ]


COLUMNS = (
    [
        "Ann: How long did it take",
        "to build the whole bridge?",
        "Bob: It took nine years, and",
        "my father gave the iron.",
    ],
    [
        "Ann: And where did the rest",
        "of the money come from?",
        "Bob: From a line that nobody",
        "wanted to have any more.",
    ],
)


@pytest.mark.parametrize("across", [True, False], ids=["row by row", "column by column"])
def test_two_columns_read_one_after_the_other(tmp_path: Path, across: bool) -> None:
    left = [(50, 780 - 12 * number, line) for number, line in enumerate(COLUMNS[0])]
    right = [(320, 780 - 12 * number, line) for number, line in enumerate(COLUMNS[1])]
    placed = [place for pair in zip(left, right, strict=True) for place in pair] if across else [*left, *right]
    text = load_bytes(tmp_path, "talk.pdf", make_placed_pdf([(50, 800, "A bridge over two columns"), *placed])).text
    assert text.splitlines() == [
        "A bridge over two columns",
        "Ann: How long did it take to build the whole bridge?",
        "Bob: It took nine years, and my father gave the iron.",
        "Ann: And where did the rest of the money come from?",
        "Bob: From a line that nobody wanted to have any more.",
    ]


def test_names_beside_the_words_are_no_column(tmp_path: Path) -> None:
    said_by = [("Ann:", "How long did it take to build it?"), ("Bob:", "Nine years in all, as I was told.")] * 3
    placed = [
        (x, 780 - 12 * n, text) for n, pair in enumerate(said_by) for x, text in zip((50, 120), pair, strict=True)
    ]
    document = load_bytes(tmp_path, "talk.pdf", make_placed_pdf(placed))
    assert said(document) == [(name.rstrip(":"), words) for name, words in said_by]


def test_numbers_of_lines_heads_and_feet_of_a_deposition(tmp_path: Path) -> None:
    pages = []
    for page, side in enumerate(["north", "south", "east"], start=1):
        spoken = [f"Ann: How long did it take to build the {side}", "of the bridge over the river?", f"Bob: {side}."]
        numbered = [f"{number} {line}" for number, line in enumerate(spoken * 3, start=1)]
        pages.append(["Deposition of Bob", str(page), *numbered, "Lee Reporting"])
    document = load_bytes(tmp_path, "talk.pdf", make_pdf(pages))
    assert said(document)[:3] == [
        ("Ann", "How long did it take to build the north of the bridge over the river?"),
        ("Bob", "north."),
        ("Ann", "How long did it take to build the north of the bridge over the river?"),
    ]
    assert len(document.turns) == 18
    assert not any(character.isdigit() for character in document.text)
    assert "Deposition" not in document.text
    assert "Reporting" not in document.text
