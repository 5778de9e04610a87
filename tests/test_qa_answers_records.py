"""A quote is the source's own words or it is not made: for any text and any span."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document
from qa import Answer, Quote, QuoteInvalid, WrittenSentence

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    said = draw(st.lists(texts, min_size=1, max_size=5))
    names = draw(st.lists(st.sampled_from(["Ann: ", "Bob: ", "", "Leave a Reply\n\n"]), min_size=5, max_size=5))
    return Document.from_text("Ünïcödé 🙂\n\n" + "\n\n".join(map("".join, zip(names, said, strict=False))), doc_id="x")


@given(documents(), st.data())
def test_every_quote_is_a_slice_with_its_turns_speaker(document: Document, data: st.DataObject) -> None:
    start = data.draw(st.integers(-2, len(document.text) + 2))
    end = data.draw(st.integers(start - 2, len(document.text) + 2))
    try:
        quote = Quote.from_span(document, start, end, score=0.0)
    except QuoteInvalid:
        turn = document.turn_at(start, end) if 0 <= start < end <= len(document.text) else None
        assert turn is None or document.turns[turn].kind == "furniture"
        return
    assert document.text[quote.start : quote.end] == quote.text != ""
    said_in = document.turns[quote.turn]
    assert said_in.start <= quote.start < quote.end <= said_in.end
    assert (quote.speaker, quote.kind) == (said_in.speaker, said_in.kind)
    assert quote.kind != "furniture"
    around = document.text[: quote.start], document.text[quote.end :]
    assert around[0].endswith(quote.prefix)
    assert around[1].startswith(quote.suffix)


def good(document: Document) -> Quote:
    return Quote.from_span(document, 1376, 1394, score=1.0)


def forge(document: Document, **changes: object) -> Quote:
    values: dict[str, Any] = {field.name: getattr(good(document), field.name) for field in dataclasses.fields(Quote)}
    return Quote(**{**values, **changes}, document=document)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "The current level!"}, "is not what the source says there"),
        ({"text": "the current level "}, "is not what the source says there"),
        ({"start": 1375}, "is not what the source says there"),
        ({"end": 99_999}, "does not lie in a text of 7236 characters"),
        ({"start": -5861}, "does not lie in a text"),
        ({"speaker": "GT"}, "is attributed to"),
        ({"speaker": None, "kind": "narration", "role": None}, "is attributed to"),
        ({"role": "asks"}, "is attributed to"),
        ({"turn": 4}, "does not lie in turn 4"),
        ({"source_sha256": "0" * 64}, "is checked against another source"),
        ({"doc_id": "other"}, "is checked against another source"),
    ],
    ids=str,
)
def test_a_forged_quote_is_refused(interview: Document, changes: dict[str, Any], words: str) -> None:
    assert forge(interview) == good(interview)
    with pytest.raises(QuoteInvalid, match=words):
        forge(interview, **changes)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (1300, 1400, "does not lie in one turn"),
        (1366, 1380, "does not lie in one turn"),
        (7151, 7164, "is part of the page"),
        (50, 50, "does not lie in a text"),
    ],
    ids=["two turns", "a label", "furniture", "nothing"],
)
def test_a_span_that_nobody_said_is_refused(interview: Document, start: int, end: int, words: str) -> None:
    with pytest.raises(QuoteInvalid, match=words):
        Quote.from_span(interview, start, end, score=0.0)


def test_the_same_words_said_twice_keep_their_places() -> None:
    document = Document.from_text("Ann: I agree.\n\nBob: I agree.\n\nAnn: I agree.", doc_id="x")
    quotes = [Quote.from_span(document, turn.start, turn.end, score=0.0) for turn in document.turns]
    assert [(quote.speaker, quote.start) for quote in quotes] == [("Ann", 5), ("Bob", 20), ("Ann", 35)]


def test_to_dict_has_the_usual_citation_keys(interview: Document) -> None:
    citation = good(interview).to_dict()
    assert citation["cited_text"] == interview.text[citation["start_char_index"] : citation["end_char_index"]]
    assert citation["document_title"] == interview.title
    assert (citation["speaker"], citation["turn"]) == ("Balarezo", 2)
    assert citation["source_sha256"] == interview.sha256
    assert citation["prefix"].endswith("Balarezo:\u00a0")


def answer(**changes: Any) -> Answer:  # noqa: ANN401 - the fields of an answer
    values = {"question": "q", "standalone_question": "q", "kind": "abstention", "reason": "r", "confidence": 0.1}
    return Answer(**{**values, **changes})


def test_an_answer_abstains_exactly_when_it_has_no_quotes(interview: Document) -> None:
    assert answer().abstained
    assert answer(kind="words", lead="Hello.").abstained
    assert answer(kind="quotes", reason=None, quotes=(good(interview),), short="current").short == "current"
    with pytest.raises(ValueError, match="the answer's kind is 'quotes' with 0 quotes"):
        answer(kind="quotes", reason=None)
    with pytest.raises(ValueError, match="the answer's kind is 'abstention' with 1 quotes"):
        answer(quotes=(good(interview),))


def test_a_reason_is_given_exactly_where_nothing_is_quoted(interview: Document) -> None:
    with pytest.raises(ValueError, match="the answer's kind is 'abstention' with the reason None"):
        answer(reason=None)
    with pytest.raises(ValueError, match="the answer's kind is 'quotes' with the reason 'r'"):
        answer(kind="quotes", quotes=(good(interview),))


def test_a_short_answer_stands_in_the_first_quote(interview: Document) -> None:
    with pytest.raises(ValueError, match="does not stand in the first quote"):
        answer(kind="quotes", reason=None, quotes=(good(interview),), short="invented")


def test_a_confidence_is_a_probability() -> None:
    with pytest.raises(ValueError, match=r"confidence is 1\.5, expected 0 to 1"):
        answer(confidence=1.5)


def test_a_written_sentence_rests_on_quotes_that_are_there(interview: Document) -> None:
    quoted = {"kind": "quotes", "reason": None, "quotes": (good(interview),), "model": "m"}
    assert answer(**quoted, written=(WrittenSentence("So.", (1,)),)).route == "written"
    for numbers in ((), (0,), (2,)):
        with pytest.raises(ValueError, match="a sentence rests on the quotes"):
            answer(**quoted, written=(WrittenSentence("So.", numbers),))
    with pytest.raises(ValueError, match="1 sentences are written, but no model is named"):
        answer(**{**quoted, "model": None}, written=(WrittenSentence("So.", (1,)),))
