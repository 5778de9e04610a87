"""One person, one name."""

import pytest

from corpus import Document
from corpus.identity import clean_name, find_persons


@pytest.mark.parametrize(
    ("written", "persons"),
    [
        (["TOM WELD, BYLINE", "ANN LEE, HOST", "WELD", "LEE"], ["TOM WELD", "ANN LEE", "TOM WELD", "ANN LEE"]),
        (["PETER MARAIS, BAKER", "RUTH MARAIS, OWNER", "MARAIS"], ["PETER MARAIS", "RUTH MARAIS", None]),
        (["ANN LEE (voice-over)", "LEE (on camera)"], ["ANN LEE", "ANN LEE"]),
        (["Mr. Lee (Chile)", "Mr. Lee (Peru)"], ["Mr. Lee (Chile)", "Mr. Lee (Peru)"]),
        (["Mr. Lee (Chile)", "Mr. Lee"], ["Mr. Lee", "Mr. Lee"]),
        (["Okafor, Ngozi", "Okafor, Ada"], ["Okafor, Ngozi", "Okafor, Ada"]),
        (["Jose\u0301 N", "JOS\u00c9 N", "Ｊｏｓé N"], ["José N", "José N", "José N"]),
        (["Gu Ting", "GT"], ["Gu Ting", "Gu Ting"]),
        (["Ann Lee", "Al Lund", "AL"], ["Ann Lee", "Al Lund", "AL"]),
        (["Q1", "A1", "Q2", "A2", "Q3"], ["Q", "A", "Q", "A", "Q"]),
        (["Q1", "A", "Q2", "A", "Q1"], ["Q1", "A", "Q2", "A", "Q1"]),
        (["Ann", "?", "Unknown"], ["Ann", None, None]),
        (["Mr. Weld", "Anna Weld"], ["Mr. Weld", "Anna Weld"]),
    ],
)
def test_persons(written: list[str], persons: list[str | None]) -> None:
    assert find_persons(written) == persons


def test_initials_of_a_key_above_the_dialogue() -> None:
    text = "NO: Ngozi Okafor (host)\nPM: Pieter Marais\n\nNO: When?\nPM: In March.\nNO: Who?\nPM: My sister."
    assert [speaker.name for speaker in Document.from_text(text, doc_id="x").speakers] == [
        "Ngozi Okafor",
        "Pieter Marais",
    ]


def test_whoever_examines_asks() -> None:
    first = "BY MR. WELD:\n\nQ. When?\n\nA. In March.\n\nMS. LEE: Objection.\n\n"
    text = first + "BY MS. LEE:\n\nQ. Who?\n\nA. Ann.\n\nQ. Why?"
    turns = Document.from_text(text, doc_id="x").turns
    assert [turn.speaker for turn in turns if turn.kind == "speech"] == [
        *("MR. WELD", "A", "MS. LEE", "MS. LEE", "A", "MS. LEE"),
    ]


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Okafor, Ngozi (External)", "Okafor, Ngozi (External)"),
        ("[Ann]:", "Ann"),
        ("(Ann Lee)", "Ann Lee"),
        ("Ann (host", "Ann (host"),
        (" : ", None),
    ],
)
def test_a_name_in_a_field_keeps_its_brackets(name: str, cleaned: str | None) -> None:
    assert clean_name(name) == cleaned
