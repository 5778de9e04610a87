"""A question to everybody on a shelf: each document is searched, and whoever has something is quoted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Document
from index import FloatArray, Hit, build_index
from qa import QA, Reading
from qa.across import MAX_DOCUMENTS, READ_TOGETHER, asks_across
from qa.answers import Quote
from qa.people import arrange_people, find_sides, group_people
from tests.fakes import HashEmbedder, WordReader
from ui.conversation import Exchange
from ui.conversation_html import render_conversation

QUESTION = "Who emigrated to Chile?"


class Counting(WordReader):
    """Ranks by words, is never quite sure, and keeps of how many documents it was given passages at once."""

    def __init__(self) -> None:
        self.together: list[int] = []

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """By words."""
        self.together.append(len({hit.passage.doc_id for hit in hits}))
        reading = super().read(question, hits, documents, embedding=embedding)
        return replace(reading, confidence=0.8 * reading.confidence)


def make_qa(folder: Path, texts: Mapping[str, str], reader: WordReader | None = None) -> QA:
    documents = [Document.from_text(text, doc_id=name, title=f"Talk of {name}") for name, text in texts.items()]
    build_index(documents, folder, embedder=HashEmbedder())
    return QA.open(folder, embedder=HashEmbedder(), reader=reader or Counting())


def quotes_of(text: str, *spans: str) -> list[Quote]:
    document = Document.from_text(text, doc_id="talk")
    return [Quote.from_span(document, text.index(words), text.index(words) + len(words), score=1.0) for words in spans]


def test_who_says_most_does_not_drown_the_others(tmp_path: Path) -> None:
    loud = "Host: Well?\n\nLoud: " + " ".join(f"We emigrated to Chile in {year}." for year in range(1900, 1980))
    quiet = {f"p{number}": f"Host: Well?\n\nPerson {number}: We emigrated to Chile, all of us." for number in range(15)}
    reader = Counting()
    answer = make_qa(tmp_path, {"loud": loud, **quiet}, reader).answer(QUESTION)
    assert {quote.speaker for quote in answer.quotes} == {"Loud", *(f"Person {number}" for number in range(15))}
    assert [quote.speaker for quote in answer.quotes].count("Loud") <= 2
    assert answer.lead == "16 people, in all 16 transcripts."
    assert sum(reader.together) == 16
    assert max(reader.together) <= READ_TOGETHER


def test_how_many_have_nothing_is_said(tmp_path: Path) -> None:
    texts = {
        "ann": "Host: Where did you go?\n\nAnn: We emigrated to Chile.",
        "ben": "Host: Did you leave?\n\nBen: I stayed in the valley.",
        "cid": "Host: What did you grow?\n\nCid: Potatoes and beans.",
    }
    qa = make_qa(tmp_path, texts)
    answer = qa.answer(QUESTION)
    assert [quote.text for quote in answer.quotes] == ["We emigrated to Chile."]
    assert answer.lead == "1 person in 1 of 3 transcripts; in the other 2 nothing was found."
    # One document, or one person, is not everybody.
    assert qa.answer(QUESTION, doc_ids=["ann"]).lead == ""
    assert qa.answer(QUESTION, speaker="Ann").lead == ""
    assert qa.answer("Where did Ann emigrate to in Chile?").lead == ""


def test_who_is_found_is_found_by_their_own_words_and_not_by_the_question(tmp_path: Path) -> None:
    texts = {
        "ann": "Host: Were the wages low?\n\nAnn: The wages were low.",
        "ben": "Host: Were the wages low?\n\nBen: I was at sea.",
        "cid": "Host: Well?\n\nCid: Wages? They were fair.",
    }
    answer = make_qa(tmp_path, texts).answer("What do they say about low wages?")
    assert [quote.speaker for quote in answer.quotes] == ["Ann", "Cid"]


def test_of_a_large_shelf_the_nearest_documents_are_read(tmp_path: Path) -> None:
    texts = {
        f"p{number}": f"Host: Well?\n\nPerson {number}: The soil was poor." for number in range(MAX_DOCUMENTS + 20)
    }
    texts["far"] = "Host: Well?\n\nAnn: We emigrated to Chile."
    reader = Counting()
    answer = make_qa(tmp_path, texts, reader).answer(QUESTION)
    assert [quote.speaker for quote in answer.quotes] == ["Ann"]
    assert answer.lead == f"1 person in 1 of {len(texts)} transcripts; in the other {len(texts) - 1} nothing was found."
    assert sum(reader.together) <= MAX_DOCUMENTS


@pytest.mark.parametrize(
    "question",
    [
        "Who emigrated?",
        "Does anybody regret it?",
        "Did anyone go back?",
        "What do they think about wages?",
        "What does each interview say about wages?",
        "Compare what they say about the strike.",
        "What did the witnesses remember of that night?",
        "How do people describe the valley?",
        "Do they agree about the mayor?",
        "What are the different views on the port?",
    ],
)
def test_questions_to_everybody(question: str) -> None:
    assert asks_across(question)


@pytest.mark.parametrize(
    "question",
    [
        "When does the port open?",
        "What does she think about wages?",
        "Why did they leave?",
        "Who was the director?",
        "What did the company do?",
        "What is each shift paid?",
    ],
)
def test_questions_to_nobody_in_particular(question: str) -> None:
    assert not asks_across(question)


TALK = "Host: Were you warned?\n\n" + "\n\nHost: And you?\n\n".join(
    (
        "Ann: I was warned in May. The warning came by letter.",
        "Bob: Nobody warned me.",
        "Cid: I was never really warned about it.",
        "Dora: We were not paid, and they warned us.",
        "Eve: No doubt I was warned.",
        "Finn: No. There was nothing.",
    )
)


def test_who_says_it_with_a_not_stands_apart() -> None:
    quotes = quotes_of(
        TALK,
        "I was warned in May.",
        "Nobody warned me.",
        "I was never really warned about it.",
        "We were not paid, and they warned us.",
        "No doubt I was warned.",
        "No.",
        "The warning came by letter.",
    )
    groups = group_people("Who was warned?", quotes)
    assert [(group.name, group.numbers, group.denies) for group in groups] == [
        ("Ann", (1, 7), False),
        ("Dora", (4,), False),
        ("Eve", (5,), False),
        ("Bob", (2,), True),
        ("Cid", (3,), True),
        ("Finn", (6,), True),
    ]
    arranged, found = arrange_people("Who was warned?", quotes, 4)
    assert [quote.speaker for quote in arranged] == ["Ann", "Ann", "Dora", "Eve", "Bob", "Cid", "Finn"]
    assert found == (
        "6 people in 1 of 4 transcripts; in the other 3 nothing was found. "
        "3 of them with a “not” or “no” where it is asked about, at the end."
    )
    # The question has a "not" itself: what a further one means is not told by words.
    assert not any(group.denies for group in group_people("Who was not warned?", quotes))
    assert not any(group.denies for group in group_people("Who was warned?", quotes[1:3]))


def test_sides_are_those_of_an_answer_that_was_put_in_their_order() -> None:
    ann, bob, eve = quotes_of(TALK, "I was warned in May.", "Nobody warned me.", "No doubt I was warned.")
    sides = find_sides("Who was warned?", [ann, eve, bob])
    assert [[person.name for person in side] for side in sides] == [["Ann", "Eve"], ["Bob"]]
    assert find_sides("Who was warned?", [ann, bob, eve]) == ()
    assert find_sides("When was she warned?", [ann, eve, bob]) == ()
    assert find_sides("Who was warned?", [ann]) == ()


def test_the_page_shows_each_person_under_their_name_and_the_sides_beside_each_other(tmp_path: Path) -> None:
    names = {"ann": "Ann", "ben": "Ben", "cid": "Cid"}
    said = {"ann": "They warned me of the strike.", "ben": "Nobody warned me of the strike.", "cid": "I grew beans."}
    qa = make_qa(tmp_path, {key: f"Host: Well?\n\n{names[key]}: {said[key]}" for key in names})
    page = render_conversation([Exchange.of(qa.answer("Who was warned of the strike?"))])
    heads = re.findall(r"<h([34])[^>]*>(.*?)</h\1>", page)
    assert heads == [
        ("3", "Without a “not”"),
        ("4", "<bdi>Ann</bdi>"),
        ("3", "With a “not” or “no”"),
        ("4", "<bdi>Ben</bdi>"),
    ]
    assert page.index("They warned me") < page.index("With a “not” or “no”") < page.index("Nobody warned me")
