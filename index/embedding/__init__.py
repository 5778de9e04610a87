"""Texts into embeddings, and BERT models without torch."""

from index.embedding.embedder import DEFAULT_EMBEDDER, Embedder, EmbedderIdentity, SentenceEmbedder, find_model
from index.embedding.onnx_model import (
    CONFIG_FILE,
    WEIGHTS_FILE,
    OnnxModel,
    Tokens,
    batch_by_length,
    map_in_threads,
)
from index.types import Precision

__all__ = [
    "CONFIG_FILE",
    "DEFAULT_EMBEDDER",
    "WEIGHTS_FILE",
    "Embedder",
    "EmbedderIdentity",
    "OnnxModel",
    "Precision",
    "SentenceEmbedder",
    "Tokens",
    "batch_by_length",
    "find_model",
    "map_in_threads",
]
