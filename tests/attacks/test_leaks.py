"""What is hidden by conditions comes out nowhere: each way out is called, and its bytes are searched.

Each is called on the same index without conditions too: there it has the words, so that the test can fail.
"""

import io
import json
import logging
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from corpus import Document, embargo, no_export, off_record, pseudonym
from index import add_conditions, build_index, lift_conditions, list_held_back, open_store
from index.__main__ import main as index_command
from index.conditions_command import conditions_command
from index.errors import DocumentNotFound
from qa import QA, ExportInvalid, WriterSettings, check_pasted, export, open_writer
from qa.answers import AnswerRecord
from qa.checking.exports import REPORT_SUFFIXES, export_report
from qa.exports import FORMATS
from qa.tables.saved import ask_and_save, judge_cell, open_table
from qa.tags.book import CodeBook, Tag
from qa.tags.gather import gather
from qa.verify import verify
from tests.attacks.test_callers import call_tools
from tests.conftest import ROOT
from tests.fakes import HashEmbedder, WordReader
from tests.llm_server import language_server, points
from ui.app import build_app, launch
from ui.conversation import WITHHELD, Exchange
from ui.conversation_html import render_conversation
from ui.feedback import FeedbackLog
from ui.history import History
from ui.saving import save_as, save_json, save_markdown
from ui.service import ChatService, Restriction
from ui.tables import Tables
from ui.uploads import Uploads

EMBEDDER = HashEmbedder()
# Words that stand nowhere else, in a sentence off the record, in a document under embargo, and in a name.
OFF, KEPT_BACK, NAME, FIRST = "xylography", "quetzalcoatl", "zanzottera", "ermenegilda"
TEXTS = {
    "harbour": (
        "Interviewer: What did you do in the harbour?\n"
        "Ermenegilda Zanzottera: I loaded grain in the harbour. In the harbour we hid xylography plates. "
        "My brother said: Ermenegilda, the harbour is no place for you.\n"
        "Interviewer: And Mrs ZANZOTTERA, who ran the harbour?\n"
        "Ermenegilda Zanzottera: Nobody ran the harbour.\n"
    ),
    "sealed": "Interviewer: Who was in the harbour?\nOrla Quetzalcoatl: The quetzalcoatl was in the harbour.\n",
    "market": "Interviewer: Was it a harbour?\nBo Lind: Zanzottera's sister sold fish in the harbour and the market.\n",
}
TITLES = {"harbour": "Talk with Ermenegilda Zanzottera", "sealed": "The quetzalcoatl talk", "market": "Market"}
HIDDEN = (OFF, KEPT_BACK, NAME, FIRST)
QUESTION = "What was in the harbour: grain, plates, fish, brother?"
PARTS = ("grain harbour", "plates we hid harbour", "brother harbour", "was in harbour", "sister fish harbour")


@dataclass(frozen=True)
class Place:
    """An index, who answers from it, and where things are kept."""

    index: Path
    qa: QA
    folder: Path


@pytest.fixture
def open_place(tmp_path: Path) -> Place:
    documents = [
        replace(Document.from_text(text, doc_id=name, title=TITLES[name]), source=f"/talks/{TITLES[name]}.txt")
        for name, text in TEXTS.items()
    ]
    build_index(documents, tmp_path / "index", embedder=EMBEDDER)
    return Place(tmp_path / "index", QA.open(tmp_path / "index", embedder=EMBEDDER, reader=WordReader()), tmp_path)


def restrict(place: Place) -> None:
    """Lay all four conditions over the index."""
    with open_store(place.index).reading_stored() as view:
        harbour = view.entry("harbour").document
    start = harbour.text.index("In the harbour we hid")
    conditions = [
        embargo("sealed", "2999-01-01", by="ed"),
        off_record(harbour, start, harbour.text.index("plates.") + 7, by="ed"),
        pseudonym("Ermenegilda Zanzottera", "Person One", by="ed"),
        no_export(by="ed", doc_id="market"),
    ]
    add_conditions(conditions, place.index, embedder=EMBEDDER)


