"""Questions put to several conversations: their gold stands, and what systems give is counted as it is told."""

import gzip
import json
from pathlib import Path

import pytest

from corpus import Document
from qa.evaluation.questions import QuestionFileInvalid
from tests.bench.across import JudgedCell, count_verdicts, format_figures, judge, measure, summarize
from tests.bench.across_set import (
    SETS,
    AcrossQuestion,
    GoldCell,
    Part,
    keep_only,
    load_conversations,
    load_questions,
)
from tests.fakes import HashEmbedder, WordReader

BENCHMARK = Path(__file__).parent / "benchmark"
TALKS = {
    "ann": "Host: Where did you go?\n\nAnn: We emigrated to Chile. The winters were hard.",
    "ben": "Host: Did you leave?\n\nBen: I stayed in the valley. My brother emigrated to Canada.",
    "cid": "Host: What did you grow?\n\nCid: Potatoes and beans. The soil was poor.",
}


def gold_cell(doc_id: str, words: str = "", asked: str = "", *, doubtful: bool = False) -> GoldCell:
    text = TALKS[doc_id]
    spans, asks = (((text.index(some), text.index(some) + len(some)),) if some else () for some in (words, asked))
    return GoldCell(doc_id, "doubtful" if doubtful else "found" if words else "nothing", spans, asks)


EMIGRATED = AcrossQuestion(
    "Who emigrated to Chile or Canada?",
    (
        gold_cell("ann", "We emigrated to Chile.", "Where did you go?"),
        gold_cell("ben", "My brother emigrated to Canada."),
        gold_cell("cid"),
    ),
)
SOIL = AcrossQuestion(
    "Was the soil poor?",
    (gold_cell("ann"), gold_cell("ben", "I stayed in the valley.", doubtful=True), gold_cell("cid", "The soil was")),
)


def place(doc_id: str, words: str) -> tuple[int, int]:
    start = TALKS[doc_id].index(words)
    return start, start + len(words)


@pytest.mark.parametrize(("part", "conversations"), [("report", 10), ("choose", 7)])
def test_every_cell_has_what_its_verdict_says(part: Part, conversations: int) -> None:
    questions = load_questions(part)
    chars = {
        record["id"]: record["chars"]
        for record in map(json.loads, (SETS[part] / "conversations.jsonl").read_text(encoding="utf-8").splitlines())
    }
    assert (len(questions), len(chars)) == (20, conversations)
    for each in questions:
        assert [cell.doc_id for cell in each.cells] == list(chars)
        verdicts = [cell.verdict for cell in each.cells]
        assert verdicts.count("found") >= 2, each.question
        assert "nothing" in verdicts, each.question
        for cell in each.cells:
            assert bool(cell.spans) >= (cell.verdict == "found"), (each.question, cell.doc_id)
            assert bool(cell.spans or cell.asked) == (cell.verdict != "nothing"), (each.question, cell.doc_id)
            for start, end in (*cell.spans, *cell.asked):
                assert 0 <= start < end <= chars[cell.doc_id]


@pytest.mark.parametrize(("part", "expected"), [("report", (75, 102, 23)), ("choose", (59, 60, 21))])
def test_the_counts_are_those_that_are_told(part: Part, expected: tuple[int, int, int]) -> None:
    readme = (SETS[part] / "README.md").read_text(encoding="utf-8")
    questions = load_questions(part)
    verdicts = count_verdicts(questions)
    assert tuple(verdicts.values()) == expected
    for verdict, count in verdicts.items():
        assert f"| `{verdict}` | {count} |" in readme
    for doc_id in {cell.doc_id for cell in questions[0].cells}:
        counts = " | ".join(map(str, count_verdicts(keep_only(questions, {doc_id})).values()))
        assert f"| `{doc_id}` | {counts} |" in readme
    places = [sum(len(cell.spans) for each in questions for cell in each.cells)]
    places.append(sum(len(cell.asked) for each in questions for cell in each.cells))
    assert "All {} places of those who answer and {} of those who ask".format(*places) in readme.replace("\n", " ")


