"""Texts into embeddings, and BERT models without torch."""

from index.embedding.embedder import DEFAULT_EMBEDDER, Embedder, EmbedderIdentity, SentenceEmbedder, find_model
from index.embedding.low_rank import ADAPTER_DOWN, ADAPTER_UP, load_adapter
from index.embedding.onnx_model import (
    CONFIG_FILE,
    WEIGHTS_FILE,
    OnnxModel,
    Tokens,
    compute_by_length,
)
from index.embedding.published_models import (
    MPNET,
    PublishedModel,
    download_wheels,
    fetch,
    is_fetched,
    models_folder,
    path_of,
)
from index.types import Precision

__all__ = [
    "ADAPTER_DOWN",
    "ADAPTER_UP",
    "CONFIG_FILE",
    "DEFAULT_EMBEDDER",
    "MPNET",
    "WEIGHTS_FILE",
    "Embedder",
    "EmbedderIdentity",
    "OnnxModel",
    "Precision",
    "PublishedModel",
    "SentenceEmbedder",
    "Tokens",
    "compute_by_length",
    "download_wheels",
    "fetch",
    "find_model",
    "is_fetched",
    "load_adapter",
    "models_folder",
    "path_of",
]
