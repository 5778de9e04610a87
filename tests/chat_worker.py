"""A chat on fakes, to be killed: `python -m tests.chat_worker FOLDER PORT [--silent]`; prints its address.

The index is FOLDER/index, conversations are kept in FOLDER. With `--silent` nothing is ever answered.
"""

import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus import Document
from index import FloatArray, Hit
from qa import QA, Reading
from tests.fakes import HashEmbedder, WordReader
from ui.app import build_app, launch


class SilentReader(WordReader):
    """Reads for ever."""

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """Never returns."""
        threading.Event().wait()
        raise AssertionError


def main(folder: Path, port: int, *, silent: bool) -> None:
    """Serve until the process ends."""
    qa = QA.open(folder / "index", embedder=HashEmbedder(), reader=SilentReader() if silent else WordReader())
    app = build_app(qa, feedback=folder / "feedback", history=folder / "conversations.sqlite3")
    sys.stdout.write(f"{launch(app, qa, port=port)}\n")
    sys.stdout.flush()
    app.block_thread()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), silent="--silent" in sys.argv)
