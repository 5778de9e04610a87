"""TTML, YouTube, ELAN, TEI and CHAT: what each says of who speaks when, and what is only about the words left out."""

import json
from pathlib import Path

from corpus import Document, load

TTML = """<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
 xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25"><head><metadata>
<ttm:agent xml:id="n" type="person"><ttm:name type="full">Ngozi Okafor</ttm:name></ttm:agent></metadata></head>
<body><div><p begin="00:00:01.500" end="00:00:03" ttm:agent="n">When did<br/>it open?</p>
<p begin="4.5s" ttm:agent="p">In 1998.</p>
<p begin="00:01:05:20" ttm:agent="n">Who <span>baked</span>?</p></div></body></tt>"""
EAF = """<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="1200"/>
<TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="3500"/><TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="6000"/></TIME_ORDER>
<TIER TIER_ID="N-words" PARTICIPANT="Ngozi"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t1">
<ANNOTATION_VALUE>When did it open?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION><ANNOTATION>
<ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t3"><ANNOTATION_VALUE>Who baked?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>
</ANNOTATION></TIER><TIER TIER_ID="N-note" PARTICIPANT="Ngozi"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t1">
<ANNOTATION_VALUE>nods</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="N-fr" PARTICIPANT="Ngozi" PARENT_REF="N-words"><ANNOTATION><REF_ANNOTATION>
<ANNOTATION_VALUE>Quand?</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER><TIER TIER_ID="Pieter"><ANNOTATION>
<ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t2"><ANNOTATION_VALUE>In 1998.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>
</ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""
TEI = """<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Bread</title>
</titleStmt></fileDesc><profileDesc><particDesc><listPerson><person xml:id="n"><persName><forename>Ngozi</forename>
<surname>Okafor</surname></persName></person></listPerson></particDesc></profileDesc></teiHeader><text>
<timeline unit="s"><when xml:id="T0"/><when xml:id="T1" interval="4.5" since="#T0"/></timeline><body><div>
<head>One</head><u who="#n" start="#T0">When <vocal><desc>laughs</desc></vocal>did it open?</u><note>(Applause)</note>
<u who="#p" start="#T1"><w>In</w> <w>1998</w><pc>.</pc></u></div><div><sp><speaker>Anna:</speaker><p>I baked.</p></sp>
</div></body></text></TEI>"""
CHAT = (
    "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tINV Ngozi Okafor Investigator, PAR Target_Adult\n"
    "*INV:\twhen did [//] when did it open ?\n%mor:\tadv|when\n*PAR:\twe were open(ing) (.) &=laughs\n\tin 1998 . "
    "\x15100_2000\x15\n*INV:\twho <baked the> [*] loaf ? 2100_3000\n@End\n"
)


def load_text(folder: Path, name: str, text: str) -> Document:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return load(folder / name)


def said(document: Document) -> list[tuple[str | None, str, int | None]]:
    return [(turn.speaker, document.text[turn.start : turn.end], turn.start_ms) for turn in document.turns]


def test_timed_text_with_agents(tmp_path: Path) -> None:
    assert said(load_text(tmp_path, "talk.ttml", TTML)) == [
        ("Ngozi Okafor", "When did it open?", 1500),
        ("p", "In 1998.", 4500),
        ("Ngozi Okafor", "Who baked?", 65_800),
    ]


def test_timed_text_with_labels_in_it_and_under_another_name(tmp_path: Path) -> None:
    said_in = ["Ann: Who built it?", "Bob: My father did,", "in 1987.", "Ann: Alone?"]
    paragraphs = "".join(f'<p begin="{number}s">{line}</p>' for number, line in enumerate(said_in, start=1))
    document = load_text(tmp_path, "talk.xml", f"<tt><body><div>{paragraphs}</div></body></tt>")
    assert said(document) == [
        ("Ann", "Who built it?", 1000),
        ("Bob", "My father did, in 1987.", 2000),
        ("Ann", "Alone?", 4000),
    ]


def test_youtube_in_its_three_forms(tmp_path: Path) -> None:
    events = [
        {"tStartMs": 1000, "segs": [{"utf8": "it's "}, {"utf8": "open,", "tOffsetMs": 300}]},
        {"tStartMs": 2000, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 2500, "segs": [{"utf8": "isn't it?"}]},
        {"tStartMs": 3000, "id": 1},
    ]
    forms = {
        "a.json3": json.dumps({"wireMagic": "pb3", "events": events}),
        "a.srv3": '<?xml version="1.0"?><timedtext format="3"><head><pen id="1"/></head><body>'
        '<p t="1000" d="9"><s>it\'s </s>'
        '<s t="300">open,</s></p><p t="2000" a="1">\n</p><p t="2500">isn\'t it?</p></body></timedtext>',
        "a.xml": '<?xml version="1.0"?><transcript><text start="1.0" dur="1">it&amp;#39;s open,</text>'
        '<text start="2.5">isn&amp;#39;t it?</text></transcript>',
    }
    for name, text in forms.items():
        assert said(load_text(tmp_path, name, text)) == [(None, "it's open, isn't it?", 1000)], name


def test_elan_gives_the_tier_of_words_of_each_participant_in_order_of_time(tmp_path: Path) -> None:
    assert said(load_text(tmp_path, "talk.eaf", EAF)) == [
        ("Ngozi", "When did it open?", 1200),
        ("Pieter", "In 1998.", 3500),
        ("Ngozi", "Who baked?", 6000),
    ]


def test_tei_utterances_and_speeches(tmp_path: Path) -> None:
    document = load_text(tmp_path, "talk.xml", TEI)
    assert said(document) == [
        (None, "One", None),
        ("Ngozi Okafor", "When did it open?", 0),
        (None, "(Applause)", None),
        ("p", "In 1998.", 4500),
        ("Anna", "I baked.", None),
    ]
    assert (document.title, document.turns[2].kind) == ("Bread", "narration")


def test_chat_gives_main_lines_without_the_marks_of_the_analysis(tmp_path: Path) -> None:
    for name in ("talk.cha", "talk.txt"):
        assert said(load_text(tmp_path, name, CHAT)) == [
            ("Ngozi Okafor", "when did when did it open ?", None),
            ("PAR", "we were opening in 1998 .", 100),
            ("Ngozi Okafor", "who baked the loaf ?", 2100),
        ], name


def test_entities_in_any_xml_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET", encoding="utf-8")
    doctype = f'<!DOCTYPE tt [<!ENTITY f SYSTEM "{(tmp_path / "secret").as_uri()}"><!ENTITY h "ha">]>'
    document = load_text(tmp_path, "talk.ttml", f'{doctype}<tt><body><p begin="1s">No &f;&h;words.</p></body></tt>')
    assert said(document) == [(None, "No words.", 1000)]
