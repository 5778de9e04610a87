"""Killed, out of space, damaged: the old index opens or the new one, whole, or it is refused in words."""

import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from index import EVERYWHERE, IndexingError, IndexNotWritable
from index.check import check_index
from tests import crash_worker
from tests.conftest import ROOT
from tests.crash_worker import EMBEDDER, NEW, OLD

ENTRIES = {"old": OLD, "new": NEW}


def state_of(folder: Path) -> str:
    """Which of the two states the index is in; fails unless it is one of them, whole."""
    assert check_index(crash_worker.open_store(folder)) == []
    return content_of(folder)


def content_of(folder: Path) -> str:
    """The same by what the index gives to readers."""
    store = crash_worker.open_store(folder)
    with store.reading_stored() as view:
        held = {info.doc_id: view.entry(info.doc_id) for info in view.documents()}
        state = "old" if "d0" in held else "new"
        expected = {entry.document.doc_id: entry for entry in ENTRIES[state]}
        assert held.keys() == expected.keys()
        for doc_id, entry in expected.items():
            assert (held[doc_id].document, held[doc_id].passages) == (entry.document, entry.passages)
        passages = {passage for entry in expected.values() for passage in entry.passages}
        assert {passage for passage, _ in view.nearest(EMBEDDER.embed_question("ship"), 100, EVERYWHERE)} == passages
        assert {passage for passage, _ in view.matching(["ship", "barge"], 100, EVERYWHERE)} == passages
    return state


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An index before the update that is interrupted."""
    crash_worker.build_old(tmp_path / "old")
    assert state_of(tmp_path / "old") == "old"
    return tmp_path / "old"


@pytest.mark.parametrize("manner", ["moments", "boundaries"])
def test_a_killed_process_leaves_the_old_index_or_the_new(old: Path, tmp_path: Path, manner: str) -> None:
    trials = tmp_path / "trials"
    trials.mkdir()
    command = [sys.executable, "-m", "tests.crash_worker", str(old), str(trials), manner]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)
    states = Counter(state_of(folder) for folder in trials.iterdir())
    assert states.keys() == {"old", "new"}
    assert states.total() >= crash_worker.MOMENTS
    for folder in trials.glob("*7"):  # what was left behind is in nobody's way
        crash_worker.build_old(folder)
        crash_worker.update(folder)
        assert state_of(folder) == "new"


def test_a_full_disk_at_every_page_leaves_the_old_index(old: Path, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit, states = 0, []
    while "new" not in states:
        folder = tmp_path / f"{limit}"
        shutil.copytree(old, folder)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        refusal = ""
        try:
            crash_worker.update(folder)
        except IndexNotWritable as error:
            refusal = str(error)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        states.append(state_of(folder))
        assert states[-1] == ("old" if "cannot be written" in refusal else "new")
        limit += 4096 + 24  # a page in SQLite's log
    assert len(states) > 10


@pytest.mark.parametrize("region", range(0, 100, 4))
def test_a_damaged_header_is_refused_in_words_or_does_no_harm(old: Path, region: int) -> None:
    path = old / "catalog.sqlite3"
    whole = bytearray(path.read_bytes())
    whole[region : region + 4] = bytes(byte ^ 0xFF for byte in whole[region : region + 4])
    path.write_bytes(whole)
    refusal = None
    try:
        assert content_of(old) == "old"
    except IndexingError as error:
        refusal = str(error)
    assert refusal is None or str(old) in refusal
    assert refusal is not None or region >= len(b"SQLite format 3\0")
    store = crash_worker.open_store(old)
    store.write(NEW, remove=(), identity=EMBEDDER.identity, replace_all=True)
    assert state_of(old) == "new"


@pytest.mark.parametrize("share", range(0, 16, 3))
def test_a_truncated_catalog_is_refused_in_words(old: Path, share: int) -> None:
    path = old / "catalog.sqlite3"
    path.write_bytes(path.read_bytes()[: path.stat().st_size * share // 16])
    with pytest.raises(IndexingError, match=r"build (the index again|one) with"):
        content_of(old)
