"""Speaker labels as people write them, and what looks like one without being one."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Document
from corpus.encoding import decode
from corpus.formats.detect import read

Said = list[tuple[str | None, str]]


def said(text: str) -> Said:
    document = Document.from_text(text, doc_id="x")
    return [(turn.speaker, text[turn.start : turn.end]) for turn in document.turns]


ASK, REPLY, THEN = "Who built the bridge?", "My grandfather built it.", "And who paid?"
STYLES: dict[str, tuple[str, str, str]] = {
    "name": ("{name}: {words}", "Ann", "Bob"),
    "capitals": ("{name}: {words}", "ANN LEE", "BOB"),
    "no-break space": ("{name}:\u00a0{words}", "Ann", "Bob"),
    "full-width colon": ("{name}：{words}", "记者", "大使"),
    "bold": ("**{name}:** {words}", "Ann", "Bob"),
    "bold, colon outside": ("**{name}**: {words}", "Ann", "Bob"),
    "italic": ("*{name}:* {words}", "Ann", "Bob"),
    "time first": ("[00:12:03] {name}: {words}", "Ann", "Bob"),
    "bold time first": ("**[00:12:03]** {name}: {words}", "Ann", "Bob"),
    "time in the bold": ("**[00:12:03] {name}:** {words}", "Ann", "Bob"),
    "bold name, time, colon": ("**{name}** (12:03): {words}", "Ann", "Bob"),
    "time behind": ("{name} (12:03): {words}", "Ann", "Bob"),
    "time line": ("{name}  12:03\n{words}", "Ann", "Bob"),
    "escaped time": ("**{name}:** \\[12:03\\] {words}", "Ann", "Bob"),
    "name alone": ("{name}\n{words}", "Ann Lee", "Bob"),
    "colon alone": ("{name}:\n\n{words}", "Q", "Ann Lee"),
    "heading": ("### {name}\n{words}", "Interviewer", "Systems Developer"),
    "question and answer": ("{name}: {words}", "Q", "A"),
    "person": ("({name}) {words}", "PERSON6", "PERSON12"),
    "bracket": ("[{name}] {words}", "PERSON6", "PERSON12"),
    "ampersand": ("& {name}: {words}", "SPEAKER_1", "SPEAKER_2"),
    "list": ("- {name}: {words}", "Ann", "Bob"),
    "quoted": ("> {name}: {words}", "Ann", "Bob"),
    "Spanish": ("{name}: {words}", "Entrevistador", "Núñez de la Peña"),
    "Cyrillic": ("{name}: {words}", "Интервьюер", "Анна"),
    "Korean": ("{name}: {words}", "기자", "대사"),
    "Thai": ("{name}: {words}", "ผู้สัมภาษณ์", "แขก"),
    "numbered": ("{name}: {words}", "Speaker 1", "Speaker 2"),
    "written out": ("{name}: {words}", "Question", "Answer"),
    "office": ("{name}: {words}", "First Minister", "Host"),
    "machine": ("{name}: {words}", "spk_0", "spk_1"),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_style_of_label(style: str) -> None:
    pattern, first, second = STYLES[style]
    turns = [(first, ASK), (second, REPLY), (first, THEN), (second, "The town paid for it.")]
    text = "\n\n".join(pattern.format(name=name, words=words) for name, words in turns)
    assert said(text) == turns


@pytest.mark.parametrize(
    "line",
    [
        "Note: this was cut for length.",
        "Update: the bridge fell.",
        "http://example.org/a: the page.",
        "https://example.org is the page.",
        "12:30 was when it opened.",
        "The answer was this: nobody paid.",
        "Secondly: nobody paid.",
        "And: nobody paid.",
        "“Bob: pay,” they said.",
    ],
)
def test_no_label(line: str) -> None:
    text = f"Ann: {ASK}\n\nBob: {REPLY}\n{line}\n\nAnn: {THEN}\n\nBob: Nobody."
    assert said(text)[1] == ("Bob", f"{REPLY}\n{line}")


def test_a_label_holds_for_the_paragraphs_below_it() -> None:
    text = f"Ann: {ASK}\n\nBob: {REPLY}\n\nHe was alone.\n\nAnn: {THEN}"
    assert said(text)[1] == ("Bob", f"{REPLY}\n\nHe was alone.")


def test_initials_after_the_full_name_are_the_same_speaker() -> None:
    text = f"Gu Ting: {ASK}\n\nMarco Balarezo: {REPLY}\n\nGT: {THEN}\n\nMB: The town.\n\nGT: Oh.\n\nMB: Yes."
    assert [speaker for speaker, _ in said(text)] == ["Gu Ting", "Marco Balarezo"] * 3


def test_initials_in_brackets_behind_the_name() -> None:
    text = f"Lia Quiroz (LQZ): {ASK}\n\nBob Ash (BA): {REPLY}\n\nLQZ: {THEN}\n\nBA: The town.\n\nLQZ: Oh."
    assert [speaker for speaker, _ in said(text)] == ["Lia Quiroz", "Bob Ash", "Lia Quiroz", "Bob Ash", "Lia Quiroz"]


def test_initials_of_two_people_are_nobody_s() -> None:
    text = f"Ann Lee: {ASK}\n\nAl Lund: {REPLY}\n\nAL: {THEN}\n\nAnn Lee: Oh.\n\nAL: Yes.\n\nAl Lund: No."
    assert [speaker for speaker, _ in said(text)] == ["Ann Lee", "Al Lund", "AL", "Ann Lee", "AL", "Al Lund"]


def test_header_lines_that_name_people_are_no_turns() -> None:
    head = "INTERVIEWEE: Ana Ruiz\nINTERVIEWER: Bo Li\nDATE: 3 May 2024\n\n"
    body = f"INTERVIEWER: {ASK}\n\nINTERVIEWEE: {REPLY}\n\nINTERVIEWER: {THEN}\n\nINTERVIEWEE: Nobody."
    document = Document.from_text(head + body, doc_id="x")
    assert [turn.speaker for turn in document.turns] == [None, *["INTERVIEWER", "INTERVIEWEE"] * 2]
    assert document.text[document.turns[0].start : document.turns[0].end] == head.strip()
    assert [(speaker.name, speaker.role) for speaker in document.speakers] == [
        ("INTERVIEWER", "asks"),
        ("INTERVIEWEE", "answers"),
    ]


def test_a_line_that_gives_a_name_is_nobody_s_words() -> None:
    text = f"ABC: {ASK}\n\nPresenter: Bob Ash (BA)\n\nBA: {REPLY}\n\nABC: {THEN}\n\nPresenter: Ann Lee (AL)\n\nBA: Oh."
    assert said(text) == [
        ("ABC", ASK),
        (None, "Presenter: Bob Ash (BA)"),
        ("BA", REPLY),
        ("ABC", THEN),
        (None, "Presenter: Ann Lee (AL)"),
        ("BA", "Oh."),
    ]


def test_who_asks_on_a_panel() -> None:
    asking = [f"Host Kim: What did you make of year {year}?" for year in range(1990, 1996)]
    names = ["Ann Lee", "Bob Ash", "Cleo Diaz"]
    answers = [f"{names[n % 3]}: It was a long year for all of us. We lost much. We built more." for n in range(6)]
    text = "\n\n".join(line for pair in zip(asking, answers, strict=True) for line in pair)
    roles = {speaker.name: speaker.role for speaker in Document.from_text(text, doc_id="x").speakers}
    assert roles == {"Host Kim": "asks", **dict.fromkeys(names, "answers")}


def test_times_without_speakers_are_no_words() -> None:
    text = "00:00:00 One of the major areas is\n\n00:00:06 programming. Yet when\n\n00:00:11 working, none.\n"
    document = Document.from_text(text, doc_id="x")
    assert [(turn.start_ms, text[turn.start : turn.end], turn.kind) for turn in document.turns] == [
        (0, "One of the major areas is", "speech"),
        (6000, "programming. Yet when", "speech"),
        (11_000, "working, none.", "speech"),
    ]
    assert document.title == "x"


def test_a_time_alone_on_its_line() -> None:
    text = "1:59\n\nOkay, I mean now.\n\n2:12\n\nYes.\n\n1:02:14\n\nGood."
    document = Document.from_text(text, doc_id="x")
    assert [turn.start_ms for turn in document.turns] == [119_000, 132_000, 3_734_000]


def test_narrow_spaces_around_a_dash() -> None:
    turns: Said = [("Ann", ASK), ("Bob", REPLY), ("Ann", THEN), ("Bob", "The town.")]
    assert said("\n\n".join(f"{name}\u202f–\u202f{words}" for name, words in turns)) == turns


NAMES = ["Ann", "Bob Ash", "Núñez", "ENTREVISTADOR", "Dr. Lee", "Q", "SPEAKER_01"]
CHINESE_NAMES = ["记者", "大使"]
PATTERNS = [pattern for style, (pattern, _, _) in STYLES.items() if style not in {"full-width colon", "bracket"}]
SENTENCES = [
    "Who built it?",
    "It was so.",
    "C'est près d'ici, à Nîmes.",
    "“Never,” he said: not once!",
    "Sí. ¿Por qué?",
]
CHINESE_SENTENCES = ["谁建的桥？", "我的祖父建的，他说。", "后来呢？"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "gb18030"]


@st.composite
def transcripts(draw: st.DrawFn) -> tuple[str, Said, str, str]:
    """A transcript, its turns, an encoding that has its characters, and a line end."""
    encoding = draw(st.sampled_from(ENCODINGS))
    chinese = encoding == "gb18030"
    names = CHINESE_NAMES if chinese else NAMES
    sentences = st.sampled_from(CHINESE_SENTENCES if chinese else SENTENCES)
    if encoding == "latin-1":  # it has no curly quotes
        sentences = sentences.map(lambda sentence: sentence.replace("“", '"').replace("”", '"'))
    first, second = draw(st.permutations(names))[:2]
    words = draw(st.lists(sentences, min_size=4, max_size=8))
    turns: Said = [((first, second)[number % 2], word) for number, word in enumerate(words)]
    pattern = draw(st.sampled_from(PATTERNS))
    if pattern.startswith("({name})"):
        turns = [(name.replace("Dr. ", ""), word) for name, word in turns if name is not None]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = "\n\n".join(pattern.format(name=name, words=word) for name, word in turns)
    return text.replace("\n", end), turns, encoding, end


@settings(max_examples=300, deadline=None)
@given(transcripts())
def test_labels_times_encodings_and_line_ends_in_any_mixture(made: tuple[str, Said, str, str]) -> None:
    text, turns, encoding, _ = made
    name, extract = read(text.encode(encoding), "talk.txt")
    assert (name, extract.text) == ("text", text)
    assert [(turn.speaker, text[turn.start : turn.end]) for turn in extract.turns] == turns


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("记者：您好，大使先生。\n大使：谢谢你们的邀请。\n", "gb18030"),
        ("GT: Hello. We talk about 钱凯港 today.\nBalarezo: Thank you.\n" * 3, "gb18030"),
        ("Élodie : À Besançon, près de l’école – très tôt.\n", "cp1252"),
        ("Müller: Größe\x81 über Äpfel und vieles mehr, was hier noch steht, sodass es ein langer Text wird: "
         "und noch mehr, damit ein Zeichen nicht auffällt.\n", "latin-1"),
        ("Интервьюер: Здравствуйте, как дела?\nАнна: Всё хорошо, спасибо большое вам.\n", "cp1251"),
        ("기자: 안녕하세요, 만나서 반갑습니다.\n대사: 감사합니다. 저도 반갑습니다.\n", "cp949"),
        ("記者：こんにちは、お元気ですか。\n大使：はい、元気です。ありがとうございます。\n", "cp932"),
        ("Ann: Hello.\nBob: Hi 👋.\n", "utf-32"),
    ],
    ids=["Chinese", "Chinese names", "Windows", "Latin-1", "Cyrillic", "Korean", "Japanese", "UTF-32"],
)  # fmt: skip
def test_an_encoding_is_told_by_its_letters(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "talk.txt") == text


def test_a_large_transcript_takes_well_under_a_second(tmp_path: Path) -> None:
    import time

    text = "\n\n".join(f"{('Ann', 'Bob')[n % 2]}: {REPLY} {n} " + "And then it rained. " * 5 for n in range(500))
    assert len(text) > 60_000
    Document.from_text("Ann: Warm up.", doc_id="x")
    started = time.perf_counter()
    Document.from_text(text, doc_id="x")
    assert time.perf_counter() - started < 1.0
