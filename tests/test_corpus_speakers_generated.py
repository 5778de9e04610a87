"""Transcripts made of labels and noise: no word under another person, no clock in a turn, no word lost."""

import re
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Document

# `{name}`, `{clock}` and `{words}`; a line end parts a label from its words.
FORMS = [
    "{name}: {words}",
    "**{name}:** {words}",
    "**{name}**: {words}",
    "**{name}** {clock}\n{words}",
    "##### **{name}** [[{bare}](https://example.org/t)]\n{words}",
    "{clock} {name}: {words}",
    "{clock} **{name}:** {words}",
    "{name} {clock}: {words}",
    "**{name}:{clock}** {words}",
    "{name} {clock}\n{words}",
    "{name}\t{clock}\t{words}",
    "{clock}\t{name}\t{words}",
    "{name} {clock} {words}",
    "{clock} {name}\n{words}",
    "@{name}: {words}",
    "#{name}: {words}",
    "{{{name}}} {words}",
    "【{name}】{words}",
    "[{name}] {words}",
    "{clock} [{name}] {words}",
    "{name}; {words}",
    "{name} – {words}",
    "{name} | {words}",
    "{name}\t{words}",
    "### {name}\n{words}",
    "{name}：{words}",
    "\u200f{name}: {words}",
    "🦊 {name}: {words}",
    "- **{name}:** {words}",
    "> {name}: {words}",
    '<a name="x"></a>**{name}:** {words}',
    ">> {name}: {words}",
]
CLOCKS = [
    "[{m:02d}:{s:02d}]",
    "[00:{m:02d}:{s:02d}]",
    "({m:02d}:{s:02d})",
    "[00:{m:02d}:{s:02d}.500]",
    "#00:{m:02d}:{s:02d}-3#",
]
NAMES = ["Ngozi", "Pieter Marais", "Dr. Jane O'Brien-Smith", "ANNA LINDQVIST", "Speaker 1", "SPEAKER_01", "Interviewer"]
NAMES += ["María José de la Cruz y Ortega", "’Abd al-Rahman", "Ana, Baker", "记者", "Анна", "Host", "Speaker #2"]
SENTENCES = [
    "When did you open the {}?",
    "We opened the {} in March.",
    "My sister said: the {} was late.",
    "I saw the {}, yes.",
]
SENTENCES += [
    "Why not the {}?",
    "One thing is sure: you need the {}.",
    "At 3:30 the {} was there.",
    "Thanks for the {}.",
]
NOISE = ["", "", "", "Advertisement", "Page {} of 9", "(LAUGHTER)", "---", "## Part {}", "[Laughter]"]
_CLOCK = re.compile(r"[\[(#]\d\d:\d\d[\d:.]*(?:-\d)?[\])#]")


@dataclass(frozen=True, slots=True)
class Made:
    """A transcript, and each turn's speaker with a word that only this turn has."""

    text: str
    turns: tuple[tuple[str, str], ...]


@st.composite
def transcripts(draw: st.DrawFn) -> Made:
    form, clock = draw(st.sampled_from(FORMS)), draw(st.sampled_from(CLOCKS))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True))
    between = draw(st.sampled_from(["\n\n", "\n\n", "\n"]))
    parts, turns = [], []
    for number in range(draw(st.integers(2 * len(names), 9))):
        name = names[number % len(names)]
        word = f"thing{number}x"
        second, minute = number * 7 % 60, number
        sentences = [
            sentence.format(word) for sentence in draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3))
        ]
        inner = draw(st.sampled_from(["", "", " " + clock.format(m=minute, s=second + 1)]))
        words = f"{inner} ".join(sentences) if inner.strip().startswith(("[", "#")) else " ".join(sentences)
        parts.append(
            form.format(
                name=name, clock=clock.format(m=minute, s=second), bare=f"00:{minute:02}:{second:02}", words=words
            )
        )
        turns.append((name, word))
        noise = draw(st.sampled_from(NOISE)) if between == "\n\n" and number else ""
        parts += [noise.format(number)] if noise else []
    text = between.join(parts)
    return Made(text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), tuple(turns))


def read(made: Made) -> Document:
    return Document.from_text(made.text, doc_id="x")


def bare(name: str) -> str:
    return name.strip("’").split(",")[0]


@settings(max_examples=400, deadline=None)
@given(transcripts())
def test_no_word_stands_under_another_person(made: Made) -> None:
    document = read(made)
    for turn in document.turns:
        said = made.text[turn.start : turn.end]
        persons = {bare(name) for name, word in made.turns if word in said}
        if turn.speaker is not None:
            assert persons <= {bare(turn.speaker)}, said


@settings(max_examples=400, deadline=None)
@given(transcripts())
def test_no_clock_stands_in_a_turn_and_no_word_outside_of_one(made: Made) -> None:
    document = read(made)
    end = 0
    gaps = []
    for turn in document.turns:
        assert end <= turn.start < turn.end
        if turn.kind == "speech":
            assert not _CLOCK.search(made.text[turn.start : turn.end])
        gaps.append(made.text[end : turn.start])
        end = turn.end
    rest = " ".join([*gaps, made.text[end:]])
    assert not [word for _, word in made.turns if word in rest]


@settings(max_examples=200, deadline=None)
@given(transcripts())
def test_who_speaks_is_known(made: Made) -> None:
    """Every form with two who come back is read: each turn's word is under its speaker."""
    document = read(made)
    found = {
        word: turn.speaker
        for turn in document.turns
        for _, word in made.turns
        if word in made.text[turn.start : turn.end]
    }
    assert {word: bare(speaker or "") for word, speaker in found.items()} == {
        word: bare(name) for name, word in made.turns
    }
