"""What somebody is asked to have said."""

import pytest

from qa.attribution import find_claim


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("Did Balarezo claim that the port is for the military?", "the port is for the military?"),
        (
            "Does Antonopoulos himself think that the banks will swallow up bitcoin?",
            "the banks will swallow up bitcoin?",
        ),
        ("Has the minister ever said taxes would rise?", "taxes would rise?"),
        ("Did he deny that he was there?", "he was there?"),
        ("Did Ann go to the market that day?", None),
        ("Did Ann say so?", None),
        ("What did Ann say about the port?", None),
        ("Who said that the port is for the military?", None),
    ],
)
def test_what_somebody_is_asked_to_have_said_is_a_question_of_its_own(question: str, claim: str | None) -> None:
    assert find_claim(question) == claim
