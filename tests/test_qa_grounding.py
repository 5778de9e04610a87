"""The checks on written sentences: what false ones they catch, and how few true ones they drop."""

import pytest

from corpus import Corrections, Document, Passage, correct_words
from index import Hit
from qa.generation.claim_features import find_denied, find_figures, find_proper, is_name_in
from qa.generation.grounding import Claim, find_fault
from qa.generation.source_sentences import sentences_of_document, sentences_of_hits
from tests.bench.grounding import Figures, measure
from tests.true_sentences import Interviews

# The share of the false sentences of the half "report" that is dropped at least, by kind; as measured, rounded down.
DROPPED_AT_LEAST = {
    "digit changed": 1.0,
    "number spelled as another": 0.88,
    "number word changed": 0.96,
    "ordinal, share or multiple changed": 0.83,
    "month or day changed": 1.0,
    "unit changed": 0.9,
    "denial taken back": 0.97,
    "denial in other words turned": 0.76,
    "denial put in": 1.0,
    "denial put in, in other words": 0.77,
    "opposite": 0.12,
    "name from elsewhere": 0.97,
    "name from close by": 0.97,
    "speaker swapped": 1.0,
    "role swapped": 1.0,
    "stitched": 0.95,
    "cause invented": 1.0,
    "premise as the answer, citing the question": 1.0,
    "premise as the answer, citing the answer": 0.86,
    "all false ones": 0.88,
}
# The share of the true ones that is dropped at most, rounded up.
DROPPED_AT_MOST = {
    "as it was said": 0.0,
    "as its speaker's": 0.01,
    "numbers in the other spelling": 0.0,
    "with what follows": 0.02,
    "short answers": 0.1,
}


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    return {figures.kind: figures for figures in measure(Interviews())}


def test_as_many_false_sentences_are_dropped_as_was_measured(figures: dict[str, Figures]) -> None:
    assert {kind: figures[kind] for kind, share in DROPPED_AT_LEAST.items() if figures[kind].share < share} == {}
    assert figures["all false ones"].sentences > 500


def test_no_more_true_sentences_are_dropped_than_was_measured(figures: dict[str, Figures]) -> None:
    assert {kind: figures[kind] for kind, share in DROPPED_AT_MOST.items() if figures[kind].share > share} == {}
    assert figures["all true ones"].sentences > 1000


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


PIER = Document.from_text(
    "Cara: The port of Lima is the biggest of all in Peru. How long did the third pier take?\n\n"
    "Dan: Hapag came first. Maersk built the third pier in two years for ten dollars each. "
    "I'm not so sure that it helps. It is unlikely to open. Ships can reach Lima from Callao. "
    "I don't like, host them. The pier is new. They built it out of stone instead of wood.\n",
    doc_id="p",
)


@pytest.mark.parametrize(
    ("sentence", "places", "fault"),
    [
        ("Maersk built the third pier in two years for ten dollars each.", [3], None),
        ("Maersk built the fifth pier in two years for ten dollars each.", [3], "figure"),
        ("Maersk built the third pier in two months for ten dollars each.", [3], "figure"),
        ("Maersk built the third pier in two years for ten euros each.", [3], "figure"),
        ("It took years to build the third pier.", [3], None),
        ("Hapag built the third pier in two years for ten dollars each.", [3], "name"),
        ("Callao built the third pier in two years for ten dollars each.", [3], "name"),
        ("As Dan put it, Maersk built the third pier.", [3], None),
        ("As Cara put it, Maersk built the third pier.", [3], "speaker"),
        ("They're so sure that it helps.", [4], "negation"),
        ("They're not so sure that it helps.", [4], None),
        ("It is likely to open.", [5], "negation"),
        ("It is not likely to open.", [5], None),
        ("It is unlikely to open, and ships can reach Lima from Callao.", [5, 6], None),
        ("They're not so sure that it helps, and ships can reach Lima from Callao.", [4, 6], None),
        ("Ships failed to reach Lima from Callao.", [6], "negation"),
        ("They like, host them.", [7], "negation"),
        ("They don't host them.", [7], None),
        ("They built it out of stone as well as wood.", [9], "negation"),
        ("They built it out of stone instead of wood.", [9], None),
        ("The pier is new, and the port of Lima is the biggest of all in Peru.", [8], "premise"),
        ("The port of Lima is the biggest of all in Peru.", [2], "premise"),
        ("Dan said that the port of Lima is the biggest of all in Peru.", [2], "premise"),
        ("Cara said that the port of Lima is the biggest of all in Peru.", [0], None),
    ],
)
def test_one_claim_about_a_pier(sentence: str, places: list[int], fault: str | None) -> None:
    sentences = sentences_of_document(PIER)
    cited = tuple(sentences[place] for place in places)
    assert find_fault(Claim(sentence, cited, {"p": PIER})) == fault


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
        ("two thirds of the 4th, the fourth", {"2", "3", "4"}),
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
    assert find_denied("It is unlikely.") == ({"likel"}, {"unlikel"})
    assert find_denied("It is not insecure here.") == ({"insecur"}, {"secur"})
    assert find_denied("The import is inside.") == (set(), {"import", "insid"})


def test_a_model_is_given_the_corrected_words() -> None:
    document = Document.from_text("Ann: What?\n\nBob: We sold the RSPs in May.", doc_id="x")
    start = document.text.index("RSPs")
    change = correct_words(document, start, start + 4, "RSUs", by="me")
    shown = Corrections((change,)).lay_out(document).show()
    turn = shown.turns[1]
    hit = Hit(Passage(f"x:{turn.start}-{turn.end}", "x", turn.start, turn.end, 1, "Bob", None), 1.0, None, None)
    (line,) = sentences_of_hits([hit], {"x": shown})
    assert line.text == "We sold the [RSUs] in May."