@pytest.fixture
def closed_place(open_place: Place) -> Place:
    restrict(open_place)
    return open_place


def found_in(*texts: object) -> set[str]:
    """The hidden words in what came out."""
    said = "\n".join(text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for text in texts)
    return {word for word in HIDDEN if word in said.lower()}


def answered(place: Place) -> list[object]:
    questions = (QUESTION, *PARTS, "Who is speaking?", "Summarise it")
    return [place.qa.answer(question).to_dict() for question in questions]


def searched(place: Place) -> list[object]:
    return [passage.to_dict() for question in PARTS for passage in place.qa.search(question, top_k=20)]


def listed(place: Place) -> list[object]:
    with place.qa.store.reading() as view:
        infos = view.documents()
        documents = [view.document(info.doc_id) for info in infos]
    shown = [(info.title, info.source, info.speakers) for info in infos]
    return [shown, *((document.text, document.title, document.source, repr(document)) for document in documents)]


def tabled(place: Place) -> list[object]:
    path = place.index / "tables" / "t.jsonl"
    ask_and_save(place.qa, path, ["What was in the harbour?", "xylography?"])
    saved = open_table(path, place.qa.store).to_dict()
    saved["rows"][1]["question"] = ""
    return [saved]


def checked(place: Place) -> list[object]:
    draft = "She said “I loaded grain in the harbour.” and “we hid plates in the harbour”. “The was in the harbour.”"
    report = check_pasted(draft, place.qa.store, embedder=EMBEDDER, reader=WordReader())
    return [report.to_dict(), *(unpack(export_report(report, suffix)) for suffix in REPORT_SUFFIXES)]


def unpack(data: bytes | str) -> str:
    """What is in a file, and in each that is packed in it."""
    if isinstance(data, str):
        return data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(f"{name}\n{packed.read(name).decode('utf-8', 'replace')}" for name in packed.namelist())
    return data.decode("utf-8", "replace")


def exported(place: Place) -> list[object]:
    answers = [place.qa.answer(question) for question in ("grain harbour", "brother harbour", "sister fish harbour")]
    answers = [replace(answer, question="q", standalone_question="q") for answer in answers]
    written = []
    for form in FORMATS:
        path = place.folder / f"answers{form.ending}"
        export(answers, path, place.index)
        written.append(unpack(path.read_bytes()))
    return list(written)


