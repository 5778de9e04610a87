"""The light path against transformers' BERT with the same random weights; the kept file, damaged and read-only too."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from index.embedding.onnx_model import OnnxModel, Tokens, map_in_threads

CONFIG: dict[str, Any] = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "hidden_size": 24,
    "intermediate_size": 48,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 16,
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "type_vocab_size": 2,
    "vocab_size": 30,
}
Array = NDArray[np.float32]
MakeFolder = Callable[..., Path]


def random_weights(prefix: str) -> dict[str, Array]:
    rng = np.random.default_rng(7)
    layers = [("attention.self.query", 24, 24), ("attention.self.key", 24, 24), ("attention.self.value", 24, 24)]
    layers += [("attention.output.dense", 24, 24), ("intermediate.dense", 48, 24), ("output.dense", 24, 48)]
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (30, 24),
        "embeddings.position_embeddings.weight": (16, 24),
        "embeddings.token_type_embeddings.weight": (2, 24),
        "embeddings.LayerNorm.weight": (24,),
        "embeddings.LayerNorm.bias": (24,),
    }
    for number in range(2):
        layer = f"encoder.layer.{number}."
        for name, rows, columns in layers:
            shapes |= {f"{layer}{name}.weight": (rows, columns), f"{layer}{name}.bias": (rows,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{layer}{name}.weight": (24,), f"{layer}{name}.bias": (24,)}
    return {prefix + name: rng.normal(0, 1 / 3, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Writes a model folder; the configuration can be changed, the tensors named and kept in half precision."""

    def make(prefix: str = "", dtype: type = np.float32, **changed: object) -> Path:
        folder = tmp_path / "model"
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(CONFIG | changed), encoding="utf-8")
        tensors: dict[str, NDArray[Any]] = {
            name: tensor.astype(dtype) for name, tensor in random_weights(prefix).items()
        }
        save_file(tensors, folder / "model.safetensors")
        return folder

    return make


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def make_tokens(lengths: tuple[int, ...] = (9, 5, 1)) -> Tokens:
    rng = np.random.default_rng(1)
    ids, mask = (np.zeros((len(lengths), max(lengths)), dtype=np.int64) for _ in range(2))
    segments = np.zeros_like(ids)
    for row, length in enumerate(lengths):
        ids[row, :length] = rng.integers(1, 30, length)
        mask[row, :length] = 1
        segments[row, length // 2 : length] = 1
    return Tokens(ids, mask, segments)


def kept_files(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.onnx"))


@pytest.mark.model
@pytest.mark.parametrize("prefix", ["", "bert."])
def test_states_are_those_of_transformers(make_folder: MakeFolder, cache: Path, prefix: str) -> None:
    import torch
    from transformers import BertConfig, BertModel

    oracle = BertModel(BertConfig(**CONFIG), add_pooling_layer=False)
    oracle.eval()  # type: ignore[no-untyped-call]
    oracle.load_state_dict({name: torch.from_numpy(array) for name, array in random_weights("").items()})
    tokens = make_tokens()
    with torch.no_grad():
        expected = oracle(
            input_ids=torch.from_numpy(tokens.ids),
            attention_mask=torch.from_numpy(tokens.mask),
            token_type_ids=torch.from_numpy(tokens.segments),
        ).last_hidden_state.numpy()
    states = OnnxModel(make_folder(prefix), prefix=prefix, cache=cache).states(tokens)
    assert states.shape == (3, 9, 24)
    assert states.dtype == np.float32
    read = tokens.mask == 1
    assert np.abs(states - expected)[read].max() < 1e-5


def test_padding_changes_nothing(make_folder: MakeFolder, cache: Path) -> None:
    model = OnnxModel(make_folder(), cache=cache)
    tokens = make_tokens()
    alone = Tokens(tokens.ids[1:2, :5], tokens.mask[1:2, :5], tokens.segments[1:2, :5])
    assert np.allclose(model.states(alone)[0], model.states(tokens)[1, :5], atol=1e-5)


def test_half_precision_is_read(make_folder: MakeFolder, cache: Path, tmp_path: Path) -> None:
    half = OnnxModel(make_folder(dtype=np.float16), cache=cache).states(make_tokens())
    (tmp_path / "model").rename(tmp_path / "half")
    full = OnnxModel(make_folder(), cache=cache).states(make_tokens())
    assert 0 < np.abs(half - full).max() < 0.02


def test_int8_is_near(make_folder: MakeFolder, cache: Path) -> None:
    folder = make_folder()
    tokens = make_tokens()
    full = OnnxModel(folder, cache=cache).states(tokens)
    small = OnnxModel(folder, precision="int8", cache=cache).states(tokens)
    read = tokens.mask == 1
    assert 0 < np.abs(small - full)[read].max() < 0.2
    assert len(kept_files(cache)) == 2


def test_batches_in_parallel_keep_their_order(make_folder: MakeFolder, cache: Path) -> None:
    model = OnnxModel(make_folder(), cache=cache)
    batches = [make_tokens((length, 2)) for length in range(3, 12)]
    for batch, states in zip(batches, map_in_threads(model.states, batches), strict=True):
        assert np.array_equal(states, model.states(batch))


def test_the_file_is_made_once(make_folder: MakeFolder, cache: Path) -> None:
    folder = make_folder()
    first = OnnxModel(folder, cache=cache).states(make_tokens())
    (kept,) = kept_files(cache)
    made = kept.stat().st_mtime_ns
    assert np.array_equal(OnnxModel(folder, cache=cache).states(make_tokens()), first)
    assert [path.stat().st_mtime_ns for path in kept_files(cache)] == [made]


def test_a_damaged_file_is_made_again(make_folder: MakeFolder, cache: Path) -> None:
    folder = make_folder()
    first = OnnxModel(folder, cache=cache).states(make_tokens())
    (kept,) = kept_files(cache)
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-100] + bytes(100))
    assert np.array_equal(OnnxModel(folder, cache=cache).states(make_tokens()), first)
    assert [path.read_bytes() for path in kept_files(cache)] == [whole]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the places differ")
def test_where_nothing_can_be_kept_it_works_all_the_same(make_folder: MakeFolder, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("not a folder", encoding="utf-8")
    states = OnnxModel(make_folder(), cache=tmp_path / "a file" / "cache").states(make_tokens())
    assert np.isfinite(states).all()


def test_other_weights_than_expected(make_folder: MakeFolder, cache: Path) -> None:
    model = OnnxModel(make_folder(), weights_sha256="0" * 64, cache=cache)
    with pytest.raises(ValueError, match=r"model\.safetensors in .* has sha256 .*, expected 0000"):
        model.load()
    assert kept_files(cache) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model_type": "roberta"}, "model_type 'roberta', expected one of bert, mpnet"),
        ({"hidden_act": "relu"}, "hidden_act 'relu', expected 'gelu'"),
        ({"num_hidden_layers": 3}, r"the weights lack encoder\.layer\.2\."),
    ],
    ids=["another kind", "another activation", "a layer missing"],
)
def test_what_is_no_such_bert(make_folder: MakeFolder, cache: Path, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        OnnxModel(make_folder(**changed), cache=cache).load()


def test_damaged_weights(make_folder: MakeFolder, cache: Path) -> None:
    folder = make_folder()
    (folder / "model.safetensors").write_bytes(b"\xff" * 40)
    with pytest.raises(ValueError, match=r"model\.safetensors in .* is damaged"):
        OnnxModel(folder, cache=cache).load()
