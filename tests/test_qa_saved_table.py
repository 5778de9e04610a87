"""Tables that are kept: killed and gone on with, asked again only where something changed, judged cell by cell."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from corpus import Document, correct_words, rename_speaker
from index import FloatArray, Hit, add_corrections, build_index, update_index
from qa import QA, Reading
from qa.__main__ import ask_command
from qa.errors import TableInvalid
from qa.exports import check_claims, collect
from qa.tables.command import table_command
from qa.tables.file import FOLDER_NAME, find_table_file, list_tables
from qa.tables.saved import ask_and_save, judge_cell, open_table
from qa.tables.table import answer_each, format_table
from tests.conftest import ROOT
from tests.fakes import HashEmbedder, WordReader

QUESTIONS = ["Who emigrated to Chile?", "Was the soil poor?"]
TALKS = {
    "ann": "Host: Where did you go?\n\nAnn: We emigrated to Chile. The winters were hard.",
    "ben": "Host: Did you leave?\n\nBen: I stayed in the valley. My brother emigrated to Chile.",
    "cid": "Host: What did you grow?\n\nCid: Potatoes and beans. The soil was poor.",
}


def talk(name: str, text: str | None = None) -> Document:
    return Document.from_text(text or TALKS[name], doc_id=name, title=f"Talk of {name}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_index([talk(name) for name in TALKS], tmp_path, embedder=HashEmbedder())
    return tmp_path


class CountingReader(WordReader):
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """As usual."""
        self.asked.append(question)
        return super().read(question, hits, documents, embedding=embedding)


def opened(folder: Path) -> tuple[QA, CountingReader]:
    reader = CountingReader()
    return QA.open(folder, embedder=HashEmbedder(), reader=reader), reader


def test_nothing_is_asked_twice(folder: Path) -> None:
    path = find_table_file(folder, "Who went?".rstrip("?"))
    qa, reader = opened(folder)
    seen: list[tuple[int, int]] = []
    told: list[tuple[str, str]] = []
    saved = ask_and_save(
        qa,
        path,
        QUESTIONS,
        progress=lambda *done: seen.append(done),
        notify=lambda question, cell: told.append((question, cell.key)),
    )
    assert (seen[0], seen[-1], saved.waiting) == ((1, 6), (6, 6), 0)
    assert told == [(question, name) for question in QUESTIONS for name in TALKS]
    assert [each.name for each in saved.asked] == ["Talk of ann", "Talk of ben", "Talk of cid"]
    assert saved.table == answer_each(qa, QUESTIONS)
    assert saved.count == "all 6 cells are answered"
    count = len(reader.asked)
    assert ask_and_save(qa, path).table == saved.table
    assert ask_and_save(qa, path, ["Was the soil poor?"]).table == saved.table
    assert len(reader.asked) == count
    more = ask_and_save(qa, path, ["Did the winters get hard?"])
    assert [row.question for row in more.table.rows] == [*QUESTIONS, "Did the winters get hard?"]
    assert set(reader.asked[count:]) == {"Did the winters get hard?"}
    assert len(ask_and_save(qa, path, again=True).table.rows) == 3
    assert list_tables(folder) == ["Who went"]


def test_it_is_stopped_and_gone_on_with(folder: Path) -> None:
    path = find_table_file(folder, "t")
    qa, _ = opened(folder)
    done: list[int] = []
    stopped = ask_and_save(
        qa, path, QUESTIONS, progress=lambda number, _: done.append(number), should_stop=lambda: len(done) > 1
    )
    # When two were answered a third was begun.
    assert (done, stopped.waiting, stopped.count) == ([1, 2, 3], 3, "3 of 6 cells are answered")
    assert stopped.table.rows[0].count == "asked of 3: 2 with a quote, 1 with nothing found"
    assert ask_and_save(qa, path).waiting == 0


def test_only_what_is_new_or_changed_is_asked_again(folder: Path) -> None:
    path = find_table_file(folder, "t")
    ask_and_save(opened(folder)[0], path, QUESTIONS)
    update_index(
        [talk("ben", TALKS["ben"].replace("Chile", "Peru")), talk("dan", "Dan: The soil was poor.")],
        folder,
        embedder=HashEmbedder(),
    )
    qa, _ = opened(folder)
    assert open_table(path, qa.store).waiting == 4
    seen: list[tuple[int, int]] = []
    saved = ask_and_save(qa, path, progress=lambda *done: seen.append(done))
    assert seen[-1] == (4, 4)
    assert saved.table == answer_each(qa, QUESTIONS)
    add_corrections([rename_speaker("Ann", "Anna", by="me")], folder, embedder=HashEmbedder())
    assert open_table(path, opened(folder)[0].store).waiting == 2
    cid = talk("cid")
    at = cid.text.index("beans")
    add_corrections([correct_words(cid, at, at + 5, "peas", by="me")], folder, embedder=HashEmbedder())
    assert open_table(path, opened(folder)[0].store).waiting == 4


def test_verdicts_and_notes_stay_as_long_as_the_words_do(folder: Path) -> None:
    path = find_table_file(folder, "t")
    qa, _ = opened(folder)
    ask_and_save(qa, path, QUESTIONS)
    judge_cell(path, "1", "ann", "accepted", note="sure")
    judge_cell(path, QUESTIONS[0], "ben", "rejected", note="his brother")
    ann, ben, _ = open_table(path, qa.store).table.rows[0].cells
    assert (ann.verdict, ann.note, ben.verdict, ben.note) == ("accepted", "sure", "rejected", "his brother")
    judge_cell(path, "1", "ann", None)
    assert open_table(path, qa.store).table.rows[0].cells[0].note == "sure"
    shown = format_table(open_table(path, qa.store).table)
    assert "- Talk of ben (1.00, rejected)" in shown
    assert "    Note: his brother" in shown
    ann, ben, _ = ask_and_save(qa, path, again=True).table.rows[0].cells
    assert (ann.note, ben.verdict) == ("sure", "rejected")
    update_index([talk("ben", TALKS["ben"].replace("brother", "sister"))], folder, embedder=HashEmbedder())
    qa, _ = opened(folder)
    assert ask_and_save(qa, path).table.rows[0].cells[1].verdict is None


def test_rejected_quotes_are_not_exported_and_notes_are(folder: Path) -> None:
    path = find_table_file(folder, "t")
    qa, _ = opened(folder)
    ask_and_save(qa, path, QUESTIONS[:1])
    judge_cell(path, "1", "ann", "accepted", note="sure")
    judge_cell(path, "1", "ben", "rejected")
    with qa.store.reading() as view:
        exported = check_claims(collect(open_table(path, qa.store).table), view)
    assert [quote.quote.doc_id for quote in exported.quotes] == ["ann"]
    assert exported.quotes[0].note == "sure"
    assert [part.words for part in exported.parts] == [
        "",
        "What was found was looked at and rejected.",
        "Nothing found.",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../x", "is no name of a table"),
        ("", "is no name"),
        ("a/b", "is no name"),
        ("a\n", "is no name"),
        ("x" * 65, "no"),
    ],
)
def test_names_that_are_none(name: str, words: str, folder: Path) -> None:
    with pytest.raises(TableInvalid, match=words):
        find_table_file(folder, name)


def test_what_cannot_be(folder: Path) -> None:
    qa, _ = opened(folder)
    path = find_table_file(folder, "t")
    with pytest.raises(TableInvalid, match="would have 0 questions, expected 1 to 1000; name one"):
        ask_and_save(qa, path)
    with pytest.raises(TableInvalid, match="there is no table 't'; see them with: ontherecord table list"):
        open_table(path, qa.store)
    assert not path.exists()
    ask_and_save(qa, path, QUESTIONS)
    with pytest.raises(TableInvalid, match="asks each document, not each speaker; give another name"):
        ask_and_save(qa, path, by="speaker")
    with pytest.raises(TableInvalid, match="has no answer of 'zoe' to 'Was it\\?'"):
        judge_cell(path, "Was it?", "zoe", "accepted")
    with pytest.raises(TableInvalid, match="2,001 characters, at most 2,000"):
        judge_cell(path, "1", "ann", "accepted", note="x" * 2001)
    with pytest.raises(TableInvalid, match="tables are kept beside an index in a folder"):
        find_table_file("http://127.0.0.1:19530/x", "t")
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(TableInvalid, match="is no table of this program"):
        open_table(path, qa.store)


def test_quotes_that_somebody_wrote_into_the_file_are_not_shown(folder: Path) -> None:
    path = find_table_file(folder, "t")
    qa, _ = opened(folder)
    saved = ask_and_save(qa, path, QUESTIONS[:1])
    path.write_text(path.read_text("utf-8").replace("We emigrated to Chile.", "We deserted to Chile."), "utf-8")
    forged = open_table(path, qa.store)
    assert (forged.waiting, [cell.doc_id for cell in forged.table.rows[0].cells]) == (1, ["ben", "cid"])
    assert ask_and_save(qa, path).table == saved.table


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_line_that_was_not_finished_is_passed_over(cut: int, folder: Path) -> None:
    path = find_table_file(folder, "t")
    qa, _ = opened(folder)
    saved = ask_and_save(qa, path, QUESTIONS)
    path.write_bytes(path.read_bytes()[:-cut])
    assert open_table(path, qa.store).waiting <= 1
    assert ask_and_save(qa, path).table == saved.table
    assert open_table(path, qa.store).table == saved.table


# A run that says each cell which it begins to ask, and then waits to be killed when it has begun that of number KILLED.
RUN = """
import itertools, os, sys
from pathlib import Path
from qa import QA
from qa.tables.saved import ask_and_save
from tests.fakes import HashEmbedder, WordReader

