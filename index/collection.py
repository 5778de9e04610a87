"""Collections: named sets of transcripts in the user's data folder, each an index in a folder of its own.

Such a folder holds the index, a small file with the name and the date, and whatever else is kept for these transcripts.
It is made under another name and moved into its place, and moved aside before it is deleted, so that none is ever half
there. Its own name never changes, whatever the collection is called later.
"""

import json
import os
import shutil
import stat
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from corpus import is_one_line, one_line
from index.atomic_write import write_atomically
from index.errors import CollectionNotFound, CollectionRefused, IndexNotWritable
from index.location import Location, default_index_path, open_store
from index.regular_file import read_regular, require_regular

COLLECTIONS_VARIABLE = "ONTHERECORD_COLLECTIONS"
DEFAULT_ID = "default"
MAX_COLLECTION_NAME_CHARS = 80
MAX_COLLECTIONS = 200

RECORD_NAME = "collection.json"
_RECORD_BYTES = 10_000
_LOCK_NAME = "collections.lock"
_LOCK_TIMEOUT_S = 30.0
# No collection's folder begins like these; what is found there was left by a process that was killed.
_MAKING, _DELETING = ".making-", ".deleting-"
# A file's name may have 255 bytes on most systems.
_MAX_ID_BYTES = 120
# Names that Windows keeps for devices.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of transcripts: `location` is its index.

    `collection_id` stays the same for its life, and is safe as a name of a folder and in an address. `made` is when, in
    UTC; None where that is not known.
    """

    collection_id: str
    name: str
    location: Location
    made: datetime | None = None

    @property
    def is_default(self) -> bool:
        """Whether it is the default index, which can be neither renamed nor deleted."""
        return self.collection_id == DEFAULT_ID


def collections_folder() -> Path:
    """Where the user's collections are: `$ONTHERECORD_COLLECTIONS`, else in the data folder; for entry points only."""
    named = os.environ.get(COLLECTIONS_VARIABLE)
    return Path(named) if named else user_data_path("on-the-record") / "collections"


def default_collection() -> Collection:
    """The default index as a collection; it need not be there yet."""
    return Collection(DEFAULT_ID, "Default", default_index_path())


def list_collections() -> list[Collection]:
    """The user's collections: the default one first, then by name."""
    return [default_collection(), *named_collections(collections_folder())]


def named_collections(folder: Path) -> list[Collection]:
    """The collections in `folder`, by name; none where it does not exist."""
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return []
    found = [collection for path in paths if (collection := _read(path)) is not None]
    return sorted(found, key=lambda collection: collection.name.casefold())


def find_collection(name: str) -> Collection:
    """The user's collection of that name (case and punctuation do not matter), or else of that id.

    :raises CollectionNotFound: when there is none.
    """
    collections = list_collections()
    folded = _fold(name[:MAX_COLLECTION_NAME_CHARS])
    for matches in (
        lambda collection: collection.name == name,
        lambda collection: _fold(collection.name) == folded,
        lambda collection: collection.collection_id == name,
    ):
        for collection in filter(matches, collections):
            return collection
    raise CollectionNotFound(f"there is no collection {one_line(name)!r}; see them with: ontherecord collection list")


def make_collection(name: str, folder: Path | None = None) -> Collection:
    """A new collection without transcripts, in `folder`, by default the user's.

    :raises CollectionRefused: when it cannot be called so, or there are `MAX_COLLECTIONS`.
    :raises IndexNotWritable: when the folder cannot be written.
    """
    folder = folder or collections_folder()
    shown = _check_name(name)
    with _changing(folder):
        held = named_collections(folder)
        _check_free(shown, held)
        if len(held) >= MAX_COLLECTIONS:
            raise CollectionRefused(
                f"there are {len(held)} collections, at most {MAX_COLLECTIONS} are kept; delete one"
            )
        base = _fold(shown) + ("-collection" if _fold(shown) in _DEVICES else "")
        collection_id, number = base, 2
        while os.path.lexists(folder / collection_id):  # that of one which is called otherwise now
            collection_id, number = f"{base}-{number}", number + 1
        collection = Collection(collection_id, shown, folder / collection_id, datetime.now(UTC).replace(microsecond=0))
        making = Path(tempfile.mkdtemp(prefix=_MAKING, dir=folder))
        _write(making, collection)
        making.rename(folder / collection_id)
    return collection


