"""Text into turns: the styles of labels that people use, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Speaker

WORDS = "We began in the spring. Nobody knew how it would end."


def turns_of(text: str) -> list[tuple[str | None, str, str]]:
    document = Document.from_text(text, doc_id="x")
    return [(turn.speaker, turn.kind, text[turn.start : turn.end]) for turn in document.turns]


STYLES = {
    "colon": ("Anna: {}", "Ben Okri: {}", ("Anna", "Ben Okri")),
    "capitals": ("ANNA: {}", "BEN OKRI: {}", ("ANNA", "BEN OKRI")),
    "bold": ("**Anna:** {}", "**Ben Okri:** {}", ("Anna", "Ben Okri")),
    "bold, colon outside": ("**Anna**: {}", "**Ben**: {}", ("Anna", "Ben")),
    "escaped time after the label": ("**Anna:** \\[00:12\\] {}", "**Ben:** \\[01:12\\] {}", ("Anna", "Ben")),
    "time before the label": ("[00:12:03] Anna: {}", "[00:13:00] Ben: {}", ("Anna", "Ben")),
    "name and time alone": ("Anna  0:12\n{}", "Ben  1:12\n{}", ("Anna", "Ben")),
    "bold name and time alone": ("**Anna** [0:12]\n{}", "**Ben** [1:12]\n{}", ("Anna", "Ben")),
    "label alone on its line": ("Anna:\n{}", "Ben:\n{}", ("Anna", "Ben")),
    "letters": ("Q: {}", "A: {}", ("Q", "A")),
    "brackets": ("[PERSON1] {}", "[PERSON2] {}", ("PERSON1", "PERSON2")),
    "machine": ("SPEAKER_00: {}", "SPEAKER_01: {}", ("SPEAKER_00", "SPEAKER_01")),
    "parts with numbers": ("Interviewer 1: {}", "Participant: {}", ("Interviewer 1", "Participant")),
    "headings": ("### Anna\n{}", "### Ben\n{}", ("Anna", "Ben")),
    "no-break space": ("Anna:\u00a0{}", "Ben:\u00a0{}", ("Anna", "Ben")),
    "no capitals in the script": ("記者：{}", "大使：{}", ("記者", "大使")),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("style", STYLES)
def test_label_styles(style: str, line_end: str) -> None:
    first, second, (anna, ben) = STYLES[style]
    text = "\n\n".join(form.format(WORDS) for form in (first, second, first, second)).replace("\n", line_end)
    assert turns_of(text) == [(name, "speech", WORDS) for name in (anna, ben, anna, ben)]


@pytest.mark.parametrize(
    "line",
    [
        "Note: the sound was poor here.",
        "Update: we know better now.",
        "He said this: nothing was lost.",
        "https://example.org/a:b is where it stands.",
        "12:30 was the time that we left.",
        "I have to say: it was late.",
    ],
)
def test_not_a_label(line: str) -> None:
    text = f"Anna: {WORDS}\n\nBen: {WORDS}\n{line}\n\nAnna: {WORDS}"
    assert [speaker for speaker, _, _ in turns_of(text)] == ["Anna", "Ben", "Anna"]
    assert line in turns_of(text)[1][2]


def test_an_answer_of_several_paragraphs_is_one_turn() -> None:
    text = "Anna: Why?\n\nBen: Because.\n\nAnd because.\n\nAnna: I see."
    assert turns_of(text)[1] == ("Ben", "speech", "Because.\n\nAnd because.")


def test_text_before_the_first_label_is_narration() -> None:
    text = f"A headline\n\nAn introduction.\n\nAnna: {WORDS}\n\nBen: {WORDS}"
    assert turns_of(text)[0] == (None, "narration", "A headline\n\nAn introduction.")


def test_page_furniture_at_the_end_is_no_speech() -> None:
    text = f"Anna: {WORDS}\n\nBen: {WORDS}\n\nLeave a Reply\n\nYour email address will not be published. *"
    assert [kind for _, kind, _ in turns_of(text)] == ["speech", "speech", "furniture", "furniture"]


def test_front_matter_and_rules_are_furniture() -> None:
    text = f"---\ntitle: x\n---\n\nAnna: {WORDS}\n\n---\n\nBen: {WORDS}"
    assert turns_of(text) == [
        (None, "furniture", "---\ntitle: x\n---"),
        ("Anna", "speech", WORDS),
        (None, "furniture", "---"),
        ("Ben", "speech", WORDS),
    ]


def test_page_data_before_the_dialogue_is_no_speaker() -> None:
    text = f"Interviewee: Ana Ruiz\nPlace: Lima\n\nQ: Why?\n\nAna Ruiz: {WORDS}\n\nQ: When?\n\nAna Ruiz: {WORDS}"
    assert [speaker.name for speaker in Document.from_text(text, doc_id="x").speakers] == ["Q", "Ana Ruiz"]


def test_a_heading_inside_the_dialogue_is_nobodys_words() -> None:
    text = f"Anna: {WORDS}\n\n## The end\n\nBen: {WORDS}"
    assert turns_of(text)[1] == (None, "narration", "## The end")


def test_a_time_mark_at_a_paragraph_is_not_quoted_and_is_kept() -> None:
    text = f"**Anna:** {WORDS}\n\n\\[04:11\\] Later on.\n\n**Ben:** {WORDS}"
    document = Document.from_text(text, doc_id="x")
    later = document.turns[1]
    assert (later.speaker, later.start_ms, text[later.start : later.end]) == ("Anna", 251_000, "Later on.")


def test_a_text_without_labels_is_narration() -> None:
    assert turns_of("Once upon a time. The end.") == [(None, "narration", "Once upon a time. The end.")]


def test_roles_from_the_dialogue() -> None:
    text = "\n\n".join(["Ann: How was it?", f"Bob: {WORDS} {WORDS}"] * 3)
    assert Document.from_text(text, doc_id="x").speakers == (Speaker("Ann", "asks"), Speaker("Bob", "answers"))


def test_roles_stay_open_where_both_ask() -> None:
    text = "\n\n".join(["Ann: How was it? Good.", "Bob: And for you? Good."] * 3)
    assert Document.from_text(text, doc_id="x").speakers == (Speaker("Ann", None), Speaker("Bob", None))


paragraphs = st.lists(st.text(max_size=60), max_size=12).map("\n\n".join)
labels = st.sampled_from(["", "Anna: ", "**Ben:** ", "[00:01] Anna: ", "Q: ", "Leave a Reply\n", "## ", "---\n"])


@given(st.lists(st.tuples(labels, paragraphs), min_size=1, max_size=8))
def test_turns_are_ordered_apart_and_free_of_white_space_at_their_ends(parts: list[tuple[str, str]]) -> None:
    text = "x\n\n" + "\n\n".join(label + words for label, words in parts)
    end = 0
    for turn in Document.from_text(text, doc_id="x").turns:
        said = text[turn.start : turn.end]
        assert end <= turn.start < turn.end <= len(text)
        assert said == said.strip()
        end = turn.end
