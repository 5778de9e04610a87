"""Sources: documents, their turns and speakers, and the passages cut from them."""

import corpus.before_libraries  # noqa: F401 - before any library
from corpus.document import Document
from corpus.errors import (
    CorpusError,
    SourceEmpty,
    SourceNotFound,
    SourceNotText,
    SourceTooLarge,
    SourceUnreadable,
)
from corpus.interviews import bundled_interview
from corpus.load import load
from corpus.passages import Passage, cut_passages
from corpus.sentences import split_sentences
from corpus.turn import Kind, Role, Speaker, Turn

__all__ = [
    "CorpusError",
    "Document",
    "Kind",
    "Passage",
    "Role",
    "SourceEmpty",
    "SourceNotFound",
    "SourceNotText",
    "SourceTooLarge",
    "SourceUnreadable",
    "Speaker",
    "Turn",
    "bundled_interview",
    "cut_passages",
    "load",
    "split_sentences",
]
