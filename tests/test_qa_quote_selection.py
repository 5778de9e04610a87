"""Which evidence is quoted."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from corpus import Document
from qa import Evidence, Reading
from qa.findings import Findings
from qa.question_kind import Wanted, find_wanted
from qa.quote_selection import ACROSS_MARGIN, LIMITS, MAX_QUOTES_IN_PARTS, choose_evidence, choose_from
from qa.reading.extractive import squash, to_log_odds
from qa.replies import ASKED_MALUS, prefer_replies
from tests.fakes import WordReader

TEXT = """\
Ann: Why is it a danger?

Bob: It is cheap. It is deep. It is near. It is new. It is safe. It is cheap. It is warm. It is dry. \
It is old. It is low.

Cid: It is far. It is cold.
"""
ONE, SEVERAL = "Why there?", "What reasons does he give?"


@pytest.fixture
def document() -> Document:
    return Document.from_text(TEXT, doc_id="talk")


def find(document: Document, question: str, *scored: tuple[str, float], confidence: float = 1.0) -> Findings:
    evidence = [
        Evidence("talk", document.text.index(text), document.text.index(text) + len(text), score)
        for text, score in scored
    ]
    return findings_of(document, question, evidence, confidence)


def findings_of(document: Document, question: str, evidence: Sequence[Evidence], confidence: float = 1.0) -> Findings:
    nothing = np.zeros(4, dtype=np.float32)
    return Findings(question, question, nothing, (), {"talk": document}, Reading(tuple(evidence), confidence), {})


def texts(document: Document, evidence: Sequence[Evidence]) -> list[str]:
    return [document.text[each.start : each.end] for each in evidence]


def test_only_what_comes_near_the_best_is_quoted(document: Document) -> None:
    gap = LIMITS[Wanted.ONE].gap
    found = find(document, ONE, ("It is cheap.", 3.0), ("It is deep.", 3.01 - gap), ("It is near.", 2.99 - gap))
    assert texts(document, choose_from(found)) == ["It is cheap.", "It is deep."]


def test_a_list_gets_more_quotes(document: Document) -> None:
    said = "cheap deep near new safe warm dry old low".split()
    scored = [(f"It is {word}.", 3.0 - place * 0.01) for place, word in enumerate(said)]
    assert len(choose_from(find(document, ONE, *scored))) == LIMITS[Wanted.ONE].most
    assert len(choose_from(find(document, SEVERAL, *scored))) == len(said) <= LIMITS[Wanted.SEVERAL].most
    gap = LIMITS[Wanted.SEVERAL].gap
    far = find(document, SEVERAL, ("It is cheap.", 3.0), ("It is deep.", 3.01 - gap), ("It is near.", 2.99 - gap))
    assert len(choose_from(far)) == 2


def test_the_same_words_of_the_same_speaker_are_quoted_once(document: Document) -> None:
    again = TEXT.rindex("It is cheap.")
    first = TEXT.index("It is cheap.")
    evidence = [Evidence("talk", first, first + 12, 3.0), Evidence("talk", again, again + 12, 2.99)]
    assert len(choose_from(findings_of(document, ONE, evidence))) == 1


def test_of_people_each_is_quoted_once(document: Document) -> None:
    scored = (("It is cheap.", 3.0), ("It is deep.", 2.9), ("It is far.", 2.8))
    assert texts(document, choose_from(find(document, "Who likes it?", *scored))) == ["It is cheap.", "It is far."]
    alone = find(document, "Who likes it?", *scored[:2])
    assert texts(document, choose_from(alone)) == ["It is cheap.", "It is deep."]


def test_what_was_put_to_somebody_stands_behind_the_reply(document: Document) -> None:
    asked = "Why is it a danger?"
    found = find(document, "Is it a danger?", (asked, 3.0), ("It is safe.", 3.0 - ASKED_MALUS + 0.1), confidence=0.8)
    preferred = prefer_replies(found.reading, found.documents)
    assert texts(document, preferred.evidence) == ["It is safe.", asked]
    # As much less sure as the reply is worse.
    assert preferred.confidence == pytest.approx(squash(to_log_odds(0.8) - 0.5 * (ASKED_MALUS - 0.1)))
    far = find(document, "Is it a danger?", (asked, 3.0), ("It is safe.", 0.0), confidence=0.8)
    assert prefer_replies(far.reading, far.documents).confidence == 0.8


def test_who_asked_is_quoted_with_what_was_replied(document: Document) -> None:
    asked = "Why is it a danger?"
    about_asking = find(document, "Who suggested that it is a danger?", (asked, 3.0), ("It is safe.", 1.0))
    assert texts(document, choose_from(about_asking)) == [asked, "It is safe."]
    # Not what somebody said who was not asked.
    elsewhere = find(document, "Who suggested that it is a danger?", (asked, 3.0), ("It is far.", -1.0))
    assert texts(document, choose_from(elsewhere)) == [asked]


def test_each_part_of_a_question_is_answered_or_said_to_be_open(document: Document) -> None:
    whole = find(document, "Is it cheap, and who says so, and when?", ("It is cheap.", 3.0), ("It is old.", 2.9))
    first = find(document, "Is it cheap?", ("It is cheap.", 3.0))
    second = find(document, "who says so?", ("It is far.", 2.0), confidence=0.9)
    third = find(document, "when?", ("It is dry.", -2.0), confidence=0.1)
    parted = replace(whole, parts=(first, second, third))
    choice = choose_evidence(parted, WordReader())
    assert texts(document, choice.evidence) == ["It is cheap.", "It is far.", "It is old."]
    assert choice.open_parts == ("when?",)
    assert choice.confidence == 1.0
    assert len(choice.evidence) <= MAX_QUOTES_IN_PARTS


def test_nothing_is_quoted_where_nothing_is_sure(document: Document) -> None:
    found = find(document, ONE, ("It is cheap.", 3.0), confidence=0.49)
    assert choose_evidence(found, WordReader()).evidence == ()
    # 0.49 is less than 0.5 by 0.04 in log-odds.
    assert choose_evidence(found, WordReader(), margin=0.03).evidence == ()
    assert texts(document, choose_evidence(found, WordReader(), margin=0.05).evidence) == ["It is cheap."]


def test_of_a_question_to_everybody_the_reader_may_be_less_sure(document: Document) -> None:
    for margin, quoted in ((ACROSS_MARGIN - 0.01, ["It is cheap."]), (ACROSS_MARGIN + 0.01, [])):
        found = find(document, ONE, ("It is cheap.", 3.0), confidence=squash(-margin))
        assert choose_evidence(found, WordReader()).evidence == ()
        assert texts(document, choose_evidence(replace(found, across=2), WordReader()).evidence) == quoted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What are the reasons for it?", Wanted.SEVERAL),
        ("List the countries.", Wanted.SEVERAL),
        ("Which sectors do they invest in?", Wanted.SEVERAL),
        ("What problems did the company have?", Wanted.SEVERAL),
        ("Who else was there?", Wanted.PEOPLE),
        ("What three things must a team do?", Wanted.SEVERAL),
        ("What is the difference between the two?", Wanted.SEVERAL),
        ("Which big debates came up?", Wanted.SEVERAL),
        ("What faults in the industry does she see?", Wanted.SEVERAL),
        ("hobbies besides coding?", Wanted.SEVERAL),
        ("all the places she taught", Wanted.SEVERAL),
        ("Who mentioned Twitter?", Wanted.PEOPLE),
        ("Which of the speakers disagree?", Wanted.PEOPLE),
        ("Did anybody regret it?", Wanted.PEOPLE),
        ("When does it open?", Wanted.ONE),
        ("Who was the director?", Wanted.ONE),
        ("What is the name of the port?", Wanted.ONE),
        ("Why is it there?", Wanted.ONE),
        ("Are Britons as blunt as Americans?", Wanted.ONE),
        ("What annoys him about the others?", Wanted.ONE),
    ],
)
def test_whether_several_things_are_asked_for(question: str, wanted: Wanted) -> None:
    assert find_wanted(question) is wanted
