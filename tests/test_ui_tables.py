"""Tables of the page: asked in the background, gone on with, judged, saved; whose they are and how many may be."""

import base64
import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corpus import Document
from index import Collection, FloatArray, Hit, build_index, update_index
from qa import QA, QAError, Reading
from qa.evaluation.questions import load_question_set
from qa.exports import FORMATS
from qa.tables.table import Cell
from tests.fakes import HashEmbedder, WordReader
from ui import table_folders, tables
from ui.callers import NOBODY
from ui.feedback import FeedbackLog
from ui.kept_uploads import KeptUploads
from ui.service import FAULT, ChatService
from ui.shelves import UploadRefused
from ui.table_folders import TableFolders
from ui.table_html import render_cell, render_listed, render_table
from ui.table_panel import TableEvents
from ui.table_runs import TableRuns
from ui.tables import ListedTable, Tables
from ui.uploads import Uploads

QUESTIONS = ["Who emigrated to Chile?", "Was the soil poor?"]
TALKS = {
    "ann": "Host: Where did you go?\n\nAnn: We emigrated to Chile. The winters were hard.",
    "ben": "Host: Did you leave?\n\nBen: I stayed in the valley. My brother emigrated to Chile.",
    "cid": "Host: What did you grow?\n\nCid: Potatoes and beans. The soil was poor.",
}
ME = "home/session:me"
ATTACK = "</td><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


