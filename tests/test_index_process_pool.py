"""Embedding in several processes: the same rows in the same order, progress, and what one clear error is made of."""

import functools
import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index import DEFAULT_EMBEDDER, EmbedderUnavailable, SentenceEmbedder
from index.embedding.process_pool import ParallelEmbedder, embed_in_processes, make_embedder
from tests.conftest import ROOT, RunModule
from tests.fakes import HashEmbedder
from tests.pool_embedders import make_dying, make_fake

TEXTS = [f"The ship number {number} came{' from far away' * (number % 5)}." for number in range(600)]


def test_two_processes_give_what_one_gives() -> None:
    seen: list[tuple[int, int]] = []
    rows = embed_in_processes(make_fake, TEXTS, 2, lambda *done: seen.append(done))
    assert np.array_equal(rows, HashEmbedder().embed_passages(TEXTS))
    assert len(seen) == 3
    assert seen[-1] == (600, 600)


@pytest.mark.model
def test_two_processes_load_the_model(embedder: SentenceEmbedder) -> None:
    rows = embed_in_processes(functools.partial(make_embedder, DEFAULT_EMBEDDER), TEXTS[:300], 2)
    assert np.allclose(rows, embedder.embed_passages(TEXTS[:300]), atol=1e-5)


@pytest.mark.model
def test_a_build_in_two_processes(run_module: RunModule, tmp_path: Path) -> None:
    text = "\n\n".join(f"Ann: Ship {number}?\n\nBob: Far away." for number in range(2000))
    (tmp_path / "talk.txt").write_text(text, encoding="utf-8")
    done = run_module("index", "build", str(tmp_path / "talk.txt"), "--processes", "2", index=tmp_path / "index")
    assert done.returncode == 0, done.stderr
    assert "4000 passages embedded" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_embedder_that_cannot_be_loaded_says_why() -> None:
    with pytest.raises(EmbedderUnavailable, match="no embedding model '/no/such/model'"):
        embed_in_processes(functools.partial(make_embedder, "/no/such/model"), TEXTS, 2)


def test_a_process_that_ends_early_is_one_clear_error() -> None:
    with pytest.raises(EmbedderUnavailable, match="a process that embeds ended early; embed with one process to see"):
        embed_in_processes(make_dying, TEXTS, 2)
    assert multiprocessing.active_children() == []


def test_an_interrupt_leaves_no_process_behind() -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt("enough")

    with pytest.raises(KeyboardInterrupt, match="enough"):
        embed_in_processes(make_fake, TEXTS, 2, interrupt)
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no groups of processes")
def test_an_interrupt_from_the_terminal_is_one_line(tmp_path: Path) -> None:
    program = (
        "import functools, pathlib, sys; from index.cli import run; "
        "from index.embedding.process_pool import embed_in_processes; "
        "from tests.pool_embedders import make_and_interrupt; "
        "make = functools.partial(make_and_interrupt, pathlib.Path(sys.argv[1])); "
        "sys.exit(run(lambda: embed_in_processes(make, ['a ship'] * 6000, 2)))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "mark")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, start_new_session=True, check=False)
    assert done.stderr.splitlines() == [
        "stopped; the index is as it was, or changed if that was done already, and whole in either case"
    ]
    assert done.returncode == 130


def test_an_interrupt_while_processes_start_takes_effect_when_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    submit = ProcessPoolExecutor.submit
    submitted: list[object] = []

    def interrupt_and_submit(pool: ProcessPoolExecutor, *arguments: object) -> object:
        signal.raise_signal(signal.SIGINT)
        submitted.append(submit(pool, *arguments))  # type: ignore[arg-type]
        return submitted[-1]

    monkeypatch.setattr(ProcessPoolExecutor, "submit", interrupt_and_submit)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT011 - it has no words
        embed_in_processes(make_fake, TEXTS, 2)
    assert len(submitted) == 3
    assert multiprocessing.active_children() == []


@pytest.mark.model
def test_few_texts_start_no_process(embedder: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embedding.process_pool.ProcessPoolExecutor", None)
    rows = ParallelEmbedder(processes=8).embed_passages(TEXTS[:3])
    assert np.allclose(rows, embedder.embed_passages(TEXTS[:3]), atol=1e-5)
