"""Layers that stay as they were published, and low-rank additions that learn: see `index.embedding.low_rank`."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from index.embedding import ADAPTER_DOWN, ADAPTER_UP


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


def adapt(body: nn.Module, encoder: nn.Module, rank: int) -> None:
    """Keep `body` as it is, without dropout, and give every linear layer of its `encoder` an addition that learns.

    In bfloat16 where it multiplies: half of the time on processors that have it.
    """
    body.requires_grad_(requires_grad=False)
    layers = [name for name, module in encoder.named_modules() if isinstance(module, nn.Linear)]
    for owner, _, name in (layer.rpartition(".") for layer in layers):
        module = encoder.get_submodule(owner)
        setattr(module, name, LowRank(getattr(module, name).to(torch.bfloat16), rank))


def learned(network: nn.Module) -> dict[str, torch.Tensor]:
    """What is trained, by name."""
    return {name: tensor.detach() for name, tensor in network.named_parameters() if tensor.requires_grad}


def save_adapter(learned: dict[str, torch.Tensor], path: Path, heads: tuple[str, ...] = ()) -> None:
    """Write what was learned in half precision, under the names by which it is added to the published weights.

    :param heads: layers of our own that go along.
    """
    tensors = {name.removeprefix("body."): tensor.to(torch.float16).contiguous() for name, tensor in learned.items()}
    assert all(name.endswith((ADAPTER_DOWN, ADAPTER_UP)) or name.split(".")[0] in heads for name in tensors)
    save_file(tensors, path)
