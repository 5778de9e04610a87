"""Summaries of what is named, main points of one speaker, and where speakers disagree: over a small shelf, and more."""

import json
from collections import Counter
from typing import Any

import pytest

from corpus import Document, bundled_interview, is_question
from index import build_index
from qa import QA, Answer, WriterSettings, open_writer
from qa.answers import format_answer, from_dict
from qa.conversation.disagreement import find_disagreements
from qa.conversation.summary import choose_summary
from tests.fakes import HashEmbedder, WordReader
from tests.llm_server import language_server, points
from ui.conversation import Exchange
from ui.conversation_html import render_conversation
from ui.export import export_markdown
from ui.render import format_message

GARDEN = Document.from_text(
    """\
Minutes

Chair: Welcome everybody to the garden club. Thank you for coming tonight, all of you, in this rain. \
We have three things to decide: the plant sale, the compost heaps and the water bill.

Tom: The plant sale made four hundred pounds last year, and I think we should hold it in May again. \
The village hall is free on the second Saturday.

Mira: I disagree, May is too early for the tomatoes. Frost killed half of the seedlings last spring.

Tom: But the seedlings were outside, and this year we have the greenhouse to keep them warm until then.

Chair: Shall we vote on it?

Mira: Let us vote. The compost heaps are another matter, because the rats have come back and the neighbours complain.

Tom: That is not true, the rats come from the canal. The compost heaps have lids since autumn and nothing gets in.

Chair: The water bill has doubled since the leak at the east gate, and somebody has to talk to the council about it.

Mira: I will write to the council about the water bill and the leak before the end of the month.
""",
    doc_id="garden-club",
    title="Garden_Club-Meeting.txt",
)
SHIPS = Document.from_text(
    "Ann: When did the harbour close?\n\nBob: The harbour closed in 1987, when the last of the big ships had gone.\n\n"
    "Ann: Is that so?\n\nBob: No, that was a year later. The docks stood empty for ten years before flats were built.",
    doc_id="ships",
    title="Interview with a docker",
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> QA:
    folder = tmp_path_factory.mktemp("shelf")
    build_index([GARDEN, SHIPS, bundled_interview()], folder, embedder=HashEmbedder())
    return QA.open(folder, embedder=HashEmbedder(), reader=WordReader())


def documents_of(answer: Answer) -> set[str]:
    return {quote.doc_id for quote in answer.quotes}


@pytest.mark.parametrize(
    "question",
    [
        "Summarise the garden club meeting",
        "Please give me a summary of the Garden Club",
        "summarize the garden club meeting in 5 quotes",
        "What are the main points of the garden club meeting?",
        "overview of garden-club",
        "What was the garden club meeting about?",
        "What are the main topics of the garden club?",
        "Which topics did the garden club meeting cover?",
        "Sum up the main points of the garden club",
    ],
)
def test_the_document_that_is_named_is_summed_up(shelf: QA, question: str) -> None:
    answer = shelf.answer(question)
    assert documents_of(answer) == {"garden-club"}
    assert "all along “Garden_Club-Meeting.txt”" in answer.lead
    # Each of the three things that were decided.
    words = " ".join(quote.text for quote in answer.quotes)
    assert all(topic in words for topic in ("plant sale", "compost", "water bill"))
    assert {quote.speaker for quote in answer.quotes} == {"Tom", "Mira"}
    assert not any(is_question(quote.text) for quote in answer.quotes)
    assert all(8 <= len(quote.text.split()) <= 50 for quote in answer.quotes)


@pytest.mark.parametrize(
    ("question", "speakers"),
    [
        ("Main points of Mira", {"Mira"}),
        ("What are Mira's key points?", {"Mira"}),
        ("Summarise what Mira says", {"Mira"}),
        ("Sum up what Balarezo said in 3 quotes", {"Balarezo"}),
        ("Summarise what Tom says in the garden club meeting", {"Tom"}),
        ("Key points of the interviewer in the garden club", {"Chair"}),
        ("Summarise the interview with Balarezo", {"Balarezo"}),
    ],
)
def test_the_speaker_who_is_named_is_quoted_alone(shelf: QA, question: str, speakers: set[str]) -> None:
    assert {quote.speaker for quote in shelf.answer(question).quotes} == speakers


@pytest.mark.parametrize(
    "question",
    [
        "Summarize the discussion about finance.",
        "Summarise the leak",
        "What are the main points of Peruvian law?",
        "What is the interview technique about?",
        "Summarise what the mayor says",
    ],
)
def test_what_names_no_document_and_no_speaker_is_looked_for(shelf: QA, question: str) -> None:
    answer = shelf.answer(question)
    assert answer.has_confidence
    assert answer.passages


def test_who_does_not_speak_in_what_is_named_is_not_quoted_from_it(shelf: QA) -> None:
    for question in ("Summarise the garden club meeting", "Main topics of the garden club"):
        answer = shelf.answer(question, speaker="Balarezo")
        assert answer.has_confidence
        assert "garden-club" not in documents_of(answer)


def test_of_several_documents_a_few_quotes_of_each(shelf: QA) -> None:
    answer = shelf.answer("Give me a summary")
    assert Counter(quote.doc_id for quote in answer.quotes) == {
        "garden-club": 2,
        "ships": 2,
        "peru-ambassador-global-times-2024": 2,
    }
    assert answer.lead.startswith("6 sentences from 3 documents, a few of each: “Garden_Club-Meeting.txt”; “Interview")
    assert documents_of(shelf.answer("Give me a summary", doc_ids=["ships"])) == {"ships"}
    assert documents_of(shelf.answer("Summarise the garden club meeting", doc_ids=["ships"])) <= {"ships"}


def test_this_meeting_is_the_one_that_was_just_quoted(shelf: QA) -> None:
    said = shelf.answer("rats come from the canal", doc_ids=["garden-club"])
    history: list[dict[str, Any]] = [
        {"role": "user", "content": said.question},
        {"role": "assistant", "content": said.text, "quotes": [quote.to_dict() for quote in said.quotes]},
    ]
    assert documents_of(shelf.answer("Summarise this meeting", history=history)) == {"garden-club"}
    assert len(documents_of(shelf.answer("Summarise everything", history=history))) == 3
    # "It" is then something that was spoken of.
    assert shelf.answer("What is it about?", history=history).has_confidence
    assert not shelf.answer("What is it about?").has_confidence


def test_a_courtesy_a_question_or_a_fragment_stands_for_a_talk_only_where_there_is_nothing_else() -> None:
    talk = "Ann: Thank you so much for having me here today, it is great.\n\nBob: Fine by me.\n\nAnn: Well, I try to."
    document = Document.from_text(talk, doc_id="x")
    spans = choose_summary(document, None, 5)
    assert [document.text[start:end] for start, end in spans] == ["Fine by me.", "Well, I try to."]
    asking = Document.from_text("Ann: Why did the harvest of the old farm fail so badly?\n\nBob: Yes.", doc_id="x")
    spans = choose_summary(asking, frozenset({"Ann"}), 5)
    assert [asking.text[start:end] for start, end in spans] == ["Why did the harvest of the old farm fail so badly?"]


def test_who_says_less_is_heard_too() -> None:
    long = "The harbour needs cranes, ships and dockers for the grain trade number {}. "
    short = "The union of the dockers refused the grain ships of the harbour in the year {}. "
    turns = [f"Ann: {''.join(long.format(n) for n in range(10))}" for _ in range(6)]
    turns.insert(3, f"Bob: {''.join(short.format(n) for n in range(12))}")
    document = Document.from_text("\n\n".join(turns), doc_id="x")
    spans = choose_summary(document, frozenset({"Ann", "Bob"}), 5)
    speakers = [document.turns[document.turn_at(*span) or 0].speaker for span in spans]
    assert Counter(speakers) == {"Ann": 4, "Bob": 1}


def test_where_they_disagree_in_pairs(shelf: QA) -> None:
    answer = shelf.answer("Where do they disagree?", doc_ids=["garden-club"])
    pairs = [(quote.speaker, quote.text) for quote in answer.quotes]
    assert pairs == [
        ("Tom", "The plant sale made four hundred pounds last year, and I think we should hold it in May again."),
        ("Mira", "I disagree, May is too early for the tomatoes."),
        ("Mira", "Frost killed half of the seedlings last spring."),
        (
            "Tom",
            "But the seedlings were outside, and this year we have the greenhouse to keep them warm until then.",
        ),
        (
            "Mira",
            "The compost heaps are another matter, because the rats have come back and the neighbours complain.",
        ),
        ("Tom", "That is not true, the rats come from the canal."),
    ]
    assert answer.lead.startswith("3 statements are answered with words of contradiction; in pairs")
    assert shelf.answer("Where do Tom and Mira disagree?").quotes == answer.quotes
    only = shelf.answer("Where do Mira and Chair disagree?")
    assert (only.kind, only.quotes) == ("words", ())


def test_topics_of_those_who_ask_are_their_questions(shelf: QA) -> None:
    answer = shelf.answer("What topics are covered?", speaker="GT")
    assert answer.lead == "These questions are put in it, in order:"
    assert {quote.speaker for quote in answer.quotes} == {"GT"}
    told = shelf.answer("What topics are covered?", speaker="Balarezo")
    assert told.lead.startswith("8 sentences of Balarezo from all along")


def test_where_nobody_contradicts_that_is_said(shelf: QA) -> None:
    # "No" to a question is its answer.
    answer = shelf.answer("Do they disagree?", doc_ids=["ships"])
    assert answer.text.startswith("No reply was found that contradicts another speaker in so many words")
    one = Document.from_text("Bob: I disagree with the mayor. That is not true.", doc_id="x")
    assert find_disagreements(one, None, 6) == []


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("I don't agree with that at all.", True),
        ("That's not quite right, it was later.", True),
        ("I don't think that's true.", True),
        ("I don't think that's unusual.", False),
        ("I don't disagree with you.", False),
        ("But the harvest was good in the hills.", True),
        ("But tell me of your sister.", False),
        ("No, I think that's it, Ann.", False),
        ("Yes, the harvest was bad.", False),
    ],
    ids=str,
)
def test_which_words_contradict(reply: str, found: bool) -> None:
    talk = f"Ann: The harvest of that year was bad, Ann says.\n\nBob: {reply}"
    assert bool(find_disagreements(Document.from_text(talk, doc_id="x"), None, 6)) == found


