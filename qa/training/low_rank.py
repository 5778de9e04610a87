"""Layers that stay as they were published, and low-rank additions that learn: see `index.embedding.low_rank`."""

import logging
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from index.embedding import ADAPTER_DOWN, ADAPTER_UP

_log = logging.getLogger(__name__)


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


def keep_state(network: nn.Module, optimizer: torch.optim.Optimizer, step: int, path: Path) -> None:
    """Write what was learned up to `step`, and what is needed to go on, in one piece."""
    partial = path.with_name(f"{path.name}.part")
    torch.save({"learned": learned(network), "optimizer": optimizer.state_dict(), "step": step}, partial)
    partial.replace(path)


def resume(network: nn.Module, optimizer: torch.optim.Optimizer, path: Path) -> int:
    """Go on from what `keep_state` wrote; after how many steps that was, 0 where nothing was written yet."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["learned"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    _log.info("goes on from step %d", state["step"])
    return int(state["step"])


def save_adapter(learned: dict[str, torch.Tensor], path: Path, heads: tuple[str, ...] = ()) -> None:
    """Write what was learned in half precision, under the names by which it is added to the published weights.

    :param heads: layers of our own that go along.
    """
    tensors = {name.removeprefix("body."): tensor.to(torch.float16).contiguous() for name, tensor in learned.items()}
    assert all(name.endswith((ADAPTER_DOWN, ADAPTER_UP)) or name.split(".")[0] in heads for name in tensors)
    save_file(tensors, path)
