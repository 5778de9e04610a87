"""Embedding in several processes at once, for a build of many documents."""

import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import numpy as np

from index.embedding.embedder import DEFAULT_EMBEDDER, Embedder, SentenceEmbedder
from index.errors import EmbedderUnavailable
from index.types import FloatArray, Progress

__all__ = ["MakeEmbedder", "ParallelEmbedder", "embed_in_processes", "make_embedder"]

# Makes the embedder of one process, which computes with so many threads.
MakeEmbedder = Callable[[int], Embedder]

# To load the libraries and the model takes a process as long as some thousand sentences do.
_MIN_TEXTS_EACH = 1_000
# Texts that a process gets at once: enough for a few full batches, few enough that the last ones end together and that
# an interrupt does not take long.
_PORTION = 256

# That of this process, where it is one of those that are started here.
_embedder: Embedder


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
        return embed_in_processes(functools.partial(make_embedder, self._name), texts, processes, progress)


def make_embedder(model: str, threads: int) -> Embedder:
    """A `MakeEmbedder` for a sentence model, when the model is bound."""
    return SentenceEmbedder(model, threads=threads)


def embed_in_processes(
    make: MakeEmbedder, texts: Sequence[str], processes: int, progress: Progress | None = None
) -> FloatArray:
    """The embeddings of `texts`, shape `(len(texts), dim)`, in their order, made by so many new processes at once.

    They import the program's main module again, as is usual for such processes; the rest of it must stand behind
    `if __name__ == "__main__"`.

    :param make: sent to the processes, so a function of a module, not a lambda.
    :raises EmbedderUnavailable: when the embedder cannot be loaded there, or a process ends early.
    """
    # Portions of like length, the longest first, since a batch costs what its longest text costs.
    by_length = sorted(range(len(texts)), key=lambda position: (-len(texts[position]), position))
    portions = [by_length[start : start + _PORTION] for start in range(0, len(texts), _PORTION)]
    rows: list[FloatArray] = [np.zeros(0, dtype=np.float32)] * len(texts)
    done = 0
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare,
        initargs=(make, max(1, (os.cpu_count() or 1) // processes)),
    )
    try:
        with _deferring_interrupts():
            portion_by_future = {
                pool.submit(_embed, [texts[position] for position in portion]): portion for portion in portions
            }
        for future in as_completed(portion_by_future):
            portion = portion_by_future[future]
            for position, row in zip(portion, future.result(), strict=True):
                rows[position] = row
            done += len(portion)
            if progress is not None:
                progress(done, len(texts))
    except BrokenProcessPool as error:
        raise EmbedderUnavailable(
            "a process that embeds ended early; embed with one process to see why, or free some memory"
        ) from error
    finally:
        with _deferring_interrupts():
            pool.shutdown(cancel_futures=True)
    return np.stack(rows)


def _prepare(make: MakeEmbedder, threads: int) -> None:
    """Make the embedder of a new process. It loads its model with the first texts, so that its errors are sent back."""
    global _embedder
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where no mask is inherited
    os.environ["OMP_NUM_THREADS"] = f"{threads}"  # read by libraries that are not loaded yet
    _embedder = make(threads)


def _embed(texts: Sequence[str]) -> FloatArray:
    return _embedder.embed_passages(texts)


@contextmanager
def _deferring_interrupts() -> Iterator[None]:
    """An interrupt takes effect when the block has ended, and never in a process that is started in it.

    In the middle of starting or ending the processes it would leave some behind; and each that loads would write a
    traceback.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    received: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: received.append(number))
    # What is blocked here is blocked in new processes; a handler of Python's is none of theirs.
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if masked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        signal.signal(signal.SIGINT, signal.SIG_DFL if handler is None else handler)
        if received:
            signal.raise_signal(signal.SIGINT)
