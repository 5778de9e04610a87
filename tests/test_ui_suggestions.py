"""Questions to click on: which may be offered at all, and that each is asked, behind the page, before it is shown."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Document, bundled_interview, load
from index import FloatArray, Hit, build_index
from qa import QA, Evidence, Reading, WriterSettings, open_writer
from qa.conversation.topic_words import find_topics
from tests.conftest import ROOT
from tests.fakes import HashEmbedder, WordReader
from tests.llm_server import Says, language_server, says
from ui.conversation_html import render_conversation, render_offered
from ui.feedback import FeedbackLog
from ui.service import MAX_EXAMPLES, MAX_NEXT, ChatService, Restriction
from ui.suggest import BUNDLED_EXAMPLES, find_candidates, stands_alone
from ui.suggestions import MAX_CHECKED
from ui.uploads import Uploads

TALK = Document.from_text(
    """\
Rosa: How long did the great harbour strike last?

Ivan: The great harbour strike of the dockers was to last so long, eleven weeks, that the union had no money left.

Rosa: What is your response to this?

Ivan: Really, I was going to say that the union was right. The union paid for bread, and really nobody was going away.

Rosa: Did you mention the mayor of the town?

Ivan: The mayor was going to close the harbour. The mayor was really afraid of the union.

Rosa: Which paper printed the story of the baker?