def test_no_confidence_is_shown_where_none_was_estimated(shelf: QA) -> None:
    whole, looked_for = shelf.answer("Summarise the garden club meeting"), shelf.answer("rats come from the canal")
    for answer, shown in ((whole, 0), (looked_for, 1)):
        back = from_dict(json.loads(json.dumps(answer.to_dict())))
        assert (answer.has_confidence, back.has_confidence) == (bool(shown), bool(shown))
        exchange = Exchange.of(answer)
        for text in (
            format_answer(answer),
            format_answer(back),
            format_message(answer),
            export_markdown([exchange]),
            render_conversation([exchange]),
        ):
            assert text.count("Confidence") == shown
    saved = looked_for.to_dict()
    del saved["has_confidence"]  # as an earlier version saved it
    assert from_dict(saved).has_confidence


def test_a_long_talk_is_summed_up_in_full() -> None:
    goods = "grain coal iron wool".split()
    said = [f"The {goods[n % 4]} of the harbour came with the ships of the year {n} and left. " for n in range(20)]
    document = Document.from_text("\n\n".join(f"{'AB'[n % 2]}nn: {''.join(said)}" for n in range(200)), doc_id="x")
    spans = choose_summary(document, None, 12)
    assert len(spans) == 12
    assert spans[-1][0] - spans[0][0] > 0.8 * len(document.text)


