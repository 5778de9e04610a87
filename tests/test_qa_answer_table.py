"""One question put to each interview or speaker: every one is asked, and what was not found is said."""

import json
from pathlib import Path

import pytest

from corpus import Document
from index import DocumentNotFound, build_index
from qa import QA, QuestionInvalid
from qa.__main__ import ask_command
from qa.tables.table import answer_each, format_table
from tests.fakes import HashEmbedder, WordReader

TALKS = {
    "ann": "Host: Where did you go?\n\nAnn: We emigrated to Chile. The winters were hard.",
    "ben": "Host: Did you leave?\n\nBen: I stayed in the valley. My brother emigrated to Canada.",
    "cid": "Host: What did you grow?\n\nCid: Potatoes and beans. The soil was poor.",
}
QUESTION = "Who emigrated to Chile or Canada?"


@pytest.fixture
def qa(tmp_path: Path) -> QA:
    documents = [Document.from_text(text, doc_id=name, title=f"Talk of {name}") for name, text in TALKS.items()]
    build_index(documents, tmp_path, embedder=HashEmbedder())
    return QA.open(tmp_path, embedder=HashEmbedder(), reader=WordReader())


def test_every_document_is_asked_and_nothing_found_is_no_quote(qa: QA) -> None:
    seen: list[tuple[int, int]] = []
    table = answer_each(qa, [QUESTION, "Was the soil poor?"], progress=lambda *done: seen.append(done))
    emigrated, soil = table.rows
    assert [(cell.doc_id, cell.found) for cell in emigrated.cells] == [("ann", True), ("ben", True), ("cid", False)]
    assert emigrated.cells[0].quotes[0].text == "We emigrated to Chile."
    assert emigrated.count == "asked of 3: 2 with a quote, 1 with nothing found"
    assert [cell.found for cell in soil.cells] == [False, False, True]
    assert seen[0] == (1, 6)
    assert seen[-1] == (6, 6)


def test_the_method_gives_the_same_table(qa: QA) -> None:
    seen: list[tuple[int, int]] = []
    table = qa.answer_each([QUESTION], by="speaker", doc_ids=["ann", "cid"], progress=lambda *done: seen.append(done))
    assert table == answer_each(qa, [QUESTION], by="speaker", doc_ids=["ann", "cid"])
    assert [cell.key for cell in table.rows[0].cells] == ["Ann", "Cid"]
    assert [cell.key for cell in qa.answer_each([QUESTION]).rows[0].cells] == ["ann", "ben", "cid"]
    assert seen == [(1, 2), (2, 2)]


def test_speakers_who_only_ask_are_not_asked(qa: QA) -> None:
    (row,) = answer_each(qa, ["Was the soil poor?"], by="speaker").rows
    assert [(cell.speaker, cell.found) for cell in row.cells] == [("Ann", False), ("Ben", False), ("Cid", True)]
    assert "- Cid (1.00)" in format_table(answer_each(qa, ["Was the soil poor?"], by="speaker"))


def test_where_nobody_speaks_every_question_has_a_row_without_cells(tmp_path: Path) -> None:
    build_index([Document.from_text("The mill was cold.", doc_id="note")], tmp_path, embedder=HashEmbedder())
    qa = QA.open(tmp_path, embedder=HashEmbedder(), reader=WordReader())
    rows = answer_each(qa, [QUESTION, "Was it cold?"], by="speaker").rows
    assert [(row.question, row.cells) for row in rows] == [(QUESTION, ()), ("Was it cold?", ())]


def test_only_the_documents_that_were_chosen(qa: QA) -> None:
    (row,) = answer_each(qa, [QUESTION], doc_ids=["ben"]).rows
    assert [cell.doc_id for cell in row.cells] == ["ben"]
    with pytest.raises(DocumentNotFound, match="dora"):
        answer_each(qa, [QUESTION], doc_ids=["dora"])
    with pytest.raises(QuestionInvalid, match="empty"):
        answer_each(qa, [QUESTION, "?"])


def test_the_table_as_json_has_the_fixed_form(qa: QA) -> None:
    record = json.loads(json.dumps(answer_each(qa, [QUESTION]).to_dict()))
    assert list(record) == ["rows"]
    assert record["rows"][0]["question"] == QUESTION
    cell = record["rows"][0]["cells"][0]
    assert {"doc_id", "found", "confidence", "quotes"} <= set(cell)
    text = TALKS["ann"]
    quote = cell["quotes"][0]
    assert text[quote["start_char_index"] : quote["end_char_index"]] == quote["cited_text"] == "We emigrated to Chile."


def test_several_questions_at_once_need_each(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        ask_command(["Who?", "Why?"])
    assert "one question at a time, or several with --each" in capsys.readouterr().err


@pytest.mark.model
def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = [Document.from_text(text, doc_id=name) for name, text in TALKS.items()]
    build_index(documents, tmp_path)
    code = ask_command(["--each", "Was the soil poor?", "--json", "--fast", "--index", str(tmp_path)])
    printed = capsys.readouterr()
    assert [cell["doc_id"] for cell in json.loads(printed.out)["rows"][0]["cells"]] == ["ann", "ben", "cid"]
    assert code == 0
    assert "“Was the soil poor?” was asked of 3: " in printed.err
