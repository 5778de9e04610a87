"""Why a question is not answered, in words."""

import pytest

from qa.abstention import explain_abstention


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How does he describe the voyage?", "“voyage”"),
        ("What did she claim or promise about taxes?", "“taxes”"),
        ("What is her opinion of lithium and of tin?", "“lithium” or “tin”"),
        ("What role does lithium play?", "“lithium”"),
        ("Where does the auction take place?", "“auction”"),
        ("Did they play cards, and who took the first place?", "“play”, “cards”, “took”, “first” or “place”"),
    ],
)
def test_that_somebody_speaks_is_not_what_is_missing(question: str, missing: str) -> None:
    expected = f"No sentence comes close enough to the question; the source never mentions {missing}."
    assert explain_abstention(question, ["It is cheap."]) == expected
