"""Where what visitors bring goes: into collections that stay, into the index for everybody, or away when they leave."""

import re
from pathlib import Path

from index import Collection, Location, collections_folder, default_collection, named_collections, show_location
from qa import QA
from ui.kept_uploads import KeptUploads
from ui.uploads import Uploads

# Beside the owner's collections, where no collection can be.
_USERS = ".users"
_MAX_ID_CHARS = 100


def open_uploads(qa: QA, place: Location, *, shared: bool, users: bool, strangers: bool) -> Uploads:
    """Where what visitors bring goes.

    :param place: the index that `qa` asks.
    :param shared: all of it goes there.
    :param users: each of them is known by a name.
    :param strangers: others than the owner of this machine come, and are known by nothing.
    """
    if shared:
        return Uploads(qa, shared=place)
    if strangers and not users:
        return Uploads(qa)
    default, folder = default_collection(), collections_folder()
    known = [default, *named_collections(folder)]
    name = (place.absolute().name if isinstance(place, Path) else show_location(place)) or "index"
    found = next((each for each in known if str(each.location) == str(place)), None)
    home = found or Collection("." + re.sub(r"[/:\s]+", "-", name)[:_MAX_ID_CHARS], name, place)
    if users:
        return KeptUploads(qa, home, folder / _USERS, each_user=True)
    is_there = home != default and isinstance(default.location, Path) and default.location.is_dir()
    return KeptUploads(qa, home, folder, others=[default] if is_there else [])