def rename_collection(collection: Collection, name: str) -> Collection:
    """The same collection, called `name`: its folder and its id stay.

    :raises CollectionRefused: when it cannot be called so, or is the default one.
    :raises CollectionNotFound: when it is not there any more.
    :raises IndexNotWritable: when that cannot be written.
    """
    place = _require_named(collection, "renamed")
    shown = _check_name(name)
    with _changing(place.parent):
        current = _require_there(place, collection)
        others = [other for other in named_collections(place.parent) if other.collection_id != place.name]
        _check_free(shown, others)
        renamed = replace(current, name=shown)
        _write(place, renamed)
    return renamed


def delete_collection(collection: Collection) -> None:
    """Delete it with all that lies in its folder.

    :raises CollectionRefused: when it is the default one.
    :raises CollectionNotFound: when it is not there any more.
    :raises IndexNotWritable: when it is being written, or cannot be deleted.
    """
    place = _require_named(collection, "deleted")
    with _changing(place.parent):
        _require_there(place, collection)
        with open_store(place).writing():
            pass  # whoever writes just now ends first
        aside = Path(tempfile.mkdtemp(prefix=_DELETING, dir=place.parent))
        place.rename(aside / place.name)
        shutil.rmtree(aside)


def _require_named(collection: Collection, what: str) -> Path:
    """The collection's folder."""
    if collection.is_default or not isinstance(collection.location, Path):
        raise CollectionRefused(f"the collection “{collection.name}” cannot be {what}; it is the one to start with")
    return collection.location


def _require_there(place: Path, collection: Collection) -> Collection:
    """The collection as it is now."""
    current = _read(place)
    if current is None:
        raise CollectionNotFound(f"the collection “{collection.name}” is not there any more")
    return current


def _check_name(name: str) -> str:
    """The name as it is shown."""
    if not is_one_line(name.strip(), MAX_COLLECTION_NAME_CHARS):
        raise CollectionRefused(
            f"{one_line(name)!r} cannot be the name of a collection; "
            f"expected one line of at most {MAX_COLLECTION_NAME_CHARS} visible characters"
        )
    shown = one_line(name, None)
    if not any(map(str.isalnum, _fold(shown))):
        raise CollectionRefused(f"{shown!r} cannot be the name of a collection; expected one with letters or digits")
    return shown


def _check_free(name: str, held: list[Collection]) -> None:
    """That no other collection has the name, or one that is the same but for case and punctuation."""
    for other in (Collection(DEFAULT_ID, "Default", ""), *held):
        if _fold(other.name) == _fold(name):
            raise CollectionRefused(
                f"there is a collection “{other.name}” already, and {name!r} has the same letters and digits; "
                "choose another name"
            )


def _fold(name: str) -> str:
    """The letters and digits of a name without case, hyphens for all between, as a folder may be called."""
    letters = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in letters)
    return "-".join(kept.split()).encode()[:_MAX_ID_BYTES].decode(errors="ignore").strip("-")


@contextmanager
def _changing(folder: Path) -> Iterator[None]:
    """The turn of one who changes the collections in `folder`; what one who was killed left is deleted first."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_regular(folder / _LOCK_NAME)
        with FileLock(folder / _LOCK_NAME, timeout=_LOCK_TIMEOUT_S):
            for left in [*folder.glob(f"{_MAKING}*"), *folder.glob(f"{_DELETING}*")]:
                shutil.rmtree(left, ignore_errors=True)
            yield
    except Timeout as error:
        raise IndexNotWritable(
            f"the collections in {folder} are being changed by another process; try again"
        ) from error
    except OSError as error:
        raise IndexNotWritable(f"the collections in {folder} cannot be changed: {error}") from error


def _read(place: Path) -> Collection | None:
    """The collection in a folder; None where there is none. One whose record is damaged is called as its folder is."""
    try:
        if place.name.startswith(".") or not stat.S_ISDIR(place.lstat().st_mode):
            return None
        data = read_regular(place / RECORD_NAME, _RECORD_BYTES)
    except OSError:
        return None
    try:
        record = json.loads(data)
        name = _check_name(record["name"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, CollectionRefused):
        return Collection(place.name, one_line(place.name), place)
    try:
        return Collection(place.name, name, place, datetime.fromisoformat(record["made"]).astimezone(UTC))
    except (ValueError, TypeError, KeyError, OverflowError):
        return Collection(place.name, name, place)


def _write(place: Path, collection: Collection) -> None:
    record = {"name": collection.name, "made": collection.made and collection.made.isoformat()}
    write_atomically(place / RECORD_NAME, json.dumps(record, ensure_ascii=False, indent=2).encode())
