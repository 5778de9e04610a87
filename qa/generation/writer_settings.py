"""Which language model may phrase the answers, and how it is reached: all that can be set, in one place."""

import math
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from qa.errors import WriterFailed, WriterInvalid
from qa.generation.writer import Way

WaySetting = Literal["auto", "point", "locate"]
DecidesSetting = Literal["auto", "model", "reader"]
# The environment, where an argument does not say. The key is read from there only: arguments are seen by everybody who
# may list the programs that run.
URL_VARIABLE = "ONTHERECORD_LLM"
MODEL_VARIABLE = "ONTHERECORD_LLM_MODEL"
KEY_VARIABLE = "ONTHERECORD_LLM_KEY"
WAY_VARIABLE = "ONTHERECORD_LLM_WAY"
DECIDES_VARIABLE = "ONTHERECORD_LLM_DECIDES"
TIMEOUT_VARIABLE = "ONTHERECORD_LLM_TIMEOUT"
CONTEXT_VARIABLE = "ONTHERECORD_LLM_CONTEXT"

# Goes along with whatever is asked of a language model's server: this program's own server knows itself by it, and
# refuses, or a question would go round in a circle.
OWN_HEADER = "x-on-the-record"
OWN_STATUS = 508  # "loop detected"
MIN_CONTEXT_TOKENS = 512
# The window that is assumed where nothing tells it: what Ollama and llama.cpp take by default.
DEFAULT_CONTEXT_TOKENS = 4096
MAX_TIMEOUT_S = 3600.0


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """A language model and how far it is trusted.

    `url`: the base URL of a server with OpenAI's API (`http://127.0.0.1:11434/v1`), or the folder of a transformers
    chat model. `model`: its name there; None takes the first that the server names. `key`: for servers that want one.
    `way`: see `qa.generation.writer.Way`; `decides`: who says whether there is an answer. Both are found out by a few
    questions when "auto". `timeout_s`: seconds for a whole reply. `context_tokens`: the model's window; None asks the
    server. `reply_tokens`: the longest reply.

    :raises WriterInvalid: when a value cannot be.
    """

    url: str
    model: str | None = None
    key: str | None = field(default=None, repr=False)
    way: WaySetting = "auto"
    decides: DecidesSetting = "auto"
    timeout_s: float = 120.0
    context_tokens: int | None = None
    reply_tokens: int = 400

    def __post_init__(self) -> None:
        if self.is_server:
            self._check_address()
        elif not self.url.strip() or "://" in self.url:
            raise WriterInvalid(
                f"{self.url!r} is no address of a language model; expected http://HOST:PORT/v1, or the model's folder"
            )
        if self.model is not None and not self.model.strip():
            raise WriterInvalid("the name of the model is empty; leave it out to take the server's first one")
        if self.key is not None and (not self.key.strip() or not self.key.isprintable() or not self.key.isascii()):
            raise WriterInvalid(f"the key in ${KEY_VARIABLE} is empty or holds characters that no key has")
        _check_choice(self.way, get_args(WaySetting), "way")
        _check_choice(self.decides, get_args(DecidesSetting), "who decides")
        if not 0.0 < self.timeout_s <= MAX_TIMEOUT_S:
            raise WriterInvalid(f"the time-out is {self.timeout_s} s, expected 0 to {MAX_TIMEOUT_S:.0f}")
        if self.context_tokens is not None and self.context_tokens < MIN_CONTEXT_TOKENS:
            raise WriterInvalid(f"the window is {self.context_tokens} tokens, expected {MIN_CONTEXT_TOKENS} or more")
        if not 16 <= self.reply_tokens <= 4096:
            raise WriterInvalid(f"a reply of {self.reply_tokens} tokens was asked for, expected 16 to 4096")

    def _check_address(self) -> None:
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise WriterInvalid(f"the language model's address cannot be read: {error}") from error
        if not host or any(character.isspace() for character in self.url):
            raise WriterInvalid(f"{self.url!r} names no host; expected http://HOST:PORT/v1")
        if parts.username is not None or parts.password is not None:
            raise WriterInvalid(f"a key does not belong into the address; put it into ${KEY_VARIABLE}")

    @property
    def is_server(self) -> bool:
        """Whether it is reached over HTTP."""
        return self.url.startswith(("http://", "https://"))

    @property
    def fixed_way(self) -> Way | None:
        """The way that was set, None for "auto"."""
        return None if self.way == "auto" else self.way

    @property
    def fixed_decides(self) -> bool | None:
        """Whether the model was set to decide, None for "auto"."""
        return None if self.decides == "auto" else self.decides == "model"


