"""Conditions as records: names found in every form, what is masked, and the file they are kept in."""

import json
from collections.abc import Callable

import pytest

from corpus import (
    FILLER,
    Condition,
    ConditionInvalid,
    Conditions,
    Document,
    Names,
    Overlay,
    describe_condition,
    embargo,
    list_forms,
    no_export,
    off_record,
    pseudonym,
    read_conditions,
    write_conditions,
)

NAMES = Names(dict.fromkeys(("José Núñez", *list_forms("José Núñez")), "P"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("José Núñez came.", "P came."),
        ("JOSE NUNEZ came.", "P came."),
        ("Jose\u0301 and nun\u0303ez", "P and P"),
        ("José's boat, Núñezs boat, Núñez’ boat", "P's boat, P boat, P’ boat"),
        ("Núñez, José", "P"),
        ("José M. Núñez", "P"),
        ("J. Núñez", "P"),
        ("**José**\n  Núñez", "**P"),
        ("Jos&eacute; N\u00fa\u00adñez", "P"),
        ("_josé_ jose@nunez.example", "_P_ P.example"),
        ("Josefina Nuñezia", "Josefina Nuñezia"),
        ("Ｊｏｓé", "P"),
    ],
)
def test_names_are_found_in_every_form(text: str, shown: str) -> None:
    assert NAMES.hide(text) == shown


def test_the_forms_of_a_name() -> None:
    assert list_forms("Anna van der Berg") == ("A. Berg", "Anna", "Berg")
    assert list_forms("Dr. Berg") == ("Berg",)
    assert list_forms("Berg") == ()
    assert pseudonym("Anna Berg", "P", by="ed", forms=("Anni",)).forms == ("Anna Berg", "Anni")


def test_every_hidden_character_but_line_breaks_is_a_filler_and_all_others_stay() -> None:
    document = Document.from_text("Ann: Yes.\nWe went.\nAll of us.\n\nBob: Ann Lee did.", doc_id="d")
    start = document.text.index("went")
    records = (off_record(document, start, start + 8, by="ed"), pseudonym("Ann Lee", "Q", by="ed"))
    shown = Overlay(conditions=Conditions(records)).show(document)
    masked = shown.shown
    assert masked.text == f"{FILLER * 3}: Yes.\nWe {FILLER * 5}\n{FILLER * 2}l of us.\n\nBob: {FILLER * 7} did."
    assert [speaker.name for speaker in masked.speakers] == ["Q", "Bob"]
    assert shown.hidden_words == {"went", "al", "ann", "lee"}
    assert masked.sha256 != document.sha256


def test_conditions_come_back_from_their_file() -> None:
    document = Document.from_text("Ann: Yes. No.", doc_id="d")
    held = Conditions(
        (
            embargo("d", "2027-01-31", by="ed", named=True),
            off_record(document, 5, 9, by="ed"),
            pseudonym("Ann Lee", "Q", by="ed", doc_id="d"),
            no_export(by="ed"),
        )
    )
    assert read_conditions(write_conditions(held), "f") == held
    assert [describe_condition(record) for record in held.records] == [
        "not shown until 2027-01-31, but named",
        "off the record: “Yes.” (5-9)",
        "Ann Lee / A. Lee / Ann / Lee is shown as Q",
        "not exported",
    ]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"kind": "secret"}, "is of the kind secret"),
        ({"kind": "embargo", "doc_id": "d", "until": "2027-02-30"}, "is no day"),
        ({"kind": "embargo", "until": "2027-02-01"}, "as “doc_id”"),
        ({"kind": "off_record", "doc_id": "d"}, "lacks its place"),
        ({"kind": "pseudonym", "to": "Q", "forms": []}, "lacks the forms"),
        ({"kind": "pseudonym", "to": "Q", "forms": ["—"]}, "without letters"),
        ({"kind": "no_export", "id": ""}, "as “id”"),
    ],
)
def test_a_file_with_what_is_no_condition_is_refused(record: dict[str, object], words: str) -> None:
    data = json.dumps({"version": 1, "conditions": [{"id": "a", "by": "b", "when": "c", **record}]}).encode()
    with pytest.raises(ConditionInvalid, match=words):
        read_conditions(data, "f")


def test_what_is_no_condition_is_refused() -> None:
    document = Document.from_text("Ann: Yes.", doc_id="d")
    refused: tuple[tuple[Callable[[], Condition], str], ...] = (
        (lambda: embargo("d", "31.1.2027", by="ed"), "no day; expected one such as 2027-01-31"),
        (lambda: off_record(document, 5, 99, by="ed"), "5-99 are no words of d, which has 9 characters"),
        (lambda: pseudonym("Ann Lee", "Lee's sister", by="ed"), "has words of the name in it"),
        (lambda: pseudonym("?!", "Q", by="ed"), "has no letters or digits"),
    )
    for make, words in refused:
        with pytest.raises(ConditionInvalid, match=words):
            make()


def test_a_condition_without_a_date_makes_everything_old() -> None:
    assert Conditions((Condition("a", "no_export", "ed", "yesterday"),)).newest == "9999"
    assert Conditions().newest == ""
