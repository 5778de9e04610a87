"""Which evidence is quoted."""

import pytest

from corpus import Document
from qa import Evidence
from qa.quote_selection import (
    MAX_LISTED_QUOTES,
    MAX_LISTED_SCORE_GAP,
    MAX_QUOTES,
    MAX_SCORE_GAP,
    choose_quotes,
    wants_several,
)

TEXT = "Ann: Why?\n\nBob: It is cheap. It is deep. It is near. It is new. It is safe. It is cheap."


@pytest.fixture
def document() -> Document:
    return Document.from_text(TEXT, doc_id="talk")


def find(document: Document, *scored: tuple[str, float]) -> list[Evidence]:
    places = [(document.text.index(text), text, score) for text, score in scored]
    return [Evidence("talk", start, start + len(text), score) for start, text, score in places]


def test_only_what_comes_near_the_best_is_quoted(document: Document) -> None:
    evidence = find(
        document,
        ("It is cheap.", 3.0),
        ("It is deep.", 3.0 - MAX_SCORE_GAP + 0.01),
        ("It is near.", 2.99 - MAX_SCORE_GAP),
    )
    quotes = choose_quotes("Why there?", evidence, {"talk": document})
    assert [quote.text for quote in quotes] == ["It is cheap.", "It is deep."]


def test_a_list_gets_more_quotes(document: Document) -> None:
    texts = ("It is cheap.", "It is deep.", "It is near.", "It is new.", "It is safe.")
    evidence = find(document, *((text, 3.0 - place * 0.01) for place, text in enumerate(texts)))
    assert len(choose_quotes("Why there?", evidence, {"talk": document})) == MAX_QUOTES
    assert len(choose_quotes("What reasons does he give?", evidence, {"talk": document})) == MAX_LISTED_QUOTES
    far = find(document, ("It is cheap.", 3.0), ("It is deep.", 3.01 - MAX_LISTED_SCORE_GAP))
    assert len(choose_quotes("What reasons does he give?", far, {"talk": document})) == 2


def test_the_same_words_of_the_same_speaker_are_quoted_once(document: Document) -> None:
    again = TEXT.rindex("It is cheap.")
    evidence = [*find(document, ("It is cheap.", 3.0)), Evidence("talk", again, again + 12, 2.99)]
    assert len(choose_quotes("Why there?", evidence, {"talk": document})) == 1


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("What are the reasons for it?", True),
        ("List the countries.", True),
        ("Which sectors do they invest in?", True),
        ("What problems did the company have?", True),
        ("Who else was there?", True),
        ("When does it open?", False),
        ("Who built the port?", False),
        ("What is the name of the port?", False),
        ("Why is it there?", False),
    ],
)
def test_whether_several_things_are_asked_for(question: str, several: bool) -> None:
    assert wants_several(question) is several