NUMBERS = itertools.count(1)

class Reader(WordReader):
    def read(self, *arguments, **named):
        number = next(NUMBERS)
        os.write(1, b"reading\\n")
        if number == int(sys.argv[2]):
            sys.stdin.read()
        return super().read(*arguments, **named)

qa = QA.open(Path(sys.argv[1]), embedder=HashEmbedder(), reader=Reader())
ask_and_save(qa, Path(sys.argv[1]) / "tables" / "t.jsonl", sys.argv[3:])
"""


@pytest.mark.parametrize("killed", [1, 3, 6])
def test_after_a_kill_no_finished_cell_is_asked_again(killed: int, folder: Path) -> None:
    command = [sys.executable, "-c", RUN, str(folder), str(killed), *QUESTIONS]
    running = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    for _ in range(killed):
        assert running.stdout.readline() == "reading\n"
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert running.returncode == -signal.SIGKILL
    path = folder / FOLDER_NAME / "t.jsonl"
    qa, reader = opened(folder)
    # Two are asked at once, so that at most two of those that were begun are lost.
    waiting = open_table(path, qa.store).waiting
    assert killed - 2 <= 6 - waiting <= killed
    saved = ask_and_save(qa, path)
    assert len(reader.asked) == waiting
    assert saved.table == answer_each(qa, QUESTIONS)


def test_the_table_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask_and_save(opened(folder)[0], find_table_file(folder, "my table"), QUESTIONS)
    where = ["--index", str(folder)]
    assert table_command(["list", *where]) == 0
    assert capsys.readouterr().out == "my table\n"
    assert table_command(["judge", "my table", "1", "ben", "reject", "--note", "no", *where]) == 0
    assert capsys.readouterr().err == "rejected, with the note: no\n"
    out = tmp_path / "table.csv"
    assert table_command(["show", "my table", "--json", "--export", str(out), *where]) == 0
    printed = capsys.readouterr()
    record = json.loads(printed.out)
    assert record["waiting"] == 0
    assert [cell["verdict"] for cell in record["rows"][0]["cells"]] == [None, "rejected", None]
    assert printed.err.splitlines()[-1] == "my table: all 6 cells are answered"
    assert out.exists()
    assert table_command(["show", "none", *where]) == 2
    assert capsys.readouterr().err == "error: there is no table 'none'; see them with: ontherecord table list\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: QUESTION"),
        (["--save", "t", "Who?"], "--save keeps the table of --each; give both"),
    ],
)
def test_wrong_use_of_save(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        ask_command(arguments)
    assert words in capsys.readouterr().err


@pytest.mark.model
def test_asking_keeps_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_index([talk(name) for name in TALKS], tmp_path)
    where = ["--fast", "--index", str(tmp_path), "--json"]
    assert ask_command(["--each", "--save", "t", "Was the soil poor?", *where]) == 0
    first = json.loads(capsys.readouterr().out)
    assert ask_command(["--each", "--save", "t", *where]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert ask_command(["--each", "--save", "../t", "Why?", *where]) == 2
