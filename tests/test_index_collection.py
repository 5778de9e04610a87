"""Collections: made, renamed, listed and deleted whole, whoever else is at it and whenever a process is killed."""

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus import Document
from index import (
    Collection,
    CollectionNotFound,
    CollectionRefused,
    IndexNotWritable,
    SqliteStore,
    build_index,
    default_collection,
    delete_collection,
    find_collection,
    list_collections,
    list_documents,
    make_collection,
    named_collections,
    open_store,
    rename_collection,
)
from index.collection import MAX_COLLECTION_NAME_CHARS, MAX_COLLECTIONS
from tests.conftest import ROOT
from tests.fakes import HashEmbedder

TALK = Document.from_text("Ann: When did it fail?\n\nBob: The harvest failed in 1987.", doc_id="harvest")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's collections are."""
    monkeypatch.setenv("ONTHERECORD_COLLECTIONS", str(tmp_path / "collections"))
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "index"))
    return tmp_path / "collections"


def names(folder: Path) -> list[str]:
    return [collection.name for collection in named_collections(folder)]


def test_a_collection_is_made_opened_renamed_and_deleted(folder: Path) -> None:
    made = make_collection("Garden club")
    assert (made.collection_id, made.name, made.location) == ("garden-club", "Garden club", folder / "garden-club")
    assert made.made is not None
    assert timedelta(0) <= datetime.now(UTC) - made.made < timedelta(minutes=1)
    build_index([TALK], made.location, embedder=HashEmbedder())
    assert json.loads((folder / "garden-club" / "collection.json").read_bytes()) == {
        "name": "Garden club",
        "made": made.made.isoformat(),
    }

    renamed = rename_collection(made, "Thesis interviews")
    assert renamed == Collection("garden-club", "Thesis interviews", made.location, made.made)
    assert find_collection("thesis interviews") == renamed
    assert [info.doc_id for info in list_documents(open_store(renamed.location))] == ["harvest"]

    (folder / "garden-club" / "corrections.json").write_text("[]", encoding="utf-8")
    delete_collection(renamed)
    assert list_collections() == [default_collection()]
    assert [path.name for path in folder.iterdir()] == ["collections.lock"]


def test_the_default_index_is_the_first_and_stays(folder: Path, tmp_path: Path) -> None:
    make_collection("Aaa")
    first, second = list_collections()
    assert (first.collection_id, first.name, first.location) == ("default", "Default", tmp_path / "index")
    assert second.name == "Aaa"
    assert find_collection("default") == first
    with pytest.raises(CollectionRefused, match="the collection “Default” cannot be deleted; it is the one to start"):
        delete_collection(first)
    with pytest.raises(CollectionRefused, match="the collection “Default” cannot be renamed"):
        rename_collection(first, "Mine")


def test_a_list_writes_nothing(folder: Path) -> None:
    assert list_collections() == [default_collection()]
    with pytest.raises(CollectionNotFound, match="there is no collection 'x'; see them with: ontherecord collection"):
        find_collection("x")
    assert not folder.exists()


@pytest.mark.parametrize("name", ["garden CLUB", "Garden-club!", "  garden  club ", "Ｇａｒｄｅｎ club"])
def test_names_that_differ_in_case_or_punctuation_alone_are_refused(folder: Path, name: str) -> None:
    first, other = make_collection("Garden Club"), make_collection("Other")
    with pytest.raises(CollectionRefused, match=r"there is a collection “Garden Club” already, and '.*' has the same"):
        make_collection(name)
    with pytest.raises(CollectionRefused, match="there is a collection “Garden Club” already"):
        rename_collection(other, name)
    assert rename_collection(first, name).collection_id == "garden-club"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "expected one with letters or digits"),
        ("../..", "expected one with letters or digits"),
        ("\u200b", "expected one with letters or digits"),
        ("a" * (MAX_COLLECTION_NAME_CHARS + 1), "expected one line of at most 80 visible characters"),
        ("x" * 10_000, "expected one line of at most 80 visible characters"),
        ("Garden\nclub", "expected one line"),
        ("Garden\x1b[31mclub", "expected one line"),
        ("Garden\u202eclub", "expected one line"),
        ("Garden\x00", "expected one line"),
        ("Garden\ud800", "expected one line"),
        ("DEFAULT", "there is a collection “Default” already"),
    ],
)
def test_names_that_cannot_be(folder: Path, name: str, words: str) -> None:
    with pytest.raises(CollectionRefused, match=words) as refused:
        make_collection(name)
    assert len(str(refused.value)) < 400
    assert "\n" not in str(refused.value)
    assert named_collections(folder) == []


@pytest.mark.parametrize(
    ("name", "collection_id"),
    [
        ("../x", "x"),
        ("/etc/passwd", "etc-passwd"),
        ("C:\\Users", "c-users"),
        (".making-x", "making-x"),
        ("con", "con-collection"),
        ("Интервью №1", "интервью-no1"),
        ("हिन्दी", "हिन्दी"),
        ("Straße", "strasse"),
        ("ﷺ" * 40, None),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("%2e%2e%2fx?collection=y#z", "2e-2e-2fx-collection-y-z"),
    ],
)
def test_a_folder_s_name_is_safe_whatever_the_name(folder: Path, name: str, collection_id: str | None) -> None:
    made = make_collection(name)
    assert made.name == name
    assert isinstance(made.location, Path)
    assert made.location.parent == folder
    assert len(made.location.name.encode()) <= 130
    assert collection_id is None or made.collection_id == collection_id
    assert named_collections(folder) == [made]
    assert find_collection(name) == made
    assert sorted(path.name for path in folder.iterdir()) == sorted([made.collection_id, "collections.lock"])


