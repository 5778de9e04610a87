"""Exported answers come back as they were, and what is no answer is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document
from qa import QA, Quote
from qa.answers import (
    AnswerRecord,
    Citation,
    RetrievedPassage,
    WrittenSentence,
    citation_from_dict,
    confirm,
    confirm_answer,
    from_dict,
)
from qa.errors import AnswersInvalid

words = st.text(max_size=12)
numbers = st.integers(0, 10**6)
scores = st.floats(-10, 10)
citations = st.builds(
    Citation,
    text=words, doc_id=words, title=words, start=numbers, end=numbers, speaker=st.none() | words, score=scores,
    turn=numbers, kind=st.sampled_from(["speech", "narration"]), role=st.sampled_from([None, "asks", "answers"]),
    start_ms=st.none() | numbers, page=st.none() | numbers, prefix=words, suffix=words, source_sha256=words,
)  # fmt: skip
records = st.builds(
    AnswerRecord,
    question=words,
    standalone_question=words,
    kind=st.just("quotes"),
    lead=words,
    notice=st.none() | words,
    short=st.none() | words,
    quotes=st.lists(citations, min_size=1, max_size=2).map(tuple),
    confidence=st.floats(0, 1),
    passages=st.lists(
        st.builds(RetrievedPassage, words, citations, st.none() | scores, st.none() | scores), max_size=2
    ).map(tuple),
    timings_ms=st.dictionaries(words, scores, max_size=2),
    written=st.lists(st.builds(WrittenSentence, words, st.lists(numbers).map(tuple)), max_size=2).map(tuple),
    model=st.none() | words,
    dropped=st.dictionaries(words, numbers, max_size=2),
)


@given(records)
def test_what_is_written_is_read_back(record: AnswerRecord) -> None:
    exported = json.loads(json.dumps(record.to_dict()))
    assert from_dict(exported) == record
    assert from_dict({**exported, "of a later version": [1]}) == record


@pytest.mark.parametrize("question", ["vessels between Chancay and Shanghai", "lithium price", "Hello", "summarize"])
def test_an_answer_is_read_back_with_its_quotes_confirmed(fake_qa: QA, question: str) -> None:
    answer = fake_qa.answer(question)
    back = from_dict(json.loads(json.dumps(answer.to_dict())))
    assert (back.text, back.kind, back.abstained) == (answer.text, answer.kind, answer.abstained)
    assert not any(isinstance(quote, Quote) for quote in back.quotes)
    with fake_qa.store.reading() as view:
        confirmed = confirm_answer(back, view)
    assert confirmed.quotes == answer.quotes
    assert confirmed.passages == answer.passages


def test_what_the_source_does_not_say_stays_a_citation(fake_qa: QA, interview: Document) -> None:
    quote = Quote.from_span(interview, 1376, 1394, score=1.0)
    claimed = citation_from_dict(quote.to_dict())
    changes: list[dict[str, Any]] = [
        {"text": "The current lev__"},
        {"end": 10**6},
        {"doc_id": "elsewhere"},
        {"source_sha256": "0"},
    ]
    with fake_qa.store.reading() as view:
        assert confirm(claimed, view) == quote
        for change in changes:
            forged = replace(claimed, **change)
            assert type(confirm(forged, view)) is Citation
        assert confirm(replace(claimed, speaker="GT"), view) == quote  # whose they are, the source says


def test_answers_of_an_earlier_version_name_no_kind(interview: Document) -> None:
    quote = Quote.from_span(interview, 1376, 1394, score=1.0).to_dict()
    assert from_dict({"question": "q", "text": "Balarezo: “…” [1]", "quotes": [quote]}).kind == "quotes"
    silent = {"question": "q", "abstained": True, "reason": "No.", "quotes": []}
    assert from_dict({**silent, "text": "The source does not answer this. No."}).kind == "abstention"
    greeting = from_dict({**silent, "text": "Hello.", "reason": "Hello."})
    assert (greeting.kind, greeting.text) == ("words", "Hello.")


def test_a_citation_needs_its_words_and_its_place_only() -> None:
    bare = {"cited_text": "So.", "doc_id": "x", "start_char_index": 1, "end_char_index": 4}
    citation = citation_from_dict(bare)
    assert (citation.text, citation.title, citation.speaker, citation.kind) == ("So.", "x", None, "speech")
    assert citation_from_dict({**bare, "kind": "rumour", "role": "boss"}) == citation


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (None, "an answer is None, expected dict"),
        ({}, "'quotes' is None, expected list"),
        ({"quotes": ["x"]}, "a quote is 'x', expected dict"),
        ({"quotes": [{"cited_text": 7}]}, "'doc_id' is None, expected str"),
        ({"quotes": [], "confidence": "high"}, "'confidence' is 'high', expected float"),
        ({"quotes": [], "written": [{"text": "So.", "quotes": [True]}]}, "the number of a quote is True, expected int"),
        ({"quotes": [], "dropped": {"figure": "two"}}, "dropped: figure is 'two', expected int"),
    ],
    ids=str,
)
def test_what_is_no_answer_is_refused_by_name(record: object, what: str) -> None:
    with pytest.raises(AnswersInvalid, match=f"{what}; export the answer again"):
        from_dict(record)