def commanded(place: Place) -> list[object]:
    """What the command that lists says, on both channels."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        index_command(["list", "--index", str(place.index)])
    return [out.getvalue(), err.getvalue()]


def conversed(place: Place) -> list[object]:
    """What a conversation shows, keeps, saves and has written down as feedback."""
    service = ChatService(Uploads(place.qa), FeedbackLog(place.folder / "feedback"))
    exchanges: tuple[Exchange, ...] = ()
    for question in ("grain harbour", "brother harbour", "sister fish harbour", "was in harbour"):
        *_, exchanges = service.ask("", question, exchanges, Restriction(), alone=True)
    for number in range(len(exchanges)):
        service.judge("", exchanges, number, "answer", "good")
    return [
        render_conversation(exchanges),
        *(service.show_transcript("", info.doc_id) for info in service.documents("")),
        *service.find_examples(""),
        *service.suggest("", exchanges[:1], Restriction()),
        *(file.read_text(encoding="utf-8") for file in sorted((place.folder / "feedback").iterdir())),
        save_markdown(exchanges, place.qa.store),
        save_json(exchanges, place.qa.store),
        save_as(exchanges, "html", place.qa.store),
        *(exchange.to_dict() for exchange in exchanges),
    ]


def served(place: Place) -> list[object]:
    """What the real server sends: the page, its endpoints, completions."""
    app = build_app(place.qa, feedback=place.folder / "feedback", mcp=False)
    address = launch(app, place.qa)
    try:

        def post(name: str, *data: object) -> object:
            reply = httpx2.post(f"{address}gradio_api/run/{name}", json={"data": data}, timeout=60)
            return reply.json().get("data", reply.text)

        completion = {"model": "on-the-record", "messages": [{"role": "user", "content": "brother in the harbour"}]}
        return [
            httpx2.get(address).text,
            httpx2.get(f"{address}config").text,
            post("list", None),
            post("search", "harbour", 20, None, None, None),
            post("answer", "sister fish harbour", None, None, None, None),
            post("answer", "Who is speaking?", None, None, None, None),
            httpx2.post(f"{address}v1/chat/completions", json=completion, timeout=60).text,
        ]
    finally:
        app.close(verbose=False)


WAYS: dict[str, Callable[[Place], list[object]]] = {
    way.__name__: way for way in (answered, searched, listed, tabled, checked, exported, commanded, conversed, served)
}


@pytest.mark.parametrize("way", WAYS)
def test_without_conditions_the_words_come_out(way: str, open_place: Place) -> None:
    assert found_in(*WAYS[way](open_place)) & {NAME, FIRST}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_hidden_comes_out(
    way: str, closed_place: Place, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    assert found_in(*WAYS[way](closed_place)) == set()
    said = capsys.readouterr()
    assert found_in(said.out, said.err, caplog.text) & {OFF, NAME, FIRST} == set()


def test_quotes_with_a_name_are_shown_with_the_pseudonym(closed_place: Place) -> None:
    answer = closed_place.qa.answer("brother harbour")
    shown = [quote.shown for quote in answer.quotes]
    assert "My brother said: [Person One], the harbour is no place for you." in shown
    (quote,) = (quote for quote in answer.quotes if "brother" in quote.text)
    assert quote.speaker == "Person One"
    assert quote.text == "My brother said: ▮▮▮▮▮▮▮▮▮▮▮, the harbour is no place for you."
    source = TEXTS["harbour"][quote.start : quote.end]
    assert all(mine in ("▮", theirs) for mine, theirs in zip(quote.text, source, strict=True))
    with closed_place.qa.store.reading() as view:
        assert [finding.verdict for finding in verify([quote], view)] == ["exact"]


def test_asking_by_the_name_tells_no_more_than_any_other_name(closed_place: Place) -> None:
    known, unknown = (
        closed_place.qa.search(f"what did {name} load", top_k=20) for name in ("Zanzottera", "Brunnhuber")
    )
    assert [hit.bm25 for hit in known] == [hit.bm25 for hit in unknown]
    with closed_place.qa.store.reading() as view, pytest.raises(DocumentNotFound, match="holds no document 'sealed'"):
        view.document("sealed")


def test_quotes_from_before_do_not_confirm_hidden_words(open_place: Place) -> None:
    quotes = [quote for question in PARTS for quote in open_place.qa.answer(question).quotes]
    restrict(open_place)
    with open_place.qa.store.reading() as view:
        verdicts = {quote.text: finding.verdict for quote, finding in zip(quotes, verify(quotes, view), strict=True)}
    assert {verdict for text, verdict in verdicts.items() if found_in(text)} <= {"absent", "gone", "changed", "invalid"}
    assert any(found_in(text) for text in verdicts)
    with pytest.raises(ExportInvalid, match="nothing is exported"):
        export(
            AnswerRecord(question="q", standalone_question="q", kind="quotes", quotes=tuple(quotes)),
            open_place.folder / "a.csv",
            open_place.index,
        )


def test_what_was_kept_before_obeys_when_it_is_shown_again(open_place: Place) -> None:
    service = ChatService(Uploads(open_place.qa), FeedbackLog(open_place.folder / "feedback"))
    history = History(service, open_place.folder / "kept.sqlite3")
    asked = ("grain harbour", "xylography plates harbour", "was the quetzalcoatl in harbour", "Who is speaking?")
    exchanges: tuple[Exchange, ...] = ()
    for question in asked:
        *_, exchanges = service.ask("", question, exchanges, Restriction(), alone=True)
    name = history.keep(None, "", (), exchanges)
    path = open_place.index / "tables" / "t.jsonl"
    ask_and_save(open_place.qa, path, ["harbour xylography?", "fish harbour?"])
    judge_cell(path, "fish harbour?", "market", "accepted", note="as Zanzottera said")
    assert found_in(render_conversation(history.read(None, name))) >= {OFF, KEPT_BACK, NAME}
    restrict(open_place)
    again = history.read(None, name)
    assert found_in(render_conversation(again), *(each.to_dict() for each in again)) == set()
    assert again[3].answer is not None
    assert again[3].answer.text == WITHHELD
    on_page = history.keep_to_conditions(None, exchanges)
    assert found_in(render_conversation(on_page), *(each.to_dict() for each in on_page)) == set()
    assert found_in(save_json(exchanges, open_place.qa.store), save_markdown(exchanges, open_place.qa.store)) == set()
    assert history.find(None, "xylography") == []
    assert found_in(*(kept.title for kept in history.find(None))) == set()
    history.rename(None, name, "Zanzottera and the harbour")
    assert found_in(*(kept.title for kept in history.find(None))) == set()
    assert found_in(open_table(path, open_place.qa.store).to_dict()) == set()
    ask_and_save(open_place.qa, path)
    assert found_in(open_table(path, open_place.qa.store).to_dict()) == set()
    lift_conditions(None, open_place.index, embedder=EMBEDDER)
    assert found_in(render_conversation(history.read(None, name))) >= {OFF, KEPT_BACK, NAME}


def test_a_table_that_was_asked_on_the_page_before_obeys(open_place: Place) -> None:
    feedback = FeedbackLog(open_place.folder / "f")
    tables = Tables(ChatService(Uploads(open_place.qa), feedback), feedback)
    tables.begin("browser:a", "t", list(PARTS), "speaker")
    path = tables._find("browser:a", "t")
    run = tables._runs.find(path)
    assert run is not None
    assert run.ended.wait(30)
    _, cells, count = tables.look("browser:a", "t", 0)
    assert NAME in found_in(repr(cells))
    restrict(open_place)
    _, cells, again = tables.look("browser:a", "t", 0)
    assert (found_in(repr(cells)), again) == (set(), count)
    assert found_in(repr(tables.open("browser:a", "t"))) == set()
    with pytest.raises(ExportInvalid, match="no answers to export"):
        tables.export("browser:a", "t", "csv")


def test_tagged_quotes_obey(open_place: Place) -> None:
    quotes = [quote for question in PARTS for quote in open_place.qa.answer(question).quotes]
    book = CodeBook([Tag("work", "blue")], {"work": list(quotes)})

    def tagged() -> list[object]:
        with open_place.qa.store.reading() as view:
            return [each.to_dict() for each in gather(book, view)]

    assert found_in(*tagged()) >= {NAME, OFF}
    restrict(open_place)
    assert found_in(*tagged()) == set()
    assert "I loaded grain in the harbour." in json.dumps(tagged())


def test_a_page_that_is_served_already_obeys(open_place: Place) -> None:
    app = build_app(open_place.qa, feedback=open_place.folder / "feedback")
    address = launch(app, open_place.qa)
    try:
        assert found_in(httpx2.get(address).text) == {OFF, NAME, FIRST}
        restrict(open_place)
        assert found_in(httpx2.get(address).text, httpx2.get(f"{address}config").text) == set()
    finally:
        app.close(verbose=False)


@pytest.mark.filterwarnings("ignore")  # of the packages that MCP brings
def test_tools_tell_nothing_hidden(closed_place: Place) -> None:
    pytest.importorskip("mcp")
    app = build_app(closed_place.qa, feedback=closed_place.folder / "feedback", mcp=True)
    try:
        address = launch(app, closed_place.qa, mcp=True)
        calls: tuple[tuple[str, dict[str, Any]], ...] = (
            ("ask", {"question": "brother harbour"}),
            ("search", {"query": "harbour plates"}),
            ("list", {}),
            ("check", {"draft": "“In the harbour we hid plates.”"}),
            ("table", {"questions": ["brother harbour", "harbour plates"]}),
        )
        assert found_in(*call_tools(address, *calls)) == set()
    finally:
        app.close(verbose=False)


@pytest.mark.parametrize("restricted", [False, True])
def test_prompts_hold_nothing_hidden(open_place: Place, *, restricted: bool) -> None:
    if restricted:
        restrict(open_place)
    with language_server(lambda _: points(("The harbour had grain.", [1]))) as server:
        qa = open_place.qa.with_writer(open_writer(WriterSettings(url=server.url)))
        for question in (*PARTS, "Summarise it"):
            qa.answer(question)
        prompts = [json.dumps(request, ensure_ascii=False) for request in server.requests]
    assert any("harbour" in prompt for prompt in prompts)
    assert found_in(*prompts) & {OFF, NAME, FIRST} == (set() if restricted else {OFF, NAME, FIRST})


def test_no_export_leaves_quotes_out_and_says_so(closed_place: Place) -> None:
    answers = [closed_place.qa.answer("grain harbour"), closed_place.qa.answer("sister fish harbour")]
    assert {quote.doc_id for quote in answers[1].quotes} >= {"market"}
    done = export(answers, closed_place.folder / "a.md", closed_place.index)
    assert done.left_out >= 1
    assert "left out, from transcripts that must not be exported" in done.summary
    text = (closed_place.folder / "a.md").read_text(encoding="utf-8")
    assert "fish" not in text.replace("sister fish harbour", "")
    assert "left out, from transcripts that must not be exported" in text
    exchanges = tuple(Exchange.of(answer) for answer in answers)
    for saved in (save_json(exchanges, closed_place.qa.store), save_markdown(exchanges, closed_place.qa.store)):
        assert "sold fish" not in saved["text"]
        assert "left out" in saved["text"]


def test_the_command_sets_lists_and_lifts(open_place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--index", str(open_place.index), "--by", "ed"]
    assert conditions_command(["embargo", "sealed", "2999-01-01", *where]) == 0
    assert conditions_command(["embargo", "sealed", "soon", *where]) == 2
    assert "'soon' is no day; expected one such as 2027-01-31" in capsys.readouterr().err
    assert conditions_command(["no-export", *where]) == 0
    assert conditions_command(["off-record", "harbour", "no such words", *where]) == 2
    assert "does not stand in harbour" in capsys.readouterr().err
    assert conditions_command(["list", *where]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[1:4] for row in rows] == [
        ["in force", "sealed", "not shown until 2999-01-01"],
        ["in force", "everywhere", "not exported"],
    ]
    assert index_command(["list", "--index", str(open_place.index)]) == 0
    assert "1 transcript is under embargo until 2999-01-01." in capsys.readouterr().err
    assert [held.title for held in list_held_back(open_store(open_place.index), date(2026, 1, 1))] == [None]
    assert conditions_command(["lift", rows[0][0], rows[1][0], *where]) == 0
    assert conditions_command(["lift", *where]) == 2
    assert open_store(open_place.index).conditions().records == ()


def test_nothing_that_shows_or_answers_reads_what_is_stored() -> None:
    """By construction: only the layer of the index, which changes and checks it, has a view without conditions."""
    showing = [path for layer in ("qa", "ui") for path in (ROOT / layer).rglob("*.py")]
    assert len(showing) > 100
    assert [path.name for path in showing if "reading_stored" in path.read_text(encoding="utf-8")] == []
