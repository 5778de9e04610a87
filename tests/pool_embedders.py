"""Embedders for processes that are started by a test; apart from it, so that they load little."""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from index import FloatArray, Progress
from tests.fakes import HashEmbedder


def make_fake(threads: int) -> HashEmbedder:
    """One that embeds."""
    return HashEmbedder()


class DyingEmbedder(HashEmbedder):
    """Ends its process when it has to embed, as the system does to one that takes too much memory."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Nothing comes back."""
        os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_passages(texts, progress)


def make_dying(threads: int) -> HashEmbedder:
    """One that ends its process."""
    return DyingEmbedder()


def make_and_interrupt(mark: Path, threads: int) -> HashEmbedder:
    """One that embeds; the first process interrupts the whole group, as a terminal does, while others may still load.

    :param mark: a file that is not there yet, by which the first process is known.
    """
    with suppress(FileExistsError):
        mark.touch(exist_ok=False)
        os.killpg(0, signal.SIGINT)
    return HashEmbedder()
