"""The sentences that the checks are tried with: they are false, and made without the words of the checks."""

import ast
import random
import re
from pathlib import Path

import pytest

from corpus import Document
from tests import mutation_rules as rules
from tests.mutation_names import are_apart, find_names, names_in

FILES = ("mutations.py", "mutation_rules.py", "mutation_names.py", "true_sentences.py")


ALLOWED = {
    ("qa.generation.grounding", "Claim"),
    ("qa.generation.source_sentences", "SourceSentence"),
    ("qa.generation.source_sentences", "sentences_of_document"),
}


@pytest.mark.parametrize("file", FILES)
def test_of_the_checks_only_what_they_are_given_is_imported(file: str) -> None:
    tree = ast.parse((Path(__file__).parent / file).read_text(encoding="utf-8"))
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported = {(node.module or "", name.name) for node in statements for name in node.names}
    assert {each for each in imported if each[0].startswith("qa.generation")} <= ALLOWED


@pytest.mark.parametrize(
    ("rule", "true", "false"),
    [
        (rules.change_digit, "In 2012 it cost 5.", r"In (?!2012)\d{4} it cost 5\.|In 2012 it cost [^5]\."),
        (rules.spell_other_number, "It took 14 years.", r"It took (?!fourteen)[a-z]+ years\."),
        (rules.change_count, "There are three.", r"There are (?!three)[a-z]+\."),
        (rules.change_order, "The third half.", r"The (?!third)[a-z]+ half\.|The third (?!half)[a-z]+\."),
        (rules.change_date, "It may end in May.", r"It may end in (?!May)[A-Z][a-z]+\."),
        (rules.change_unit, "It took ten years.", r"It took ten (?!years)[a-z]+s\.|It took ten centuries\."),
        (rules.take_back_denial, "It doesn’t work.", r"It does work\."),
        (rules.turn_worded_denial, "It is unlikely.", r"It is likely\."),
        (rules.deny, "It is new.", r"It (?:is not|isn't|is never) new\."),
        (rules.deny_in_words, "It can help.", r"It [a-z ]+ to help\."),
        (rules.turn_round, "More came.", r"Less came\."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_rule_makes_the_sentence_false(rule: rules.Rule, true: str, false: str) -> None:
    made = [rule(true, random.Random(seed)) for seed in range(20)]
    assert [text for text in made if text is None or not re.fullmatch(false, text)] == []


@pytest.mark.parametrize("rule", [rules.take_back_denial, rules.deny, rules.deny_in_words, rules.change_digit])
@pytest.mark.parametrize("text", ["It isn't true and was never said.", "No, it works in CSS3.", "Not only that."])
def test_what_would_not_surely_be_false_is_left(rule: rules.Rule, text: str) -> None:
    assert rule(text, random.Random(1)) is None


def test_numbers_are_respelled() -> None:
    assert [rules.spell(number) for number in (1, 2, 20, 21, 45, 90, 100)] == [
        *[None, "two", "twenty", "twenty-one", "forty-five", "ninety", None]
    ]
    assert rules.respell_numbers("The 2 ports cost forty-five or 3.5.") == "The two ports cost 45 or 3.5."


def test_others_are_told_of() -> None:
    assert rules.tell_of_others("I was in the US, and I’m sure my mom told us.") == (
        "They were in the US, and they're sure their mom told them."
    )


def test_names_are_found() -> None:
    document = Document.from_text(
        "Ann Lee: Then we met Bo Chen, and Port. The port of Lima.\n\nBen: Yes, OK.", doc_id="d"
    )
    assert find_names(document) == ["Ann Lee", "Ben", "Bo Chen", "Lima"]
    assert names_in("Bo Chen came to Lima.", ["Bo", "Bo Chen", "Ben", "Lima"]) == ["Bo Chen", "Lima"]
    assert not are_apart("Peru", "Peruvian")
    assert not are_apart("GT", "Global Times")
    assert are_apart("Ann Lee", "Bo Chen")
