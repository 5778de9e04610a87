"""An embedder that remembers on disk, so that measuring again costs nothing for texts already seen."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index import Embedder, EmbedderIdentity, FloatArray, Progress


class CachedEmbedder:
    """An `Embedder` in front of another one; `save` writes what is new to a file in `folder`."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._path = folder / f"{embedder.identity.name}-{embedder.identity.weights_sha256[:12]}.npz"
        self._known: dict[str, FloatArray] = {}
        self._counts: dict[str, int] = {}
        self._new = False
        if self._path.is_file():
            with np.load(self._path) as stored:
                self._known = dict(zip(stored["keys"].tolist(), stored["embeddings"], strict=True))
                self._counts = dict(zip(stored["counted"].tolist(), stored["counts"].tolist(), strict=True))

    @property
    def identity(self) -> EmbedderIdentity:
        """That of the embedder behind it."""
        return self._embedder.identity

    @property
    def max_tokens(self) -> int:
        """That of the embedder behind it."""
        return self._embedder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the embedder behind it counts."""
        missing = [text for text in dict.fromkeys(texts) if _key("c", text) not in self._counts]
        for text, count in zip(missing, self._embedder.count_tokens(missing), strict=True):
            self._counts[_key("c", text)] = count
            self._new = True
        return [self._counts[_key("c", text)] for text in texts]

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """As the embedder behind it embeds."""
        missing = [text for text in dict.fromkeys(texts) if _key("p", text) not in self._known]
        if missing:
            for text, embedding in zip(missing, self._embedder.embed_passages(missing, progress), strict=True):
                self._known[_key("p", text)] = embedding
            self._new = True
        if not texts:
            return self._embedder.embed_passages([])
        return np.stack([self._known[_key("p", text)] for text in texts])

    def embed_question(self, question: str) -> FloatArray:
        """As the embedder behind it embeds."""
        key = _key("q", question)
        if key not in self._known:
            self._known[key] = self._embedder.embed_question(question)
            self._new = True
        return self._known[key]

    def save(self) -> None:
        """Write the file anew when there is something new; a reader never sees half of it."""
        if not self._new:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part.npz")
        np.savez(
            part,
            keys=np.array(list(self._known)),
            embeddings=np.stack(list(self._known.values())),
            counted=np.array(list(self._counts)),
            counts=np.array(list(self._counts.values())),
        )
        part.replace(self._path)
        self._new = False


def _key(kind: str, text: str) -> str:
    return kind + hashlib.sha256(text.encode()).hexdigest()[:24]
