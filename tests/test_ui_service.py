"""What visitors do, as plain functions: asking, judging, uploading, keeping and getting back."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus import Document, describe_file, load
from index import list_documents, read_sources
from index.sources import format_table
from qa import QA, DraftInvalid, WrittenSentence
from qa.answers import from_dict
from qa.evaluation.evaluate import evaluate, summarize
from qa.evaluation.questions import load_question_set
from tests.fakes import HashEmbedder, WordReader
from ui.checked_html import render_checked
from ui.conversation import ConversationInvalid, Exchange, messages_of, read_conversation
from ui.conversation_html import render_conversation
from ui.export import export_json, export_markdown, name_file
from ui.feedback import FeedbackLog, FeedbackNotKept
from ui.lists import describe_document
from ui.service import MAX_FILES, ChatService, Restriction
from ui.shelves import UploadRefused
from ui.standing import NEVER
from ui.uploads import MAX_DOCUMENTS, MAX_PASTED_CHARS, Uploads, read_pasted

QUESTION = "vessels between Chancay and Shanghai"
TALK = Document.from_text(
    "Rosa: Was the strike so very long?\n\nIvan: The strike lasted eleven weeks.", doc_id="strike"
)
ATTACK = Document.from_text(
    "Ann: Well?\n\nBob: The [harm](javascript:x) <b>is</b> *done* at www.evil.example, a@b.example.", doc_id="x"
)


@pytest.fixture
def service(fake_qa: QA, tmp_path: Path) -> ChatService:
    return ChatService(Uploads(fake_qa), FeedbackLog(tmp_path / "feedback"))


def ask(service: ChatService, *questions: str, visitor: str = "v") -> tuple[Exchange, ...]:
    exchanges: tuple[Exchange, ...] = ()
    for question in questions:
        *_, exchanges = service.ask(visitor, question, exchanges, Restriction())
    return exchanges


def test_a_follow_up_can_be_asked_alone(service: ChatService) -> None:
    before = ask(service, QUESTION)
    *_, bound = service.ask("v", "And why?", before, Restriction())
    *_, alone = service.ask("v", "And why?", before, Restriction(), alone=True)
    assert bound[-1].answer is not None
    assert bound[-1].answer.standalone_question.startswith("And why? (")
    assert alone[-1].answer is not None
    assert alone[-1].answer.standalone_question == "And why?"
    assert len(alone) == 2


def test_an_answer_grows_from_the_question_on(service: ChatService) -> None:
    states = list(service.ask("v", f" {QUESTION} ", (), Restriction()))
    assert (states[0][-1].question, states[0][-1].answer) == (QUESTION, None)
    answer = states[-1][-1].answer
    assert answer is not None
    assert len(states) == len(answer.quotes) + 1
    assert messages_of(states[-1]) == [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": answer.text, "quotes": [quote.to_dict() for quote in answer.quotes]},
    ]


def test_what_is_wrong_with_a_question_is_said_in_its_place(service: ChatService) -> None:
    *_, last = service.ask("v", "?", (), Restriction())
    assert last[0].problem == "the question is empty; ask something in words"
    *_, last = service.ask("v", QUESTION, (), Restriction(speaker="<Nobody>"))
    assert "nobody called &#x27;&lt;Nobody&gt;&#x27; speaks there" in render_conversation(last)


def test_a_fault_is_told_in_a_sentence_and_logged(service: ChatService, caplog: pytest.LogCaptureFixture) -> None:
    *_, last = service.ask("v", QUESTION, (), Restriction(doc_ids=7))  # type: ignore[arg-type]
    assert last[0].problem is not None
    assert last[0].problem.startswith("Something went wrong on our side")
    assert "TypeError" in caplog.text


def test_a_short_answer_comes_first_and_a_written_one_cites(service: ChatService) -> None:
    (exchange,) = ask(service, QUESTION)
    assert exchange.answer is not None
    written = (WrittenSentence("It <b>saves</b> days.", (1, 9)),)
    kept = replace(from_dict(exchange.answer.to_dict()), quotes=exchange.answer.quotes, short="10 to <12> days")
    kept = replace(kept, written=written, model="m")
    page = render_conversation([Exchange(QUESTION, kept)])
    assert page.index("10 to &lt;12&gt; days") < page.index("It &lt;b&gt;saves") < page.index("<ol")
    assert page.count('href="#peru-ambassador-global-times-2024:3735-3979"') == 3


def test_questions_about_the_whole_lead_in_and_thanks_are_no_abstention(service: ChatService) -> None:
    speakers, thanks, hello = ask(service, "Who is speaking?", "Thank you!", "Hello")
    page = render_conversation([speakers, thanks, hello])
    assert speakers.answer is not None
    assert speakers.answer.lead == "2 people speak: GT (asking) and Balarezo."
    assert page.index("2 people speak") < page.index("<ol")
    assert '<p class="note" dir="auto">You are welcome.' in page
    assert '<p class="note" dir="auto">Hello. Ask about what is said in “Peru positioned' in page
    assert 'class="abstention"' not in page
    assert page.count("Confidence") == 0
    assert "\n\nYou are welcome. Ask on whenever you like.\n" in export_markdown([speakers, thanks])


def test_verdicts_are_kept_and_taken_back(service: ChatService, tmp_path: Path) -> None:
    exchanges = ask(service, QUESTION, "lithium price")
    exchanges = service.judge("v", exchanges, 0, "1", "good")
    exchanges = service.judge("v", exchanges, 1, "answer", "good")
    assert (exchanges[0].verdicts, exchanges[1].verdicts) == ({"1": "good"}, {"answer": "good"})
    assert service.judge("v", exchanges, 0, "1", None)[0].verdicts == {}
    lines = (tmp_path / "feedback" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines]
    assert [record["answerable"] for record in gold] == [True, False]
    assert gold[1]["meta"]["history"] == [QUESTION]


def test_verdicts_can_be_measured_with(service: ChatService, tmp_path: Path) -> None:
    exchanges = ask(service, QUESTION, "lithium price")
    for number, what, verdict in [
        (0, "1", "good"),
        (0, "1", "wrong quote"),
        (0, "answer", "not an answer"),
        (0, "1", "wrong speaker"),
        (1, "answer", "good"),
    ]:
        exchanges = service.judge("v", exchanges, number, what, verdict)
    questions = load_question_set(tmp_path / "feedback")
    assert [(gold.answerable, gold.spans, gold.rejected) for gold in questions.questions] == [
        (True, ((3735, 3979),), ()),
        (True, (), ((3735, 3979),)),
        (True, (), ((3735, 3979),)),
        (False, (), ()),
    ]
    figures = summarize(evaluate(questions, HashEmbedder(), WordReader()))
    assert (figures["questions"], figures["best"], figures["refused"]) == (4, 1.0, 1.0)
    assert figures["rejected quotes quoted again"] == 1.0


@pytest.mark.parametrize(
    ("number", "what", "verdict"), [(5, "1", "good"), (0, "9", "good"), (0, "1", "<b>"), (0, "../x", "good")]
)
def test_a_verdict_on_nothing_is_refused(
    service: ChatService, tmp_path: Path, number: int, what: str, verdict: str
) -> None:
    with pytest.raises(UploadRefused, match=r"there is no answer to judge|is no verdict on"):
        service.judge("v", ask(service, QUESTION), number, what, verdict)
    assert not (tmp_path / "feedback").exists()


def test_a_verdict_that_cannot_be_written_is_said(fake_qa: QA, tmp_path: Path) -> None:
    (tmp_path / "feedback").write_text("a file", encoding="utf-8")
    service = ChatService(Uploads(fake_qa), FeedbackLog(tmp_path / "feedback"))
    with pytest.raises(FeedbackNotKept, match="the verdict is not kept: File exists"):
        service.judge("v", ask(service, QUESTION), 0, "1", "good")


def test_uploads_are_the_visitors_own_and_add_up(service: ChatService, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"Ann: Was it {name}?\n\nBob: It was {name}.", encoding="utf-8")
        head, rows = list(service.upload("v", [tmp_path / f"{name}.txt"]))[-1]
        assert (head, rows[0].words) == (
            "Added. Answers now come from your own transcripts.",
            "2 turns of speech; Ann, Bob",
        )
    assert [info.doc_id for info in service.documents("v")] == ["one", "two"]
    assert [info.doc_id for info in service.documents("w")] == ["peru-ambassador-global-times-2024"]
    service.uploads.remove("v", "one")
    service.uploads.remove("v", "two")
    assert [info.doc_id for info in service.documents("v")] == ["peru-ambassador-global-times-2024"]
    with pytest.raises(UploadRefused, match="came with the program"):
        service.uploads.remove("v", "peru-ambassador-global-times-2024")


def test_a_shared_index_changes_for_everybody(fake_qa: QA, tmp_path: Path) -> None:
    uploads = Uploads(fake_qa, shared=tmp_path / "index")
    uploads.add("v", [TALK])
    assert [info.doc_id for info in list_documents(fake_qa.store)] == ["peru-ambassador-global-times-2024", "strike"]
    uploads.remove("w", "peru-ambassador-global-times-2024")
    with pytest.raises(UploadRefused, match="the last transcript stays"):
        uploads.remove("w", "strike")
    assert fake_qa.answer("strike lasted").quotes[0].speaker == "Ivan"


def test_too_much_is_refused_before_anything_is_read(service: ChatService) -> None:
    head, rows = list(service.upload("v", [Path("nowhere")] * (MAX_FILES + 1)))[-1]
    assert (head, rows) == (
        f"That is {MAX_FILES + 1} files; at most {MAX_FILES} are taken at a time. Nothing was added.",
        (),
    )
    many = [Document.from_text(f"Ann: It was {number}.", doc_id=str(number)) for number in range(MAX_DOCUMENTS + 1)]
    with pytest.raises(UploadRefused, match=f"more than {MAX_DOCUMENTS} transcripts"):
        service.uploads.add("v", many)
    with pytest.raises(UploadRefused, match="at most 4,000,000 can be pasted; upload it as a file"):
        read_pasted("x" * (MAX_PASTED_CHARS + 1), "", [])


def test_pasted_texts_get_names_of_their_own() -> None:
    assert read_pasted("Ann: Yes.", "", []).doc_id == "pasted text"
    assert read_pasted("Ann: Yes.", " A  talk ", ["A talk"]).doc_id == "A talk 2"


def test_a_kept_conversation_comes_back_and_is_checked(service: ChatService, fake_qa: QA) -> None:
    exchanges = ask(service, QUESTION, "lithium price", "?")
    kept = json.loads(json.dumps([exchange.to_dict() for exchange in exchanges]))
    with fake_qa.store.reading() as view:
        assert render_conversation(read_conversation(kept, view)) == render_conversation(exchanges)
        kept[0]["answer"]["quotes"][0]["cited_text"] = "Something else."
        changed = read_conversation(kept, view)
    assert NEVER.words in render_conversation(changed)
    service.uploads.add("v", [TALK])
    with service.qa_of("v").store.reading() as view:
        assert render_conversation(read_conversation(kept, view)).count('class="fallen"') >= 2


@pytest.mark.parametrize("value", [None, {}, [None], [{}], [{"question": "x", "answer": {}}]], ids=str)
def test_a_damaged_conversation_is_refused(fake_qa: QA, value: object) -> None:
    with fake_qa.store.reading() as view, pytest.raises(ConversationInvalid, match=r"expected a list|not of the form"):
        read_conversation(value, view)


def test_nothing_acts_in_an_exported_file(service: ChatService) -> None:
    service.uploads.add("v", [ATTACK])
    exchanges = ask(service, "harm done", "# heading [x](y)")
    text = export_markdown(exchanges)
    assert "The \\[harm\\](javascript:x) \\<b\\>is\\</b\\> \\*done\\* at www&#46;evil.example, a&#64;b.example." in text
    assert "## \\# heading \\[x\\](y)" in text
    assert json.loads(export_json(exchanges))["conversation"][0]["answer"]["quotes"][0]["speaker"] == "Bob"


def test_this_interview_is_the_one_that_is_open(service: ChatService) -> None:
    service.uploads.add("v", [TALK, ATTACK])

    def quoted(question: str, open_doc: str | None) -> set[str]:
        *_, exchanges = service.ask("v", question, (), Restriction(open_doc=open_doc))
        answer = exchanges[-1].answer
        assert answer is not None
        return {quote.doc_id for quote in answer.quotes}

    assert quoted("Summarise this interview", "strike") == {"strike"}
    assert quoted("Summarise it", "x") == {"x"}
    # What is not there (any more) is not asked for, and nobody has pointed at what they read just now.
    for question, open_doc in [
        ("Summarise it", "gone"),
        ("Summarise it", None),
        ("Summarise everything", "x"),
        ("Give me a summary", "x"),
    ]:
        assert quoted(question, open_doc) == {"strike", "x"}


def test_a_draft_is_checked_against_the_transcripts_that_the_visitor_asks(service: ChatService) -> None:
    draft = "“The strike lasted eleven weeks,” said Ivan."
    assert service.check("v", draft).count()["not_found"] == 1
    service.uploads.add("v", [TALK])
    report = service.check("v", draft)
    assert report.count()["typography"] == 1
    place = report.quotations[0].places[0]
    assert f'href="#strike:{place.start}-{place.end}"' in render_checked(report)
    with pytest.raises(DraftInvalid, match="at most 400,000 are checked here"):
        service.check("v", "a" * 400_001)


def test_nothing_in_a_draft_or_a_source_acts_on_the_page(service: ChatService) -> None:
    service.uploads.add("v", [ATTACK])
    page = render_checked(service.check("v", "“The <b>harm</b> is <i>done</i> at home,” said <script>Bob</script>."))
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Why did it fail?", "Why-did-it-fail-2026-03-01.md"),
        ('../../etc/"passwd" <b>:*?|', "etc-passwd-b-2026-03-01.md"),
        ("Что сказал Иван?", "Что-сказал-Иван-2026-03-01.md"),
        ("???", "on-the-record-2026-03-01.md"),
        ("word " * 400, f"{'-'.join(['word'] * 12)}-2026-03-01.md"),
    ],
)
def test_a_file_is_named_by_what_was_asked_and_when(question: str, name: str) -> None:
    assert name_file([Exchange(question)], ".md", date(2026, 3, 1)) == name


def test_page_and_command_line_count_the_same_turns(tmp_path: Path) -> None:
    path = tmp_path / "talk.md"
    path.write_text("# A headline\n\nBefore they met.\n\nAnn: Why?\n\nBob: So.\n\nAnn: Ah.", encoding="utf-8")
    row = format_table(read_sources([path]))[1].split()
    assert row == ["talk.md", "md", "3", "2", "8"]
    assert describe_document(load(path)) == "3 turns of speech; Ann, Bob"
    assert next(describe_file(path)).endswith("3 turns of speech")


def test_a_draft_in_a_file_is_read_as_its_format_and_its_place_is_told_to_nobody(
    service: ChatService, tmp_path: Path
) -> None:
    service.uploads.add("v", [TALK])
    article = tmp_path / "article.html"
    article.write_text("<p>Ivan: <q>The strike lasted eleven weeks</q></p>", encoding="utf-8")
    report = service.check("v", article)
    assert (report.name, report.format) == ("article.html", "html")
    assert [quotation.verdict for quotation in report.quotations] == ["exact"]
    (tmp_path / "long.txt").write_text("a " * 200_001, encoding="utf-8")
    with pytest.raises(DraftInvalid, match="the draft has 400,002 characters"):
        service.check("v", tmp_path / "long.txt")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    with pytest.raises(DraftInvalid, match=r"^broken\.pdf is damaged"):
        service.check("v", tmp_path / "broken.pdf")
