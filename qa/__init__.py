"""Questions into answers that quote."""

from qa.answer import Answer, Quote, RetrievedPassage, WrittenSentence
from qa.errors import (
    HistoryInvalid,
    QAError,
    QuestionInvalid,
    QuoteInvalid,
    ReaderUnavailable,
    SpeakerUnknown,
    WriterFailed,
    WriterInvalid,
)
from qa.pipeline import QA
from qa.reading.extractive import ExtractiveReader
from qa.reading.reader import Evidence, Reader, Reading
from qa.start import answer, open_index
from qa.writing.writer import Writer
from qa.writing.writer_settings import WriterSettings
from qa.writing.writers import open_writer

__all__ = [
    "QA",
    "Answer",
    "Evidence",
    "ExtractiveReader",
    "HistoryInvalid",
    "QAError",
    "QuestionInvalid",
    "Quote",
    "QuoteInvalid",
    "Reader",
    "ReaderUnavailable",
    "Reading",
    "RetrievedPassage",
    "SpeakerUnknown",
    "Writer",
    "WriterFailed",
    "WriterInvalid",
    "WriterSettings",
    "WrittenSentence",
    "answer",
    "open_index",
    "open_writer",
]
