"""The teacher: ms-marco-MiniLM-L-12-v2, a cross-encoder of twelve layers, from its int8 ONNX file (Apache-2.0)."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertModel

MODEL_FILE = "model.onnx"
LAYERS = 12


class Teacher(nn.Module):
    """Scores how well a text answers a question."""

    _weight: torch.Tensor
    _bias: torch.Tensor

    def __init__(self, weights: dict[str, torch.Tensor], config: BertConfig) -> None:
        super().__init__()
        self.bert = make_bert(weights, config, LAYERS)
        self.register_buffer("_weight", weights["classifier.weight"], persistent=False)
        self.register_buffer("_bias", weights["classifier.bias"], persistent=False)

    @torch.no_grad()
    def forward(self, ids: torch.Tensor, mask: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
        """Logits `(n,)`, about -11 to 11."""
        pooled = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=segments).pooler_output
        return functional.linear(pooled, self._weight, self._bias).squeeze(-1).float()


def make_bert(weights: dict[str, torch.Tensor], config: BertConfig, layers: int) -> BertModel:
    """A BERT of so many layers with these weights.

    :raises ValueError: when some are missing.
    """
    config = BertConfig(**{**config.to_dict(), "num_hidden_layers": layers})
    config._attn_implementation = "sdpa"
    bert = BertModel(config)
    states = {name.removeprefix("bert."): tensor for name, tensor in weights.items() if name.startswith("bert.")}
    missing = set(bert.load_state_dict(states, strict=False).missing_keys) - {"embeddings.position_ids"}
    if missing:
        raise ValueError(f"the teacher's weights lack {sorted(missing)[:5]}")
    return bert


def load_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The teacher's weights, in single precision, under the names of transformers' BertForSequenceClassification.

    :raises ValueError: when the file is not that model.
    """
    graph = onnx.load(str(folder / MODEL_FILE)).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {name: array for name, array in arrays.items() if re.match(r"(bert|classifier)\.", name)}
    for name in [name for name in weights if name.endswith("_quantized")]:
        plain = name.removesuffix("_quantized")
        weights[plain] = _dequantize(arrays, plain)
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1].endswith("_quantized"):
            match = re.search(r"/(bert/.*)/MatMul", node.name)
            if match is not None:
                target = match.group(1).replace("/", ".")
                weights[f"{target}.weight"] = _dequantize(arrays, node.input[1].removesuffix("_quantized")).T
    for pooled in ("bert.pooler.dense.weight", "classifier.weight"):
        if pooled not in weights:
            raise ValueError(f"{folder / MODEL_FILE} has no {pooled}; found {sorted(weights)[:5]}…")
        # The quantizer turned these two Gemm nodes into MatMul and stored their weights as (in, out).
        weights[pooled] = weights[pooled].T
    kept = {name: array for name, array in weights.items() if not re.search(r"_(scale|zero_point|quantized)$", name)}
    return {name: torch.from_numpy(np.array(array, dtype=np.float32, order="C")) for name, array in kept.items()}


def take_layers(weights: dict[str, torch.Tensor], layers: Sequence[int]) -> dict[str, torch.Tensor]:
    """The weights with only these of the layers, renumbered from 0 in the order given."""
    taken = {name: tensor for name, tensor in weights.items() if ".encoder.layer." not in name}
    for name, tensor in weights.items():
        match = re.match(r"(bert\.encoder\.layer\.)(\d+)(\..*)", name)
        if match is not None and int(match.group(2)) in layers:
            taken[f"{match.group(1)}{layers.index(int(match.group(2)))}{match.group(3)}"] = tensor
    return taken


def take_words(weights: dict[str, torch.Tensor], rows: Sequence[int], positions: int) -> dict[str, torch.Tensor]:
    """The weights with only these rows of the word embeddings, and the first so many positions."""
    words, places = (f"bert.embeddings.{kind}_embeddings.weight" for kind in ("word", "position"))
    return weights | {words: weights[words][list(rows)], places: weights[places][:positions]}


def _dequantize(arrays: dict[str, NDArray[np.generic]], name: str) -> NDArray[np.float32]:
    zero = arrays[f"{name}_zero_point"].astype(np.float32)
    scale = arrays[f"{name}_scale"].astype(np.float32)
    return (arrays[f"{name}_quantized"].astype(np.float32) - zero) * scale
