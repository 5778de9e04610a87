"""The large network as it is trained: published weights that stay as they are, and low-rank additions that learn.

`qa.reading.close_network` reads with what comes of it, without torch.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import MPNetConfig, MPNetModel

from qa.training.low_rank import adapt, learned

RANK = 32
HEADS = ("hidden", "relevance")
_HIDDEN = 256


class TrainableCloseNetwork(nn.Module):
    """MPNet with low-rank additions to every linear layer of its encoder, and a head that says how well a text answers.

    The head is in single precision.
    """

    def __init__(self, weights: Path, config: MPNetConfig, rank: int = RANK) -> None:
        """Start from the published weights in the file `weights`."""
        super().__init__()
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.body = MPNetModel(config, add_pooling_layer=False)
        self.body.load_state_dict(load_file(weights), strict=False)
        adapt(self.body, self.body.encoder, rank)
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

    def take(self, adapter: Path) -> None:
        """Go on from what was learned before, as `save_adapter` wrote it.

        :raises ValueError: when it is of another shape.
        """
        before = {
            name if name.split(".")[0] in HEADS else f"body.{name}": tensor.float()
            for name, tensor in load_file(adapter).items()
        }
        if set(before) != set(self.learned()):
            raise ValueError(f"{adapter} has other layers than this network learns")
        self.load_state_dict(before, strict=False)

    def learned(self) -> dict[str, torch.Tensor]:
        """What is trained, by name."""
        return learned(self)
