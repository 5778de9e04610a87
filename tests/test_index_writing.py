"""Writers among others: who comes second, a full disk, a folder that cannot be written, Ctrl-C."""

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import Document
from index import EVERYWHERE, IndexNotWritable, SqliteStore, build_index, list_documents, update_index
from tests.conftest import ROOT
from tests.fakes import HashEmbedder

TALK = Document.from_text("Ann: How is the harbour?\n\nBob: Full of ships.", doc_id="talk")
LONG = Document.from_text("\n\n".join(f"Ann: The ship number {n} came." for n in range(300)), doc_id="long")


def names(path: Path) -> list[str]:
    return [info.doc_id for info in list_documents(SqliteStore(path))]


def test_the_second_writer_is_told_who_is_first(tmp_path: Path) -> None:
    first, second = SqliteStore(tmp_path), SqliteStore(tmp_path, lock_timeout_s=0)
    with first.writing(), pytest.raises(IndexNotWritable, match=f"being written by process {os.getpid()}, since"):
        second.writing().__enter__()
    with second.writing():
        pass


def test_the_second_writer_waits_and_loses_nothing(tmp_path: Path) -> None:
    build_index([TALK], tmp_path, embedder=HashEmbedder())
    documents = [Document.from_text(f"Talk number {number}.", doc_id=f"talk-{number}") for number in range(8)]
    writers = [
        threading.Thread(target=lambda one=one: update_index([one], tmp_path, embedder=HashEmbedder()))
        for one in documents
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(names(tmp_path)) == ["talk", *(f"talk-{number}" for number in range(8))]


@contextlib.contextmanager
def largest_file(limit: int) -> Iterator[None]:
    """Writing past `limit` bytes of a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_index(tmp_path: Path) -> None:
    build_index([TALK], tmp_path, embedder=HashEmbedder())
    with (
        largest_file(100_000),
        pytest.raises(IndexNotWritable, match=r"cannot be written: .*; the old one is unchanged"),
    ):
        update_index([LONG], tmp_path, embedder=HashEmbedder())
    assert names(tmp_path) == ["talk"]
    update_index([LONG], tmp_path, embedder=HashEmbedder())
    assert names(tmp_path) == ["talk", "long"]


@pytest.fixture
def read_only_index() -> Iterator[Path]:
    """An index in a folder that may only be read; the root user, who may write everywhere, becomes nobody for it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    index = folder / "index"
    build_index([TALK], index, embedder=HashEmbedder())
    with SqliteStore(index).reading() as view:
        view.nearest(HashEmbedder().embed_question("ships"), 5, EVERYWHERE)  # nobody may import what this loads
    for path in (*index.iterdir(), index):
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield index
    finally:
        os.seteuid(user)
        index.chmod(0o755)
        shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_is_read(read_only_index: Path) -> None:
    store = SqliteStore(read_only_index)
    store.require(HashEmbedder().identity)
    with store.reading() as view:
        assert view.document("talk") == TALK
        (best, _), *_ = view.nearest(HashEmbedder().embed_question("ships"), 5, EVERYWHERE)
        assert TALK.text[best.start : best.end] == "Full of ships."
        assert len(view.matching(["ships"], 5, EVERYWHERE)) == 1
    with pytest.raises(IndexNotWritable, match="cannot be written"):
        update_index([LONG], read_only_index, embedder=HashEmbedder())


def test_ctrl_c_leaves_the_old_index(tmp_path: Path) -> None:
    build_index([TALK], tmp_path, embedder=HashEmbedder())
    program = """
import os, signal, sys
from pathlib import Path
from corpus import Document
from index import build_index
from index.cli import run
from tests.fakes import HashEmbedder
# A shell starts what runs in the background with this signal ignored, and its children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
class Interrupted(HashEmbedder):
    def embed_passages(self, texts, progress=None):
        os.kill(os.getpid(), signal.SIGINT)
        return super().embed_passages(texts, progress)
new = Document.from_text("New words.", doc_id="new")
sys.exit(run(lambda: build_index([new], sys.argv[1], embedder=Interrupted())))
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("stopped; the index is as it was")
    assert names(tmp_path) == ["talk"]
    update_index([LONG], tmp_path, embedder=HashEmbedder())
    assert names(tmp_path) == ["talk", "long"]
