"""Questions about the whole: told from ordinary ones, and answered in quotes over three transcripts and more."""

import re
from pathlib import Path

import pytest

from corpus import Document, is_question
from index import build_index
from qa import QA
from qa.answers import format_answer
from qa.conversation.intents import IntentKind, find_intent
from tests.fakes import HashEmbedder, WordReader

EVAL = Path(__file__).parent / "eval"


def _open(documents: list[Document], folder: Path) -> QA:
    embedder = HashEmbedder()
    build_index(documents, folder, embedder=embedder)
    return QA.open(folder, embedder=embedder, reader=WordReader())


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("hello", IntentKind.GREETING),
        ("Hi there!", IntentKind.GREETING),
        ("Good morning.", IntentKind.GREETING),
        ("thanks!", IntentKind.THANKS),
        ("OK, thank you very much", IntentKind.THANKS),
        ("Goodbye", IntentKind.THANKS),
        ("Help", IntentKind.HELP),
        ("What can you do?", IntentKind.HELP),
        ("What can I ask here?", IntentKind.HELP),
        ("Who are you?", IntentKind.HELP),
        ("who is speaking?", IntentKind.SPEAKERS),
        ("Who's talking in this podcast?", IntentKind.SPEAKERS),
        ("Who are the speakers?", IntentKind.SPEAKERS),
        ("Who is being interviewed?", IntentKind.SPEAKERS),
        ("List the speakers", IntentKind.SPEAKERS),
        ("How many people are speaking?", IntentKind.SPEAKERS),
        ("what topics are covered?", IntentKind.TOPICS),
        ("What is this interview about?", IntentKind.TOPICS),
        ("What do they talk about?", IntentKind.TOPICS),
        ("Which topics?", None),
        ("What questions were asked in the interview?", IntentKind.TOPICS),
        ("summarise the interview in five quotes", IntentKind.SUMMARY),
        ("Can you summarize this, please?", IntentKind.SUMMARY),
        ("TL;DR", IntentKind.SUMMARY),
        ("Give me the three main points", IntentKind.SUMMARY),
        ("What are the most important quotes in this interview?", IntentKind.SUMMARY),
        ("list everything he said about the port", IntentKind.MENTIONS),
        ("Show me all mentions of Shanghai", IntentKind.MENTIONS),
        ("Tell me everything that is said about cookies", IntentKind.MENTIONS),
        ("how many times is China mentioned?", IntentKind.COUNT),
        ("How often does the interviewer mention Peru?", IntentKind.COUNT),
        ("How many times does she use the word “love”?", IntentKind.COUNT),
        ("And who said that?", IntentKind.WHO_SAID),
        ("What are the main topics?", IntentKind.TOPICS),
        ("What is it about?", IntentKind.TOPICS),
        ("Main points", IntentKind.SUMMARY),
        ("Where do they disagree?", IntentKind.DISAGREEMENT),
        ("What do the speakers disagree on?", IntentKind.DISAGREEMENT),
        ("Where do Tom and Mira disagree?", IntentKind.DISAGREEMENT),
        ("Is there any disagreement between them?", IntentKind.DISAGREEMENT),
        ("List the points of contention", IntentKind.DISAGREEMENT),
        ("What are the main points of contention?", IntentKind.DISAGREEMENT),
        ("Summarise the disagreements", IntentKind.DISAGREEMENT),
    ],
)
def test_what_is_asked_about_the_whole(question: str, kind: IntentKind | None) -> None:
    found = find_intent(question)
    assert (found and found.kind) == kind


@pytest.mark.parametrize(
    "question",
    [
        "Who is speaking at the conference?",
        "Who said that the port is private?",
        "What topics did the ministers sign declarations on?",
        "How many times did the team win the World Series?",
        "How often do they use a VPN?",
        "How often did he say no?",
        "Thanks to whom did the harvest fail?",
        "Hello Kitty was made by whom?",
        "What can you do against phishing?",
        "List the presidents of Peru.",
        "List everything about it",
        "How does this work?",
        "How do they differ?",
        "Which topics are taxed?",
        "Where does the mayor disagree with the council on rents?",
    ],
)
def test_what_only_looks_like_it(question: str) -> None:
    assert find_intent(question) is None