Ivan: I forget.
""",
    doc_id="strike",
)


class CountingReader(WordReader):
    """Notes what is read; waits at the first question that holds `at`."""

    def __init__(self, at: str = "\0") -> None:
        self.questions: list[str] = []
        self.at = at
        self.there, self.let = threading.Event(), threading.Event()

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """As its parent; of two that are as near, what is no question comes first."""
        self.questions.append(question)
        if self.at in question:
            self.there.set()
            self.let.wait(30)
        reading = super().read(question, hits, documents, embedding=embedding)

        def rank(found: Evidence) -> tuple[float, bool]:
            return -found.score, documents[found.doc_id].text[found.start : found.end].endswith("?")

        return replace(reading, evidence=tuple(sorted(reading.evidence, key=rank)))


def open_desk(folder: Path, reader: CountingReader, *documents: Document) -> ChatService:
    build_index(documents or [TALK], folder / "index", embedder=HashEmbedder())
    qa = QA.open(folder / "index", embedder=HashEmbedder(), reader=reader)
    return ChatService(Uploads(qa), FeedbackLog(folder / "feedback"))


@pytest.fixture
def reader() -> CountingReader:
    return CountingReader()


@pytest.fixture
def desk(tmp_path: Path, reader: CountingReader) -> ChatService:
    return open_desk(tmp_path, reader)


def last(found: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    return [(), *found][-1]


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("How do you evaluate the impact the Chancay Port will have on Peru?", True),
        ("What do you think that the port will bring to Peru?", True),
        ("In which year did the harvest of the valley fail?", True),
        ("What is your response to this?", False),
        ("Why did you do that?", False),
        ("How would you answer people who say that?", False),
        ("What is it about the port that you like?", False),
        ("You mentioned the mayor; what did the mayor of the town do?", False),
        ("Did you mention the mayor of the town there?", False),
        ("What happened to the mayor after you said no?", False),
        ("And what about the mayor of the town?", False),
        ("You grew up in a small town in Texas?", False),
        ("What did he say about the mayor of the town?", False),
        ("Can you tell me more of the other port?", False),
        ("What else did the mayor of the town do?", False),
        ("Really?", False),
        ("Who is the mayor?", False),
        ("How many words can a question " + "very " * 40 + "long have?", False),
    ],
)
def test_a_question_of_the_interviewers_stands_alone(question: str, alone: bool) -> None:
    assert stands_alone(question) == alone


def test_topics_are_names_and_nouns_that_come_back() -> None:
    said = [TALK.text[turn.start : turn.end] for turn in TALK.turns if turn.speaker == "Ivan"]
    assert find_topics(said, 12) == ["the union", "the mayor"]
    interview = bundled_interview()
    topics = find_topics([interview.text], 12)
    assert {"Chancay Port", "the region", "development"} < set(topics)
    for name in ("01_changelog_bold_names.md", "07_ladybug_bold_bracket_time.md"):
        topics = find_topics([load(ROOT / "tests" / "eval" / name).text], 30)
        assert not {topic for topic in topics if topic.endswith(("ly", "ing"))}


def test_what_is_offered_is_answered_by_something_else_than_the_question(
    desk: ChatService, reader: CountingReader
) -> None:
    assert desk.examples("v") == ()
    found = last(desk.find_examples("v"))
    assert found == (
        "How long did the great harbour strike last?",
        "What does Ivan say about the union?",
        "What does Ivan say about the mayor?",
    )
    # It stands alone, and is answered by nothing but itself.
    assert "Which paper printed the story of the baker?" in reader.questions
    for question in found:
        answer = desk.qa_of("v").answer(question, doc_ids=["strike"])
        assert answer.quotes[0].speaker == "Ivan"
    # Known from then on, to others too, and not asked again.
    asked = len(reader.questions)
    assert desk.examples("w") == found
    assert list(desk.find_examples("w")) == []
    assert len(reader.questions) == asked


def test_an_answer_to_the_question_that_is_the_question_itself_is_none(tmp_path: Path) -> None:
    talk = "Rosa: When did the bakers of Lima strike?\n\nIvan: Never.\n\nRosa: Why did the bakers of Lima not strike?"
    desk = open_desk(tmp_path, CountingReader(), Document.from_text(talk + "\n\nIvan: So.", doc_id="x"))
    assert last(desk.find_examples("v")) == ()


def test_the_bundled_interview_begins_with_what_was_chosen_by_hand(fake_qa: QA, tmp_path: Path) -> None:
    desk = ChatService(Uploads(fake_qa), FeedbackLog(tmp_path))
    assert desk.examples("v") == last(desk.find_examples("v")) == BUNDLED_EXAMPLES


def test_what_to_ask_next_comes_after_the_answer(desk: ChatService, reader: CountingReader) -> None:
    states = list(desk.ask("v", "great harbour strike", (), Restriction()))
    assert reader.questions == ["great harbour strike"]
    assert "Ask next" not in render_conversation(states[-1])
    found = last(desk.suggest("v", states[-1], Restriction()))
    assert 0 < len(found) <= MAX_NEXT
    assert set(found) < set(reader.questions)
    # What was asked already is not offered.
    *_, states_after = desk.ask("v", found[0], states[-1], Restriction())
    assert found[0] not in last(desk.suggest("v", states_after, Restriction()))
    page = render_offered("<b>", found)
    assert 'data-question="&lt;b&gt;"' in page
    assert render_offered("x", ()) == ""


def test_of_one_speaker_only_what_that_one_answers_is_offered(desk: ChatService) -> None:
    *_, exchanges = desk.ask("v", "great harbour strike", (), Restriction(speaker="Rosa"))
    assert last(desk.suggest("v", exchanges, Restriction(speaker="Rosa"))) == ()


def test_nothing_is_offered_without_an_answer(desk: ChatService) -> None:
    *_, exchanges = desk.ask("v", "?", (), Restriction())
    assert list(desk.suggest("v", exchanges, Restriction())) == []
    assert list(desk.suggest("v", (), Restriction())) == []


def test_whoever_asks_again_is_offered_nothing_more(tmp_path: Path) -> None:
    reader = CountingReader(at="about the union")
    desk = open_desk(tmp_path, reader)
    *_, exchanges = desk.ask("v", "great harbour strike", (), Restriction())
    offers: list[tuple[str, ...]] = []
    checking = threading.Thread(target=lambda: offers.extend(desk.suggest("v", exchanges, Restriction())))
    checking.start()
    assert reader.there.wait(30)
    steps = desk.ask("v", "mayor afraid", exchanges, Restriction())
    next(steps)
    *_, after = steps  # answered while the check is held up
    assert after[-1].answer is not None
    asked = list(reader.questions)
    reader.let.set()
    checking.join(30)
    assert not checking.is_alive()
    assert reader.questions == asked
    assert len(offers) <= 1 + asked.index("What does Ivan say about the union?")


def test_answers_come_first(tmp_path: Path) -> None:
    reader = CountingReader(at="mayor afraid")
    desk = open_desk(tmp_path, reader)
    answering = threading.Thread(target=lambda: list(desk.ask("w", "mayor afraid", (), Restriction())))
    answering.start()
    assert reader.there.wait(30)
    found: list[tuple[str, ...]] = []
    checking = threading.Thread(target=lambda: found.extend(desk.find_examples("v")))
    checking.start()
    reader.let.set()
    answering.join(30)
    checking.join(30)
    assert reader.questions[0] == "mayor afraid"
    assert len(found[-1]) == 3


def test_checks_are_few(tmp_path: Path) -> None:
    turns = [f"Rosa: Which baker of Lima printed the paper number {n}?\n\nIvan: Hm." for n in range(3 * MAX_CHECKED)]
    reader = CountingReader()
    desk = open_desk(tmp_path, reader, Document.from_text("\n\n".join(turns), doc_id="x"))
    assert last(desk.find_examples("v")) == ()
    assert len(reader.questions) == MAX_CHECKED
    assert MAX_EXAMPLES < MAX_CHECKED


def test_no_language_model_is_asked_for_suggestions(tmp_path: Path) -> None:
    def refuse(_: object) -> Says:
        return says("never")

    with language_server(refuse) as server:
        desk = open_desk(tmp_path, CountingReader())
        writer = open_writer(WriterSettings(url=server.url, way="point", decides="model"))
        desk = ChatService(Uploads(desk.uploads.served.with_writer(writer)), FeedbackLog(tmp_path))
        assert len(last(desk.find_examples("v"))) == 3
        assert server.requests == []


def test_nothing_is_offered_of_a_text_without_topics(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, CountingReader(), Document.from_text("Nothing.", doc_id="x"))
    document = desk.first_document("v")
    assert document is not None
    assert list(find_candidates(document)) == []
    assert last(desk.find_examples("v")) == ()
