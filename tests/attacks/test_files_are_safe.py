"""What we write and keep: never through a link, never used when it is not ours, never left behind."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus import Document
from index import IndexDamaged, IndexingError, IndexNotWritable, SqliteStore, append_regular, build_index, update_index
from index.embedding.onnx_model import OnnxModel
from index.sqlite import vector_file
from index.sqlite.faiss_index import ListIndex
from qa import QA
from qa.generation import capability_cache
from tests.conftest import ROOT
from tests.fakes import HashEmbedder
from tests.test_index_faiss_index import EMBEDDER, QUESTIONS, entry, only_file, search, search_exactly
from tests.test_index_onnx_model import MakeFolder, kept_files, make_folder, make_tokens
from ui.conversation import Exchange
from ui.feedback import FeedbackLog, FeedbackNotKept
from ui.uploads import Uploads
from ui.visitor_folder import PREFIX, VisitorFolder

__all__ = ["make_folder"]  # a fixture

TALK = Document.from_text("Ann: How is the harbour?\n\nBob: Full of ships.", doc_id="talk")
NEXT = Document.from_text("Ann: And the river?\n\nBob: Dry.", doc_id="next")
PRECIOUS = b"the only copy"


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    """A file of somebody's."""
    path = tmp_path / "precious"
    path.write_bytes(PRECIOUS)
    return path


