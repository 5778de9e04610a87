"""The reader's network: a small BERT over question and excerpt, with a head for each thing it is asked."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from qa.encoding import Batch, Encoded, Encoder, FloatArray, make_batch
from qa.excerpt import Excerpt

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
# Tokens of a batch, padding included: enough to fill two cores, little enough to stay in their caches.
BATCH_TOKENS = 1024
MAX_SHORT_TOKENS = 24
# Far below any logit.
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Logits:
    """Raw scores of a batch: `pair` and `relevance` `(n,)`, `start` and `end` `(n, tokens)`, `_NEVER` outside the text.

    `pair` is how well the excerpt as a whole answers, learned from a larger model; `relevance` how surely the text
    itself was marked as the answer by a person; `start` and `end` where a short answer begins and ends.
    """

    pair: torch.Tensor
    relevance: torch.Tensor
    start: torch.Tensor
    end: torch.Tensor


@dataclass(frozen=True, slots=True)
class Score:
    """What the network makes of one excerpt; higher is better. `short` is a span of the excerpt's text, or None."""

    pair: float
    relevance: float
    short: tuple[int, int] | None
    short_score: float


class ReaderNetwork(nn.Module):
    """BERT with four linear heads; the graph is plain enough to be exported."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = BertModel(config)
        width = config.hidden_size
        self.pair = nn.Linear(width, 1)
        self.relevance_hidden = nn.Linear(2 * width, width // 3)
        self.relevance = nn.Linear(width // 3, 1)
        self.span = nn.Linear(width, 2)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, segments: torch.Tensor, text_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Pair `(n,)`, relevance `(n,)` and span `(n, tokens, 2)` logits."""
        output = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=segments)
        return self.read_states(output.last_hidden_state, output.pooler_output, text_mask)

    def read_states(
        self, states: torch.Tensor, pooled: torch.Tensor, text_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The heads' logits from the encoder's states `(n, tokens, width)` and its pooled first one `(n, width)`."""
        weights = text_mask / text_mask.sum(dim=1, keepdim=True).clamp(min=1)
        text = torch.matmul(weights.unsqueeze(1), states).squeeze(1)
        hidden = torch.tanh(self.relevance_hidden(torch.cat([text, pooled], dim=-1)))
        span = self.span(states).masked_fill(text_mask.unsqueeze(-1) == 0, _NEVER)
        return self.pair(pooled).squeeze(-1), self.relevance(hidden).squeeze(-1), span

    def score(self, batch: Batch) -> Logits:
        """The logits of a batch."""
        arrays = (batch.ids, batch.mask, batch.segments, batch.text_mask)
        pair, relevance, span = self(*(torch.from_numpy(array) for array in arrays))
        return Logits(pair, relevance, span[..., 0], span[..., 1])


def save_network(network: ReaderNetwork, folder: Path) -> None:
    """Write the configuration and the weights, the latter in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG_FILE).write_text(network.bert.config.to_json_string(use_diff=False), encoding="utf-8")
    tensors = {name: tensor.to(torch.float16).contiguous() for name, tensor in network.state_dict().items()}
    save_file(tensors, folder / WEIGHTS_FILE, metadata={"format": "pt"})


def load_network(folder: Path) -> ReaderNetwork:
    """The network in `folder`, in single precision, ready to read.

    :raises OSError: when a file is missing.
    """
    config = BertConfig(**json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8")))
    config._attn_implementation = "sdpa"
    network = ReaderNetwork(config)
    tensors = load_file(folder / WEIGHTS_FILE)
    network.load_state_dict({name: tensor.to(torch.float32) for name, tensor in tensors.items()})
    return network.eval()


def load_reader(folder: Path) -> tuple[ReaderNetwork, Encoder]:
    """The network and the encoder in `folder`.

    :raises OSError: when a file is missing.
    """
    network = load_network(folder)
    return network, Encoder(Tokenizer.from_buffer((folder / TOKENIZER_FILE).read_bytes()))


def score_excerpts(network: ReaderNetwork, encoder: Encoder, pairs: list[tuple[str, Excerpt]]) -> list[Score]:
    """A score for each (question, excerpt), in their order; those of like length share a batch."""
    encoded = [encoder.encode(question, excerpt) for question, excerpt in pairs]
    scores: dict[int, Score] = {}
    with torch.inference_mode():
        for places in batch_by_length(encoded, BATCH_TOKENS):
            logits = network.score(make_batch([encoded[place] for place in places]))
            pair, relevance = logits.pair.numpy(), logits.relevance.numpy()
            start, end = logits.start.numpy(), logits.end.numpy()
            for row, place in enumerate(places):
                short, short_score = find_short(encoded[place], start[row], end[row])
                scores[place] = Score(float(pair[row]), float(relevance[row]), short, short_score)
    return [scores[place] for place in range(len(pairs))]


def batch_by_length(items: list[Encoded], max_tokens: int) -> list[list[int]]:
    """The places of `items`, shortest first, in batches of at most `max_tokens` with their padding (or of one)."""
    batches: list[list[int]] = [[]]
    for place in sorted(range(len(items)), key=lambda place: (len(items[place]), place)):
        if batches[-1] and (len(batches[-1]) + 1) * len(items[place]) > max_tokens:
            batches.append([])
        batches[-1].append(place)
    return [batch for batch in batches if batch]


def find_short(item: Encoded, start: FloatArray, end: FloatArray) -> tuple[tuple[int, int] | None, float]:
    """The best span of at most `MAX_SHORT_TOKENS` tokens of the text, in its code points, and its score."""
    if not item.offsets:
        return None, _NEVER
    starts, ends = start[item.first : item.last], end[item.first : item.last]
    places = np.arange(len(starts))
    length = places[None, :] - places[:, None]
    sums = np.where((length >= 0) & (length < MAX_SHORT_TOKENS), starts[:, None] + ends[None, :], -np.inf)
    first, last = divmod(int(sums.argmax()), len(starts))
    return (item.offsets[first][0], item.offsets[last][1]), float(sums[first, last])
