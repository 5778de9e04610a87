"""What can be wrong with an index.

IndexingError
├── IndexNotFound        no index at that location
├── IndexNotWritable     the folder cannot be written, or somebody else is writing
├── IndexIncompatible    made by another embedder or another version of this program
├── IndexDamaged         what is stored contradicts itself
├── DocumentNotFound     a document that the index does not hold
├── CollectionNotFound   a collection that is not there
├── CollectionRefused    a collection that cannot be made, renamed or deleted
├── EmbedderUnavailable  the embedding model cannot be found or loaded, or is not the one expected
├── ModelUnavailable     published weights cannot be fetched
├── RecordingRefused     a file that is no recording, or not that of the transcript
└── AudioUnavailable     the packages that read recordings are not installed
"""


class IndexingError(Exception):
    """An index that cannot be built, opened or searched; the message says why and what to do."""


class IndexNotFound(IndexingError):
    """There is no index at the location named."""


class IndexNotWritable(IndexingError):
    """The index cannot be written."""


class IndexIncompatible(IndexingError):
    """The index and this program do not fit together."""


class IndexDamaged(IndexingError):
    """What the index holds contradicts itself."""


class DocumentNotFound(IndexingError):
    """The index holds no document of that name."""


class CollectionNotFound(IndexingError):
    """There is no collection of that name."""


class CollectionRefused(IndexingError):
    """A collection cannot be called so, or that cannot be done with it."""


class EmbedderUnavailable(IndexingError):
    """The embedding model cannot be used."""


class ModelUnavailable(IndexingError):
    """Published weights cannot be fetched."""


class RecordingRefused(IndexingError):
    """A file that cannot be played or listened to as the recording that it is said to be."""


class AudioUnavailable(IndexingError):
    """What reads recordings is an extra, and is not installed."""
