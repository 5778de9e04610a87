"""Which short answers are shown in large type: a hundred sentences, and why the others are not."""

import json
from pathlib import Path

import pytest

from qa.headline import MAX_HEADLINE_CHARS, find_fault, is_headline
from qa.question_kind import QuestionKind, find_kind

CASES = [json.loads(line) for line in Path(__file__).with_name("headline_cases.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['question']} {case['span']}")
def test_a_headline_is_whole_and_says_what_its_sentence_says(case: dict[str, str | None]) -> None:
    question, sentence, span = str(case["question"]), str(case["sentence"]), str(case["span"])
    start = sentence.index(span)
    fault = find_fault(question, sentence, start, start + len(span))
    assert is_headline(question, sentence, start, start + len(span)) == (case["why"] is None)
    if case["why"] is None:
        assert fault is None
    else:
        assert fault is not None
        assert str(case["why"]) in fault


def test_as_many_are_allowed_as_it_takes_to_tell_a_rule_from_a_refusal() -> None:
    allowed = sum(case["why"] is None for case in CASES)
    assert len(CASES) >= 100
    assert allowed >= 30


def test_a_whole_paragraph_is_none() -> None:
    sentence = "word " * MAX_HEADLINE_CHARS
    assert not is_headline("What is it?", sentence, 0, len(sentence))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Could the port be used by the military?", QuestionKind.YES_NO),
        ("And does he say so?", QuestionKind.YES_NO),
        ("Who is larger, Peru or Brazil?", QuestionKind.YES_NO),
        ("How many ships come?", QuestionKind.NUMBER),
        ("At what age did she leave?", QuestionKind.NUMBER),
        ("when did it open", QuestionKind.TIME),
        ("Which year was that?", QuestionKind.TIME),
        ("And who owns the port?", QuestionKind.PERSON),
        ("Where is it from?", QuestionKind.PLACE),
        ("Why not?", QuestionKind.REASON),
        ("What did he call it?", QuestionKind.OTHER),
        ("port cost", QuestionKind.OTHER),
        ("In the end, what did he call it?", QuestionKind.OTHER),
        ("He sold the house?", QuestionKind.YES_NO),
    ],
)
def test_the_kind_of_a_question_is_told_by_its_words(question: str, kind: QuestionKind) -> None:
    assert find_kind(question) is kind
