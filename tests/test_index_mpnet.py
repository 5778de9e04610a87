"""MPNet without torch, against transformers' with the same random weights; and what an adapter adds to weights."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from index.embedding.onnx_export import find_buckets
from index.embedding.onnx_model import OnnxModel, Tokens

CONFIG: dict[str, Any] = {
    "model_type": "mpnet",
    "hidden_act": "gelu",
    "hidden_size": 24,
    "intermediate_size": 48,
    "layer_norm_eps": 1e-5,
    "max_position_embeddings": 302,
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "relative_attention_num_buckets": 32,
    "vocab_size": 30,
}
Array = NDArray[np.float32]
LAYERS = [
    *((f"attention.attn.{name}", 24, 24) for name in "qkvo"),
    ("intermediate.dense", 48, 24),
    ("output.dense", 24, 48),
]


def random_weights() -> dict[str, Array]:
    rng = np.random.default_rng(7)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (30, 24),
        "embeddings.position_embeddings.weight": (302, 24),
        "embeddings.LayerNorm.weight": (24,),
        "embeddings.LayerNorm.bias": (24,),
        "encoder.relative_attention_bias.weight": (32, 3),
    }
    for number in range(2):
        layer = f"encoder.layer.{number}."
        for name, rows, columns in LAYERS:
            shapes |= {f"{layer}{name}.weight": (rows, columns), f"{layer}{name}.bias": (rows,)}
        for name in ("attention.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{layer}{name}.weight": (24,), f"{layer}{name}.bias": (24,)}
    return {name: rng.normal(0, 1 / 3, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    save_file(random_weights(), folder / "model.safetensors")
    return folder


def make_tokens(lengths: tuple[int, ...]) -> Tokens:
    rng = np.random.default_rng(1)
    ids, mask = (np.zeros((len(lengths), max(lengths)), dtype=np.int64) for _ in range(2))
    ids += 1  # padding
    for row, length in enumerate(lengths):
        ids[row, :length] = rng.integers(2, 30, length)
        mask[row, :length] = 1
    return Tokens(ids, mask, np.zeros_like(ids))


@pytest.mark.model
@pytest.mark.parametrize("lengths", [(9, 5, 1), (300, 180)])
def test_states_are_those_of_transformers(folder: Path, tmp_path: Path, lengths: tuple[int, ...]) -> None:
    import torch
    from transformers import MPNetConfig, MPNetModel

    oracle = MPNetModel(MPNetConfig(**CONFIG), add_pooling_layer=False)
    oracle.eval()  # type: ignore[no-untyped-call]
    oracle.load_state_dict({name: torch.from_numpy(array) for name, array in random_weights().items()})
    tokens = make_tokens(lengths)
    with torch.no_grad():
        expected = oracle(
            input_ids=torch.from_numpy(tokens.ids), attention_mask=torch.from_numpy(tokens.mask)
        ).last_hidden_state.numpy()
    states = OnnxModel(folder, cache=tmp_path / "cache").states(tokens)
    read = tokens.mask == 1
    assert np.abs(states - expected)[read].max() < 1e-4


def test_distances_fall_into_buckets_by_direction_and_size() -> None:
    buckets = find_buckets(200, 32)
    assert buckets[0, :9].tolist() == [0, 17, 18, 19, 20, 21, 22, 23, 24]
    assert buckets[8, :9].tolist() == [8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert buckets[0, 199] == 31
    assert buckets[199, 0] == 15


def test_an_adapter_adds_its_product(folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    down, up = rng.normal(size=(2, 24)).astype(np.float32), rng.normal(size=(24, 2)).astype(np.float32)
    name = "encoder.layer.1.attention.attn.v"
    adapter = tmp_path / "adapter.safetensors"
    save_file({f"{name}.down": down, f"{name}.up": up, "head.weight": up}, adapter)
    tokens = make_tokens((9, 5))
    plain = OnnxModel(folder, cache=tmp_path / "cache").states(tokens)
    adapted = OnnxModel(folder, adapter=adapter, cache=tmp_path / "cache").states(tokens)

    weights = random_weights()
    weights[f"{name}.weight"] += up @ down
    save_file(weights, folder / "model.safetensors")
    merged = OnnxModel(folder, cache=tmp_path / "cache").states(tokens)
    assert np.abs(adapted - merged).max() < 1e-6
    assert np.abs(adapted - plain).max() > 0.1


def test_a_graph_that_was_made_needs_no_weights_any_more(folder: Path, tmp_path: Path) -> None:
    from index.embedding.kept_graph import hash_bytes

    weights = folder / "model.safetensors"
    sha256 = hash_bytes(weights.read_bytes())
    first = OnnxModel(folder, weights_sha256=sha256, cache=tmp_path / "cache")
    assert not first.is_made()
    states = first.states(make_tokens((4,)))
    weights.unlink()
    again = OnnxModel(folder, weights_sha256=sha256, cache=tmp_path / "cache")
    assert again.is_made()
    assert np.array_equal(again.states(make_tokens((4,))), states)
