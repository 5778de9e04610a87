"""Chat models of the transformers library that lie in a folder of this machine."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import PromptTooLong, ReplyBroken, WriterFailed
from qa.generation.writer import Prompt
from qa.generation.writer_settings import FromSettings, WriterSettings


class LocalChat(FromSettings):
    """A writer that runs here; loaded when first used, one reply at a time."""

    def __init__(self, settings: WriterSettings) -> None:
        super().__init__(settings)
        self._folder = Path(settings.url).expanduser()
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def model(self) -> str:
        """The name that was set, or that of the folder."""
        return self._settings.model or self._folder.resolve().name

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """The reply, the likeliest word each time, piece by piece.

        :raises PromptTooLong: when the prompt and a reply do not fit the window.
        :raises WriterFailed: when the model cannot be loaded or run, or is too slow, or does not come to an end.
        """
        window = self.context_tokens
        with self._lock:
            tokenizer, model = self._load()
            yield from self._generate(prompt, window, tokenizer, model)

    def _find_window(self) -> int | None:
        with self._lock:
            _, model = self._load()
        reported = getattr(model.config, "max_position_embeddings", None)
        return reported if isinstance(reported, int) else None

    def _generate(
        self,
        prompt: Prompt,
        window: int,
        tokenizer: Any,  # noqa: ANN401 - of transformers
        model: Any,  # noqa: ANN401 - the same
    ) -> Iterator[str]:
        import torch

        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        encoded = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        tokens = encoded["input_ids"]
        if tokens.shape[1] + self.reply_tokens > window:
            raise PromptTooLong
        ends = model.generation_config.eos_token_id
        ends = set(ends) if isinstance(ends, list) else {ends}
        deadline = time.monotonic() + self._settings.timeout_s
        kept: list[int] = []
        said, cache = "", None
        for _ in range(self.reply_tokens):
            if time.monotonic() > deadline:
                raise self._too_slow()
            with torch.inference_mode():
                output = model(input_ids=tokens, cache=cache, use_cache=True)
            cache = output.cache
            token = int(output.logits[0, -1].argmax())
            if token in ends:
                return
            kept.append(token)
            tokens = torch.tensor([[token]])
            text = tokenizer.decode(kept, skip_special_tokens=True)
            # A character may take several tokens; until it is whole it is shown as U+FFFD.
            if not text.endswith("\ufffd") and text.startswith(said):
                yield text[len(said) :]
                said = text
        raise ReplyBroken("broke off within its reply")

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            from transformers import AutoModelForCausalLM, AutoTokenizer

            try:
                # A folder's own Python files never run, and nobody is asked whether they may.
                given = {"local_files_only": True, "trust_remote_code": False}
                tokenizer = AutoTokenizer.from_pretrained(self._folder, **given)
                model = AutoModelForCausalLM.from_pretrained(self._folder, **given)
                model.train(False)
            except (OSError, ValueError, RuntimeError, KeyError) as error:
                raise WriterFailed("cannot be loaded; --llm must name a folder with a transformers model") from error
            if tokenizer.chat_template is None:
                raise WriterFailed("is no chat model: its folder has no chat template")
            self._loaded = (tokenizer, model)
        return self._loaded
