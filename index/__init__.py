"""The index: passages of documents, found by meaning and by words."""

from index.aliases import FloatArray, Progress
from index.build import BuildReport, build_index, list_documents, remove_documents, update_index
from index.embedder import DEFAULT_EMBEDDER, Embedder, EmbedderIdentity, SentenceEmbedder
from index.errors import (
    DocumentNotFound,
    EmbedderUnavailable,
    IndexDamaged,
    IndexIncompatible,
    IndexingError,
    IndexNotFound,
    IndexNotWritable,
)
from index.local import LocalStore
from index.location import default_index_path
from index.place import Place, open_store, show_place
from index.retrieve import Hit, retrieve
from index.store import EVERYWHERE, DocumentInfo, Entry, PassageStore, PassageView, Scope
from index.words import content_words

__all__ = [
    "DEFAULT_EMBEDDER",
    "EVERYWHERE",
    "BuildReport",
    "DocumentInfo",
    "DocumentNotFound",
    "Embedder",
    "EmbedderIdentity",
    "EmbedderUnavailable",
    "Entry",
    "FloatArray",
    "Hit",
    "IndexDamaged",
    "IndexIncompatible",
    "IndexNotFound",
    "IndexNotWritable",
    "IndexingError",
    "LocalStore",
    "PassageStore",
    "PassageView",
    "Place",
    "Progress",
    "Scope",
    "SentenceEmbedder",
    "build_index",
    "content_words",
    "default_index_path",
    "list_documents",
    "open_store",
    "remove_documents",
    "retrieve",
    "show_place",
    "update_index",
]
