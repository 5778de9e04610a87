"""The index: passages of documents, found by meaning and by words."""

import corpus  # noqa: F401 - before any library
from index.atomic_write import write_atomically
from index.build import (
    BuildReport,
    build_index,
    copy_stored,
    list_documents,
    prepare_index,
    remove_documents,
    update_index,
)
from index.collection import (
    MAX_COLLECTION_NAME_CHARS,
    Collection,
    collections_folder,
    default_collection,
    delete_collection,
    find_collection,
    list_collections,
    make_collection,
    named_collections,
    rename_collection,
)
from index.condition import (
    ConditionReport,
    HeldBack,
    add_conditions,
    explain_held_back,
    lift_conditions,
    list_held_back,
)
from index.correct import (
    CorrectionReport,
    KeptCorrection,
    add_corrections,
    find_author,
    import_corrections,
    list_corrections,
    withdraw_corrections,
)
from index.embedding import DEFAULT_EMBEDDER, Embedder, EmbedderIdentity, SentenceEmbedder
from index.errors import (
    AudioUnavailable,
    CollectionNotFound,
    CollectionRefused,
    DocumentNotFound,
    EmbedderUnavailable,
    IndexDamaged,
    IndexIncompatible,
    IndexingError,
    IndexNotFound,
    IndexNotWritable,
    RecordingRefused,
)
from index.lexicon import content_words
from index.location import Location, default_index_path, open_store, show_location
from index.pending_store import PendingStore
from index.recording_list import Recording
from index.recordings import (
    attach_recording,
    detach_recording,
    list_playable,
    list_recordings,
    locate_recording,
)
from index.regular_file import append_regular, read_regular, require_regular
from index.retrieve import RRF_K, Hit, retrieve
from index.sources import Refusal, read_sources
from index.sqlite.store import SqliteStore
from index.store import EVERYWHERE, DocumentInfo, Entry, PassageStore, PassageView, Scope, StoredView
from index.types import FloatArray, IntArray, Progress

__all__ = [
    "DEFAULT_EMBEDDER",
    "EVERYWHERE",
    "MAX_COLLECTION_NAME_CHARS",
    "RRF_K",
    "AudioUnavailable",
    "BuildReport",
    "Collection",
    "CollectionNotFound",
    "CollectionRefused",
    "ConditionReport",
    "CorrectionReport",
    "DocumentInfo",
    "DocumentNotFound",
    "Embedder",
    "EmbedderIdentity",
    "EmbedderUnavailable",
    "Entry",
    "FloatArray",
    "HeldBack",
    "Hit",
    "IndexDamaged",
    "IndexIncompatible",
    "IndexNotFound",
    "IndexNotWritable",
    "IndexingError",
    "IntArray",
    "KeptCorrection",
    "Location",
    "PassageStore",
    "PassageView",
    "PendingStore",
    "Progress",
    "Recording",
    "RecordingRefused",
    "Refusal",
    "Scope",
    "SentenceEmbedder",
    "SqliteStore",
    "StoredView",
    "add_conditions",
    "add_corrections",
    "append_regular",
    "attach_recording",
    "build_index",
    "collections_folder",
    "content_words",
    "copy_stored",
    "default_collection",
    "default_index_path",
    "delete_collection",
    "detach_recording",
    "explain_held_back",
    "find_author",
    "find_collection",
    "import_corrections",
    "lift_conditions",
    "list_collections",
    "list_corrections",
    "list_documents",
    "list_held_back",
    "list_playable",
    "list_recordings",
    "locate_recording",
    "make_collection",
    "named_collections",
    "open_store",
    "prepare_index",
    "read_regular",
    "read_sources",
    "remove_documents",
    "rename_collection",
    "require_regular",
    "retrieve",
    "show_location",
    "update_index",
    "withdraw_corrections",
    "write_atomically",
]