def test_the_folder_of_a_renamed_one_is_not_taken_again(folder: Path) -> None:
    first = rename_collection(make_collection("Garden"), "Thesis")
    second = make_collection("Garden")
    assert (first.collection_id, second.collection_id) == ("garden", "garden-2")
    assert find_collection("Garden") == second
    assert find_collection("Thesis") == first
    (folder / "left").mkdir()
    assert make_collection("Left").collection_id == "left-2"


def test_there_is_a_greatest_number(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.collection.MAX_COLLECTIONS", 2)
    make_collection("One")
    make_collection("Two")
    with pytest.raises(CollectionRefused, match="there are 2 collections, at most 2 are kept; delete one"):
        make_collection("Three")
    assert names(folder) == ["One", "Two"]
    assert MAX_COLLECTIONS == 200


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"name": 7}', b'{"name": "a\\nb", "made": "x"}', b"[" * 5_000, b"\xff", b'{"name": "../.."}'],
)
def test_one_whose_record_is_damaged_is_listed_by_its_folder(folder: Path, damage: bytes) -> None:
    made = make_collection("Garden club")
    (folder / "garden-club" / "collection.json").write_bytes(damage)
    (damaged,) = named_collections(folder)
    assert (damaged.name, damaged.location, damaged.made) == ("garden-club", made.location, None)
    renamed = rename_collection(damaged, "Garden, again")
    assert named_collections(folder) == [renamed]


def test_what_is_no_collection_is_not_listed_and_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = make_collection("Elsewhere", tmp_path / "elsewhere")
    folder.mkdir()
    (folder / "linked").symlink_to(tmp_path / "elsewhere" / "elsewhere")
    (folder / "file").touch()
    (folder / "empty").mkdir()
    assert named_collections(folder) == []
    with pytest.raises(CollectionNotFound, match="the collection “Linked” is not there any more"):
        delete_collection(Collection("linked", "Linked", folder / "linked"))
    assert named_collections(tmp_path / "elsewhere") == [elsewhere]


def test_what_was_deleted_by_somebody_else(folder: Path) -> None:
    made = make_collection("Garden club")
    delete_collection(made)
    with pytest.raises(CollectionNotFound, match="the collection “Garden club” is not there any more"):
        delete_collection(made)
    with pytest.raises(CollectionNotFound, match="the collection “Garden club” is not there any more"):
        rename_collection(made, "Thesis")


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
import index.collection as collection
def killed(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)
what, folder = sys.argv[1], Path(sys.argv[2])
if what == "make":
    Path.rename = killed
    collection.make_collection("New", folder)
shutil.rmtree = killed
collection.delete_collection(collection.named_collections(folder)[0])
"""


@pytest.mark.parametrize("what", ["make", "delete"])
def test_a_kill_in_the_middle_leaves_no_half_collection(folder: Path, what: str) -> None:
    made = make_collection("Garden club")
    build_index([TALK], made.location, embedder=HashEmbedder())
    done = subprocess.run([sys.executable, "-c", KILLED, what, str(folder)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len([path for path in folder.iterdir() if path.name.startswith(".")]) == 1
    left = named_collections(folder)
    assert left == ([made] if what == "make" else [])
    if left:
        assert [info.doc_id for info in list_documents(open_store(left[0].location))] == ["harvest"]
    make_collection("Next")
    assert [path for path in folder.iterdir() if path.name.startswith(".")] == []


MAKES = """
import sys
from pathlib import Path
from index import CollectionRefused, make_collection
for number in range(10):
    for name in (f"{sys.argv[2]} {number}", f"Both {number}"):
        try:
            make_collection(name, Path(sys.argv[1]))
        except CollectionRefused:
            print("refused")
"""


def test_two_processes_that_make_collections_lose_none(folder: Path) -> None:
    def run(name: str) -> str:
        command = [sys.executable, "-c", MAKES, str(folder), name]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    with ThreadPoolExecutor(2) as pool:
        told = "".join(pool.map(run, ("Ann", "Bob")))
    assert told.count("refused") == 10
    assert sorted(names(folder)) == sorted(f"{who} {number}" for who in ("Ann", "Bob", "Both") for number in range(10))


def test_one_that_is_being_written_is_not_deleted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = {**(SqliteStore.__init__.__kwdefaults__ or {}), "lock_timeout_s": 0}
    monkeypatch.setattr("index.sqlite.store.SqliteStore.__init__.__kwdefaults__", defaults)
    made = make_collection("Garden club")
    with (
        open_store(made.location).writing(),
        pytest.raises(IndexNotWritable, match="is being written by process"),
    ):
        delete_collection(made)
    assert named_collections(folder) == [made]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(IndexNotWritable, match=r"the collections in .*file/in cannot be changed"):
        make_collection("Garden club", tmp_path / "file" / "in")
    assert named_collections(tmp_path / "file") == []