def test_no_question_about_five_interviews_is_caught() -> None:
    questions = re.findall(r'"question": "((?:[^"\\]|\\.)*)"', (EVAL / "questions.jsonl").read_text(encoding="utf-8"))
    assert len(questions) == 270
    assert [question for question in questions if find_intent(question)] == []


def test_a_number_and_a_name_are_read() -> None:
    summary = find_intent("Summarize the interview in 3 quotes")
    assert summary is not None
    assert summary.count == 3
    assert (find_intent("sum it up in twelve sentences") or summary).count == 12
    assert (find_intent("sum it up in 99 sentences") or summary).count == 12
    mentions = find_intent("List everything Jack Dorsey said about the Bitcoin network")
    assert mentions is not None
    assert (mentions.whose, mentions.topic) == ("Jack Dorsey", "the Bitcoin network")


def test_a_question_without_end_is_not_searched_for_patterns() -> None:
    assert find_intent("list everything that is " * 80 + "about x") is None


def test_who_is_speaking(transcript_qa: tuple[QA, Document]) -> None:
    qa, document = transcript_qa
    answer = qa.answer("Who is speaking?")
    names = [speaker.name for speaker in document.speakers]
    assert [quote.speaker for quote in answer.quotes] == names
    assert answer.text.startswith(f"{len(names)} people speak: {names[0]}")
    assert (answer.abstained, answer.reason, answer.passages) == (False, None, ())


def test_what_topics_are_covered(transcript_qa: tuple[QA, Document]) -> None:
    qa, document = transcript_qa
    answer = qa.answer("What topics are covered?")
    assert answer.text.startswith("These questions are put in it, in order:")
    assert 2 <= len(answer.quotes) <= 8
    assert all(is_question(quote.text) for quote in answer.quotes)
    assert [quote.start for quote in answer.quotes] == sorted(quote.start for quote in answer.quotes)
    if any(speaker.role == "asks" for speaker in document.speakers):
        assert {quote.role for quote in answer.quotes} == {"asks"}


def test_a_summary_in_five_quotes(transcript_qa: tuple[QA, Document]) -> None:
    qa, document = transcript_qa
    answer = qa.answer("Summarise the interview in five quotes")
    assert len(answer.quotes) == 5
    starts = [quote.start for quote in answer.quotes]
    assert starts == sorted(starts)
    # From all along it: one in the first third, one in the last.
    assert starts[0] < len(document.text) * 0.4
    assert starts[-1] > len(document.text) * 0.6
    assert "asks" not in {quote.role for quote in answer.quotes}
    assert not any(quote.text.endswith("?") for quote in answer.quotes)


@pytest.mark.parametrize("question", ["Hello!", "What can you do?"])
def test_a_greeting_is_answered_in_words_that_say_what_there_is(
    transcript_qa: tuple[QA, Document], question: str
) -> None:
    qa, document = transcript_qa
    answer = qa.answer(question)
    assert f"Ask about what is said in “{document.title}”. You can also ask who is speaking" in answer.text
    assert (answer.quotes, answer.passages) == ((), ())
    assert (answer.kind, answer.confidence) == ("words", 0.0)


def test_thanks_are_no_search(transcript_qa: tuple[QA, Document]) -> None:
    answer = transcript_qa[0].answer("Thank you!")
    assert (answer.abstained, answer.quotes, answer.passages) == (True, (), ())
    assert answer.text == answer.reason == "You are welcome. Ask on whenever you like."
    assert (answer.kind, answer.confidence) == ("words", 0.0)
    assert format_answer(answer) == answer.text


def test_what_the_source_does_not_answer_is_an_abstention(fake_qa: QA) -> None:
    answers = map(fake_qa.answer, ["lithium price", "vessels between Chancay and Shanghai"])
    kinds = [answer.kind for answer in answers]
    assert kinds == ["abstention", "quotes"]


