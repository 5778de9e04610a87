"""Passages: exact slices of one turn, short enough for the embedder, in a row that loses no word."""

from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, cut_passages
from tests.fakes import HashEmbedder

SHORT = HashEmbedder(max_tokens=12)


def passages_of(document: Document, embedder: HashEmbedder = SHORT) -> list[str]:
    passages = cut_passages(document, max_tokens=embedder.max_tokens, count_tokens=embedder.count_tokens)
    return [document.text[passage.start : passage.end] for passage in passages]


def test_a_sentence_is_a_passage() -> None:
    document = Document.from_text("Mr. Okri came at 3 p.m. He left at once! Did he?", doc_id="x")
    assert passages_of(document) == ["Mr. Okri came at 3 p.m.", "He left at once!", "Did he?"]


def test_a_long_sentence_is_parted_at_a_clause() -> None:
    text = "one two three four five six seven, eight nine ten eleven twelve thirteen fourteen"
    assert passages_of(Document.from_text(text, doc_id="x")) == [
        "one two three four five six seven,",
        "eight nine ten eleven twelve thirteen fourteen",
    ]


def test_an_answer_knows_its_question_and_a_question_has_none() -> None:
    text = "Q: Why now?\n\nA: It was time. We knew.\n\nQ: And then?\n\nA: Nothing."
    document = Document.from_text(text, doc_id="x")
    passages = cut_passages(document, max_tokens=99, count_tokens=SHORT.count_tokens)
    questions = [passage.question and text[slice(*passage.question)] for passage in passages]
    assert questions == [None, "Why now?", "Why now?", None, "And then?"]


def test_furniture_gives_no_passage(interview: Document) -> None:
    assert not [words for words in passages_of(interview) if "Reply" in words or "email" in words]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_every_word_is_in_exactly_one_passage(words: str) -> None:
    document = Document.from_text("x " + words, doc_id="x")
    spans = cut_passages(document, max_tokens=SHORT.max_tokens, count_tokens=SHORT.count_tokens)
    said = [turn for turn in document.turns if turn.kind != "furniture"]
    assert "".join("".join(document.text[p.start : p.end].split()) for p in spans) == "".join(
        "".join(document.text[turn.start : turn.end].split()) for turn in said
    )
    for passage in spans:
        turn = document.turns[passage.turn]
        assert turn.start <= passage.start < passage.end <= turn.end
        assert passage.speaker == turn.speaker
        assert SHORT.count_tokens([document.text[passage.start : passage.end]])[0] <= SHORT.max_tokens
