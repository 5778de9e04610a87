"""WebVTT, SRT and SBV: sentences whole over cues, speakers from tags and labels, nothing said twice."""

from pathlib import Path

import pytest

from corpus import Document, SourceEmpty, SourceNotText, load

Said = list[tuple[str | None, str, int | None]]


def load_text(folder: Path, text: str, name: str = "talk.vtt") -> Document:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return load(folder / name)


def said(document: Document) -> Said:
    return [(turn.speaker, document.text[turn.start : turn.end], turn.start_ms) for turn in document.turns]


def test_a_sentence_over_several_cues_is_whole(tmp_path: Path) -> None:
    document = load_text(
        tmp_path, "WEBVTT\n\n00:01.000 --> 00:02.000\nThe port will\n\n00:02.000 --> 00:04.500\nopen in\nNovember.\n"
    )
    assert said(document) == [(None, "The port will open in November.", 1000)]
    assert document.text == "The port will open in November."
    assert document.turns[0].kind == "speech"


def test_voice_tags_name_the_speakers(tmp_path: Path) -> None:
    document = load_text(
        tmp_path,
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v.loud Ann Lee>Q&amp;A <i>now</i>?</v>\n\n"
        "00:01.000 --> 00:02.000\n<v Ann Lee>Yes?\n\n00:02.000 --> 00:03.000\n<v Bob>Sure, <00:02.500><c>go</c> on.\n",
    )
    assert said(document) == [("Ann Lee", "Q&A now? Yes?", 0), ("Bob", "Sure, go on.", 2000)]
    assert document.text == "Ann Lee: Q&A now? Yes?\n\nBob: Sure, go on."


def test_labels_in_cues_hold_until_the_next(tmp_path: Path) -> None:
    cues = ["Ann: Who built it?", "Bob: My father did,", "in 1987.", "Ann: Alone?", "Bob: Note: nobody helped."]
    text = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{cue}\n\n" for n, cue in enumerate(cues, start=1))
    assert said(load_text(tmp_path, text, "talk.srt")) == [
        ("Ann", "Who built it?", 1000),
        ("Bob", "My father did, in 1987.", 2000),
        ("Ann", "Alone?", 4000),
        ("Bob", "Note: nobody helped.", 5000),
    ]