def test_everything_with_a_word_in_it(transcript_qa: tuple[QA, Document]) -> None:
    qa, document = transcript_qa
    answer = qa.answer("List everything that is said about people")
    found = [quote for quote in answer.quotes if "people" in quote.text.casefold()]
    assert found == list(answer.quotes)
    assert bool(found) == ("people" in document.text.casefold())
    if "people" in document.text.casefold():
        assert answer.text.startswith("“people” comes up in ")
    else:
        assert answer.text == "No sentence of the source mentions “people”; other words may, so ask about it."


def test_nothing_with_a_word_in_it(transcript_qa: tuple[QA, Document]) -> None:
    answer = transcript_qa[0].answer("How many times is Atlantis mentioned?")
    assert answer.abstained
    assert answer.reason == "No sentence of the source mentions “Atlantis”; other words may, so ask about it."


def test_who_said_that(transcript_qa: tuple[QA, Document]) -> None:
    qa, document = transcript_qa
    turn = next(turn for turn in document.turns if turn.speaker == document.speakers[-1].name and turn.end > turn.start)
    words = document.text[turn.start : turn.end][:60].split("\n")[0].rstrip()
    history = [{"role": "user", "content": "What then?"}, {"role": "assistant", "content": f"Bob: “{words}” [1]"}]
    answer = qa.answer("And who said that?", history=history)
    # By the source, whatever the message says.
    assert answer.text.startswith(f"That was {turn.speaker}")
    assert [quote.text for quote in answer.quotes] == [words]


def test_what_he_said_about_the_port_is_the_ambassadors_only(fake_qa: QA, interview: Document) -> None:
    answer = fake_qa.answer("List everything he said about the port")
    assert {quote.speaker for quote in answer.quotes} == {"Balarezo"}
    assert len(answer.quotes) == 6
    assert answer.text.startswith("“the port” comes up in 6 sentences (Balarezo 6).")
    assert {quote.speaker for quote in fake_qa.answer("List all mentions of the port").quotes} == {"GT", "Balarezo"}
    for quote in answer.quotes:
        assert interview.text[quote.start : quote.end] == quote.text


def test_how_many_times(fake_qa: QA, interview: Document) -> None:
    answer = fake_qa.answer("How many times does the interviewer mention APEC?")
    said = [interview.text[turn.start : turn.end] for turn in interview.turns if turn.speaker == "GT"]
    assert sum(turn.count("APEC") for turn in said) == 2
    assert answer.text.startswith("“APEC”: 2 times, in 2 sentences (GT (asking) 2).")


def test_a_long_list_says_that_it_is_cut(tmp_path: Path) -> None:
    talk = "Ann: And then?\n\nBob: " + " ".join(f"Day {number} brought rain to us." for number in range(1, 31))
    answer = _open([Document.from_text(talk, doc_id="rain")], tmp_path).answer("List everything about rain")
    assert len(answer.quotes) == 20
    assert answer.text.startswith("“rain” comes up in 30 sentences (Bob 30). The first 20:")


def test_a_shelf_is_shown_by_its_first_documents(tmp_path: Path) -> None:
    documents = [
        Document.from_text(
            f"Ann: Who is number {n}?\n\nBob: I am number {n} of them all.", doc_id=f"d{n}", title=f"T{n}"
        )
        for n in range(7)
    ]
    qa = _open(documents, tmp_path)
    assert qa.answer("Who is speaking?").text.endswith("I am number 4 of them all.” [10]")
    assert "(The first 5 of 7 documents.)" in qa.answer("Who is speaking?").text
    only = qa.answer("Who is speaking?", doc_ids=["d6"], speaker="Bob")
    assert only.text == "1 person speaks: Bob.\n\nBob: “I am number 6 of them all.” [1]"


def test_a_text_without_speakers(tmp_path: Path) -> None:
    text = (
        "The harvest failed in 1987, when the river dried up for good. Nothing grew here for years after that summer."
    )
    qa = _open([Document.from_text(text, doc_id="harvest")], tmp_path)
    assert qa.answer("Who is speaking?").text.startswith("No speakers are named; it begins:")
    assert len(qa.answer("Summarise it in two quotes").quotes) == 2
    assert qa.answer("What topics are covered?").text.startswith("No questions are put in it.")
