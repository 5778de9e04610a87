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


@pytest.mark.parametrize(
    "header",
    [
        "start time;end time;speaker;dialog",
        "TimeStart;TimeEnd;SpeakerName;Text",
        "startMs;endMs;speaker_label;utteranceText",
        "In;Out;Name;Subtitle",
        "Onset;Offset;Participant;Response",
        "begin;end;tier;annotation",
        "Inicio;Fin;Hablante;Texto",
        "Von;Bis;Sprecher;Inhalt",
        "Timecode;Dur.;Who;What was said",
    ],
)
def test_columns_under_other_names(tmp_path: Path, header: str) -> None:
    times = (
        [("1500", "2000"), ("65000", "66000")] if "Ms" in header else [("00:00:01,500", "0:02"), ("0:01:05", "0:01:06")]
    )
    rows = [f"{start};{end};{name};{words}" for (start, end), (name, words) in zip(times, TALK, strict=True)]
    document = load_bytes(tmp_path, "talk.csv", "\n".join([header, *rows]).encode())
    assert said(document) == [("Ann", "Who built it?", 1500), ("Bob", "My father.", 65_000)]


TALK = [("Ann", "Who built it?"), ("Bob", "My father.")]


@pytest.mark.parametrize(
    ("header", "first", "second", "start_ms"),
    [
        ("speaker,start,text", "0", "67000", 67_000),
        ("speaker,start,text", "0", "67", 67_000),
        ("speaker,start_ms,text", "0", "67", 67),
        ("speaker,start (s),text", "0.0", "67.25", 67_250),
        ("speaker,sent at,text", "10:00 AM", "10:01 AM", None),
    ],
    ids=["whole numbers too large for seconds", "seconds", "named milliseconds", "decimals", "times of day"],
)
def test_what_the_numbers_count(tmp_path: Path, header: str, first: str, second: str, start_ms: int | None) -> None:
    data = f"{header}\nAnn,{first},Who built it?\nBob,{second},My father.\n"
    assert load_bytes(tmp_path, "talk.csv", data.encode()).turns[1].start_ms == start_ms


def test_a_table_without_a_header(tmp_path: Path) -> None:
    rows = [
        "Ann\t\t00:00:01.500\t1.5\tWho built it?",
        "Bob\t\t00:01:05.000\t65.0\tMy father.",
        "Ann\t\t00:02:00.000\t120\tOh.",
    ]
    document = load_bytes(tmp_path, "talk.tsv", "\n".join(rows).encode())
    assert said(document) == [("Ann", "Who built it?", 1500), ("Bob", "My father.", 65_000), ("Ann", "Oh.", 120_000)]


def test_labels_in_the_words_where_no_column_names_the_speakers(tmp_path: Path) -> None:
    data = b"time,text\n0:01,Ann: Who built it?\n0:04,Bob: My father did,\n0:06,in 1987.\n0:09,Ann: Alone?\n"
    assert said(load_bytes(tmp_path, "talk.csv", data)) == [
        ("Ann", "Who built it?", 1000),
        ("Bob", "My father did,", 4000),
        ("Bob", "in 1987.", 6000),
        ("Ann", "Alone?", 9000),
    ]


def test_questions_beside_answers(tmp_path: Path) -> None:
    data = b"Time,Interviewer,Respondent\n0:01,Who built it?,My father.\n0:09,Alone?,Yes.\n"
    assert said(load_bytes(tmp_path, "talk.csv", data)) == [
        ("Interviewer", "Who built it?", 1000),
        ("Respondent", "My father.", None),
        ("Interviewer", "Alone?", 9000),
        ("Respondent", "Yes.", None),
    ]


def test_a_table_in_markdown_leaves_the_text_unchanged(tmp_path: Path) -> None:
    text = (
        "# A call\n\nOf 3 May.\n\n| Time | Who | What was said |\n|:--|:-:|--|\n| 0:01 | **Ann** | Who built it? |\n"
        "| 1:05 | Bob | My \\| father. |\n| | | (They leave) |\n\nThe end.\n"
    )
    for name in ("talk.md", "talk.txt"):
        document = load_bytes(tmp_path, name, text.encode())
        assert document.text == text
        assert said(document) == [
            (None, "# A call\n\nOf 3 May.", None),
            (None, "| Time | Who | What was said |\n|:--|:-:|--|", None),
            ("Ann", "Who built it?", 1000),
            ("Bob", "My \\| father.", 65_000),
            (None, "(They leave)", None),
            (None, "The end.", None),
        ]
        kinds = [turn.kind for turn in document.turns]
        assert kinds == ["narration", "furniture", "speech", "speech", "narration", "narration"]
        assert document.title == "A call"


def test_a_table_of_other_things_in_markdown_is_narration(tmp_path: Path) -> None:
    text = "| Oven | Heat | Text |\n|--|--|--|\n| gas | 300 | good |\n| wood | 400 | better |\n"
    document = load_bytes(tmp_path, "ovens.md", text.encode())
    assert (document.text, document.speakers) == (text, ())


def test_a_table_in_markdown_that_is_cut_off_behind_a_backslash(tmp_path: Path) -> None:
    text = "Speaker | Text\n--- | ---\nAnn | Who built it?\nBob | My father.\\"
    assert said(load_bytes(tmp_path, "talk.md", text.encode()))[1:] == [
        ("Ann", "Who built it?", None),
        ("Bob", "My father.\\", None),
    ]
