"""Embedding in several processes: the same rows in the same order, progress, and a process that fails."""

import io
import json

import numpy as np
import pytest

from index import EmbedderUnavailable, SentenceEmbedder
from index.embedding.process_pool import ParallelEmbedder, embed_in_processes, serve
from tests.fakes import DIM, HashEmbedder

TEXTS = [f"The ship number {number} came{' from far away' * (number % 5)}." for number in range(300)]


@pytest.mark.model
def test_two_processes_give_what_one_gives(embedder: SentenceEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    rows = embed_in_processes("all-MiniLM-L6-v2", TEXTS, 2, lambda *done: seen.append(done))
    assert np.allclose(rows, embedder.embed_passages(TEXTS), atol=1e-5)
    assert len(seen) == 2
    assert max(seen) == (300, 300)


def test_a_worker_answers_line_by_line() -> None:
    requests = io.BytesIO(json.dumps(["A ship.", "No."]).encode() + b"\n" + json.dumps(["Far away."]).encode() + b"\n")
    answers = io.BytesIO()
    serve(HashEmbedder(), requests, answers)
    answers.seek(0)
    for texts in (["A ship.", "No."], ["Far away."]):
        assert json.loads(answers.readline()) == [len(texts), DIM]
        rows = np.frombuffer(answers.read(len(texts) * DIM * 4), dtype="<f4").reshape(-1, DIM)
        assert np.array_equal(rows, HashEmbedder().embed_passages(texts))


def test_a_process_that_cannot_embed_is_named() -> None:
    with pytest.raises(EmbedderUnavailable, match="a process that embeds with /no/such/model ended early"):
        embed_in_processes("/no/such/model", TEXTS, 2)


@pytest.mark.model
def test_few_texts_start_no_process(embedder: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", None)
    rows = ParallelEmbedder(processes=8).embed_passages(TEXTS[:3])
    assert np.allclose(rows, embedder.embed_passages(TEXTS[:3]), atol=1e-5)
