"""A place that somebody names into the store that is there."""

from pathlib import Path
from urllib.parse import urlsplit

from index.local import LocalStore
from index.milvus import MilvusStore
from index.store import PassageStore

Place = str | Path


def parse_place(text: str) -> Place:
    """What `--index` takes: the address of a Milvus server and a name, or a folder."""
    return text if _is_address(text) else Path(text)


def open_store(place: Place) -> PassageStore:
    """The store at `place`: a folder, or `http://HOST:19530/NAME` for collections on a Milvus server."""
    return MilvusStore.from_url(str(place)) if _is_address(str(place)) else LocalStore(place)


def show_place(place: Place) -> str:
    """The place as it may be shown: an address without the password in it."""
    if not _is_address(str(place)):
        return str(place)
    parts = urlsplit(str(place))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))