def test_a_language_model_puts_a_summary_into_words_of_its_quotes(shelf: QA) -> None:
    plain = shelf.answer("Summarise the garden club meeting")
    numbers = {quote.text: number for number, quote in enumerate(plain.quotes, start=1)}
    sale = next(numbers[text] for text in numbers if "plant sale" in text)
    bill = next(numbers[text] for text in numbers if "water bill" in text)
    reply = points(
        ("Tom said that the plant sale made four hundred pounds.", [sale]),
        ("Mira said that the plant sale made four hundred pounds.", [sale]),
        ("The water bill is to be paid twice.", [bill]),
        ("The meeting was held at Callao.", []),
    )
    with language_server(lambda _: reply) as server:
        writer = open_writer(WriterSettings(url=server.url, way="point", decides="model"))
        stream = shelf.with_writer(writer).stream("Summarise the garden club meeting")
        assert stream.found.quotes == plain.quotes
        answer = stream.answer
        assert (
            shelf.with_writer(writer).answer("Where do they disagree?", doc_ids=["garden-club"]).route == "extractive"
        )
    # It was given the quotes and nothing else, and rests on them.
    assert len(server.requests) == 1
    assert server.prompt().count("\n[") == len(plain.quotes)
    assert (answer.quotes, answer.lead, answer.has_confidence) == (plain.quotes, plain.lead, False)
    assert [(sentence.text, sentence.quotes) for sentence in answer.written] == [
        ("Tom said that the plant sale made four hundred pounds.", (sale,))
    ]
    assert sum(answer.dropped.values()) == 3
    assert "Confidence" not in format_answer(answer)


def test_a_summary_stays_when_the_model_declines_it(shelf: QA) -> None:
    with language_server(lambda _: points(answered=False)) as server:
        writer = open_writer(WriterSettings(url=server.url, way="point", decides="model"))
        answer = shelf.with_writer(writer).answer("Summarise the garden club meeting")
    assert answer.quotes == shelf.answer("Summarise the garden club meeting").quotes
    assert (answer.route, answer.abstained) == ("extractive", False)
    assert answer.notice == "The language model tiny wrote nothing. The quotes below were found without it."
