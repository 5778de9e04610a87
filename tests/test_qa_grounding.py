"""The checks on written sentences: what false ones they catch, and how few true ones they drop."""

from collections import Counter

import pytest

from corpus import Document
from qa.generation.claim_features import find_denied, find_figures, find_proper, is_name_in
from qa.generation.grounding import Claim, find_fault
from qa.generation.source_sentences import sentences_of_document
from tests.mutations import EACH, Interviews

# Chosen with the false sentences of seed 1; the test draws others.
SEED = 2
# The share of each kind that must be caught at least. Measured: see docs/language-models.md.
FLOORS = {
    "number changed": 0.97,
    "negation dropped": 0.9,
    "name swapped": 0.9,
    "speaker swapped": 0.97,
    "stitched": 0.9,
}
MAX_TRUE_DROPPED = 0.02
# Answers of a word or two, in the annotator's own words and with facts from beside the quote.
MAX_PARAPHRASES_DROPPED = 0.12


@pytest.fixture(scope="module")
def interviews() -> Interviews:
    return Interviews()


def test_false_sentences_are_caught(interviews: Interviews) -> None:
    mutations = interviews.mutations(SEED)
    assert Counter(mutation.kind for mutation in mutations) == dict.fromkeys(FLOORS, EACH)
    caught = Counter(mutation.kind for mutation in mutations if find_fault(mutation.claim) is not None)
    assert {kind: caught[kind] / EACH for kind, floor in FLOORS.items() if caught[kind] < floor * EACH} == {}
    assert sum(caught.values()) >= 0.95 * len(mutations)


def test_true_sentences_pass(interviews: Interviews) -> None:
    told = interviews.told()
    assert len(told) > 700
    dropped = [claim.text for claim in told if find_fault(claim) is not None]
    assert len(dropped) <= MAX_TRUE_DROPPED * len(told), dropped


def test_most_paraphrases_by_people_pass(interviews: Interviews) -> None:
    paraphrases = interviews.paraphrases()
    dropped = [claim.text for claim in paraphrases if find_fault(claim) is not None]
    assert len(dropped) <= MAX_PARAPHRASES_DROPPED * len(paraphrases), dropped


TALK = Document.from_text(
    "Ann: Did Peru build it in 2019?\n\n"
    "Ben: The Peruvian port cost twenty-five million. It isn't finished. China paid half of that in May.\n",
    doc_id="t",
)


@pytest.mark.parametrize(
    ("sentence", "numbers", "fault"),
    [
        ("The port of Peru cost 25 million.", [2, 3], None),
        ("The port cost 25 billion.", [3], "figure"),
        ("The Chilean port cost 25 million.", [3], "name"),
        ("It is finished.", [4], "negation"),
        ("The port is not yet finished.", [4], None),
        ("Chinese money paid half in May.", [5], None),
        ("China paid half in June.", [5], "figure"),
        ("Peru built it in 2019.", [1], "premise"),
        ("Ann asked whether Peru built it in 2019.", [1], None),
        ("Ben said that Peru built it in 2019.", [1], "premise"),
        ("According to Ann, China paid half of it.", [5], "speaker"),
        ("According to Ben, China paid half of it.", [5], None),
        ("Ben said “China paid half of that”.", [5], None),
        ("Ben said “China paid all of that”.", [5], "quotation"),
        ("Ben said “China paid half of that.", [5], "quotation"),
    ],
)
def test_one_claim(sentence: str, numbers: list[int], fault: str | None) -> None:
    lines = sentences_of_document(TALK)
    first = {1: 0, 2: 0, 3: 1, 4: 2, 5: 3}
    cited = tuple(dict.fromkeys(lines[first[number]] for number in numbers))
    assert find_fault(Claim(sentence, cited, {"t": TALK})) == fault


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("twenty-five percent", {"25", "percent"}),
        ("25%", {"25", "percent"}),
        ("1,500 and 1500.00", {"1500"}),
        ("on 14th May 2024, or in may", {"14", "may", "2024"}),
        ("We may march in August", {"august"}),
        ("Neo4j and 1Password for $5m", {"5", "million"}),
        ("the 1990s, twice", {"1990", "2"}),
        ("one of the second kind", set()),
    ],
)
def test_figures(text: str, figures: set[str]) -> None:
    assert find_figures(text) == figures


def test_names() -> None:
    assert find_proper("Then Maersk paid Ann Lee’s fine in March.") == ["Maersk", "Ann", "Lee"]
    assert is_name_in("Chinese", "in China")
    assert not is_name_in("Austria", "in Australia")
    assert is_name_in("GT", "the Global Times")
    assert not is_name_in("Chile", "in China")


def test_what_is_denied() -> None:
    assert find_denied("It isn't finished, but it works.") == ({"finish"}, {"work"})
    assert find_denied("No, it works.") == (set(), {"work"})
