"""Words stay with who said them: nobody is shown as saying what they did not."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE

from corpus import load

Said = list[tuple[str | None, str]]


def said(tmp_path: Path, name: str, text: str | bytes) -> Said:
    """Who says what in a file of that name and content, narration left out."""
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    document = load(path)
    return [(turn.speaker, document.text[turn.start : turn.end]) for turn in document.turns if turn.kind == "speech"]


def captions(*cues: str) -> str:
    times = (f"00:{number:02}.000 --> 00:{number + 5:02}.000" for number in range(len(cues)))
    return "WEBVTT\n\n" + "\n".join(f"{time}\n{cue}\n" for time, cue in zip(times, cues, strict=True))


def test_two_voices_in_a_cue(tmp_path: Path) -> None:
    made = captions("<v Ann>Why? <v Bob>Because.", "<v Ann>So?\n<v Bob>It rained.")
    assert said(tmp_path, "talk.vtt", made) == [
        ("Ann", "Why?"),
        ("Bob", "Because."),
        ("Ann", "So?"),
        ("Bob", "It rained."),
    ]


def test_what_two_voices_say_in_cues_that_overlap(tmp_path: Path) -> None:
    made = captions("<v Ann>It is over", "<v Bob>over now", "<v Ann>now or never", "<v Bob>never again")
    assert said(tmp_path, "talk.vtt", made) == [
        ("Ann", "It is over"),
        ("Bob", "over now"),
        ("Ann", "now or never"),
        ("Bob", "never again"),
    ]


def test_captions_that_roll_keep_their_voice(tmp_path: Path) -> None:
    made = captions("<v Ann>one two", "<v Ann>one two three", "<v Ann>three four", "<v Ann>four five.", "<v Bob>Six.")
    assert said(tmp_path, "talk.vtt", made) == [("Ann", "one two three four five."), ("Bob", "Six.")]


def test_a_cue_without_a_voice_is_not_of_the_one_before(tmp_path: Path) -> None:
    made = captions("<v Ann>Why?", "Because.", "<v Bob>So.")
    assert said(tmp_path, "talk.vtt", made) == [("Ann", "Why?"), (None, "Because."), ("Bob", "So.")]


TITLES = {
    "within": "<p>I read <cite>Moby Dick</cite> and <cite>Emma</cite> twice.</p><p>Then <cite>Emma</cite> again.</p>",
    "in a div": "<div>I read <cite>Moby Dick</cite> and <cite>Emma</cite>.</div><div>Then <cite>Emma</cite>.</div>",
    "leading": "<ul><li><cite>Moby Dick</cite> is long.</li><li><cite>Emma</cite> is short.</li></ul>",
    "emphasised": "<p>See <b><cite>Emma</cite></b> first.</p><p>See <i><cite>Emma</cite></i> twice.</p>",
    "source": "<blockquote><p>Call me.</p><cite>Moby Dick</cite></blockquote><p>So it begins.</p>"
    "<blockquote><p>Dear me.</p><cite>Moby Dick</cite></blockquote><p>So it ends.</p>",
}


@pytest.mark.parametrize("body", TITLES.values(), ids=TITLES)
def test_a_title_says_nothing(tmp_path: Path, body: str) -> None:
    assert said(tmp_path, "page.html", f"<html><body><h1>Books</h1>{body}</body></html>") == []


@pytest.mark.parametrize(
    "page",
    [
        "<cite>Ann:</cite><p>Why?</p><cite>Bob:</cite><p>Because.</p>",
        "<p><cite>Ann:</cite> Why?</p><p><cite>Bob:</cite> Because.</p>",
        "<div><cite>Ann</cite><div>Why?</div><cite>Bob</cite><div>Because.</div><cite>Ann</cite><div>So.</div></div>",
        "<p><cite>Ann:</cite> Why?<br><cite>Bob:</cite> Because.</p>",
    ],
)
def test_cites_that_name_speakers_do(tmp_path: Path, page: str) -> None:
    found = said(tmp_path, "page.html", f"<html><body>{page}</body></html>")
    assert found[:2] == [("Ann", "Why?"), ("Bob", "Because.")]


@pytest.mark.parametrize(
    "column", ["file_name", "FileName", "text_id", "video title name", "document_name", "segment_id"]
)
def test_a_column_of_things_is_no_speaker(tmp_path: Path, column: str) -> None:
    rows = f"{column},text\na.wav,It rained.\na.wav,We left.\nb.wav,They stayed.\n"
    assert {speaker for speaker, _ in said(tmp_path, "talk.csv", rows)} == {None}


@pytest.mark.parametrize("column", ["file_name", "text_id", "text_file", "text_url"])
def test_a_column_of_things_has_no_words(tmp_path: Path, column: str) -> None:
    rows = f"{column},speaker,words\na one,Ann,Why?\na two,Bob,Because.\n"
    assert said(tmp_path, "talk.csv", rows) == [("Ann", "Why?"), ("Bob", "Because.")]


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def make_docx(body: str) -> bytes:
    """A Word document with this in its body."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="'
        'application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ("<w:vanish/>", False),
        ('<w:vanish w:val="true"/>', False),
        ('<w:vanish w:val="0"/>', True),
        ('<w:vanish w:val="false"/>', True),
        ("<w:b/>", True),
    ],
)
def test_hidden_words_of_a_word_document_are_not_said(tmp_path: Path, mark: str, shown: bool) -> None:
    hidden = f"<w:r><w:rPr>{mark}</w:rPr><w:t> I lied.</w:t></w:r>"
    body = f"<w:p><w:r><w:t>Ann: Why?</w:t></w:r></w:p><w:p><w:r><w:t>Bob: It rained.</w:t></w:r>{hidden}</w:p>"
    found = said(tmp_path, "talk.docx", make_docx(body + body.replace("rained", "snowed")))
    assert found[1] == ("Bob", "It rained. I lied." if shown else "It rained.")
    assert len(found) == 4


@pytest.mark.parametrize("kind", [WD_STYLE_TYPE.CHARACTER, WD_STYLE_TYPE.PARAGRAPH], ids=["run", "paragraph"])
def test_words_that_a_style_hides_are_not_said(tmp_path: Path, kind: WD_STYLE_TYPE) -> None:
    made = docx.Document()
    secret, note = made.styles.add_style("Secret", kind), made.styles.add_style("Note", kind)
    secret.font.hidden = True
    note.base_style = secret
    for name, words in (("Ann", "Why?"), ("Bob", "It rained."), ("Ann", "So?"), ("Bob", "We left.")):
        paragraph = made.add_paragraph(f"{name}: {words}")
        if kind == WD_STYLE_TYPE.CHARACTER:
            paragraph.add_run(" I lied.", style="Note")
        else:
            made.add_paragraph("I lied.", style="Note")
    out = io.BytesIO()
    made.save(out)
    assert said(tmp_path, "talk.docx", out.getvalue()) == [
        ("Ann", "Why?"),
        ("Bob", "It rained."),
        ("Ann", "So?"),
        ("Bob", "We left."),
    ]
