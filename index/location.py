"""Where the index lies when nobody says; read by entry points only."""

import os
from pathlib import Path

from platformdirs import user_data_path

INDEX_VARIABLE = "ONTHERECORD_INDEX"


def default_index_path() -> Path:
    """The folder named by `$ONTHERECORD_INDEX`, else one in the user's data folder."""
    named = os.environ.get(INDEX_VARIABLE)
    return Path(named) if named else user_data_path("on-the-record") / "index"