class FromSettings:
    """What every writer takes from its settings alike."""

    def __init__(self, settings: WriterSettings) -> None:
        self._settings = settings

    @property
    def address(self) -> str:
        """As set, in one spelling."""
        url = self._settings.url
        return url.rstrip("/") if self._settings.is_server else str(Path(url).expanduser().resolve())

    @property
    def reply_tokens(self) -> int:
        """As set."""
        return self._settings.reply_tokens

    @property
    def way(self) -> Way | None:
        """As set."""
        return self._settings.fixed_way

    @property
    def decides(self) -> bool | None:
        """As set."""
        return self._settings.fixed_decides

    @property
    def context_tokens(self) -> int:
        """The window without the room that is kept for thinking."""
        return max(MIN_CONTEXT_TOKENS, self._window - self._thinking_tokens)

    @cached_property
    def _window(self) -> int:
        """The window that was set, or else that of the model, or else what most take by default."""
        return self._settings.context_tokens or self._find_window() or DEFAULT_CONTEXT_TOKENS

    @property
    def _thinking_tokens(self) -> int:
        """The room that the model needs to think before it replies."""
        return 0

    def _find_window(self) -> int | None:
        """The window that the model is known to have."""
        raise NotImplementedError

    def _too_slow(self) -> WriterFailed:
        return WriterFailed(f"took longer than {self._settings.timeout_s:g} s")


def read_settings(
    environment: Mapping[str, str], *, url: str | None = None, model: str | None = None
) -> WriterSettings | None:
    """The settings that arguments and then the environment give; None when neither names a language model.

    :raises WriterInvalid: when a value cannot be.
    """
    url = url or environment.get(URL_VARIABLE) or None
    if url is None:
        if model is not None:
            raise WriterInvalid(f"--model needs --llm (or ${URL_VARIABLE}): the server that has it")
        return None
    context = environment.get(CONTEXT_VARIABLE)
    return WriterSettings(
        url=url,
        model=model or environment.get(MODEL_VARIABLE) or None,
        key=environment.get(KEY_VARIABLE) or None,
        way=environment.get(WAY_VARIABLE, "auto"),  # type: ignore[arg-type]  # checked by the settings
        decides=environment.get(DECIDES_VARIABLE, "auto"),  # type: ignore[arg-type]  # the same
        timeout_s=_number(environment.get(TIMEOUT_VARIABLE, "120"), TIMEOUT_VARIABLE),
        context_tokens=None if context is None else int(_number(context, CONTEXT_VARIABLE)),
    )


def add_llm_arguments(parser: ArgumentParser) -> None:
    """`--llm URL` and `--model NAME`; None when they are not given, see `read_settings`."""
    parser.add_argument(
        "--llm",
        metavar="URL",
        help="let a language model phrase the answer: a server with OpenAI's API, such as http://127.0.0.1:11434/v1, "
        f"or the folder of a chat model (default: ${URL_VARIABLE}, or none); a key only in ${KEY_VARIABLE}",
    )
    parser.add_argument(
        "--model", metavar="NAME", help=f"its name there (default: ${MODEL_VARIABLE}, or the server's first)"
    )


def _number(text: str, variable: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise WriterInvalid(f"${variable} is {text!r}, expected a number")
    return number


def _check_choice(value: str, choices: tuple[str, ...], what: str) -> None:
    if value not in choices:
        raise WriterInvalid(f"{what} is {value!r}, expected one of {', '.join(choices)}")
