"""What was learned on top of published weights, as two narrow matrices for each layer that it changes.

LoRA (Hu et al., 2021): where `NAME.down` `(rank, inputs)` and `NAME.up` `(outputs, rank)` are given, the weights in use
are those of `NAME.weight` plus `up @ down`. A few megabytes then stand for a change to hundreds.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.generic]
ADAPTER_DOWN, ADAPTER_UP = ".down", ".up"


class TensorFile(Protocol):
    """An open file of tensors, as `safetensors.safe_open` gives it."""

    def keys(self) -> list[str]: ...  # noqa: D102

    def get_tensor(self, name: str) -> Tensor: ...  # noqa: D102


class AdaptedWeights(Mapping[str, Tensor]):
    """The tensors of a file, each read when it is asked for, with what an adapter adds to it."""

    def __init__(self, tensors: TensorFile, adapter: Mapping[str, Tensor]) -> None:
        self._tensors = tensors
        self._names = set(tensors.keys())
        self._adapter = adapter

    def __getitem__(self, name: str) -> Tensor:
        """The tensor; in single precision where something is added.

        :raises KeyError: when the file has none of that name.
        """
        if name not in self._names:
            raise KeyError(name)
        tensor = self._tensors.get_tensor(name)
        layer = name.removesuffix(".weight")
        if layer == name or layer + ADAPTER_UP not in self._adapter:
            return tensor
        up, down = (self._adapter[layer + part].astype(np.float32) for part in (ADAPTER_UP, ADAPTER_DOWN))
        return np.asarray(tensor.astype(np.float32) + up @ down)

    def __iter__(self) -> Iterator[str]:
        """The names of the file's tensors."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many tensors the file has."""
        return len(self._names)


def load_adapter(path: Path) -> dict[str, Tensor]:
    """The matrices of an adapter, by name.

    :raises OSError: when the file cannot be read.
    :raises safetensors.SafetensorError: when it is damaged.
    """
    from safetensors.numpy import load

    return dict(load(path.read_bytes()))
