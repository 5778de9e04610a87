"""What was found out about language models, kept in the user's cache folder: the next program need not ask again.

A file a model, named by a hash of how it is reached and what it is asked. It holds two words and neither address nor
key. It is derived: missing, old or unreadable, the model is asked again; where it cannot be written, each time.
"""

import hashlib
import json
import logging
import time
from pathlib import Path
from typing import get_args

from platformdirs import user_cache_path

from index import read_regular, write_atomically
from qa.generation.capability_probe import describe_probe, find_capability
from qa.generation.writer import Capability, Way, Writer

# Behind the same name and address there may be another model some day, or a better version of it.
KEPT_S = 30 * 24 * 3600.0
_MAX_BYTES = 1000

_log = logging.getLogger(__name__)


def recall_capability(writer: Writer) -> Capability:
    """What is known of the model; it is asked where nothing is.

    :raises WriterFailed: when it has to be asked and cannot be.
    """
    if writer.way is not None and writer.decides is not None:
        return Capability(writer.way, writer.decides)
    return _read(_find_file(writer)) or probe_capability(writer)


def is_known(writer: Writer) -> bool:
    """Whether `recall_capability` need not ask the model.

    :raises WriterFailed: when its name has to be asked for and cannot be.
    """
    return (writer.way is not None and writer.decides is not None) or _read(_find_file(writer)) is not None


def probe_capability(writer: Writer) -> Capability:
    """What the model shows now, whatever was known of it.

    :raises WriterFailed: when it cannot be asked.
    """
    capability = find_capability(writer)
    if writer.way is None or writer.decides is None:
        _keep(_find_file(writer), capability)
    return capability


def find_folder() -> Path:
    """Where the files are kept."""
    return user_cache_path("on-the-record") / "capabilities"


def _find_file(writer: Writer) -> Path:
    # A reply that may be longer, or half of it that was set, can show another capability.
    known_by = [writer.address, writer.model, writer.reply_tokens, writer.way, writer.decides, describe_probe()]
    return find_folder() / f"{hashlib.sha256(json.dumps(known_by).encode()).hexdigest()}.json"


def _read(path: Path) -> Capability | None:
    try:
        if time.time() - path.stat().st_mtime > KEPT_S:
            return None
        record = json.loads(read_regular(path, _MAX_BYTES))
        way, decides = record["way"], record["decides"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return Capability(way, decides) if way in get_args(Way) and isinstance(decides, bool) else None


def _keep(path: Path, capability: Capability) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps({"way": capability.way, "decides": capability.decides}).encode())
    except OSError as error:
        _log.info("a language model is asked at each start what it can do, since %s", error)
