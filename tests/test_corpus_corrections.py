"""Corrections laid over a document: who says what, by which name, in which words; the text stays the source's."""

import json
from dataclasses import replace

import pytest

from corpus import (
    Correction,
    CorrectionInvalid,
    Corrections,
    Document,
    correct_words,
    drop_speaker,
    read_corrections,
    reassign,
    rename_speaker,
    set_role,
    write_corrections,
)

TALK = (
    "S1: Is it true that the port was sold for nothing?\n\nS2: No. We sold the RSPs in May. The port stays ours.\n\n"
    "S1: And the price?\n\nS2: It was fair. Deadline: Friday, they said.\n"
)
LABELLED = (
    "Ann: When is it?\n\nBob: We were told this.\n\nDeadline: Friday at noon.\n\nAnn: And then?\n\nBob: Then we left.\n"
)


def talk(text: str = TALK) -> Document:
    return Document.from_text(text, doc_id="talk")


def show(document: Document, *records: Correction) -> Document:
    return Corrections(records).lay_out(document).show()


def said(document: Document) -> list[tuple[str | None, str]]:
    return [(turn.speaker, document.text[turn.start : turn.end]) for turn in document.turns if turn.kind == "speech"]


def place(document: Document, words: str) -> tuple[int, int]:
    start = document.text.index(words)
    return start, start + len(words)


def test_a_new_name_is_everybodys_of_the_old_one_and_keeps_the_role() -> None:
    document = talk()
    shown = show(document, rename_speaker("S2", "Anna Berg", by="me", doc_id="talk"))
    assert [speaker.name for speaker in shown.speakers] == ["S1", "Anna Berg"]
    assert shown.role_of("Anna Berg") == document.role_of("S2") == "answers"
    assert [name for name, _ in said(shown)] == ["S1", "Anna Berg", "S1", "Anna Berg"]
    assert (shown.text, shown.sha256) == (document.text, document.sha256)


def test_names_follow_one_another_and_two_of_one_name_are_one_person() -> None:
    records = (
        rename_speaker("S2", "Anna", by="me"),
        rename_speaker("Anna", "Anna Berg", by="me", doc_id="talk"),
        rename_speaker("S1", "Anna Berg", by="me", doc_id="talk"),
    )
    shown = show(talk(), *records)
    assert [speaker.name for speaker in shown.speakers] == ["Anna Berg"]


def test_a_name_that_says_who_asks_gives_the_role() -> None:
    shown = show(talk(), rename_speaker("S2", "Interviewer", by="me", doc_id="talk"))
    assert shown.role_of("Interviewer") == "asks"


def test_a_turn_given_to_somebody_else_is_theirs() -> None:
    document = talk()
    turn = document.turns[3]
    shown = show(document, reassign(document, turn.start, turn.end, "S1", by="me"))
    assert said(shown)[3] == ("S1", "It was fair. Deadline: Friday, they said.")
    assert not shown.has_own_turns


def test_a_part_of_a_turn_is_split_off() -> None:
    document = talk()
    shown = show(document, reassign(document, *place(document, "We sold the RSPs in May."), "S3", by="me"))
    assert said(shown)[1:4] == [
        ("S2", "No."),
        ("S3", "We sold the RSPs in May."),
        ("S2", "The port stays ours."),
    ]


def test_words_given_to_nobody_are_narration() -> None:
    document = talk()
    shown = show(document, reassign(document, *place(document, "The port stays ours."), None, by="me"))
    start, end = place(document, "The port stays ours.")
    turn = shown.turns[shown.turn_at(start, end) or 0]
    assert (turn.speaker, turn.kind) == (None, "narration")


def test_somebody_new_of_a_name_that_the_source_has_for_another_is_another() -> None:
    document = talk()
    records = (
        rename_speaker("S1", "Carla", by="me", doc_id="talk"),
        reassign(document, *place(document, "No."), "S1", by="me"),
    )
    shown = show(document, *records)
    assert [name for name, _ in said(shown)] == ["Carla", "S1", "S2", "Carla", "S2"]


def test_a_false_speaker_is_part_of_what_was_said_before() -> None:
    document = talk(LABELLED)
    assert "Deadline" in {speaker.name for speaker in document.speakers}
    shown = show(document, drop_speaker("talk", "Deadline", by="me"))
    assert [speaker.name for speaker in shown.speakers] == ["Ann", "Bob"]
    assert said(shown)[1:3] == [("Bob", "We were told this."), ("Bob", "Deadline: Friday at noon.")]


def test_who_asks_can_be_set() -> None:
    shown = show(talk(), set_role("talk", "S2", "asks", by="me"), set_role("talk", "S1", "answers", by="me"))
    assert (shown.role_of("S2"), shown.role_of("S1")) == ("asks", "answers")


def test_corrected_words_are_read_and_shown_in_brackets_and_the_source_stays() -> None:
    document = talk()
    shown = show(document, correct_words(document, *place(document, "RSPs"), "RSUs", by="me"))
    start, end = place(document, "We sold the RSPs in May.")
    assert shown.read(start, end) == "We sold the RSUs in May."
    assert shown.bracket(start, end) == "We sold the [RSUs] in May."
    assert shown.text[start:end] == "We sold the RSPs in May."
    folded = shown.read_with_offsets(start, end)
    at = folded.text.index("RSUs")
    assert folded.to_source(at, at + 4) == (12, 16)
    assert folded.to_source(at + 5, at + 7) == (17, 19)
    assert shown.bracket(*place(document, "The port stays ours.")) is None


