"""The large network: it reads a question beside a sentence in its surroundings, and says how well that answers.

An MPNet with what it learned from interviews, `qa/reading/close/`; its published weights are fetched, see
`index.embedding.published_models`. What it is and how it was made is in that folder's README.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from index import FloatArray
from index.embedding import (
    MPNET,
    OnnxModel,
    PublishedModel,
    Tokens,
    compute_by_length,
    is_fetched,
    load_adapter,
    path_of,
)
from qa.reading.excerpt import Excerpt
from qa.reading.network import ADAPTER_FILE, TOKENIZER_FILE

# In tokens; what is longer is cut, what stands before the sentence at its far end.
MAX_QUESTION_TOKENS = 48
MAX_ASKED_TOKENS = 40
MAX_BEFORE_TOKENS = 40
MAX_TEXT_TOKENS = 96
MAX_AFTER_TOKENS = 32
# Tokens of a batch, padding included.
BATCH_TOKENS = 256
_START, PAD, _END = 0, 1, 2
_HEADS = ("hidden", "relevance")


@dataclass(frozen=True, slots=True)
class CloseInput:
    """`<s> question </s></s> asked before </s> text </s> after </s>` as ids; `first` and `last` bound the text's."""

    ids: tuple[int, ...]
    first: int
    last: int

    def __len__(self) -> int:
        """How many tokens."""
        return len(self.ids)


class CloseEncoder:
    """A question and an excerpt into the network's tokens, in training and in use alike."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Encode with this tokenizer, which is left without padding and cutting of its own."""
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer

    def cut(self, text: str) -> list[int]:
        """The ids of a text, without any that mark its ends."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def encode(self, question: Sequence[int], excerpt: Excerpt) -> CloseInput:
        """The question, as `cut` gives it, over the excerpt."""
        asked = self.cut(excerpt.asked)[-MAX_ASKED_TOKENS:]
        before = self.cut(excerpt.before)[-MAX_BEFORE_TOKENS:]
        text = self.cut(excerpt.text)[:MAX_TEXT_TOKENS]
        after = self.cut(excerpt.after)[:MAX_AFTER_TOKENS]
        head = [_START, *question[:MAX_QUESTION_TOKENS], _END, _END, *asked, *before, _END]
        return CloseInput((*head, *text, _END, *after, _END), len(head), len(head) + len(text))


class CloseNetwork:
    """The network in a folder; loaded when first used, safe to share between threads."""

    def __init__(self, folder: Path, base: PublishedModel = MPNET) -> None:
        """Name the folder with the adapter, the tokenizer and the configuration, and what the adapter is added to."""
        self._folder = folder
        self._base = base
        self._model = OnnxModel(
            folder,
            precision="int8",
            weights=path_of(base),
            weights_sha256=base.sha256,
            adapter=folder / ADAPTER_FILE,
        )
        self._loaded: tuple[CloseEncoder, dict[str, FloatArray]] | None = None

    def is_made(self) -> bool:
        """Whether it is ready to be loaded in a moment."""
        return self._model.is_made()

    def can_be_made(self) -> bool:
        """Whether the weights are there that it is made of."""
        return is_fetched(self._base)

    def load(self) -> None:
        """Load it now; where it is not made yet, that takes some ten seconds.

        :raises OSError: when a file cannot be read.
        :raises ValueError: when one is not what it should be.
        """
        self._model.load()
        adapter = load_adapter(self._folder / ADAPTER_FILE)
        heads = {
            f"{head}.{part}": adapter[f"{head}.{part}"].astype(np.float32)
            for head in _HEADS
            for part in ("weight", "bias")
        }
        tokenizer = Tokenizer.from_buffer((self._folder / TOKENIZER_FILE).read_bytes())
        self._loaded = CloseEncoder(tokenizer), heads

    def score(self, question: str, excerpts: Sequence[Excerpt]) -> list[float]:
        """The log-odds that each excerpt's text answers, by the network alone."""
        if self._loaded is None:
            self.load()
        assert self._loaded is not None
        encoder, heads = self._loaded
        asked = encoder.cut(question)
        inputs = [encoder.encode(asked, excerpt) for excerpt in excerpts]
        return compute_by_length(inputs, BATCH_TOKENS, lambda batch: self._score(batch, heads).tolist())

    def _score(self, inputs: Sequence[CloseInput], heads: dict[str, FloatArray]) -> FloatArray:
        shape = (len(inputs), max(len(each.ids) for each in inputs))
        ids = np.full(shape, PAD, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        within = np.zeros(shape, dtype=np.float32)
        for row, each in enumerate(inputs):
            ids[row, : len(each.ids)] = each.ids
            mask[row, : len(each.ids)] = 1
            within[row, each.first : each.last] = 1
        states = self._model.states(Tokens(ids, mask, np.zeros_like(ids)))
        text = np.einsum("nt,ntw->nw", within / np.maximum(within.sum(axis=1, keepdims=True), 1), states)
        both = np.concatenate([text, states[:, 0]], axis=1)
        hidden = np.tanh(both @ heads["hidden.weight"].T + heads["hidden.bias"])
        scores: FloatArray = (hidden @ heads["relevance.weight"].T + heads["relevance.bias"])[:, 0]
        return scores
