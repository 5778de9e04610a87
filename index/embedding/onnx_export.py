"""An encoder, BERT or MPNet, as an ONNX graph made from its weights: the only importer of onnx; no torch is needed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from index.types import Precision

Weights = Mapping[str, NDArray[np.generic]]

# Both have LayerNormalization and Gelu as one operation each.
_OPSET = 20
_IR_VERSION = 10
# What is added to the score of a padding token: far below any score.
_NEVER = -1e4
_INT8_MAX = 127
# An MPNet's first two positions are those of nothing and of padding.
_FIRST_POSITION = {"bert": 0, "mpnet": 2}
_FAR_TOKENS = 128


@dataclass(frozen=True, slots=True)
class _Names:
    """What the tensors of a layer's attention are called."""

    inputs: tuple[str, str, str]
    output: str
    norm: str


_NAMES = {
    "bert": _Names(
        ("attention.self.query", "attention.self.key", "attention.self.value"),
        "attention.output.dense",
        "attention.output.LayerNorm",
    ),
    "mpnet": _Names(
        ("attention.attn.q", "attention.attn.k", "attention.attn.v"), "attention.attn.o", "attention.LayerNorm"
    ),
}


@dataclass(frozen=True, slots=True)
class EncoderSizes:
    """What an encoder's `config.json` says that its weights do not show.

    `kind` is "bert" or "mpnet". An MPNet (Song et al., 2020) has no segments, counts positions from 2 on, and adds to
    each attention score a bias by how far the two tokens stand apart, one of `buckets`.
    """

    kind: str
    layers: int
    heads: int
    width: int
    epsilon: float
    positions: int
    buckets: int

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> Self:
        """The sizes in a `config.json`.

        :raises ValueError: when it is not that of a BERT with GELU and absolute positions or of an MPNet, or lacks a
            size.
        """
        kind = str(config.get("model_type", "bert"))
        if kind not in _NAMES:
            raise ValueError(f"config.json has model_type {kind!r}, expected one of {', '.join(_NAMES)}")
        for key, expected in (("hidden_act", "gelu"), ("position_embedding_type", "absolute")):
            if (found := config.get(key, expected)) != expected:
                raise ValueError(f"config.json has {key} {found!r}, expected {expected!r}")
        keys = (
            "num_hidden_layers",
            "num_attention_heads",
            "hidden_size",
            "layer_norm_eps",
            "max_position_embeddings",
            *(["relative_attention_num_buckets"] if kind == "mpnet" else []),
        )
        try:
            layers, heads, width, epsilon, positions, *buckets = (float(str(config[key])) for key in keys)
        except KeyError as error:
            raise ValueError(f"config.json lacks {error}") from error
        return cls(kind, int(layers), int(heads), int(width), epsilon, int(positions), *map(int, buckets or [0]))


def build_encoder(
    sizes: EncoderSizes, weights: Weights, *, prefix: str = "", precision: Precision = "float32"
) -> ModelProto:
    """The encoder whose tensors are named `prefix` + "embeddings.…" and "encoder.…"; others are left alone.

    Inputs `ids`, `mask`, `segments`, int64 `(n, tokens)`; output `states`, float32 `(n, tokens, width)`. An MPNet takes
    segments and makes nothing of them.

    :raises ValueError: when a tensor is missing.
    """
    graph = _Graph(weights, prefix, precision)
    length = graph.add("Shape", ["ids"], start=1, end=2)
    states = _embed(graph, sizes, length)
    # (n, 1, 1, tokens): 0 for what is read, very low for padding.
    padding = graph.add("Sub", [graph.constant(1.0), graph.add("Cast", ["mask"], to=TensorProto.FLOAT)])
    lowered = graph.add("Mul", [padding, graph.constant(_NEVER)])
    bias = graph.add("Unsqueeze", [lowered, graph.constant([1, 2])])
    if sizes.kind == "mpnet":
        bias = graph.add("Add", [bias, _add_distances(graph, sizes, length)])
    for layer in range(sizes.layers):
        states = _add_layer(graph, sizes, f"encoder.layer.{layer}.", states, bias)
    graph.add("Identity", [states], name="states")
    return graph.finish(sizes.width)


