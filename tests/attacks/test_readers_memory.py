"""A little in a file never becomes a lot of text."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from corpus import SourceTooLarge, load
from corpus.bounds import MAX_NAME_CHARS
from corpus.formats import zipped
from tests.attacks.test_readers_words import W, make_docx

NAMES = ("A" + "x" * 20_000, "B" + "x" * 20_000)
TURNS = 400


def long_names(kind: str) -> str:
    """A file in which two with long names speak in turns, each name written once where the format has a table."""
    if kind == "json":
        segments = [{"speaker": number % 2, "text": "Yes."} for number in range(TURNS)]
        return json.dumps({"speakers": dict(enumerate(NAMES)), "segments": segments})
    if kind == "csv":
        return "speaker,text\n" + "".join(f"{NAMES[number % 2]},Yes.\n" for number in range(10))
    if kind == "trs":
        speakers = "".join(f'<Speaker id="s{number}" name="{name}"/>' for number, name in enumerate(NAMES))
        said = "".join(f'<Turn speaker="s{number % 2}">Yes.</Turn>' for number in range(TURNS))
        return f"<Trans>{speakers}{said}</Trans>"
    agents = "".join(f'<agent id="s{number}"><name>{name}</name></agent>' for number, name in enumerate(NAMES))
    said = "".join(f'<p agent="s{number % 2}">Yes.</p>' for number in range(TURNS))
    return f"<tt>{agents}{said}</tt>"


@pytest.mark.parametrize("kind", ["json", "csv", "trs", "ttml"])
def test_names_do_not_multiply(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"talk.{kind}"
    path.write_text(long_names(kind), encoding="utf-8")
    document = load(path)
    speakers = [turn.speaker or "" for turn in document.turns]
    assert len(set(speakers)) == 2
    assert {len(name) for name in speakers} == {MAX_NAME_CHARS}
    assert len(document.text) < len(speakers) * (MAX_NAME_CHARS + 20)
    assert [document.text[turn.start : turn.end] for turn in document.turns] == ["Yes."] * len(speakers)


def test_paragraphs_in_paragraphs_are_read_once(tmp_path: Path) -> None:
    depth, words = 60, "word " * 200
    inner = f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"
    for _ in range(depth):
        inner = f"<w:p><w:r>{inner}</w:r></w:p>"
    row = f"<w:tr><w:tc>{inner}</w:tc></w:tr>"
    path = tmp_path / "talk.docx"
    path.write_bytes(make_docx(f"<w:tbl>{row}{row}</w:tbl>"))
    assert load(path).text.count("word") == 2 * 200


def make_odt(body: str) -> bytes:
    """An OpenDocument text with this in its body."""
    names = " ".join(f'xmlns:{name}="urn:{name}"' for name in ("office", "text", "table"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
        )
    return out.getvalue()


def test_tables_in_tables_and_cells_that_repeat_are_read_once(tmp_path: Path) -> None:
    words = "word " * 200
    inner = f"<text:p>{words}</text:p>"
    for _ in range(20):
        inner = (
            '<table:table><table:table-row><table:table-cell table:number-columns-repeated="9999999999">'
            f"<text:p>{inner}</text:p></table:table-cell></table:table-row></table:table>"
        )
    path = tmp_path / "talk.odt"
    path.write_bytes(make_odt(inner))
    assert load(path).text.count("word") == 200


@pytest.mark.parametrize("digits", ["2", "9" * 5000, "²", "-1"])
def test_a_cell_that_repeats_does_so_within_bounds(tmp_path: Path, digits: str) -> None:
    cell = f'<table:table-cell table:number-columns-repeated="{digits}"><text:p>word</text:p></table:table-cell>'
    path = tmp_path / "talk.odt"
    path.write_bytes(make_odt(f"<table:table><table:table-row>{cell}</table:table-row></table:table>"))
    assert load(path).text.count("word") == {"2": 2, "9" * 5000: 50}.get(digits, 1)


@pytest.mark.parametrize("part", ["word/document.xml", "word/document", "word/media/huge.png", "word/huge.bin"])
def test_a_part_of_any_name_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    data = io.BytesIO(make_docx(f"<w:p xmlns:w='{W}'><w:r><w:t>Ann: Why?</w:t></w:r></w:p>"))
    monkeypatch.setattr(zipped, "MAX_TEXT_PART_BYTES", 10_000)
    path = tmp_path / "talk.docx"
    path.write_bytes(data.getvalue())
    assert load(path).text == "Ann: Why?"
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{part}.2" if part.endswith("document.xml") else part, b" " * 10_001)
    path.write_bytes(data.getvalue())
    with pytest.raises(SourceTooLarge, match="unpacks to"):
        load(path)


def test_a_string_in_many_cells_is_counted_in_each(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.create_sheet()
    sheet.append(["speaker", "text"])
    for number in range(1100):
        sheet.append([f"Speaker {number % 2}", "word " * 6500])
    path = tmp_path / "talk.xlsx"
    workbook.save(path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(SourceTooLarge, match="characters in its cells"):
        load(path)
