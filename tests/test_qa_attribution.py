"""Whose words a question asks for."""

import pytest

from qa.attribution import asks_for_words, find_speakers_asked_for

SPEAKERS = ("GT", "Balarezo", "Amina Okafor", "Speaker 1")


@pytest.mark.parametrize(
    ("question", "asked_for"),
    [
        ("What did Balarezo say about the port?", {"Balarezo"}),
        ("Did Balarezo claim that the port is military?", {"Balarezo"}),
        ("According to Balarezo, who owns it?", {"Balarezo"}),
        ("According to Ambassador Balarezo, who owns it?", {"Balarezo"}),
        ("What is Okafor's opinion of the port?", {"Amina Okafor"}),
        ("How does Amina Okafor describe it?", {"Amina Okafor"}),
        ("Why does Ms Okafor think that GT is wrong?", {"Amina Okafor"}),
        ("What did Okafor say about Balarezo?", {"Amina Okafor"}),
        ("What did they say about Ambassador Balarezo?", set()),
        ("Who told GT and Balarezo?", set()),
        ("When will the port open?", set()),
        ("Where was Balarezo born?", set()),
        ("What does the speaker say?", set()),
    ],
)
def test_who_is_asked_for(question: str, asked_for: set[str]) -> None:
    assert find_speakers_asked_for(question, SPEAKERS) == asked_for


def test_a_label_in_small_letters_is_no_name() -> None:
    assert find_speakers_asked_for("What did the guest say?", ["guest"]) == frozenset()


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What did Balarezo say about the port?", True),
        ("According to Balarezo, who owns it?", True),
        ("What is Okafor's opinion's basis?", True),
        ("When will the port open?", False),
    ],
)
def test_whether_anybodys_words_are_asked_for(question: str, asks: bool) -> None:
    assert asks_for_words(question) is asks
