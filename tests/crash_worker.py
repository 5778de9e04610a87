"""Processes that update an index and are killed at it: `python -m tests.crash_worker OLD TRIALS moments|boundaries`.

Every trial gets a copy of the index in OLD, in a folder of its own in TRIALS. The processes are forked from this one,
in which no thread runs, so that each starts at once.
"""

import functools
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import faiss  # noqa: F401  # loaded before the forks, not in each

from corpus import Document, cut_passages
from index import Entry, SqliteStore
from tests.fakes import HashEmbedder

EMBEDDER = HashEmbedder()
# So few that the file of vectors is written too.
EXACT_MAX = 8
MOMENTS = 50
SEED = 6
_FILE_EVENTS = {"open", "os.rename", "os.remove", "os.truncate", "tempfile.mkstemp"}


def open_store(folder: Path) -> SqliteStore:
    """The index of a trial."""
    return SqliteStore(folder, exact_max=EXACT_MAX)


def make_entry(doc_id: str, words: str) -> Entry:
    """A document of three passages in which `words` recur."""
    text = f"Ann: Where was {words}?\n\nBob: In the harbour was {words}. Nobody else saw {words}."
    document = Document.from_text(text, doc_id=doc_id)
    passages = cut_passages(document, max_tokens=256, count_tokens=EMBEDDER.count_tokens)
    texts = [text[passage.start : passage.end] for passage in passages]
    return Entry(document, tuple(passages), EMBEDDER.embed_passages(texts))


OLD = [make_entry(f"d{number}", f"ship {number}") for number in range(4)]
NEW = [make_entry(f"d{number}", f"barge {number}") for number in range(2, 5)]
REMOVED = ["d0", "d1"]


def build_old(folder: Path) -> None:
    """The state before."""
    open_store(folder).write(OLD, remove=(), identity=EMBEDDER.identity)


def update(folder: Path) -> None:
    """The change that is interrupted: two documents go, two are replaced, one is new."""
    store = open_store(folder)
    with store.writing():
        store.write(NEW, remove=REMOVED, identity=EMBEDDER.identity)


def run_moments(old: Path, trials: Path) -> None:
    """Kill at moments spread over the time that the update takes, the first at once, the last when it is done."""
    started = time.perf_counter()
    _run_child(old, trials / "undisturbed", lambda: None, None)
    duration_s = time.perf_counter() - started
    moments = [0.0, *(random.Random(SEED).uniform(0, duration_s) for _ in range(MOMENTS - 1))]
    for number, moment_s in enumerate(moments):
        _run_child(old, trials / f"{number}", lambda: None, moment_s)


def run_boundaries(old: Path, trials: Path) -> None:
    """Kill before the first statement of SQL or change of a file, then before the second, until none is left."""
    number = 0
    while not _run_child(old, trials / f"{number}", lambda last=number: _die_after(last), None):  # type: ignore[misc]
        number += 1


def _run_child(old: Path, folder: Path, prepare: Callable[[], None], kill_after_s: float | None) -> bool:
    """Whether the update came to its end."""
    shutil.copytree(old, folder)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    pid = os.fork()
    if pid == 0:
        try:
            prepare()
            update(folder)
            os._exit(0)
        finally:
            os._exit(1)
    if kill_after_s is not None:
        signal.sigtimedwait({signal.SIGCHLD}, kill_after_s)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    signal.sigtimedwait({signal.SIGCHLD}, 0)  # take the notice of this one, so that it is not the next one's
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, -signal.SIGKILL}:
        raise RuntimeError(f"the update of {folder} ended with {code}")
    return code == 0


def _die_after(last: int) -> None:
    """Have this process killed before the boundary after the one numbered `last`, counted from 0."""
    count = 0

    def pass_boundary(_: object) -> None:
        nonlocal count
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1

    class WatchedConnection(sqlite3.Connection):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[arg-type]
            self.set_trace_callback(pass_boundary)

    sqlite3.connect = functools.partial(sqlite3.connect, factory=WatchedConnection)  # type: ignore[assignment]
    sys.addaudithook(lambda event, _: pass_boundary(event) if event in _FILE_EVENTS else None)


if __name__ == "__main__":
    {"moments": run_moments, "boundaries": run_boundaries}[sys.argv[3]](Path(sys.argv[1]), Path(sys.argv[2]))