def _embed(graph: "_Graph", sizes: EncoderSizes, length: str) -> str:
    words = graph.look_up("embeddings.word_embeddings.weight", "ids")
    table = graph.weight("embeddings.position_embeddings.weight")
    first = _FIRST_POSITION[sizes.kind]
    end = graph.add("Add", [length, graph.constant([first])]) if first else length
    positions = graph.add("Slice", [table, graph.constant([first]), end, graph.constant([0])])
    if sizes.kind == "bert":
        words = graph.add("Add", [words, graph.look_up("embeddings.token_type_embeddings.weight", "segments")])
    return graph.normalize(graph.add("Add", [words, positions]), "embeddings.LayerNorm", sizes.epsilon)


def _add_distances(graph: "_Graph", sizes: EncoderSizes, length: str) -> str:
    """The bias of each head by the distance of two tokens, `(1, heads, tokens, tokens)`."""
    buckets = graph.numbers(find_buckets(sizes.positions - _FIRST_POSITION[sizes.kind], sizes.buckets))
    square = graph.add("Concat", [length, length], axis=0)
    seen = graph.add("Slice", [buckets, graph.constant([0, 0]), square, graph.constant([0, 1])])
    biases = graph.add("Gather", [graph.weight("encoder.relative_attention_bias.weight"), seen])
    return graph.add("Unsqueeze", [graph.add("Transpose", [biases], perm=[2, 0, 1]), graph.constant([0])])


def find_buckets(tokens: int, buckets: int) -> NDArray[np.int32]:
    """The bucket of each distance, `(tokens, tokens)`, from the token that asks (row) to the one that is asked.

    T5's (Raffel et al., 2020, the published code), which MPNet shares: half of the buckets for either direction, one
    for each of the nearest distances, then ever wider ones, the last for 128 tokens and more.
    """
    half = buckets // 2
    near = half // 2
    distance = np.arange(tokens)[None, :] - np.arange(tokens)[:, None]
    apart = np.abs(distance)
    with np.errstate(divide="ignore"):
        wide = near + (np.log(apart.astype(np.float32) / near) / math.log(_FAR_TOKENS / near) * (half - near)).clip(
            min=0
        ).astype(np.int32)
    found = np.where(apart < near, apart, np.minimum(wide, half - 1))
    towards: NDArray[np.int32] = (found + half * (distance > 0)).astype(np.int32)
    return towards


def _add_layer(graph: "_Graph", sizes: EncoderSizes, layer: str, states: str, bias: str) -> str:
    names = _NAMES[sizes.kind]
    context = _attend(graph, sizes, [layer + name for name in names.inputs], states, bias)
    attended = graph.project(context, [layer + names.output])
    states = graph.normalize(graph.add("Add", [attended, states]), layer + names.norm, sizes.epsilon)
    inner = graph.add("Gelu", [graph.project(states, [layer + "intermediate.dense"])])
    outer = graph.project(inner, [layer + "output.dense"])
    return graph.normalize(graph.add("Add", [outer, states]), layer + "output.LayerNorm", sizes.epsilon)