def test_words_are_corrected_again_by_the_later_correction() -> None:
    document = talk()
    first = correct_words(document, *place(document, "RSPs"), "RSUs", by="me")
    second = correct_words(document, *place(document, "the RSPs"), "our shares", by="me")
    shown = show(document, first, second)
    assert shown.bracket(*place(document, "We sold the RSPs in May.")) == "We sold [our shares] in May."


def test_corrections_are_carried_over_to_a_changed_text() -> None:
    document = talk()
    records = (
        correct_words(document, *place(document, "RSPs"), "RSUs", by="me"),
        reassign(document, *place(document, "It was fair. Deadline: Friday, they said."), "S1", by="me"),
    )
    edited = talk("Recorded in Lima.\n\n" + TALK.replace("No. We", "No, no. We"))
    layout = Corrections(records).lay_out(edited)
    assert set(layout.effects.values()) == {"applied"}
    assert layout.show().bracket(*place(edited, "We sold the RSPs in May.")) == "We sold the [RSUs] in May."
    assert said(layout.show())[3] == ("S1", "It was fair. Deadline: Friday, they said.")


def test_a_correction_whose_place_is_gone_or_twice_there_is_lost() -> None:
    document = talk()
    record = correct_words(document, *place(document, "RSPs"), "RSUs", by="me")
    gone = talk(TALK.replace("RSPs", "bonds"))
    twice = talk(TALK + TALK)
    for changed in (gone, twice):
        layout = Corrections((record,)).lay_out(changed)
        assert layout.effects == {record.id: "lost"}
        assert layout.document.words == ()


def test_short_words_somewhere_else_are_not_taken_for_the_same() -> None:
    document = talk()
    record = correct_words(document, *place(document, "No"), "Yes", by="me")
    other = talk("Ann: Why?\n\nBob: Nobody knew. No one at all came to see us there.\n")
    assert Corrections((record,)).lay_out(other).effects == {record.id: "lost"}


def test_a_correction_about_nobody_is_idle() -> None:
    record = rename_speaker("S9", "Anna", by="me", doc_id="talk")
    assert Corrections((record,)).lay_out(talk()).effects == {record.id: "idle"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda document: rename_speaker("S1", " ", by="me"), "the name is '', expected one line"),
        (lambda document: rename_speaker("S1", "a\nb", by="me"), "expected one line of at most 200"),
        (lambda document: rename_speaker("S1", "S1", by="me"), "is called that already"),
        (lambda document: correct_words(document, 0, 0, "x", by="me"), "is not within one turn"),
        (lambda document: correct_words(document, 0, 200, "x", by="me"), "is not within one turn"),
        (lambda document: correct_words(document, *place(document, "No. We"), "x", by="me"), "not within one sentence"),
        (
            lambda document: correct_words(document, *place(document, "RSPs"), "RSPs", by="me"),
            "has these words already",
        ),
        (lambda document: correct_words(document, *place(document, "RSPs"), "", by="me"), "expected one line"),
        (lambda document: reassign(document, 5000, 5001, "S1", by="me"), "nothing is said at 5000-5001 of talk"),
    ],
)
def test_what_is_no_correction_is_refused(make: object, message: str) -> None:
    with pytest.raises(CorrectionInvalid, match=message):
        make(talk())  # type: ignore[operator]


def test_the_file_is_open_and_reads_back_to_the_same() -> None:
    document = talk()
    corrections = Corrections(
        (
            rename_speaker("S2", "Anna Berg", by="me"),
            reassign(document, *place(document, "No."), None, by="me"),
            drop_speaker("talk", "S1", by="me"),
            set_role("talk", "S2", "asks", by="me"),
            correct_words(document, *place(document, "RSPs"), "RSUs", by="me"),
        )
    )
    data = write_corrections(corrections)
    assert read_corrections(data, "x") == corrections
    stored = json.loads(data)
    assert stored["version"] == 1
    assert stored["corrections"][4]["at"]["exact"] == "RSPs"


def _record(**changes: object) -> bytes:
    record = {"id": "a", "kind": "rename", "by": "me", "when": "now", "speaker": "S1", "to": "Ann"} | changes
    return json.dumps({"version": 1, "corrections": [record]}).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "x is no JSON"),
        (b"[" * 100_000, "x is no JSON"),
        (b"[]", "x is no file of corrections"),
        (b'{"version": 2, "corrections": []}', "is of version 2, expected 1"),
        (b'{"version": 1, "corrections": [3]}', "correction 1 is no object"),
        (_record(kind="delete"), "correction 1 is of the kind delete, expected one of rename"),
        (_record(to="a\u202eb"), "correction 1 has .* as “to”"),
        (_record(to=7), "correction 1 has '7' as “to”"),
        (_record(kind="role", doc_id="d", to="sings"), "has the role 'sings', expected asks or answers"),
        (_record(kind="words", doc_id="d"), "lacks its place"),
        (_record(kind="words", doc_id="d", at={"start": -1, "end": 2}), "as “start” of its place"),
        (
            _record(kind="words", doc_id="d", at={"start": 1, "end": 2, "exact": "", "sha256": ""}),
            "place without words",
        ),
        (_record(kind="words", doc_id="d", at={"start": 1, "end": 2, "exact": "x" * 999, "sha256": ""}), "as “exact”"),
        (_record(kind="drop"), "as “doc_id”"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(data: bytes, message: str) -> None:
    with pytest.raises(CorrectionInvalid, match=message):
        read_corrections(data, "x")


def test_two_of_one_id_are_refused() -> None:
    record = rename_speaker("S1", "Ann", by="me")
    data = write_corrections(Corrections((record, replace(record, to="Bob"))))
    with pytest.raises(CorrectionInvalid, match="two corrections with the id"):
        read_corrections(data, "x")
