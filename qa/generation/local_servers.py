"""Language models' servers that run on this machine, found at the ports that they take by default.

Only the loopback is asked, briefly, and only when somebody wants to know.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from qa.generation.writer_settings import OWN_HEADER

PROBE_TIMEOUT_S = 0.5
# Of a server with more models than this the first are offered.
MAX_MODELS = 50


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """Where a kind of server is to be found unless somebody has chosen otherwise."""

    name: str
    port: int


KNOWN_PLACES = (KnownPlace("Ollama", 11434), KnownPlace("LM Studio", 1234), KnownPlace("llama.cpp", 8080))


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that answered, and the names of its models."""

    name: str
    url: str
    models: tuple[str, ...]


def find_local_servers(
    places: Sequence[KnownPlace] = KNOWN_PLACES, *, timeout_s: float = PROBE_TIMEOUT_S
) -> list[LocalServer]:
    """The servers that name a model, in the order of `places`; all are asked at once."""
    with ThreadPoolExecutor(max(1, len(places)), "local-server") as threads:
        found = threads.map(lambda place: _ask(place, timeout_s), places)
        return [server for server in found if server is not None]


def _ask(place: KnownPlace, timeout_s: float) -> LocalServer | None:
    """The server at a place; None where nothing answers in time, or not as such servers do."""
    from qa.generation.bounded_http import get_json  # only who looks for servers pays for what speaks to them
    from qa.generation.chat_server import is_model_name

    url = f"http://127.0.0.1:{place.port}/v1"
    # This program's own server refuses what bears the header, so that it is not taken for one.
    listed = get_json(f"{url}/models", headers={OWN_HEADER: "1"}, timeout_s=timeout_s)
    models = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(models, list):
        return None
    names = [model.get("id") for model in models[:MAX_MODELS] if isinstance(model, dict)]
    named = tuple(dict.fromkeys(str(name) for name in names if is_model_name(name)))
    return LocalServer(place.name, url, named) if named else None
