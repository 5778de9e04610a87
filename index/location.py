"""Where an index is, as named on a command line, and the store that is there."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path

from index.milvus.store import MilvusStore
from index.sqlite.store import SqliteStore
from index.store import PassageStore

Location = str | Path

INDEX_VARIABLE = "ONTHERECORD_INDEX"


def default_index_path() -> Location:
    """The location named by `$ONTHERECORD_INDEX`, else one in the user's data folder; for entry points only."""
    named = os.environ.get(INDEX_VARIABLE)
    return parse_location(named) if named else user_data_path("on-the-record") / "index"


def parse_location(text: str) -> Location:
    """What `--index` takes: the address of a Milvus server and a name, or a folder."""
    return text if _is_address(text) else Path(text)


def open_store(location: Location) -> PassageStore:
    """The store at `location`: a folder, or `http://HOST:19530/NAME` for collections on a Milvus server."""
    return MilvusStore.from_url(str(location)) if _is_address(str(location)) else SqliteStore(location)


def folder_of(location: Location) -> Path | None:
    """The folder of an index in one; None where it is on a server."""
    return None if _is_address(str(location)) else Path(location)


def show_location(location: Location) -> str:
    """The location as it may be shown: an address without the password in it."""
    if not _is_address(str(location)):
        return str(location)
    parts = urlsplit(str(location))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))
