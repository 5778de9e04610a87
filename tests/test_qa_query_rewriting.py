"""A question in its conversation: what points back and to what, and what stands alone in spite of the conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Document, load, split_sentences
from index import FloatArray, Hit, build_index
from qa import QA, HistoryInvalid, Reading
from qa.conversation.history import Message, PastExchange, PastQuote, read_history
from qa.conversation.names import find_names, rank_names
from qa.conversation.query_rewriting import RewrittenQuestion, rewrite_question
from qa.evaluation.metrics import hits
from qa.evaluation.questions import load_question_set
from tests.fakes import HashEmbedder, WordReader

EVAL = Path(__file__).parent / "eval"


class EvenReader(WordReader):
    """As sure of one understanding of a question as of another."""

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """With one confidence for all."""
        return replace(super().read(question, hits, documents, embedding=embedding), confidence=0.5)


def conversation(question: str, *answers: str) -> list[Message]:
    """One exchange."""
    return [{"role": "user", "content": question}, *({"role": "assistant", "content": text} for text in answers)]


def after(question: str, history: list[Message], title: str | None = None) -> RewrittenQuestion:
    """What the question means after these messages."""
    return rewrite_question(question, read_history(history), title)


PORT = conversation(
    "Who brought up the idea that the Chinese army might use the harbour?",
    "GT (asking): “There are voices suggesting that China may use the Chancay Port for military purposes.” [1]",
)
QUERIES = conversation(
    "Which two recent media queries thrill Lindsey?",
    "Lindsey: “I'm excited about the dark mode query, and the reduced motion query.” [1]",
)
INVESTED = conversation("How much does China invest in Peru?", "Balarezo: “It is more than $30 billion.” [1]")


@pytest.mark.parametrize(
    "question",
    [
        "And what did he reply to that?",
        "Why?",
        "Why not?",
        "Since when?",
        "How so?",
        "And his mother?",
        "And in winter?",
        "What about smaller companies there?",
        "Does she ever tell him off?",
        "What does he like about it?",
        "What happened after that?",
        "What do these say?",
        "Who else is in it?",
        "Is the second one local?",
        "Which ones can be left out?",
        "What was the answer?",
        "Who was the director?",
        "Is leaving that out normal?",
        "How can someone repeat the study then?",
        "So why did they come round?",
        "Are there others? What do they cost?",
        "What did he study there?",
        "How many times does he mention it?",
        "Who will he marry?",
        "Who has she met?",
        "Who were the members?",
        "Who saw him?",
    ],
)
def test_what_points_back_takes_the_last_exchange_along(question: str) -> None:
    understood = after(question, PORT)
    assert understood.standalone.startswith(f"{question} (")
    assert understood.standalone.endswith(
        "after “Who brought up the idea that the Chinese army might use the harbour?”)"
    )
    assert "“There are voices suggesting that China may use the Chancay Port for military purposes." in understood.query
    assert [(said.speaker, said.text[:9]) for said in understood.quotes] == [("GT", "There are")]


@pytest.mark.parametrize(
    "question",
    [
        "Which reporters interviewed the ambassador?",
        "What did it cost to build the port?",
        "Why is it good to have poorer members at the APEC table?",
        "Was it John's own wish to take Justin on as a partner?",
        "Is there a railway to Pucallpa?",
        "Who says that the terminal belongs to businesses from China?",
        "Which app do Swedes use when they pay?",
        "Does the ambassador say that he likes Lima?",
        "Who made the Chinese trip public, and when was that?",
        "Apart from cash, what else do the Chinese bring along?",
        "Why did customers lose their appetite for paid web classes?",
        "What are auricles?",
        "How does everyone else see Peru?",
        "Who said that he would come?",
        "Who asked whether they need any help?",
        "Who ordered theirs first?",
        "Who called himself a farmer?",
        "Who opens the door?",
        "Who will pack the lunch?",
        "When is it that Phoebe walks with Jason?",
        "Where is everybody when they talk?",
    ],
)
def test_what_stands_alone_is_left_alone(question: str) -> None:
    understood = after(question, PORT)
    assert (understood.standalone, understood.query, understood.quotes) == (question, question, ())


def test_without_a_history_every_question_stands_alone() -> None:
    assert after("Why?", []).standalone == "Why?"
    assert after("Why?", [{"role": "system", "content": "Be brief."}]).standalone == "Why?"


@pytest.mark.parametrize(
    ("question", "previous", "standalone"),
    [
        ("And in Brazil?", "How much does China invest in Peru?", "How much does China invest in Brazil?"),
        ("What about in Brazil?", "Who lives in Peru now?", "Who lives in Brazil now?"),
        ("And in 1989?", "What happened in 1987 there?", "What happened in 1989 there?"),
        ("And Brazil?", "How large is Peru?", "How large is Brazil?"),
        ("How about Ann Lee?", "Where was Bob born?", "Where was Ann Lee born?"),
    ],
)
def test_one_thing_is_exchanged_in_the_previous_question(question: str, previous: str, standalone: str) -> None:
    assert after(question, conversation(previous, "Bob: “Much.” [1]")).standalone == standalone


def test_an_exchange_that_does_not_fit_is_not_forced() -> None:
    asked = conversation("How do China and Peru trade?", "Bob: “Well.” [1]")
    assert after("And in Brazil?", asked).standalone == ("And in Brazil? (after “How do China and Peru trade?”)")


def test_the_second_one_of_an_enumeration() -> None:
    assert after("And who is the second one meant for?", QUERIES).standalone == (
        "And who is the second one meant for? (about the reduced motion query, "
        "after “Which two recent media queries thrill Lindsey?”)"
    )


def test_the_second_one_of_several_quotes_is_the_second_quote() -> None:
    answer = "Ann: “The first mill burned down.” [1]\n\nBob: “The other mill still stands.” [2]"
    asked = conversation("Which mills were there?", answer)
    assert [said.speaker for said in after("Is the second one local?", asked).quotes] == ["Bob", "Ann"]
    assert [said.speaker for said in after("Is the last one local?", asked).quotes] == ["Bob", "Ann"]
    assert [said.speaker for said in after("Is the first one local?", asked).quotes] == ["Ann", "Bob"]
    assert "“The other mill still stands." in after("Is the second one local?", asked).query


def test_the_title_of_what_was_quoted_says_who_is_meant() -> None:
    asked = conversation("Where was he born?", "“In Baltimore.” [1]")
    assert after("When did he disband it?", asked, "Frank Zappa: Disbandment").standalone == (
        "When did he disband it? (about Frank Zappa and Baltimore, after “Where was he born?”)"
    )


def test_a_chain_of_follow_ups_keeps_the_question_that_they_are_about() -> None:
    said = "GT: “There are voices.” [1]"
    talk = [*PORT, *conversation("Who said that?", said), *conversation("What did the host say?", said)]
    assert after("Why?", talk).standalone.endswith(
        "after “Who brought up the idea that the Chinese army might use the harbour?”)"
    )
    talk = [*INVESTED, *conversation("And in Brazil?", "“More.” [1]")]
    assert after("And in Chile?", talk).standalone == "How much does China invest in Chile?"


def test_the_title_is_used_where_there_are_several_documents(tmp_path: Path) -> None:
    titles = {"one": "Ada Lovelace: on engines", "two": "Grace Hopper: on compilers"}
    documents = [
        Document.from_text(f"Q: Where was it?\n\nA: It was in {doc_id}ville. It rained.", doc_id=doc_id, title=title)
        for doc_id, title in titles.items()
    ]
    history = conversation("Where was it?", "A: “It was in twoville.” [1]")
    embedder = HashEmbedder()
    for number, expected in ((1, "Why? (after"), (2, "Why? (about Grace Hopper, after")):
        build_index(documents[-number:], tmp_path / str(number), embedder=embedder)
        found = QA.open(tmp_path / str(number), embedder=embedder, reader=WordReader()).find("Why?", history=history)
        assert found.standalone == f"{expected} “Where was it?”)"


def test_an_abstention_names_only_what_was_asked(fake_qa: QA) -> None:
    asked = "Who mined copper in Atacama?"
    answer = fake_qa.answer("And the lithium?", history=conversation(asked, "“Ann did.” [1]"))
    assert answer.standalone_question == f"And the lithium? (about Ann, after “{asked}”)"
    assert answer.reason == "No sentence comes close enough to the question; the source never mentions “lithium”."


def test_after_an_abstention_the_question_before_is_what_it_is_about() -> None:
    asked = conversation("How deep is the harbour?", "The source does not answer this. No sentence comes close enough.")
    understood = after("And how wide is it?", asked)
    assert understood.query == "And how wide is it? (“How deep is the harbour?”)"
    assert understood.quotes == ()


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("What did the interviewer say?", "asks"),
        ("And what did the host reply?", "asks"),
        ("What does the guest think?", "answers"),
        ("What did the interviewer say about taxes?", None),
        ("Who is the best host in Lima?", None),
    ],
)
def test_whose_words_are_asked_for(question: str, role: str | None) -> None:
    assert after(question, PORT).role == role


def test_a_new_topic_drags_nothing_along() -> None:
    talk = [*PORT, *conversation("Why?", "Balarezo: “It is a private commercial project.” [1]")]
    assert after("How do rural areas of Peru profit from technology?", talk).query == (
        "How do rural areas of Peru profit from technology?"
    )


@pytest.mark.parametrize("split", ["choose", "report"])
def test_stand_alone_questions_of_five_interviews_are_left_alone(split: str) -> None:
    questions = [gold.question for gold in load_question_set(EVAL, split=split).questions if not gold.history]
    taken = [question for question in questions if after(question, PORT).quotes]
    assert len(questions) > 90
    assert len(taken) / len(questions) <= 0.04, taken


@pytest.mark.parametrize("split", ["choose", "report"])
def test_follow_ups_of_five_interviews_are_understood_as_such(split: str) -> None:
    asked = [gold for gold in load_question_set(EVAL, split=split).questions if gold.history]
    missed = [gold.question for gold in asked if not after(gold.question, PORT).quotes]
    assert len(asked) >= 14
    assert len(missed) / len(asked) <= 0.15, missed


@pytest.mark.parametrize("question_id", ["otr-01-27", "otr-03-14", "otr-06-23", "otr-09-32", "otr-09-33"])
def test_the_answer_to_a_follow_up_is_looked_for_near_the_quote_before(tmp_path: Path, question_id: str) -> None:
    questions = load_question_set(EVAL)
    gold = next(gold for gold in questions.questions if gold.question_id == question_id)
    before = next(other for other in questions.questions if other.question == gold.history[-1])
    document = questions.documents[gold.doc_id]
    start, end = before.spans[0]
    history = conversation(before.question, f"“{document.text[start:end]}” [1]")
    qa = _open(document, tmp_path)

    def is_found(history: list[Message]) -> bool:
        found = [hit.passage for hit in qa.find(gold.question, history=history).hits[:12]]
        return any(hits(passage.start, passage.end, gold.spans) for passage in found)

    # The fake embedder knows words only, and these questions share none with their answers.
    assert (is_found([]), is_found(history)) == (False, True)


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "And what did she reply to that?",
        "What about smaller ones there?",
        "Is the second one local?",
        "And in winter?",
        "What happened after that?",
        "Does it still exist?",
    ],
)
def test_every_kind_of_reference_reads_on_from_the_quote(transcript_qa: tuple[QA, Document], question: str) -> None:
    found_qa, document = transcript_qa
    qa = QA(found_qa.store, found_qa.embedder, EvenReader())
    turn = next(
        turn
        for turn in document.turns
        if turn.speaker is not None and len(split_sentences(document.text, turn.start, turn.end)) > 2
    )
    quoted, following = split_sentences(document.text, turn.start, turn.end)[:2]
    words = document.text[slice(*quoted)]
    history = conversation("How did it all begin?", f"{turn.speaker}: “{words}” [1]")
    found = qa.find(question, history=history)
    assert found.standalone.startswith(f"{question} (")
    assert following in [(hit.passage.start, hit.passage.end) for hit in found.hits]
    # Read last, since it was just shown.
    assert (found.hits[-1].passage.start, found.hits[-1].passage.end) == quoted


def test_a_new_topic_finds_what_it_finds_without_a_history(transcript_qa: tuple[QA, Document]) -> None:
    qa, document = transcript_qa
    words = " ".join(document.text[document.turns[0].start :].split()[:12])
    history = conversation("How did it all begin?", f"“{words}” [1]")
    for question in ("Which people in rural areas need technology?", "Who pays for data on books and websites?"):
        assert qa.find(question, history=history).hits == qa.find(question).hits


def _open(document: Document, folder: Path) -> QA:
    embedder = HashEmbedder()
    build_index([document], folder, embedder=embedder)
    return QA.open(folder, embedder=embedder, reader=EvenReader())


@pytest.mark.parametrize(
    ("name", "quoted", "speakers"),
    [
        ("01_changelog_bold_names.md", "My mom was just like", {"Tim Smith"}),
        ("03_changelog_founder_interview.md", "we wanted a boring name originally", {"Adam Stacoviak"}),
    ],
)
def test_what_did_the_interviewer_say(tmp_path: Path, name: str, quoted: str, speakers: set[str]) -> None:
    document = load(EVAL / name)
    start = document.text.index(quoted)
    qa = _open(document, tmp_path)
    history = conversation("What about the name?", f"“{document.text[start : start + 60]}” [1]")
    found = qa.find("What did the interviewer say?", history=history)
    assert {hit.passage.speaker for hit in found.hits} == speakers


def test_what_did_the_interviewer_say_about_the_port(fake_qa: QA, interview: Document) -> None:
    quoted = "Balarezo: “It is impossible for the port to have dual-use purposes.” [1]"
    found = fake_qa.find("And what did the interviewer say?", history=conversation("Is it for soldiers?", quoted))
    assert {hit.passage.speaker for hit in found.hits} == {"GT"}
    # Her own question on it stands next to the quote.
    nearest = found.hits[0].passage
    assert "There are voices suggesting" in interview.text[nearest.start : nearest.end]


def test_a_quote_that_is_given_is_looked_for_in_its_document(tmp_path: Path) -> None:
    words = "Nobody had told us about the river."
    one = Document.from_text(f"Ann: And then?\n\nBob: {words} We left at dawn.", doc_id="one")
    two = Document.from_text(f"Ann: And then?\n\nCleo: {words} It took the bridge with it.", doc_id="two")
    embedder = HashEmbedder()
    build_index([one, two], tmp_path, embedder=embedder)
    qa = QA.open(tmp_path, embedder=embedder, reader=WordReader())
    follows = {"one": "We left at dawn.", "two": "It took the bridge with it."}
    for doc_id, following in follows.items():
        message = {"role": "assistant", "content": "…", "quotes": [{"cited_text": words, "doc_id": doc_id}]}
        found = qa.find("Why?", history=[{"role": "user", "content": "What went wrong?"}, message])
        nearest = [found.documents[hit.passage.doc_id].text[hit.passage.start : hit.passage.end] for hit in found.hits]
        assert next(text for text in nearest if text in follows.values()) == following


def test_a_quote_of_a_document_that_is_gone_is_passed_over(fake_qa: QA) -> None:
    message = {"role": "assistant", "content": "…", "quotes": [{"cited_text": "Gone.", "doc_id": "gone"}]}
    found = fake_qa.find("Why?", history=[{"role": "user", "content": "What?"}, message])
    assert found.standalone == "Why? (after “What?”)"


def test_messages_as_a_page_shows_them_are_read() -> None:
    shown = (
        "**GT &#40;asking&#41;&#58;** **[1]**\n> “It&#39;s “here” now.”\n>\n> <small>GT, Title, 1–2</small>\n\n*0.59*"
    )
    assert read_history(conversation("Where?", shown)) == (
        PastExchange("Where?", (PastQuote("It's “here” now.", "GT"),)),
    )


def test_messages_as_text_are_read() -> None:
    shown = "Ann: “It was\nlate.” [1]\n\nIn the text, outside the dialogue: “Rain.” [2]"
    said = read_history(conversation("When?", shown))[0].quotes
    assert [quote.text for quote in said] == ["It was\nlate.", "Rain."]
    assert said[0].speaker == "Ann"


def test_an_answer_of_another_program_is_taken_as_it_is() -> None:
    assert read_history(conversation("When?", "In 1987."))[0].quotes == (PastQuote("In 1987."),)


def test_content_in_parts_is_read() -> None:
    message = {"role": "user", "content": [{"type": "text", "text": "Who?"}]}
    assert read_history([message]) == (PastExchange("Who?"),)


@pytest.mark.parametrize("message", [{"text": "Who?"}, "Who?", {"role": "user"}])
def test_a_history_of_something_else(message: Message) -> None:
    with pytest.raises(HistoryInvalid, match=r"expected \{'role': 'user', 'content': '…'\}"):
        read_history([message])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Zappa and the Mothers of Invention", ["Zappa", "Mothers of Invention"]),
        ("Zappa was broke. Why did the Mothers leave?", ["Zappa", "Mothers"]),
        ("Remaining recordings were lost. I met Ann in March.", ["Ann"]),
        ("What is Bennett's view of APEC?", ["Bennett", "APEC"]),
        ("", []),
    ],
)
def test_names_in_a_text(text: str, names: list[str]) -> None:
    assert find_names(text) == names


def test_the_name_most_spoken_of_comes_first_and_short_forms_count_for_the_long_one() -> None:
    assert rank_names([("We met Ann Lee in Oslo.", 1.0), ("What did Lee say?", 1.0)]) == ["Ann Lee", "Oslo"]
