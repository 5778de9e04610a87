"""Questions into answers that quote."""

import corpus.before_libraries  # noqa: F401 - before any library
from qa.answer_stream import AnswerStream
from qa.answers import Answer, Quote, RetrievedPassage, WrittenSentence
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
from qa.generation.writer import Writer
from qa.generation.writer_settings import WriterSettings
from qa.generation.writers import open_writer
from qa.pipeline import QA
from qa.reading.extractive import ExtractiveReader
from qa.reading.reader import Evidence, Reader, Reading
from qa.start import answer, open_index

__all__ = [
    "QA",
    "Answer",
    "AnswerStream",
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
