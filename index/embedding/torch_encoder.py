"""Any sentence-transformers model: its only importer, and the oracle for the light path in the tests."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer
from transformers.utils import logging

from index.errors import EmbedderUnavailable
from index.types import FloatArray, Progress

BATCH_SIZE = 32


class TorchEncoder:
    """Texts into embeddings by sentence-transformers, on the processor."""

    def __init__(self, folder: Path, name: str) -> None:
        """Load the model in `folder`, called `name`.

        :raises EmbedderUnavailable: when it is not one that sentence-transformers can load.
        """
        # Progress is ours to show, and standard error ours to keep clean.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            # Safetensors only: a pickle from outside could run code, and so could the model's own Python files.
            self._model = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError) as error:
            raise EmbedderUnavailable(f"{name} cannot be loaded as a sentence-transformers model: {error}") from error
        self.max_tokens = int(self._model.max_seq_length or 512)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in the model's own tokens, special tokens included, nothing cut off."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """The embeddings of `texts`, shape `(len(texts), dim)`, float32, unit length.

        Texts of like length share a batch, since a batch costs what its longest text costs.
        """
        embeddings = np.zeros((len(texts), int(self._model.get_embedding_dimension() or 0)), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda position: (-len(texts[position]), position))
        for start in range(0, len(texts), BATCH_SIZE):
            batch = by_length[start : start + BATCH_SIZE]
            embeddings[batch] = self._model.encode_document(
                [texts[position] for position in batch],
                batch_size=BATCH_SIZE,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress is not None:
                progress(start + len(batch), len(texts))
        return embeddings

    def embed_question(self, question: str) -> FloatArray:
        """The embedding of a question, shape `(dim,)`, float32, unit length."""
        embedding = self._model.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(embedding, dtype=np.float32)
