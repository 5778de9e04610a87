"""The report of a check as JSON, page, Markdown and Word, drafts in the formats of files, and the command."""

import io
import json
from pathlib import Path

import docx
import pytest

from corpus import CorpusError, Document, load_prose
from index import build_index, open_store
from index.cli import EXIT_BAD_INPUT, EXIT_CHECK_FAILED, EXIT_DONE
from qa import DraftInvalid, DraftReport, check_draft
from qa.checking.codec import load_report, read_report
from qa.checking.command import check_command
from qa.checking.exports import REPORT_SUFFIXES, write_report
from qa.checking.markdown_report import write_markdown
from qa.checking.page_report import write_page
from qa.checking.word_report import write_word
from tests.fakes import HashEmbedder, WordReader

TALK = """Ann: When did the harvest fail?

Bob: The harvest failed in 1987, when the river dried up. <b>Nobody</b> helped us that year, not even the church.
"""
DRAFT = """“The harvest failed in 1987, when the river dried up,” said Bob.

“The harvest failed in 1988, when the river dried up,” said Bob.

“When did the harvest fail?” asked Bob. <script>alert(1)</script>

Bob said that the harvest failed because of the river. “We flew to the moon on a cow,” he said.
"""
FIXED = "text start end verdict speaker attributed_to doc_id source_start source_end places nearest".split()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    build_index([Document.from_text(TALK, doc_id="talk")], folder, embedder=HashEmbedder())
    return folder


@pytest.fixture(scope="module")
def report(index: Path) -> DraftReport:
    return check_draft(DRAFT, index, embedder=HashEmbedder(), reader=WordReader())


def test_json_has_the_fixed_keys_in_order(report: DraftReport) -> None:
    record = report.to_dict()
    assert [list(quotation)[: len(FIXED)] for quotation in record["quotations"]] == [FIXED] * len(report.quotations)
    assert [quotation["verdict"] for quotation in record["quotations"]] == [
        "typography",
        "changed",
        "misattributed",
        "paraphrase",
        "not_found",
    ]
    first = record["quotations"][0]
    assert TALK[first["source_start"] : first["source_end"]] == "The harvest failed in 1987, when the river dried up"
    assert DRAFT[first["start"] : first["end"]] == first["text"]
    assert (first["speaker"], first["attributed_to"], first["doc_id"]) == ("Bob", "Bob", "talk")


def test_json_is_read_back_as_it_was(report: DraftReport, tmp_path: Path) -> None:
    assert read_report(json.loads(json.dumps(report.to_dict()))) == report
    write_report(report, tmp_path / "report.json")
    assert load_report(tmp_path / "report.json") == report


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("verdict", "fine", "is no verdict"),
        ("start", 2, "is not what the draft has there"),
        ("places", "here", "expected a list"),
        ("nearest", [], "expected an object"),
        ("note", 3, "expected text"),
    ],
    ids=["verdict", "start", "places", "nearest", "note"],
)
def test_json_that_is_no_report_is_refused(key: str, value: object, problem: str, report: DraftReport) -> None:
    record = report.to_dict()
    record["quotations"][0][key] = value
    with pytest.raises(DraftInvalid, match=problem):
        read_report(record)


def test_a_file_that_is_no_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("[" * 100_000)
    with pytest.raises(DraftInvalid, match="holds no report"):
        load_report(tmp_path / "report.json")
    with pytest.raises(DraftInvalid, match="'draft' is missing"):
        read_report({})


def test_the_page_marks_every_quotation_and_runs_nothing(report: DraftReport) -> None:
    page = write_page(report)
    assert page.count("<mark ") == page.count("<article ") == len(report.quotations)
    assert "<script" not in page
    assert "<b>Nobody" not in page
    assert "default-src 'none'" in page
    for number in range(1, len(report.quotations) + 1):
        assert f'id="q{number}"' in page
        assert f'href="#q{number}"' in page


def test_markdown_has_what_differs_and_lets_nothing_act(report: DraftReport) -> None:
    text = write_markdown(report)
    assert "“1988” stands for “1987”" in text
    assert "This was said by Ann, who asks" in text
    assert "<b>" not in text.replace("\\<", "")


def test_word_has_a_comment_at_every_quotation(report: DraftReport) -> None:
    document = docx.Document(io.BytesIO(write_word(report)))
    comments = [comment.text for comment in document.comments]
    assert len(comments) == len(report.quotations)
    assert "“1988” stands for “1987”" in comments[1]
    assert "\n".join(paragraph.text for paragraph in document.paragraphs) == DRAFT.strip().replace("\n\n", "\n")