def place(kind: str, path: Path, precious: Path) -> None:
    """Put something else where one of our files would be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "link":
        path.symlink_to(precious)
    elif kind == "hard link":
        path.hardlink_to(precious)
    elif kind == "link to nothing":
        path.symlink_to(precious.with_name("not there"))
    else:
        os.mkfifo(path)


@pytest.mark.parametrize("kind", ["link", "link to nothing", "pipe"])
@pytest.mark.parametrize(
    "name", ["writer.lock", "writer.txt", "catalog.sqlite3", "catalog.sqlite3-wal", "catalog.sqlite3-journal"]
)
def test_an_index_writes_through_nothing(tmp_path: Path, precious: Path, name: str, kind: str) -> None:
    place(kind, tmp_path / "index" / name, precious)
    with pytest.raises(IndexNotWritable, match="is no file but a link, a folder, a pipe or a device"):
        build_index([TALK], tmp_path / "index", embedder=HashEmbedder())
    assert precious.read_bytes() == PRECIOUS
    assert not (tmp_path / "not there").exists()


def test_a_hard_link_is_replaced_not_written(tmp_path: Path, precious: Path) -> None:
    place("hard link", tmp_path / "index" / "writer.txt", precious)
    build_index([TALK], tmp_path / "index", embedder=HashEmbedder())
    assert precious.read_bytes() == PRECIOUS


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_another_writer_is_named_by_a_file_only(tmp_path: Path, precious: Path, kind: str) -> None:
    first, second = SqliteStore(tmp_path), SqliteStore(tmp_path, lock_timeout_s=0)
    with first.writing():
        (tmp_path / "writer.txt").unlink()
        place(kind, tmp_path / "writer.txt", precious)
        with pytest.raises(IndexNotWritable, match=r"is being written by another process; wait|is no file but a link"):
            second.writing().__enter__()


def test_a_catalog_that_is_a_link_is_not_read_either(tmp_path: Path) -> None:
    build_index([TALK], tmp_path / "other", embedder=HashEmbedder())
    place("link", tmp_path / "index" / "catalog.sqlite3", tmp_path / "other" / "catalog.sqlite3")
    with pytest.raises(IndexDamaged, match="is no file but a link"):
        SqliteStore(tmp_path / "index").require(HashEmbedder().identity)
    with pytest.raises(IndexingError, match="is no file but a link"):
        update_index([NEXT], tmp_path / "index", embedder=HashEmbedder())


@pytest.mark.parametrize("kind", ["link", "pipe"])
@pytest.mark.parametrize("name", ["feedback.jsonl", "questions.jsonl", "docs.jsonl"])
def test_verdicts_are_written_through_nothing(
    fake_qa: QA, tmp_path: Path, precious: Path, kind: str, name: str
) -> None:
    answer = fake_qa.answer("vessels between Chancay and Shanghai")
    with fake_qa.store.reading() as view:
        document = view.document(answer.quotes[0].doc_id)
    place(kind, tmp_path / "feedback" / name, precious)
    with pytest.raises(FeedbackNotKept, match="is no file but a link"):
        FeedbackLog(tmp_path / "feedback").keep(Exchange.of(answer), "answer", "good", document, [])
    assert precious.read_bytes() == PRECIOUS


def test_where_links_can_be_told_by_looking_only(
    tmp_path: Path, precious: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.regular_file._NO_LINKS", 0)
    (tmp_path / "log").symlink_to(precious)
    with pytest.raises(OSError, match="is no file but a link"):
        append_regular(tmp_path / "log", b"more")
    assert precious.read_bytes() == PRECIOUS


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_a_model_can_do_is_read_from_a_file_only(tmp_path: Path, precious: Path, kind: str) -> None:
    precious.write_text(json.dumps({"way": "point", "decides": True}), encoding="utf-8")
    place(kind, tmp_path / "kept.json", precious)
    assert capability_cache._read(tmp_path / "kept.json") is None


# Vectors in a file.


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """An index with so many passages, here, that their vectors are in a file."""
    store = SqliteStore(tmp_path / "store", exact_max=50)
    store.write([entry(number) for number in range(20)], remove=(), identity=EMBEDDER.identity)
    return store


def name_by_hash(path: Path, data: bytes, *, row: int | None = None) -> Path:
    """The name that the file of vectors would have, were these its bytes."""
    _, lineage, generation, last_row, _ = path.stem.split("-")
    sha256 = hashlib.sha256(data).hexdigest()
    return path.with_name(f"vectors-{lineage}-{generation}-{row or last_row}-{sha256}.ivf")


def forge(store: SqliteStore, data: bytes, *, beside: bool) -> Path:
    """Bytes that are not ours under the name that fits them."""
    (path,) = store.folder.glob("vectors-*")
    forged = name_by_hash(path, data)
    if not beside:
        path.unlink()
    forged.write_bytes(data)
    return forged


def foreign_vectors() -> bytes:
    """A sound file of other vectors: whoever read it would find other passages."""
    rows = np.arange(1, 241)
    vectors = np.random.default_rng(3).standard_normal((240, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    data = bytearray()
    ListIndex.build([(rows, vectors)], vectors).dump(lambda piece: data.extend(piece) or len(piece))  # type: ignore[func-returns-value]
    return bytes(data)


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize(
    "make", [lambda: b"garbage", foreign_vectors, lambda: b""], ids=["garbage", "foreign", "empty"]
)
def test_vectors_named_by_their_own_hash_are_not_believed(
    store: SqliteStore, make: Callable[[], bytes], beside: bool
) -> None:
    expected = [search_exactly(store, question) for question in QUESTIONS]
    forged = forge(store, make(), beside=beside)
    fresh = SqliteStore(store.folder, exact_max=50)
    assert [search(fresh, question) for question in QUESTIONS] == expected
    fresh.repair()
    assert not forged.exists()
    assert only_file(store) != forged


def test_a_pipe_in_the_place_of_vectors_is_not_read(store: SqliteStore) -> None:
    expected = search_exactly(store, QUESTIONS[0])
    path = only_file(store)
    path.unlink()
    os.mkfifo(path)
    assert search(SqliteStore(store.folder, exact_max=50), QUESTIONS[0]) == expected


def test_vectors_of_a_state_that_is_past_are_not_noted(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    only_file(store).unlink()
    real = vector_file.write_vector_file

    def write_meanwhile(*arguments: object) -> vector_file.VectorFile:
        made = real(*arguments)  # type: ignore[arg-type]
        SqliteStore(store.folder).write([], remove=["d3"], identity=EMBEDDER.identity)
        return made

    monkeypatch.setattr("index.sqlite.vector_search.write_vector_file", write_meanwhile)
    assert len(search(SqliteStore(store.folder, exact_max=50), "anything", 300)) == 240
    monkeypatch.undo()
    fresh = SqliteStore(store.folder, exact_max=50)
    assert search(fresh, QUESTIONS[0]) == search_exactly(store, QUESTIONS[0])
    only_file(store)


# Graphs in the cache.


def manifest_of(cache: Path) -> Path:
    (path,) = cache.glob("*.json")
    return path


@pytest.mark.parametrize("data", [b"garbage", b"", b"\x08\x0a" * 5000], ids=["text", "empty", "almost"])
@pytest.mark.parametrize("forged_manifest", [False, True])
def test_a_graph_that_is_none_is_made_again(
    make_folder: MakeFolder, tmp_path: Path, data: bytes, forged_manifest: bool
) -> None:
    folder, cache = make_folder(), tmp_path / "cache"
    first = OnnxModel(folder, cache=cache).states(make_tokens())
    (kept,) = kept_files(cache)
    whole, sha256 = kept.read_bytes(), hashlib.sha256(data).hexdigest()
    kept.unlink()
    kept.with_name(f"{kept.stem.rpartition('-')[0]}-{sha256}.onnx").write_bytes(data)
    if forged_manifest:
        manifest_of(cache).write_text(json.dumps({"sha256": sha256, "bytes": len(data)}), encoding="utf-8")
    assert np.array_equal(OnnxModel(folder, cache=cache).states(make_tokens()), first)
    assert [path.read_bytes() for path in kept_files(cache)] == [whole]


def test_a_sound_graph_under_a_name_that_fits_is_not_used(make_folder: MakeFolder, tmp_path: Path) -> None:
    folder, cache, other = make_folder(), tmp_path / "cache", tmp_path / "other"
    first = OnnxModel(folder, cache=cache).states(make_tokens())
    OnnxModel(folder, precision="int8", cache=other).load()
    (foreign,) = kept_files(other)
    (kept,) = kept_files(cache)
    name = kept.stem.rpartition("-")[0]
    (cache / f"{name}-{foreign.stem.rpartition('-')[2]}.onnx").write_bytes(foreign.read_bytes())
    kept.unlink()
    assert np.array_equal(OnnxModel(folder, cache=cache).states(make_tokens()), first)


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", "null", '{"sha256": "../../x", "bytes": 3}', '{"sha256": 1, "bytes": "x"}', "[" * 900, "\ud800"],
)
def test_a_manifest_that_is_none(make_folder: MakeFolder, tmp_path: Path, manifest: str) -> None:
    folder, cache = make_folder(), tmp_path / "cache"
    first = OnnxModel(folder, cache=cache).states(make_tokens())
    manifest_of(cache).write_bytes(manifest.encode(errors="surrogatepass"))
    assert np.array_equal(OnnxModel(folder, cache=cache).states(make_tokens()), first)
    assert json.loads(manifest_of(cache).read_bytes())["bytes"] == kept_files(cache)[0].stat().st_size


@pytest.mark.parametrize("kind", ["link", "pipe", "link to nothing"])
@pytest.mark.parametrize("ending", [".onnx", ".json", ".lock"])
def test_a_cache_is_written_through_nothing(
    make_folder: MakeFolder, tmp_path: Path, precious: Path, kind: str, ending: str
) -> None:
    folder, cache = make_folder(), tmp_path / "cache"
    first = OnnxModel(folder, cache=cache).states(make_tokens())
    for path in cache.iterdir():
        path.unlink()
        if path.suffix == ending:
            place(kind, path, precious)
    assert np.array_equal(OnnxModel(folder, cache=cache).states(make_tokens()), first)
    assert precious.read_bytes() == PRECIOUS
    assert not (tmp_path / "not there").exists()


# Visitors' texts.

SERVE = """
import os, signal, sys, threading
from index import open_store
from qa import QA
from tests.fakes import HashEmbedder, WordReader
from tests.attacks.test_files_are_safe import NEXT
from ui.uploads import Uploads
from ui.visitor_folder import end_on_signals
for ending in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(ending, signal.SIG_DFL)  # whoever runs the tests may have told their programs to ignore it
end_on_signals()
uploads = Uploads(QA.open(sys.argv[1], embedder=HashEmbedder(), reader=WordReader()))
uploads.add("visitor", [NEXT])
print("ready", flush=True)
threading.Event().wait()
"""


def visitor_folders(temporary: Path) -> list[Path]:
    return sorted(temporary.glob(f"{PREFIX}*"))


def serve_until(ending: signal.Signals, index: Path, temporary: Path) -> int:
    """A program with a visitor's text, ended by a signal; its exit code."""
    environment = {**os.environ, "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", SERVE, str(index)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        (folder,) = visitor_folders(temporary)
        assert any(folder.rglob("catalog.sqlite3"))
        program.send_signal(ending)
        try:
            return program.wait(60)
        finally:
            program.kill()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_takes_visitors_texts_along(
    fake_qa: QA, tmp_path: Path, temporary: Path, ending: signal.Signals
) -> None:
    assert serve_until(ending, tmp_path / "index", temporary) == 128 + ending
    assert visitor_folders(temporary) == []


def test_what_a_kill_left_goes_at_the_next_start(fake_qa: QA, tmp_path: Path, temporary: Path) -> None:
    assert serve_until(signal.SIGKILL, tmp_path / "index", temporary) == -signal.SIGKILL
    assert len(visitor_folders(temporary)) == 1
    uploads = Uploads(fake_qa)
    uploads.add("visitor", [NEXT])
    (folder,) = visitor_folders(temporary)
    assert any(folder.rglob("catalog.sqlite3"))


def test_what_is_not_ours_or_in_use_stays(temporary: Path, precious: Path) -> None:
    used = VisitorFolder()
    (used.path / "text").write_bytes(PRECIOUS)
    left = VisitorFolder()
    left._owner.release()  # as the system does when a process is killed
    (temporary / f"{PREFIX}made-by-hand").mkdir()
    (temporary / f"{PREFIX}linked").symlink_to(used.path)
    (temporary / f"{PREFIX}with-link").mkdir()
    (temporary / f"{PREFIX}with-link" / "owner.lock").symlink_to(precious)
    (temporary / f"{PREFIX}file").write_bytes(PRECIOUS)
    another = VisitorFolder()
    assert not left.path.exists()
    assert (used.path / "text").read_bytes() == PRECIOUS
    assert {path.name.removeprefix(PREFIX) for path in visitor_folders(temporary)} - {
        used.path.name.removeprefix(PREFIX),
        another.path.name.removeprefix(PREFIX),
    } == {"made-by-hand", "linked", "with-link", "file"}
    used.close()
    assert not used.path.exists()
    assert another.path.exists()


def test_who_stops_serving_leaves_nothing(fake_qa: QA, temporary: Path) -> None:
    uploads = Uploads(fake_qa)
    uploads.add("visitor", [NEXT])
    del uploads
    assert visitor_folders(temporary) == []