def _attend(graph: "_Graph", sizes: EncoderSizes, names: Sequence[str], states: str, bias: str) -> str:
    """The context of each token. Queries, keys and values come from one product, which is faster than three."""
    together = graph.project(states, names)
    query, key, value = graph.add_many("Split", [together], 3, axis=-1, num_outputs=3)
    by_head = graph.constant([0, 0, sizes.heads, sizes.width // sizes.heads])
    query, value = (
        graph.add("Transpose", [graph.add("Reshape", [part, by_head])], perm=[0, 2, 1, 3]) for part in (query, value)
    )
    key = graph.add("Transpose", [graph.add("Reshape", [key, by_head])], perm=[0, 2, 3, 1])
    scale = graph.constant((sizes.width // sizes.heads) ** -0.5)
    scores = graph.add("Mul", [graph.add("MatMul", [query, key]), scale])
    shares = graph.add("Softmax", [graph.add("Add", [scores, bias])], axis=-1)
    context = graph.add("Transpose", [graph.add("MatMul", [shares, value])], perm=[0, 2, 1, 3])
    return graph.add("Reshape", [context, graph.constant([0, 0, sizes.width])])


class _Graph:
    """Nodes and weights as they come together; each node's output gets a name of its own."""

    def __init__(self, weights: Weights, prefix: str, precision: Precision) -> None:
        self._weights = weights
        self._prefix = prefix
        self._precision = precision
        self._nodes: list[NodeProto] = []
        self._tensors: list[TensorProto] = []

    def add(self, operation: str, inputs: Sequence[str], *, name: str | None = None, **attributes: Any) -> str:  # noqa: ANN401 - what onnx takes
        """A node with one output, by name."""
        output = name or f"{operation}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operation, inputs, [output], **attributes))
        return output

    def add_many(self, operation: str, inputs: Sequence[str], outputs: int, **attributes: Any) -> list[str]:  # noqa: ANN401
        """A node with several outputs, by name."""
        names = [f"{operation}_{len(self._nodes)}_{position}" for position in range(outputs)]
        self._nodes.append(helper.make_node(operation, inputs, names, **attributes))
        return names

    def constant(self, value: float | Sequence[int]) -> str:
        """A number in single precision, or a list of whole ones."""
        return self._store(np.float32(value) if isinstance(value, float) else np.asarray(value, dtype=np.int64))

    def weight(self, name: str) -> str:
        """The tensor of that name, in single precision."""
        return self._store(self._take(name))

    def numbers(self, values: NDArray[np.int32]) -> str:
        """Whole numbers."""
        return self._store(values)

    def look_up(self, name: str, positions: str) -> str:
        """Rows of the table of that name, in single precision; kept in half of it where the rest is in 8 bits."""
        if self._precision != "int8":
            return self.add("Gather", [self.weight(name), positions])
        rows = self.add("Gather", [self._store(self._take(name).astype(np.float16)), positions])
        return self.add("Cast", [rows], to=TensorProto.FLOAT)

    def normalize(self, states: str, name: str, epsilon: float) -> str:
        """The layer normalization of that name."""
        inputs = [states, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=epsilon)

    def project(self, states: str, names: Sequence[str]) -> str:
        """The linear layers of those names, side by side: `states` times their weights, plus their biases."""
        weight = np.concatenate([self._take(f"{name}.weight").T for name in names], axis=1)
        bias = np.concatenate([self._take(f"{name}.bias") for name in names])
        product = self._multiply_int8(states, weight) if self._precision == "int8" else None
        product = product or self.add("MatMul", [states, self._store(weight)])
        return self.add("Add", [product, self._store(bias)])

    def finish(self, width: int) -> ModelProto:
        """The model."""
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "tokens"])
            for name in ("ids", "mask", "segments")
        ]
        output = helper.make_tensor_value_info("states", TensorProto.FLOAT, ["n", "tokens", width])
        graph = helper.make_graph(self._nodes, "encoder", inputs, [output], self._tensors)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)

    def _multiply_int8(self, states: str, weight: NDArray[np.float32]) -> str:
        """Weights in 8 bits with a scale for each column, states in 8 bits with one found while running."""
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-12) / _INT8_MAX
        whole = np.clip(np.round(weight / scale), -_INT8_MAX, _INT8_MAX).astype(np.int8)
        states, states_scale, zero = self.add_many("DynamicQuantizeLinear", [states], 3)
        no_offset = self._store(np.zeros(weight.shape[1], dtype=np.int8))
        product = self.add("MatMulInteger", [states, self._store(whole), zero, no_offset])
        scales = self.add("Mul", [states_scale, self._store(scale.astype(np.float32))])
        return self.add("Mul", [self.add("Cast", [product], to=TensorProto.FLOAT), scales])

    def _take(self, name: str) -> NDArray[np.float32]:
        try:
            return self._weights[self._prefix + name].astype(np.float32)
        except KeyError:
            raise ValueError(f"the weights lack {self._prefix + name}, which the encoder has") from None

    def _store(self, array: NDArray[np.generic] | np.float32) -> str:
        name = f"tensor_{len(self._tensors)}"
        self._tensors.append(numpy_helper.from_array(np.ascontiguousarray(array).reshape(np.shape(array)), name))
        return name
