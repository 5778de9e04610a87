"""The reader's network in use: states of a small BERT over question and excerpt, and a head for each thing it is asked.

It was trained by `qa.training`; nothing here needs torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer

from index import FloatArray
from index.embedding import WEIGHTS_FILE, OnnxModel, Tokens, compute_by_length, load_adapter
from qa.reading.encoding import EncodedPair, PairBatch, PairEncoder, make_batch
from qa.reading.excerpt import Excerpt

if TYPE_CHECKING:
    from index.embedding import Precision

TOKENIZER_FILE = "tokenizer.json"
# What was learned after the weights, if anything was.
ADAPTER_FILE = "adapter.safetensors"
# Nearly three times as fast as single precision; all figures of the model card were measured with it.
PRECISION: "Precision" = "int8"
# Tokens of a batch, padding included: few, so that every core has some at once, and the states between two layers stay
# in its cache. Medians of an answer by 64, 96, 128 and 192 tokens, on two cores with 2 MB each: 99, 95, 124, 142 ms.
BATCH_TOKENS = 96
MAX_SHORT_TOKENS = 24
# Far below any logit.
NEVER = -1e4
_HEADS = ("bert.pooler.dense", "pair", "relevance_hidden", "relevance", "span")


@dataclass(frozen=True, slots=True)
class Logits:
    """Raw scores of a batch: `pair` and `relevance` `(n,)`, `start` and `end` `(n, tokens)`, `NEVER` outside the text.

    `pair` is how well the excerpt as a whole answers, learned from a larger model; `relevance` how surely the text
    itself was marked as the answer by a person; `start` and `end` where a short answer begins and ends.
    """

    pair: FloatArray
    relevance: FloatArray
    start: FloatArray
    end: FloatArray


@dataclass(frozen=True, slots=True)
class Score:
    """What the network makes of one excerpt; higher is better. `short` is a span of the excerpt's text, or None."""

    pair: float
    relevance: float
    short: tuple[int, int] | None


class ReaderNetwork:
    """The heads on a BERT's states; safe to share between threads."""

    def __init__(self, bert: OnnxModel, tensors: Mapping[str, FloatArray]) -> None:
        """Read with `bert` and the heads among `tensors`, by the names under which they were trained.

        :raises KeyError: when one is missing.
        """
        self._bert = bert
        self._heads = {
            name: (tensors[f"{name}.weight"].astype(np.float32).T, tensors[f"{name}.bias"].astype(np.float32))
            for name in _HEADS
        }

    def score(self, batch: PairBatch) -> Logits:
        """The logits of a batch."""
        states = self._bert.states(Tokens(batch.ids, batch.mask, batch.segments))
        pooled = np.tanh(self._apply("bert.pooler.dense", states[:, 0]))
        weights = batch.text_mask / np.maximum(batch.text_mask.sum(axis=1, keepdims=True), 1)
        text = np.einsum("nt,ntw->nw", weights, states)
        hidden = np.tanh(self._apply("relevance_hidden", np.concatenate([text, pooled], axis=1)))
        span = np.where(batch.text_mask[..., None] == 0, np.float32(NEVER), self._apply("span", states))
        return Logits(
            self._apply("pair", pooled)[:, 0], self._apply("relevance", hidden)[:, 0], span[..., 0], span[..., 1]
        )

    def _apply(self, head: str, inputs: FloatArray) -> FloatArray:
        weight, bias = self._heads[head]
        outputs: FloatArray = inputs @ weight + bias
        return outputs


def load_reader(folder: Path, precision: "Precision" = PRECISION) -> tuple[ReaderNetwork, PairEncoder]:
    """The network and the encoder in `folder`.

    :raises OSError: when a file is missing.
    :raises ValueError: when one is not what it should be.
    """
    adapter = folder / ADAPTER_FILE if (folder / ADAPTER_FILE).exists() else None
    bert = OnnxModel(folder, prefix="bert.", precision=precision, adapter=adapter)
    bert.load()
    names = [f"{head}.{part}" for head in _HEADS for part in ("weight", "bias")]
    with safe_open(folder / WEIGHTS_FILE, framework="np") as tensors:  # the heads only: the rest is in the graph
        heads = {name: tensors.get_tensor(name) for name in names}
    if adapter is not None:
        learned = load_adapter(adapter)
        heads |= {name: learned[name] for name in names if name in learned}
    return ReaderNetwork(bert, heads), PairEncoder(Tokenizer.from_buffer((folder / TOKENIZER_FILE).read_bytes()))


def score_excerpts(network: ReaderNetwork, encoder: PairEncoder, pairs: list[tuple[str, Excerpt]]) -> list[Score]:
    """A score for each (question, excerpt), in their order; those of like length share a batch."""
    encoded = [encoder.encode(question, excerpt) for question, excerpt in pairs]

    def score(items: list[EncodedPair]) -> list[Score]:
        logits = network.score(make_batch(items))
        return [
            Score(
                float(logits.pair[row]),
                float(logits.relevance[row]),
                find_short(item, logits.start[row], logits.end[row])[0],
            )
            for row, item in enumerate(items)
        ]

    return compute_by_length(encoded, BATCH_TOKENS, score)


def find_short(item: EncodedPair, start: FloatArray, end: FloatArray) -> tuple[tuple[int, int] | None, float]:
    """The best span of at most `MAX_SHORT_TOKENS` tokens of the text, in its code points, and its score."""
    if not item.offsets:
        return None, NEVER
    starts, ends = start[item.first : item.last], end[item.first : item.last]
    positions = np.arange(len(starts))
    length = positions[None, :] - positions[:, None]
    sums = np.where((length >= 0) & (length < MAX_SHORT_TOKENS), starts[:, None] + ends[None, :], -np.inf)
    first, last = divmod(int(sums.argmax()), len(starts))
    return (item.offsets[first][0], item.offsets[last][1]), float(sums[first, last])