@pytest.mark.parametrize(
    ("part", "there", "missing"), [("report", 7, "en-pohi-connolly"), ("choose", 5, "en-lampard-carden")]
)
def test_gold_stands_within_turns_of_the_conversations_that_are_here(
    capsys: pytest.CaptureFixture[str], part: Part, there: int, missing: str
) -> None:
    documents = load_conversations(BENCHMARK, part)
    assert len(documents) == there
    assert f"{missing} is not in benchmark and is left out" in capsys.readouterr().err
    texts = {document.doc_id: document.text for document in documents}
    for each in keep_only(load_questions(part), texts):
        for cell in each.cells:
            for start, end in (*cell.spans, *cell.asked):
                words = texts[cell.doc_id][start:end]
                assert words == words.strip(), (each.question, cell.doc_id)
                assert "\n" not in words, (each.question, cell.doc_id)


def test_another_text_of_the_same_name_is_refused(tmp_path: Path) -> None:
    doc_id = "en-btc-politics"
    record = {"id": doc_id, "text": "Ann: It rained.", "title": "Rain"}
    question = {"doc_id": doc_id, "question": "Did it rain?", "answerable": False, "split": "report"}
    for name, line in (("docs", record), ("questions", question)):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    with pytest.raises(QuestionFileInvalid, match="has 15 characters that are not the 8454 of the text"):
        load_conversations(tmp_path)


def test_a_place_is_right_where_gold_is_and_doubtful_cells_are_left_out() -> None:
    given = {"ann": [place("ann", "Where did you go?")], "cid": [place("cid", "Potatoes"), place("cid", "The soil")]}
    assert judge(EMIGRATED, given) == [
        JudgedCell(expected=True, given=1, right=1, asked=True),
        JudgedCell(expected=True, given=0, right=0, asked=False),
        JudgedCell(expected=False, given=2, right=0, asked=False),
    ]
    assert judge(SOIL, {"ben": [place("ben", "valley")], **given}) == [
        JudgedCell(expected=False, given=1, right=0, asked=False),
        JudgedCell(expected=True, given=2, right=1, asked=False),
    ]


def test_precision_and_recall_are_of_cells() -> None:
    right, wrong_place = JudgedCell(True, 2, 1, False), JudgedCell(True, 1, 0, False)
    missed, false, empty = (
        JudgedCell(True, 0, 0, False),
        JudgedCell(False, 3, 0, False),
        JudgedCell(False, 0, 0, False),
    )
    assert summarize([right, wrong_place, missed, missed, false, empty]) == {
        "given": 3,
        "found precision": 0.667,
        "found recall": 0.5,
        "found F1": 0.571,
        "quoted precision": 0.333,
        "quoted recall": 0.25,
        "quoted F1": 0.286,
        "only of one who asks": 0,
        "places": 6,
        "places right": 0.167,
    }
    assert summarize([missed])["found precision"] is None


def test_all_systems_are_measured_on_one_index() -> None:
    documents = [Document.from_text(text, doc_id=doc_id) for doc_id, text in TALKS.items()]
    seen: list[tuple[int, int]] = []
    figures = measure([EMIGRATED, SOIL], documents, HashEmbedder(), WordReader(), lambda *done: seen.append(done))
    assert seen[-1] == (6, 6)
    assert figures["cells"] == {"found": 3, "nothing": 2, "doubtful": 1}
    assert figures["area under curve"] == 1.0
    table, everything = figures["systems"]["table"], figures["systems"]["everything"]
    assert (table["found precision"], table["found recall"], table["quoted F1"]) == (1.0, 1.0, 1.0)
    assert (everything["found precision"], everything["found recall"]) == (0.6, 1.0)
    # Three short talks have no dozen passages: each is among the nearest.
    assert figures["systems"]["passages"]["given"] == 5
    assert figures["by question"][0]["table"] == {"expected": 2, "given": 2, "found": 2, "quoted": 2}
    rows = format_figures(figures).splitlines()
    assert rows[2].startswith("| **a table: each interview asked** | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 | ")
    assert rows[-1] == "| every cell filled | 0.60 | 1.00 | 0.75 | – | – | – | – |"


def test_of_fewer_conversations_only_their_cells_count() -> None:
    documents = [Document.from_text(TALKS["cid"], doc_id="cid")]
    figures = measure([EMIGRATED, SOIL], documents, HashEmbedder(), WordReader())
    assert (figures["conversations"], figures["cells"]) == (1, {"found": 1, "nothing": 1, "doubtful": 0})


def test_no_question_and_no_conversation_is_in_both_parts() -> None:
    report, choose = load_questions("report"), load_questions("choose")
    assert not {each.question for each in report} & {each.question for each in choose}
    assert not {cell.doc_id for cell in report[0].cells} & {cell.doc_id for cell in choose[0].cells}
