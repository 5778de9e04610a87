"""Language models behind a server with OpenAI's API: Ollama, vLLM, llama.cpp, hosted ones."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from qa.errors import PromptTooLong, ReplyBroken, WriterFailed
from qa.generation.ollama import DEFAULT_PORT, ReplyPart, chat, find_root, find_window
from qa.generation.thought import THINKING_TOKENS, ReplyMeter, ThoughtBrokeOff
from qa.generation.writer import Prompt
from qa.generation.writer_settings import (
    KEY_VARIABLE,
    MIN_CONTEXT_TOKENS,
    OWN_HEADER,
    OWN_STATUS,
    FromSettings,
    WriterSettings,
)

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionChunk

LIST_TIMEOUT_S = 10.0
# Parameters that not every server knows. One that a refusal names is left out (or renamed) from then on.
_OPTIONAL = ("response_format", "temperature", "seed", "max_tokens")
_TOO_LONG = re.compile(r"context|too long|too many tokens|maximum.{0,20}length", re.IGNORECASE)
# A reason to stop that may be shown; a server may send anything in its place.
_REASON = re.compile(r"[a-z_]{1,30}")
# What the client raises of a reply that is not of its form, or that is nested too deep; it checks little itself.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
# What it raises, within an error of the connection, when the server was there and said something.
_BROKEN = frozenset({"ReadError", "RemoteProtocolError", "DecodingError", *(kind.__name__ for kind in _UNREADABLE)})
MAX_NAME_CHARS = 200
MAX_WINDOW_TOKENS = 100_000_000
# Under which names servers send what a model thinks, and tell its window.
_THOUGHT_NAMES = ("reasoning_content", "reasoning")
_WINDOW_NAMES = ("n_ctx", "max_model_len", "context_length", "context_window")


class ChatServer(FromSettings):
    """A writer behind a server; it is first spoken to when something is asked of it. One serves many threads."""

    def __init__(self, settings: WriterSettings) -> None:
        super().__init__(settings)
        self._left_out: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._thinks = False
        self._ollama: str | None = None

    @cached_property
    def model(self) -> str:
        """The name that was set, or that of the server's first model.

        :raises WriterFailed: when it has to be asked for and cannot be.
        """
        if self._settings.model:
            return self._settings.model
        named = [name for name in (model.get("id") for model in self._listed) if is_model_name(name)]
        if not named:
            raise WriterFailed("has no model loaded that its server names; name one with --model")
        return str(named[0])

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """The reply, piece by piece, without what the model thinks before it.

        A model that turns out to think gets room for that, then and from then on.

        :raises PromptTooLong: when the server says that the prompt does not fit.
        :raises WriterFailed: when it cannot be had, is too long, too slow or broken off.
        """
        try:
            yield from self._reply_once(prompt)
        except ThoughtBrokeOff:
            if self._thinks:
                raise
            self._thinks = True
            yield from self._reply_once(prompt)

    def _reply_once(self, prompt: Prompt) -> Iterator[str]:
        import openai

        deadline = time.monotonic() + self._settings.timeout_s
        try:
            yield from self._read(self._parts(prompt, deadline), deadline)
        except (openai.OpenAIError, *_UNREADABLE) as error:
            raise self._explain(error) from error
        except WriterFailed:
            raise
        except Exception as error:
            if type(error).__module__.split(".")[0] in {"httpx2", "httpcore2"}:  # the connection broke within the reply
                raise self._explain(error) from error
            raise

    def _parts(self, prompt: Prompt, deadline: float) -> Iterator[ReplyPart]:
        """The reply as it comes, by Ollama's own interface where it is Ollama."""
        model, root = self.model, self._find_ollama()
        if root is not None:
            yield from chat(root, model, prompt, self._settings, window=self._window, reply_tokens=self._most_tokens)
            return
        with self._start(prompt, deadline) as stream:
            for chunk in stream:
                yield _read_chunk(chunk)

    def _read(self, parts: Iterator[ReplyPart], deadline: float) -> Iterator[str]:
        meter, ended, begun = ReplyMeter(self.reply_tokens), None, False
        for piece, thought, reason in parts:
            if time.monotonic() > deadline:
                raise self._too_slow()
            ended = reason or ended
            meter.note_thought(thought)
            said = meter.take(piece) if piece else ""
            if said:
                begun = True
                yield said
        if ended == "stop":
            if rest := meter.end():
                yield rest
            return
        if ended == "length":
            # Without a word of a reply it has thought, even where its server does not show that.
            if meter.has_thought and begun:
                self._thinks = True
            raise (
                ReplyBroken("broke off within its reply")
                if begun
                else ThoughtBrokeOff("thought until its room was used up")
            )
        why = f"stopped ({ended})" if _REASON.fullmatch(ended or "") else "stopped early"
        raise WriterFailed("broke off within its reply" if ended is None else why)

    def _find_ollama(self) -> str | None:
        """The address of Ollama's own interface; None where nothing speaks for it that this is Ollama."""
        if self._ollama is None and (urlsplit(self.address).port == DEFAULT_PORT or self._names_ollama()):
            self._ollama = find_root(self.address)
        return self._ollama

    def _names_ollama(self) -> bool:
        """Whether the models have the owner that Ollama gives them; where nobody had to ask, nobody is asked."""
        listed = self.__dict__.get("_listed", ())
        return any(model.get("owned_by") == "library" for model in listed)

    @property
    def _thinking_tokens(self) -> int:
        return THINKING_TOKENS if self._thinks else 0

    @property
    def _most_tokens(self) -> int:
        """How much the model may write in all."""
        return self.reply_tokens + self._thinking_tokens

    def _start(self, prompt: Prompt, deadline: float) -> "openai.Stream[ChatCompletionChunk]":
        """The reply as it begins; what the server refuses to know is left out, this time and later."""
        import openai

        while True:
            try:
                return self._create(prompt)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                said = str(error)
                named = next((name for name in _OPTIONAL if name in said and name not in self._left_out), None)
                if named is None or time.monotonic() > deadline:
                    raise
                with self._lock:
                    self._left_out |= {named}

    def _create(self, prompt: Prompt) -> "openai.Stream[ChatCompletionChunk]":
        optional: dict[str, Any] = {"temperature": 0, "seed": 1, "max_tokens": self._most_tokens}
        if prompt.schema is not None:
            form = {"name": "answer", "strict": True, "schema": prompt.schema}
            optional["response_format"] = {"type": "json_schema", "json_schema": form}
        given = {name: value for name, value in optional.items() if name not in self._left_out}
        if "max_tokens" in self._left_out:
            given["max_completion_tokens"] = self._most_tokens  # the newer name of the same
        return cast(
            "openai.Stream[ChatCompletionChunk]",
            self._client.chat.completions.create(
                model=self.model,
                messages=[{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
                stream=True,
                **given,
            ),
        )

    def _find_window(self) -> int | None:
        with contextlib.suppress(WriterFailed):
            model, root = self.model, self._find_ollama()
            if root is not None:
                return find_window(root, model, self._settings)
        try:
            listed = next((model for model in self._listed if model.get("id") == self.model), {})
        except WriterFailed:
            return None  # not every server lists its models; the reply will tell what else is wrong
        more = listed.get("meta")
        reported = {**listed, **(more if isinstance(more, dict) else {})}
        windows = (reported.get(name) for name in _WINDOW_NAMES)
        return next((window for window in windows if _is_window(window)), None)

    @cached_property
    def _listed(self) -> list[dict[str, Any]]:
        """What the server says of its models, of which anything may come; nothing where it makes no sense."""
        import openai

        try:
            page = self._client.models.list(timeout=min(LIST_TIMEOUT_S, self._settings.timeout_s))
        except (openai.APIConnectionError, openai.APIStatusError) as error:
            raise self._explain(error) from error
        except _UNREADABLE:
            return []
        models = getattr(page, "data", None)
        return [_read_listed(model) for model in models] if isinstance(models, list) else []

    @cached_property
    def _client(self) -> "openai.OpenAI":
        import openai

        from qa.generation.bounded_http import make_client

        return openai.OpenAI(
            base_url=self._settings.url,
            api_key=self._settings.key or "none",  # most local servers want none, the client wants some
            max_retries=0,
            timeout=openai.NOT_GIVEN,  # the HTTP client's own
            default_headers={OWN_HEADER: "1"},
            http_client=make_client(self._settings.timeout_s),
        )

    def _explain(self, error: Exception) -> WriterFailed:
        """What went wrong, in words that hold nothing that the server sent: it may send anything, the key too."""
        import openai

        if isinstance(error, openai.APITimeoutError) or "Timeout" in type(error).__name__:
            return self._too_slow()
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return WriterFailed(f"was refused by its server: the key in ${KEY_VARIABLE} is missing or wrong")
        if isinstance(error, openai.NotFoundError):
            return WriterFailed("is not known to its server; check --model and the address")
        if isinstance(error, openai.RateLimitError):
            return WriterFailed("has too much to do just now")
        if isinstance(error, openai.APIStatusError):
            if error.status_code == OWN_STATUS:
                return WriterFailed("is this program itself; name the server of a language model")
            if error.status_code in {400, 413, 422} and _TOO_LONG.search(str(error)):
                return PromptTooLong()
            return WriterFailed(f"failed: its server answered {error.status_code}")
        if isinstance(error, openai.APIConnectionError) and type(error.__cause__).__name__ not in _BROKEN:
            return WriterFailed("cannot be reached; check that its server runs, and the address")
        if isinstance(error, openai.APIError) and _TOO_LONG.search(str(error)):
            return PromptTooLong()
        return WriterFailed("sent a reply that cannot be read")


def _read_listed(model: object) -> dict[str, Any]:
    """What is said of a model, {} where that is of no form."""
    try:
        dumped = model.model_dump(warnings=False)  # type: ignore[attr-defined]  # as the client's own are
    except _UNREADABLE:
        return {}
    return dumped if isinstance(dumped, dict) else {}


def is_model_name(value: object) -> bool:
    """Whether a server may call a model so: a visible line of some length."""
    return isinstance(value, str) and value.isprintable() and 0 < len(value.strip()) <= MAX_NAME_CHARS


def _is_window(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and MIN_CONTEXT_TOKENS <= value <= MAX_WINDOW_TOKENS


def _read_chunk(chunk: "ChatCompletionChunk") -> ReplyPart:
    """A piece of the reply, of a thought, and why the reply ends there; the client does not check their form."""
    try:
        choice = chunk.choices[0] if chunk.choices else None
        if choice is None:
            return "", "", None
        piece, reason = choice.delta.content or "", choice.finish_reason
        if not isinstance(piece, str) or not isinstance(reason, str | None):
            raise TypeError(f"a piece is {type(piece).__name__}")
        thoughts = (getattr(choice.delta, name, None) for name in _THOUGHT_NAMES)
        thought = next((text for text in thoughts if isinstance(text, str)), "")
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise WriterFailed("sent a reply that cannot be read") from error
    return piece, thought, reason
