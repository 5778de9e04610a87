"""The written forms of a time."""

import re

import pytest

from corpus import Document
from corpus.clocks import CLOCK, CLOCK_IN_WORDS, parse_clock_ms

CLOCKS = {
    "04:11": 251_000,
    "1:02:03.5": 3_723_500,
    "(75:10)": 4_510_000,
    "00:00:03,160": 3_160,
    "01:00:14:12": 3_614_000,
    "01:00:14;12": 3_614_000,
    "#00:00:12-3#": 12_300,
    "[00:03 --> 00:07]": 3_000,
    "00:00:03.100 --> 00:00:07.000": 3_100,
    "[0.50 - 3.10]": 500,
    "[0.50s - 3.10s]": 500,
    "[[00:12](https://example.org/t=12)]": 12_000,
    "\\[04:11\\]": 251_000,
    "[12m03s]": 723_000,
    "{00:03}": 3_000,
    "10:03 AM": None,
}


@pytest.mark.parametrize(("mark", "start_ms"), CLOCKS.items(), ids=list(CLOCKS))
def test_a_clock_is_found_whole_and_read(mark: str, start_ms: int | None) -> None:
    found = re.compile(CLOCK).match(mark)
    assert found is not None
    assert found[0] == mark
    assert parse_clock_ms(mark) == start_ms


@pytest.mark.parametrize(
    ("words", "start_ms"),
    [
        ("0 minutes 3 seconds", 3_000),
        ("1 minute, 10 seconds", 70_000),
        ("4 seconds", 4_000),
        ("1 hour, 2 minutes", 3_720_000),
    ],
)
def test_a_time_in_words(words: str, start_ms: int) -> None:
    assert re.fullmatch(CLOCK_IN_WORDS, words)
    assert parse_clock_ms(words) == start_ms


@pytest.mark.parametrize("mark", ["[1]", "[2020]", "(2020)", "3:16-18", "localhost:8080", "1:2"])
def test_no_clock(mark: str) -> None:
    assert re.compile(CLOCK).search(mark) is None


def test_a_clock_among_the_words_parts_the_turn_and_is_its_time() -> None:
    text = (
        "Ann: [00:01] Why? [00:03] And when?\n\nBob: At 3:30, [inaudible 00:05] yes. [00:09]\n\nAnn: Why?\n\nBob: So."
    )
    turns = Document.from_text(text, doc_id="x").turns
    assert [(turn.speaker, turn.start_ms, text[turn.start : turn.end]) for turn in turns[:3]] == [
        ("Ann", 1_000, "Why?"),
        ("Ann", 3_000, "And when?"),
        ("Bob", None, "At 3:30, [inaudible 00:05] yes."),
    ]


def test_a_clock_on_its_own_line_is_the_time_of_the_label_below() -> None:
    text = "#00:00:01-0#\nI: Why?\n#00:00:12-3#\nB: So it was.\n#00:00:19-8#\nI: When?\nB: Then."
    turns = Document.from_text(text, doc_id="x").turns
    assert [(turn.speaker, turn.start_ms) for turn in turns] == [
        ("I", 1_000),
        ("B", 12_300),
        ("I", 19_800),
        ("B", None),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["10:30 Opening by the chair", "10:45 Report on flour", "11:15 Coffee", "11:30 Vote"],
        [
            "1:16 And Ruth said, Intreat me not to leave thee, or to return from following after thee.",
            "1:17 Where thou diest, will I die, and there will I be buried, and nowhere else at all.",
            "1:18 When she saw that she was stedfastly minded to go with her, then she left speaking unto her.",
        ],
    ],
    ids=["agenda", "verses"],
)
def test_times_of_a_day_and_verses_are_no_clock(lines: list[str]) -> None:
    document = Document.from_text("\n".join(lines), doc_id="x")
    assert [(turn.kind, turn.start_ms) for turn in document.turns] == [("narration", None)]
