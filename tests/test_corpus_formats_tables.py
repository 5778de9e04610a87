"""CSV and TRS: columns found by their names, speakers from the file's own table, nothing loaded from outside."""

from pathlib import Path

import pytest

from corpus import Document, SourceNotText, SourceUnreadable, load

TRS = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE Trans SYSTEM "trans-14.dtd" [<!ENTITY file SYSTEM "{secret}"><!ENTITY ha "haha">]>
<Trans><Speakers><Speaker id="a" name="André"/><Speaker id="b" name="Bob"/></Speakers><Episode><Section>
<Turn speaker="a" startTime="0" endTime="3"><Sync time="0.5"/>
Où est-il&file;&ha; ?
<Event desc="laugh"/>
<Sync time="2"/>
Dis.
</Turn>
<Turn startTime="3" endTime="4"><Sync time="3"/>
(music)
</Turn>
<Turn speaker="b a" startTime="4"><Sync time="4"/><Who nb="1"/>
Là-bas.
<Who nb="2"/>
Ah.
</Turn></Section></Episode></Trans>"""


def load_bytes(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return load(folder / name)


def said(document: Document) -> list[tuple[str | None, str, int | None]]:
    return [(turn.speaker, document.text[turn.start : turn.end], turn.start_ms) for turn in document.turns]


def test_transcriber_turns_and_two_who_speak_at_once(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET", encoding="utf-8")
    document = load_bytes(
        tmp_path, "talk.trs", TRS.replace("{secret}", (tmp_path / "secret").as_uri()).encode("latin-1")
    )
    assert said(document) == [
        ("André", "Où est-il ? Dis.", 500),
        (None, "(music)", 3000),
        ("Bob", "Là-bas.", 4000),
        ("André", "Ah.", 4000),
    ]


def test_a_billion_laughs_are_not_laughed(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    data = (
        f'<?xml version="1.0"?><!DOCTYPE Trans [<!ENTITY l0 "ha">{levels}]><Trans><Turn>Hi &l11; there</Turn></Trans>'
    )
    with pytest.raises(SourceUnreadable, match=r"talk\.trs is damaged: Maximum entity amplification"):
        load_bytes(tmp_path, "talk.trs", data.encode())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_a_table_with_a_header(tmp_path: Path, delimiter: str, end: str) -> None:
    rows = [
        ["Start Time", "Speaker", "Text", "tags"],
        ["", "", '"(They sit down)"', ""],
        ["[00:00:02] beginning", "AL:", f'"Who{delimiter} ""you""?"', "x"],
        ["", "BO:", '"I&#8212;well."', ""],
        ["0:01:05", "BO:", "Yes.", ""],
    ]
    text = end.join(delimiter.join(row) for row in rows) + end
    document = load_bytes(tmp_path, "talk.csv", text.encode())
    assert said(document) == [
        (None, "(They sit down)", None),
        ("AL", f'Who{" " if delimiter == chr(9) else delimiter} "you"?'.replace("  ", " "), 2000),
        ("BO", "I—well.", None),
        ("BO", "Yes.", 65_000),
    ]
    assert [turn.kind for turn in document.turns] == ["narration", "speech", "speech", "speech"]


def test_commas_that_nobody_quoted_belong_to_the_words(tmp_path: Path) -> None:
    document = load_bytes(tmp_path, "talk.csv", b"speaker,words\nAnn, Well, who, then?\nBob, Me.\n")
    assert said(document) == [("Ann", "Well, who, then?", None), ("Bob", "Me.", None)]


def test_a_table_is_told_by_its_header_and_a_sentence_is_none(tmp_path: Path) -> None:
    assert len(load_bytes(tmp_path, "a.txt", b"speaker,text\nAnn,Hi.\nBob,Ho.\n").turns) == 2
    prose = b"He said, start the text now, please.\n\nShe did.\n"
    assert load_bytes(tmp_path, "b.txt", prose).text == prose.decode()


def test_a_table_without_known_columns(tmp_path: Path) -> None:
    with pytest.raises(SourceNotText, match=r"talk\.csv has no header that names the columns; expected one such as"):
        load_bytes(tmp_path, "talk.csv", b"a,b\n1,2\n")


@pytest.mark.parametrize("header", ["text,speaker", "text,time"])
def test_a_row_shorter_than_the_header_keeps_its_words(tmp_path: Path, header: str) -> None:
    path = tmp_path / "short.csv"
    path.write_text(f"{header}\nHello there.,0:01\nNothing beside this.\n", encoding="utf-8")
    assert "Nothing beside this." in load(path).text
