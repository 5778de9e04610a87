"""Where what visitors bring goes, by how the chat was started."""

from pathlib import Path

import pytest

from index import default_collection, make_collection
from qa import QA
from ui.callers import open_as, opened_by
from ui.keeping import open_uploads
from ui.kept_uploads import KeptUploads
from ui.uploads import Uploads


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the owner's collections are; the default index is what `fake_qa` asks."""
    monkeypatch.setenv("ONTHERECORD_COLLECTIONS", str(tmp_path / "collections"))
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "index"))
    return tmp_path / "collections"


def start(qa: QA, place: Path, *, shared: bool = False, users: bool = False, strangers: bool = False) -> Uploads:
    return open_uploads(qa, place, shared=shared, users=users, strangers=strangers)


def test_on_ones_own_machine_all_collections_are_there(fake_qa: QA, tmp_path: Path) -> None:
    garden = make_collection("Garden")
    uploads = start(fake_qa, tmp_path / "index")
    assert isinstance(uploads, KeptUploads)
    assert uploads.collections("session:one") == [default_collection(), garden]


def test_what_the_chat_was_started_with_is_the_first(fake_qa: QA, tmp_path: Path) -> None:
    garden, thesis = make_collection("Garden"), make_collection("Thesis")
    assert isinstance(thesis.location, Path)
    uploads = start(fake_qa, thesis.location)
    assert isinstance(uploads, KeptUploads)
    assert uploads.collections("session:one") == [thesis, default_collection(), garden]
    elsewhere = start(fake_qa, tmp_path / "my index")
    assert isinstance(elsewhere, KeptUploads)
    listed = [(each.collection_id, each.name) for each in elsewhere.collections("session:one")]
    assert listed == [(".my-index", "my index"), ("default", "Default"), ("garden", "Garden"), ("thesis", "Thesis")]


@pytest.mark.parametrize("place", ["http://127.0.0.1:19530/talks", Path("a:b"), Path("/"), Path("x" * 250)], ids=str)
def test_whatever_is_served_can_be_named_in_an_address(fake_qa: QA, place: str | Path) -> None:
    uploads = open_uploads(fake_qa, place, shared=False, users=False, strangers=False)
    assert isinstance(uploads, KeptUploads)
    assert opened_by(open_as("session:one", uploads.home.collection_id)) == uploads.home.collection_id
    assert uploads.opened(open_as("session:one", uploads.home.collection_id)) == uploads.home


def test_a_default_index_that_was_never_made_is_not_offered(
    fake_qa: QA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONTHERECORD_INDEX", str(tmp_path / "none"))
    uploads = start(fake_qa, tmp_path / "index")
    assert isinstance(uploads, KeptUploads)
    assert [each.name for each in uploads.collections("session:one")] == ["index"]


def test_users_see_none_of_the_owner_s(fake_qa: QA, tmp_path: Path, folder: Path) -> None:
    make_collection("Garden")
    uploads = start(fake_qa, tmp_path / "index", users=True, strangers=True)
    assert isinstance(uploads, KeptUploads)
    assert [each.name for each in uploads.collections("user:ann")] == ["Default"]
    made = uploads.make("user:ann", "Garden")
    assert isinstance(made.location, Path)
    assert made.location.parent.parent == folder / ".users"


@pytest.mark.parametrize("shared", [True, False])
def test_strangers_have_no_collections(fake_qa: QA, tmp_path: Path, shared: bool) -> None:
    make_collection("Garden")
    uploads = start(fake_qa, tmp_path / "index", shared=shared, strangers=True)
    assert type(uploads) is Uploads
    assert uploads.shared == (tmp_path / "index" if shared else None)
