"""Where the index lies when nobody says; read by entry points only."""

import os

from platformdirs import user_data_path

from index.place import Place, parse_place

INDEX_VARIABLE = "ONTHERECORD_INDEX"


def default_index_path() -> Place:
    """The place named by `$ONTHERECORD_INDEX`, else one in the user's data folder."""
    named = os.environ.get(INDEX_VARIABLE)
    return parse_place(named) if named else user_data_path("on-the-record") / "index"
