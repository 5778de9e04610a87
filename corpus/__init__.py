"""Sources: documents, their turns and speakers, and the passages cut from them."""

from corpus.document import Document
from corpus.errors import (
    CorpusError,
    SourceEmpty,
    SourceNotFound,
    SourceNotText,
    SourceTooLarge,
    SourceUnreadable,
)
from corpus.interviews import BUNDLED_NAME, bundled_interview
from corpus.load import MAX_FILE_BYTES, load
from corpus.one_line import MAX_LINE_CHARS, is_one_line, one_line, printable
from corpus.passages import Passage, cut_passages
from corpus.sentences import is_question, split_sentences
from corpus.turn import Kind, Role, Speaker, Turn

__all__ = [
    "BUNDLED_NAME",
    "MAX_FILE_BYTES",
    "MAX_LINE_CHARS",
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
    "is_one_line",
    "is_question",
    "load",
    "one_line",
    "printable",
    "split_sentences",
]