def test_word_takes_characters_that_xml_has_not(index: Path) -> None:
    report = check_draft("“The harvest\x00 failed in 1987,” said\x0b Bob.", index, embedder=HashEmbedder())
    assert docx.Document(io.BytesIO(write_word(report))).paragraphs[0].text.startswith("“The harvest\ufffd")


@pytest.mark.parametrize("suffix", REPORT_SUFFIXES)
def test_a_report_is_written_by_the_end_of_its_name(suffix: str, report: DraftReport, tmp_path: Path) -> None:
    path = tmp_path / f"report{suffix}"
    write_report(report, path)
    assert path.stat().st_size > 500
    with pytest.raises(DraftInvalid, match="cannot be written"):
        write_report(report, tmp_path / "nowhere" / f"report{suffix}")


def test_the_command_exits_with_1_for_what_must_not_be_printed(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "draft.txt"
    path.write_text(DRAFT, encoding="utf-8")
    arguments = [str(path), "--index", str(index), "--no-paraphrases"]
    assert check_command([*arguments, "--json"]) == EXIT_CHECK_FAILED
    assert json.loads(capsys.readouterr().out)["draft"]["name"] == "draft.txt"
    assert check_command([*arguments, "--fail-on", "stitched"]) == EXIT_DONE
    assert check_command([*arguments, "--fail-on", "none"]) == EXIT_DONE
    assert "✗ line 3: changed" in capsys.readouterr().out
    path.write_text("“The harvest failed in 1987, when the river dried up,” said Bob.", encoding="utf-8")
    assert check_command(arguments) == EXIT_DONE


@pytest.mark.parametrize("query", ["", "?collection=garden-club"])
def test_places_are_linked_into_the_chat(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], query: str
) -> None:
    path = tmp_path / "draft.txt"
    path.write_text("“The harvest failed in 1987, when the river dried up,” said Bob.", encoding="utf-8")
    chat = f"http://127.0.0.1:7860/{query}#other"
    assert check_command([str(path), "--index", str(index), "--json", "--chat", chat]) == EXIT_DONE
    place = json.loads(capsys.readouterr().out)["quotations"][0]["places"][0]
    assert place["link"] == f"http://127.0.0.1:7860/{query}#talk:{place['start']}-{place['end']}"


def test_bad_input_gets_one_line(index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_command([str(tmp_path / "nowhere.txt"), "--index", str(index)]) == EXIT_BAD_INPUT
    assert capsys.readouterr().err.count("\n") == 1
    for arguments in (["--fail-on", "wrong"], ["--report", "report.xyz"], ["--chat", "javascript:x"]):
        with pytest.raises(SystemExit, match=str(EXIT_BAD_INPUT)):
            check_command(["draft.txt", *arguments])


def test_block_quotes_of_pages_and_word_are_found(index: Path, tmp_path: Path) -> None:
    quoted = "The harvest failed in 1987, when the river dried up."
    page = tmp_path / "draft.html"
    page.write_text(
        f"<html><body><p>Bob said:</p><blockquote><p>{quoted}</p></blockquote><p>And <q>When did the harvest fail?</q>"
        "</p></body></html>",
        encoding="utf-8",
    )
    word = tmp_path / "draft.docx"
    document = docx.Document()
    document.add_paragraph("Bob said:")
    document.add_paragraph(quoted, style="Quote")
    document.add_paragraph("And “When did the harvest fail?”")
    document.save(str(word))
    for path in (page, word):
        found = check_draft(path, index, embedder=HashEmbedder()).quotations
        assert [(quotation.verdict, quotation.attributed_to) for quotation in found] == [
            ("exact", "Bob"),
            ("exact", None),
        ]
        assert found[0].text == quoted


def test_running_text_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_bytes("Name | Said\n--- | ---\nAnn | “Hello,” he said.\r\n".encode())
    assert load_prose(path).text == path.read_bytes().decode()
    (tmp_path / "empty.txt").write_text(" \n")
    for name, problem in (("empty.txt", "no words"), ("none.txt", "does not exist")):
        with pytest.raises(CorpusError, match=problem):
            load_prose(tmp_path / name)


def test_a_store_is_taken_too(index: Path) -> None:
    assert check_draft(DRAFT, open_store(index), embedder=HashEmbedder(), reader=WordReader()).documents == 1
