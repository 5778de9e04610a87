"""Eight reader threads and two reader processes while documents are replaced: every answer is of one generation."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from index import SqliteStore
from qa import QA
from qa.answers import Citation
from tests.conftest import ROOT
from tests.crash_worker import EMBEDDER, open_store
from tests.crash_worker import make_entry as make_one
from tests.fakes import HashEmbedder, WordReader

GENERATIONS = 20
DOCUMENTS = 6


def write_generation(store: SqliteStore, number: int) -> None:
    """Every document says which generation it is of; one more than before, the first one left out in turn."""
    entries = [make_one(f"d{one}", f"ship {one} of round{number}") for one in range(DOCUMENTS + number % 3)]
    with store.reading() as view:
        gone = {info.doc_id for info in view.documents()} if number else set()
    with store.writing():
        store.write(entries, remove=gone, identity=EMBEDDER.identity)


def open_qa(folder: Path) -> QA:
    """What the readers ask; the threads share one."""
    return QA(open_store(folder), HashEmbedder(), WordReader())


def read_until_the_last(qa: QA) -> list[int]:
    """Ask until the last generation answers; the generations seen, each answer checked to be of one."""
    seen = [-1]
    while seen[-1] < GENERATIONS:
        answer = qa.answer("Where was the ship?")
        seen.append(_generation_of([*(passage.quote for passage in answer.passages), *answer.quotes]))
        everything = [passage.quote for passage in qa.search("Where was the ship?", top_k=100)]
        seen.append(_generation_of(everything))
        assert len({quote.doc_id for quote in everything}) == DOCUMENTS + seen[-1] % 3
    assert seen == sorted(seen)  # nobody goes back to an older state
    return seen


def _generation_of(quotes: Sequence[Citation]) -> int:
    """The one that all of them are of."""
    (number,) = {int(number) for quote in quotes for number in re.findall(r"round(\d+)", quote.text)}
    return number


def test_no_answer_mixes_generations(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.writing():
        store.write([], remove=(), identity=EMBEDDER.identity)
    write_generation(store, 0)
    program = (
        "import sys; from tests.test_index_concurrency import *;"
        "print('ready', flush=True); read_until_the_last(open_qa(Path(sys.argv[1]))); print('done')"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    done: list[list[int]] = []
    qa = open_qa(tmp_path)
    threads = [threading.Thread(target=lambda: done.append(read_until_the_last(qa)), daemon=True) for _ in range(8)]
    assert [process.stdout.readline() for process in processes if process.stdout] == ["ready\n"] * 2
    for thread in threads:
        thread.start()
    for number in range(1, GENERATIONS + 1):
        write_generation(store, number)
    for thread in threads:
        thread.join(timeout=120)
    assert len(done) == len(threads)
    assert [process.communicate(timeout=120)[0] for process in processes] == ["done\n"] * 2
    assert len({number for seen in done for number in seen}) > 2  # they did read meanwhile
