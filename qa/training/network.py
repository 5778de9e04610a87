"""The reader's network as it is trained: a small BERT over question and excerpt, with a head for each thing asked.

`qa.reading.network` reads with the weights that come of it, without torch.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import BertConfig, BertModel

from index.embedding import CONFIG_FILE, WEIGHTS_FILE
from qa.reading.network import NEVER


class TrainableNetwork(nn.Module):
    """BERT with four linear heads; see `qa.reading.network.Logits` for what they say."""

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
        span = self.span(states).masked_fill(text_mask.unsqueeze(-1) == 0, NEVER)
        return self.pair(pooled).squeeze(-1), self.relevance(hidden).squeeze(-1), span


def save_network(network: TrainableNetwork, folder: Path) -> None:
    """Write the configuration and the weights, the latter in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG_FILE).write_text(network.bert.config.to_json_string(use_diff=False), encoding="utf-8")
    tensors = {name: tensor.to(torch.float16).contiguous() for name, tensor in network.state_dict().items()}
    save_file(tensors, folder / WEIGHTS_FILE, metadata={"format": "pt"})
