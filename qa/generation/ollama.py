"""Ollama's own interface, for what its OpenAI interface does not take: how large the window is to be.

Left to itself Ollama gives a model a few thousand tokens, and cuts what is longer at its beginning without a word: the
rules and the source.
"""

from collections.abc import Iterator
from typing import Any

from qa.errors import WriterFailed
from qa.generation.bounded_http import HTTP_ERRORS, StatusRefused, get_json, post_json_lines
from qa.generation.writer import Prompt
from qa.generation.writer_settings import KEY_VARIABLE, OWN_HEADER, WriterSettings

DEFAULT_PORT = 11434
# Enough for an hour of talk, and one to two gigabytes of memory with a model of seven billion weights.
WINDOW_TOKENS = 16_384
_ASK_TIMEOUT_S = 2.0
_PATH = "/v1"

# A piece of the reply, a piece of what the model thinks before it, and why the reply ends, if it does.
ReplyPart = tuple[str, str, str | None]


def find_root(url: str) -> str | None:
    """The address of Ollama's own interface, if it is Ollama that answers at `url`, which is its OpenAI interface."""
    address = url.rstrip("/")
    if not address.endswith(_PATH):
        return None
    root = address.removesuffix(_PATH)
    told = get_json(f"{root}/api/version", headers={OWN_HEADER: "1"}, timeout_s=_ASK_TIMEOUT_S)
    return root if isinstance(told, dict) and isinstance(told.get("version"), str) else None


def find_window(root: str, model: str, settings: WriterSettings) -> int:
    """The window to ask for: what the model was made for, but no more than `WINDOW_TOKENS`."""
    try:
        told = next(post_json_lines(f"{root}/api/show", {"model": model}, _headers(settings), _ASK_TIMEOUT_S), None)
    except (*HTTP_ERRORS, StatusRefused, ValueError, RecursionError):
        return WINDOW_TOKENS
    known = told.get("model_info") if isinstance(told, dict) else None
    lengths = [
        length
        for name, length in (known.items() if isinstance(known, dict) else ())
        if name.endswith(".context_length") and isinstance(length, int) and not isinstance(length, bool) and length > 0
    ]
    return min([WINDOW_TOKENS, *lengths])


def chat(
    root: str, model: str, prompt: Prompt, settings: WriterSettings, *, window: int, reply_tokens: int
) -> Iterator[ReplyPart]:
    """The reply, piece by piece.

    :raises WriterFailed: when it cannot be had or read; nothing that the server sent is in its words.
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
        "stream": True,
        "options": {"num_ctx": window, "num_predict": reply_tokens, "temperature": 0, "seed": 1},
    }
    if prompt.schema is not None:
        body["format"] = prompt.schema
    try:
        for line in post_json_lines(f"{root}/api/chat", body, _headers(settings), settings.timeout_s):
            yield _read_line(line)
    except StatusRefused as error:
        raise WriterFailed(_explain_status(error.status)) from error
    except HTTP_ERRORS as error:
        if "Timeout" in type(error).__name__ and "Connect" not in type(error).__name__:
            raise WriterFailed(f"took longer than {settings.timeout_s:g} s") from error
        if "Connect" in type(error).__name__:
            raise WriterFailed("cannot be reached; check that its server runs, and the address") from error
        raise WriterFailed("sent a reply that cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise WriterFailed("sent a reply that cannot be read") from error


def _read_line(line: object) -> ReplyPart:
    if isinstance(line, dict) and "error" in line:
        raise WriterFailed("failed: its server broke off with an error")
    message = line.get("message", {}) if isinstance(line, dict) else None
    if not isinstance(line, dict) or not isinstance(message, dict):
        raise WriterFailed("sent a reply that cannot be read")
    piece, thought = message.get("content") or "", message.get("thinking") or ""
    reason = line.get("done_reason", "stop") if line.get("done") is True else None
    if not isinstance(piece, str) or not isinstance(thought, str) or not isinstance(reason, str | None):
        raise WriterFailed("sent a reply that cannot be read")
    return piece, thought, reason


def _explain_status(status: int) -> str:
    if status in {401, 403}:
        return f"was refused by its server: the key in ${KEY_VARIABLE} is missing or wrong"
    if status == 404:
        return "is not known to its server; check --model and the address"
    return f"failed: its server answered {status}"


def _headers(settings: WriterSettings) -> dict[str, str]:
    key = {"authorization": f"Bearer {settings.key}"} if settings.key else {}
    return {OWN_HEADER: "1", **key}