def test_a_dash_or_arrows_begin_a_turn_of_nobody_named(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n- Ready?\n- Yes.\n\n2\n00:00:02,000 --> 00:00:03,000\n>> Then go.\n"
    assert said(load_text(tmp_path, text, "talk.srt")) == [
        (None, "Ready?", 1000),
        (None, "Yes.", 1000),
        (None, "Then go.", 2000),
    ]


def test_what_is_heard_and_not_said_is_narration(tmp_path: Path) -> None:
    document = load_text(
        tmp_path, "WEBVTT\n\n00:00.000 --> 00:01.000\n[Applause]\n\n00:01.000 --> 00:02.000\nThanks.\n"
    )
    assert [turn.kind for turn in document.turns] == ["narration", "speech"]


def test_rolling_captions_say_each_word_once(tmp_path: Path) -> None:
    lines = ["so the port", "opens in november", "and the ships", "come from lima", "every single day"]
    cues = []
    for number, (above, below) in enumerate(zip(["", *lines], lines, strict=False)):
        cues.append(f"00:0{number}.000 --> 00:0{number}.990 align:start position:0%\n{above}\n<c>{below}</c>\n")
        cues.append(f"00:0{number}.990 --> 00:0{number + 1}.000 align:start position:0%\n{below}\n \n")
    document = load_text(tmp_path, "WEBVTT\nKind: captions\nLanguage: en\n\n" + "\n".join(cues))
    assert document.text == " ".join(lines)


def test_words_repeated_in_captions_that_do_not_roll_stay(tmp_path: Path) -> None:
    said_twice = ["Yes.", "Yes.", "It is so.", "Nobody saw it coming.", "We left.", "The river rose.", "Then rain."]
    text = "".join(f"0:00:{n:02}.000,0:00:{n + 1:02}.000\n{line}\n\n" for n, line in enumerate(said_twice))
    assert load_text(tmp_path, text, "talk.sbv").text == " ".join(said_twice)


def test_a_long_talk_has_times_near_its_words(tmp_path: Path) -> None:
    text = "".join(
        f"00:{n // 60:02}:{n % 60:02}.000 --> 00:{n // 60:02}:{n % 60:02}.900\nSentence number {n}.\n\n"
        for n in range(100)
    )
    document = load_text(tmp_path, f"WEBVTT\n\n{text}")
    for turn in document.turns:
        first = document.text[turn.start : turn.end].split(".")[0]
        assert turn.start_ms == 1000 * int(first.rsplit(" ", 1)[1])
    assert max(turn.end - turn.start for turn in document.turns) < 400


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("name", ["talk.vtt", "talk.txt", "talk.srt"])
def test_captions_are_told_by_their_content(tmp_path: Path, name: str, end: str) -> None:
    text = "WEBVTT - a talk\n\nNOTE\nby hand\n\nfirst\n01:00:00.000 --> 01:00:01.500\nHello there.\n".replace("\n", end)
    assert said(load_text(tmp_path, text, name)) == [(None, "Hello there.", 3_600_000)]


def test_an_empty_line_or_no_line_between_cues_loses_nothing(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\nand two\n2\n00:00:02,000 --> 00:00:03,000\nand 3 <ehm> < 4.\n"
    assert load_text(tmp_path, text, "talk.srt").text == "One and two and 3 <ehm> < 4."


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(SourceNotText, match=r"talk\.vtt has no caption: a line such as 00:00:01\.000 --> "):
        load_text(tmp_path, "Just some words.")
    with pytest.raises(SourceEmpty, match=r"talk\.vtt has no caption with words"):
        load_text(tmp_path, "WEBVTT\n\n00:00.000 --> 00:01.000\n<c></c>\n")


def make_cues(cues: list[str], beside: list[str] | None = None, above: list[str] | None = None) -> str:
    """A WebVTT file of these cues, a second each from 1 s on, with words beside and above their times."""
    blocks = [
        f"{above[number] if above else number}\n00:00:{number + 1:02}.000 --> 00:00:{number + 2:02}.000 "
        f"{beside[number] if beside else ''}\n{cue}\n"
        for number, cue in enumerate(cues)
    ]
    return "WEBVTT\n\n" + "\n".join(blocks)


ASKED = ["Who built it?", "My father.", "Alone?"]
ASKED_BY = ["Ann Lee", "Bob", "Ann Lee"]
ASKED_SAID: Said = [(name, words, 1000 * n) for n, (name, words) in enumerate(zip(ASKED_BY, ASKED, strict=True), 1)]


@pytest.mark.parametrize(
    "text",
    [
        make_cues(ASKED, beside=["align:start Ann Lee", "Bob", "position:50% Ann Lee:"]),
        make_cues(ASKED, above=ASKED_BY),
        make_cues(ASKED, above=['1 "Ann Lee" (23058)', '2 "Bob" (77)', '3 "Ann Lee" (23058)']),
        make_cues([f"({name})\n{words}" for name, words in zip(ASKED_BY, ASKED, strict=True)]),
        make_cues([f"[{name}] {words}" for name, words in zip(ASKED_BY, ASKED, strict=True)]),
        make_cues([f"<v {name}>[00:00:01] {name}: {words}" for name, words in zip(ASKED_BY, ASKED, strict=True)]),
        make_cues([f"\u200e{name}: {words}" for name, words in zip(ASKED_BY, ASKED, strict=True)]),
        make_cues([f"{name}: {words}" for name, words in zip(ASKED_BY, ASKED, strict=True)]).replace("\n\n", "\n"),
    ],
    ids=["beside the times", "above", "Webex", "above the words", "in front", "said twice", "mark", "no empty lines"],
)
def test_a_speaker_is_known_wherever_the_name_stands(tmp_path: Path, text: str) -> None:
    assert said(load_text(tmp_path, text)) == ASKED_SAID


def test_several_speakers_in_one_cue(tmp_path: Path) -> None:
    text = make_cues(["<v Ann>Who?</v> <v Bob>My father.", "<v Ann>Alone?</v>"])
    assert said(load_text(tmp_path, text)) == [
        ("Ann", "Who?", 1000),
        ("Bob", "My father.", 1000),
        ("Ann", "Alone?", 2000),
    ]
    text = make_cues([">> ANN: Who built it? >> BOB: My", "father. &gt;&gt; ANN: Alone? ->> Well, yes."])
    assert said(load_text(tmp_path, text)) == [
        ("ANN", "Who built it?", 1000),
        ("BOB", "My father.", 1000),
        ("ANN", "Alone?", 2000),
        (None, "Well, yes.", 2000),
    ]


def test_what_is_heard_is_nobody_though_it_stands_in_front_of_every_cue(tmp_path: Path) -> None:
    text = make_cues(["(Applause)\nThank you.", "(Laughter)\nWe opened.", "(Applause)\nIn 1998."])
    document = load_text(tmp_path, text)
    assert not document.speakers
    assert [document.text[turn.start : turn.end] for turn in document.turns if turn.kind == "narration"] == [
        *("(Applause)", "(Laughter)", "(Applause)"),
    ]


def test_words_on_the_line_of_the_times_are_kept(tmp_path: Path) -> None:
    text = "00:00:01.000 --> 00:00:03.000 Ann: Who built it?\n00:00:02.000 --> 00:00:03.000 Bob: My father.\n"
    text += "00:00:03.000 --> 00:00:04.000 Ann: Alone?\n"
    assert said(load_text(tmp_path, text, "talk.txt")) == [
        (name.split()[0], *rest) for name, *rest in ASKED_SAID if name
    ]
