"""`python -m index.embedding.process_pool MODEL THREADS`: embeds what it is given, for a build in several.

Each line of standard input is a JSON list of texts; for each, the embeddings go to standard output: their shape as a
line of JSON, then the numbers, float32. And the other side of it, which starts such processes and gives them work.
"""

import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import IO

import numpy as np

from index.embedding.embedder import DEFAULT_EMBEDDER, Embedder, SentenceEmbedder
from index.errors import EmbedderUnavailable
from index.types import FloatArray, Progress

# To load the libraries and the model takes a process as long as some thousand sentences do.
_MIN_TEXTS_EACH = 1_000
# Texts that a process gets at once: enough for a few full batches, few enough that the last ones end together.
_PORTION = 256


class ParallelEmbedder(SentenceEmbedder):
    """A `SentenceEmbedder` that embeds many passages in several processes at once."""

    def __init__(self, model: str = DEFAULT_EMBEDDER, *, processes: int) -> None:
        super().__init__(model)
        self._processes = processes

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """As by one process; few texts are embedded by this one."""
        processes = min(self._processes, len(texts) // _MIN_TEXTS_EACH)
        if processes < 2:
            return super().embed_passages(texts, progress)
        return embed_in_processes(self._name, texts, processes, progress)


def embed_in_processes(
    model: str, texts: Sequence[str], processes: int, progress: Progress | None = None
) -> FloatArray:
    """The embeddings of `texts`, shape `(len(texts), dim)`, in their order, made by so many processes at once.

    :raises EmbedderUnavailable: when one of them cannot embed.
    """
    # Portions of like length, the longest first, since a batch costs what its longest text costs.
    by_length = sorted(range(len(texts)), key=lambda place: (-len(texts[place]), place))
    portions = [by_length[start : start + _PORTION] for start in range(0, len(texts), _PORTION)]
    rows: list[FloatArray] = [np.zeros(0, dtype=np.float32)] * len(texts)
    done = 0
    workers = [_start(model, max(1, (os.cpu_count() or 1) // processes)) for _ in range(processes)]
    idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def embed(places: list[int]) -> FloatArray:
        worker = idle.get()
        try:
            return _ask(worker, [texts[place] for place in places])
        finally:
            idle.put(worker)

    with ThreadPoolExecutor(processes) as threads:
        try:
            places_by_future = {threads.submit(embed, places): places for places in portions}
            for future in as_completed(places_by_future):
                places = places_by_future[future]
                for place, row in zip(places, future.result(), strict=True):
                    rows[place] = row
                done += len(places)
                if progress is not None:
                    progress(done, len(texts))
        except (OSError, ValueError) as error:
            raise EmbedderUnavailable(
                f"a process that embeds with {model} ended early; build with one process to see why"
            ) from error
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.kill()
                worker.communicate()
    return np.stack(rows)


def _start(model: str, threads: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": f"{threads}", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-P", "-m", "index.embedding.process_pool", model, f"{threads}"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def _ask(process: subprocess.Popen[bytes], texts: Sequence[str]) -> FloatArray:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(texts).encode() + b"\n")
    process.stdin.flush()
    count, dim = json.loads(process.stdout.readline())
    data = process.stdout.read(count * dim * 4)
    return np.frombuffer(data, dtype="<f4").reshape(count, dim)


def serve(embedder: Embedder, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Embed line after line until there are no more."""
    for line in requests:
        rows = embedder.embed_passages(json.loads(line))
        answers.write(json.dumps(rows.shape).encode() + b"\n" + rows.astype("<f4").tobytes())
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it is interrupted too, and ends it
    serve(SentenceEmbedder(sys.argv[1], threads=int(sys.argv[2])), sys.stdin.buffer, sys.stdout.buffer)