class SlowReader(WordReader):
    """Notes what it is asked, and waits before each question while `goes_on` is not set."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.goes_on, self.reached = threading.Event(), threading.Semaphore(0)
        self.goes_on.set()

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """As usual."""
        self.reached.release()
        assert self.goes_on.wait(30)
        self.asked.append((question, ",".join(sorted({hit.passage.doc_id for hit in hits}))))
        return super().read(question, hits, documents, embedding=embedding)


def talk(name: str, text: str | None = None) -> Document:
    return Document.from_text(text or TALKS[name], doc_id=name, title=f"Talk of {name}")


@pytest.fixture
def reader() -> SlowReader:
    return SlowReader()


@pytest.fixture
def uploads(tmp_path: Path, reader: SlowReader) -> KeptUploads:
    build_index([talk(name) for name in TALKS], tmp_path / "index", embedder=HashEmbedder())
    qa = QA.open(tmp_path / "index", embedder=HashEmbedder(), reader=reader)
    return KeptUploads(qa, Collection("home", "Home", tmp_path / "index"), tmp_path / "collections")


@pytest.fixture
def runs() -> TableRuns:
    return TableRuns()


@pytest.fixture
def kept(uploads: Uploads, tmp_path: Path, runs: TableRuns) -> Tables:
    log = FeedbackLog(tmp_path / "feedback")
    return Tables(ChatService(uploads, log), log, runs)


def finish(kept: Tables, runs: TableRuns, name: str, visitor: str = ME) -> None:
    run = runs.find(kept.place(visitor).folder / "tables" / f"{name}.jsonl")
    assert run is not None
    assert run.ended.wait(30)


def ask_all(kept: Tables, runs: TableRuns, name: str = "Emigration", by: str = "document") -> None:
    kept.begin(ME, name, QUESTIONS, by)
    finish(kept, runs, name)


def cell_of(kept: Tables, number: int, key: str) -> Cell:
    (cell,) = [each for each in kept.open(ME, "Emigration").saved.table.rows[number].cells if each.key == key]
    return cell


def test_a_table_is_asked_in_the_background_and_kept_with_the_collection(
    kept: Tables, runs: TableRuns, tmp_path: Path
) -> None:
    ask_all(kept, runs)
    opened = kept.open(ME, "Emigration")
    assert (opened.is_running, opened.problem, opened.saved.count) == (False, "", "all 6 cells are answered")
    assert [row.count for row in opened.saved.table.rows] == [
        "asked of 3: 2 with a quote, 1 with nothing found",
        "asked of 3: 1 with a quote, 2 with nothing found",
    ]
    assert kept.listed(ME) == [ListedTable("Emigration", is_running=False)]
    assert (tmp_path / "index" / "tables" / "Emigration.jsonl").is_file()
    assert kept.place(ME).keeping == "Tables and tags stay with “Home”; a table goes on without you."
    # Whoever follows gets what was found, from wherever they had got to.
    run, found, count = kept.look(ME, "Emigration", 4)
    assert run is not None
    assert [(question, cell.key) for question, cell in found] == [(QUESTIONS[1], "ben"), (QUESTIONS[1], "cid")]
    assert (count, kept.look(ME, "Emigration", 6)[1:]) == (6, ([], 6))


def test_only_what_is_new_is_asked(kept: Tables, runs: TableRuns, reader: SlowReader, tmp_path: Path) -> None:
    ask_all(kept, runs)
    reader.asked.clear()
    update_index([talk("dora", "Dora: The soil was poor, so we left.")], tmp_path / "index", embedder=HashEmbedder())
    assert kept.open(ME, "Emigration").saved.waiting == 2
    kept.go_on(ME, "Emigration")
    finish(kept, runs, "Emigration")
    assert sorted(reader.asked) == sorted((question, "dora") for question in QUESTIONS)
    kept.add(ME, "Emigration", ["Were the winters hard?", QUESTIONS[0]])
    finish(kept, runs, "Emigration")
    assert [question for question, _ in reader.asked[2:]] == ["Were the winters hard?"] * 4
    assert kept.open(ME, "Emigration").saved.count == "all 12 cells are answered"


def test_a_run_is_stopped_and_gone_on_with(kept: Tables, runs: TableRuns, reader: SlowReader) -> None:
    reader.goes_on.clear()
    kept.begin(ME, "Emigration", QUESTIONS, "document")
    assert reader.reached.acquire(timeout=30)
    assert reader.reached.acquire(timeout=30)
    assert kept.open(ME, "Emigration").is_running
    assert kept.listed(ME) == [ListedTable("Emigration", is_running=True)]
    with pytest.raises(UploadRefused, match="being asked"):
        kept.delete(ME, "Emigration")
    with pytest.raises(UploadRefused, match="being asked"):
        kept.add(ME, "Emigration", ["Who stayed?"])
    with pytest.raises(UploadRefused, match="another table of yours is being asked"):
        kept.begin(ME, "Another", QUESTIONS, "document")
    kept.go_on(ME, "Emigration")  # it does already
    kept.stop(ME, "Emigration")
    reader.goes_on.set()
    finish(kept, runs, "Emigration")
    assert kept.open(ME, "Emigration").saved.count == "2 of 6 cells are answered"  # those that were begun
    kept.go_on(ME, "Emigration")
    finish(kept, runs, "Emigration")
    assert len(reader.asked) == 6
    kept.delete(ME, "Emigration")
    assert kept.listed(ME) == []


def test_there_are_only_so_many_runs_at_once(kept: Tables, reader: SlowReader, runs: TableRuns) -> None:
    reader.goes_on.clear()
    kept.begin("home/session:one", "One", QUESTIONS, "document")
    kept.begin("home/session:two", "Two", QUESTIONS, "document")
    with pytest.raises(UploadRefused, match="as many tables as this server takes"):
        kept.begin("home/session:three", "Three", QUESTIONS, "document")
    reader.goes_on.set()
    finish(kept, runs, "One")
    finish(kept, runs, "Two")
    kept.begin("home/session:three", "Three", QUESTIONS, "document")
    finish(kept, runs, "Three")


def test_verdicts_become_cases_to_measure_by(kept: Tables, runs: TableRuns, tmp_path: Path) -> None:
    ask_all(kept, runs)
    kept.judge(ME, "Emigration", QUESTIONS[0], "ann", "accepted", None)
    kept.judge(ME, "Emigration", QUESTIONS[0], "ben", "rejected", "his brother, not he")
    kept.judge(ME, "Emigration", QUESTIONS[0], "cid", "accepted", None)  # rightly nothing
    kept.judge(ME, "Emigration", QUESTIONS[1], "ann", "rejected", None)  # wrongly nothing
    right, wrong, silent = load_question_set(tmp_path / "feedback").questions
    assert (right.question, right.answers, right.speakers) == (QUESTIONS[0], ("We emigrated to Chile.",), ("Ann",))
    start = TALKS["ben"].index("My brother")
    assert (wrong.rejected, wrong.doc_id[:4]) == (((start, len(TALKS["ben"])),), "ben-")
    assert (silent.answerable, silent.doc_id[:4]) == (False, "cid-")
    # A note alone is noted, and makes no second case; a verdict that is taken back makes none.
    kept.judge(ME, "Emigration", QUESTIONS[0], "ben", "rejected", "his brother")
    cell = kept.judge(ME, "Emigration", QUESTIONS[0], "ann", None, None)
    assert (cell.verdict, cell_of(kept, 0, "ben").note) == (None, "his brother")
    lines = [json.loads(line) for line in (tmp_path / "feedback" / "feedback.jsonl").read_text("utf-8").splitlines()]
    assert [(line["verdict"], line.get("note")) for line in lines] == [
        ("good", None),
        ("not an answer", "his brother, not he"),
        ("good", None),
        ("should have answered", None),
        ("not an answer", "his brother"),
    ]
    assert len(load_question_set(tmp_path / "feedback").questions) == 3


def test_that_a_speaker_said_nothing_says_nothing_of_the_interview(
    kept: Tables, runs: TableRuns, tmp_path: Path
) -> None:
    ask_all(kept, runs, by="speaker")
    kept.judge(ME, "Emigration", QUESTIONS[0], "Cid", "accepted", None)
    assert not (tmp_path / "feedback" / "questions.jsonl").exists()
    kept.judge(ME, "Emigration", QUESTIONS[0], "Ann", "accepted", None)
    assert len(load_question_set(tmp_path / "feedback").questions) == 1


def test_what_cannot_be_is_said(kept: Tables, runs: TableRuns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_all(kept, runs)
    for name, questions, by, said in (
        ("Emigration", QUESTIONS, "document", "there is a table “emigration” already".replace("emi", "Emi")),
        ("emigration ", QUESTIONS, "document", "already; give another name"),
        ("../up", QUESTIONS, "document", "is no name of a table"),
        ("New", [], "document", "no question yet"),
        ("New", ["…"], "document", "empty"),
        ("New", QUESTIONS, "village", "'village' is nobody to ask"),
        ("New", [f"Question {number}?" for number in range(1667)], "document", "5,001 cells"),
    ):
        with pytest.raises((UploadRefused, QAError), match=said):
            kept.begin(ME, name, questions, by)
    with pytest.raises(QAError, match="there is no table 'Nowhere'"):
        kept.open(ME, "Nowhere")
    with pytest.raises(UploadRefused, match="'maybe' is no verdict"):
        kept.judge(ME, "Emigration", QUESTIONS[0], "ann", "maybe", None)
    with pytest.raises(UploadRefused, match="changed or removed"):
        kept.judge(ME, "Emigration", "Who stayed?", "ann", "accepted", None)
    with pytest.raises(QAError, match="the note has 2,001 characters"):
        kept.judge(ME, "Emigration", QUESTIONS[0], "ann", "accepted", "a" * 2001)
    update_index([talk("ann", "Ann: We went to Chile.")], tmp_path / "index", embedder=HashEmbedder())
    with pytest.raises(UploadRefused, match="changed or removed since it was asked"):
        kept.judge(ME, "Emigration", QUESTIONS[0], "ann", "accepted", None)
    with pytest.raises(UploadRefused, match="without a session"):
        kept.listed(NOBODY)
    monkeypatch.setattr(tables, "MAX_BYTES", 100)
    with pytest.raises(UploadRefused, match="this table is full"):
        kept.judge(ME, "Emigration", QUESTIONS[0], "ben", "accepted", None)
    monkeypatch.setattr(tables, "MAX_TABLES", 1)
    with pytest.raises(UploadRefused, match="there are 1 tables already"):
        kept.begin(ME, "New", QUESTIONS, "document")


@pytest.mark.parametrize("form", [form.name for form in FORMATS])
def test_a_table_is_saved_in_every_form_without_what_was_rejected(kept: Tables, runs: TableRuns, form: str) -> None:
    ask_all(kept, runs)
    kept.judge(ME, "Emigration", QUESTIONS[0], "ben", "rejected", "hearsay")
    file = kept.export(ME, "Emigration", form)
    ending = next(each.ending for each in FORMATS if each.name == form)
    data = base64.b64decode(file["base64"])
    assert file["name"] == f"Emigration{ending}"
    if form in {"csv", "markdown", "json"}:
        assert "We emigrated to Chile." in data.decode()
        assert "My brother" not in data.decode()


def test_whose_tables_they_are(kept: Tables, uploads: KeptUploads, tmp_path: Path) -> None:
    served = uploads.served
    shared = Uploads(served, shared=tmp_path / "index").table_place("session:me")
    assert (shared.folder, "for all who use it" in shared.keeping) == (tmp_path / "index", True)
    # A user's tables about what is served to all are the user's own; about their own collection they are in that.
    users = KeptUploads(served, Collection("home", "Home", tmp_path / "index"), tmp_path / "users", each_user=True)
    one, two = (users.table_place(f"home/user:{name}").folder for name in ("one", "two"))
    assert one != two
    assert {one.parent.parent, two.parent.parent} == {tmp_path / "users"}
    own = users.make("user:one", "Mine")
    assert users.table_place(f"{own.collection_id}/user:one").folder == own.location
    # Nothing is kept of whoever is known by a page or a browser alone.
    strangers = Uploads(served)
    page, browser = strangers.table_place("session:me"), strangers.table_place("browser:me")
    assert "deleted when you close this page" in page.keeping
    assert "deleted an hour after you leave" in browser.keeping
    page.folder.mkdir()
    strangers.forget("session:me")
    assert not page.folder.exists()
    strangers.replace("session:me", [talk("ann")])
    shelf = strangers.table_place("session:me").folder
    assert shelf not in {page.folder, tmp_path / "index"}
    strangers.forget("session:me")
    assert not shelf.exists()


def test_a_table_goes_with_its_visitor_while_it_is_asked(tmp_path: Path, reader: SlowReader, runs: TableRuns) -> None:
    build_index([talk(name) for name in TALKS], tmp_path / "index", embedder=HashEmbedder())
    qa = QA.open(tmp_path / "index", embedder=HashEmbedder(), reader=reader)
    uploads, log = Uploads(qa), FeedbackLog(tmp_path / "feedback")
    kept = Tables(ChatService(uploads, log), log, runs)
    reader.goes_on.clear()
    kept.begin("session:me", "Emigration", QUESTIONS, "document")
    run = runs.find(kept.place("session:me").folder / "tables" / "Emigration.jsonl")
    assert run is not None
    assert reader.reached.acquire(timeout=30)
    uploads.forget("session:me")
    reader.goes_on.set()
    assert run.ended.wait(30)
    assert "cannot be written" in run.problem
    assert kept.listed("session:me") == []


def test_folders_go_when_they_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = TableFolders(tmp_path)
    first = folders.get("one")
    first.mkdir()
    folders.remove_unused("one", 7)
    assert first.exists()
    folders.remove_unused("one", 1)
    assert not first.exists()
    monkeypatch.setattr(table_folders, "MAX_VISITORS", 2)
    for visitor in ("one", "two", "one", "three"):
        folders.get(visitor).mkdir(exist_ok=True)
    assert folders.get("one").exists()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_fault_is_told_without_its_details(kept: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(kept, "listed", fail)
    assert call(kept, do="list", call=3) == {"call": 3, "problem": FAULT}
    assert call(kept, do="format the disk", call=4) == {"call": 4, "problem": FAULT}
    assert call(kept) == {"call": None, "problem": FAULT}


def call(kept: Tables, **data: object) -> dict[str, Any]:
    event: Any = SimpleNamespace(_data=data)
    request: Any = SimpleNamespace(session_hash="me", query_params={"collection": "home"})
    return TableEvents(kept).call(event, request)[0]


def test_what_the_page_gets_of_a_table(kept: Tables, runs: TableRuns) -> None:
    begun = call(
        kept,
        do="begin",
        call=1,
        name=" Emigration ",
        questions="\n".join([*QUESTIONS, "", QUESTIONS[0]]),
        by="document",
    )
    assert (begun["call"], begun["name"]) == (1, "Emigration")
    finish(kept, runs, "Emigration")
    opened = call(kept, do="open", call=2, name="Emigration")
    assert (opened["running"], opened["ended"], opened["table"].count("<td")) == (False, "", 6)
    assert opened["table"].count("nothing found") == 3
    looked = call(kept, do="look", call=3, name="Emigration", since=5, questions=QUESTIONS)
    assert [(cell["q"], cell["key"]) for cell in looked["cells"]] == [(1, "cid")]
    assert "The soil was poor." in looked["cells"][0]["html"]
    judged = call(
        kept, do="judge", call=4, name="Emigration", question=QUESTIONS[1], key="cid", q=1, verdict="accepted"
    )
    assert 'class="found accepted"' in judged["cells"][0]["html"]
    assert "problem" in call(kept, do="judge", call=5, name="Emigration", question="?", key="cid", verdict="accepted")


def test_nothing_of_a_table_acts_on_the_page(tmp_path: Path, reader: SlowReader, runs: TableRuns) -> None:
    hostile = Document.from_text(f"Ann: Chile {ATTACK} is where we went.", doc_id=f"a{ATTACK}", title=ATTACK)
    build_index([hostile], tmp_path / "index", embedder=HashEmbedder())
    qa = QA.open(tmp_path / "index", embedder=HashEmbedder(), reader=reader)
    log = FeedbackLog(tmp_path / "feedback")
    kept = Tables(ChatService(Uploads(qa, shared=tmp_path / "index"), log), log, runs)
    question = f"Chile {ATTACK}?"
    kept.begin("session:me", "Hostile", [question], "document")
    finish(kept, runs, "Hostile", "session:me")
    cell = kept.judge("session:me", "Hostile", question, hostile.doc_id, "rejected", ATTACK)
    assert cell.found
    for html in (render_table(kept.open("session:me", "Hostile")), render_cell(cell, 0)):
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html
        assert "\"'>" not in html
    assert "<b>" not in render_listed([ListedTable("<b>", is_running=False)])
