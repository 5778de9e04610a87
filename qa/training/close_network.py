"""The large network as it is trained: published weights that stay as they are, and low-rank additions that learn.

`qa.reading.close_network` reads with what comes of it, without torch.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import MPNetConfig, MPNetModel

from index.embedding import ADAPTER_DOWN, ADAPTER_UP

RANK = 32
_HIDDEN = 256


class LowRank(nn.Module):
    """A linear layer that stays, and the product of two narrow ones that is added to it; nothing at first."""

    def __init__(self, fixed: nn.Linear, rank: int) -> None:
        super().__init__()
        self.fixed = fixed
        self.down = nn.Parameter(torch.randn(rank, fixed.in_features) * fixed.in_features**-0.5)
        self.up = nn.Parameter(torch.zeros(fixed.out_features, rank))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """The sum of both."""
        added: torch.Tensor = self.fixed(states) + (states @ self.down.T) @ self.up.T
        return added


class TrainableCloseNetwork(nn.Module):
    """MPNet with low-rank additions to every linear layer of its encoder, and a head that says how well a text answers.

    In bfloat16 where it multiplies, but for the head: half of the time on processors that have it.
    """

    def __init__(self, weights: Path, config: MPNetConfig, rank: int = RANK) -> None:
        """Start from the published weights in the file `weights`."""
        super().__init__()
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.body = MPNetModel(config, add_pooling_layer=False)
        self.body.load_state_dict(load_file(weights), strict=False)
        self.body.requires_grad_(False)
        layers = [name for name, module in self.body.encoder.named_modules() if isinstance(module, nn.Linear)]
        for owner, _, name in (layer.rpartition(".") for layer in layers):
            module = self.body.encoder.get_submodule(owner)
            setattr(module, name, LowRank(getattr(module, name).to(torch.bfloat16), rank))
        width = config.hidden_size
        self.hidden = nn.Linear(2 * width, _HIDDEN)
        self.relevance = nn.Linear(_HIDDEN, 1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, text_mask: torch.Tensor) -> torch.Tensor:
        """The log-odds `(n,)` that each row's text answers; all arguments `(n, tokens)`."""
        with torch.autocast(ids.device.type, dtype=torch.bfloat16):
            states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        states = states.float()
        shares = text_mask / text_mask.sum(1, keepdim=True).clamp(min=1)
        text = torch.einsum("nt,ntw->nw", shares, states)
        hidden = torch.tanh(self.hidden(torch.cat([text, states[:, 0]], dim=-1)))
        scores: torch.Tensor = self.relevance(hidden).squeeze(-1)
        return scores

    def learned(self) -> dict[str, torch.Tensor]:
        """What is trained, by name."""
        return {name: tensor.detach() for name, tensor in self.named_parameters() if tensor.requires_grad}


def save_adapter(learned: dict[str, torch.Tensor], path: Path) -> None:
    """Write what was learned in half precision, under the names by which it is added to the published weights."""
    tensors = {name.removeprefix("body."): tensor.to(torch.float16).contiguous() for name, tensor in learned.items()}
    assert all(
        name.endswith((ADAPTER_DOWN, ADAPTER_UP)) or name.split(".")[0] in ("hidden", "relevance") for name in tensors
    )
    save_file(tensors, path)
