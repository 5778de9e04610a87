"""Questions into answers that quote."""

import corpus  # noqa: F401 - before any library
from qa.answer_stream import AnswerStream
from qa.answers import Answer, Quote, RetrievedPassage, WrittenSentence
from qa.checking.records import CheckedQuotation, DraftReport
from qa.checking.start import check_draft, check_pasted
from qa.errors import (
    AnswersInvalid,
    DraftInvalid,
    ExportInvalid,
    HistoryInvalid,
    QAError,
    QuestionInvalid,
    QuoteInvalid,
    ReaderUnavailable,
    SpeakerUnknown,
    TableInvalid,
    TagInvalid,
    WriterFailed,
    WriterInvalid,
)
from qa.exports import ExportedAnswers, Reference, export
from qa.generation import Writer, WriterSettings, open_writer
from qa.people import PersonQuotes, find_sides
from qa.pipeline import QA
from qa.question import MAX_QUESTION_CHARS
from qa.reading.extractive import ExtractiveReader
from qa.reading.reader import Evidence, Reader, Reading
from qa.reading.two_step import open_reader
from qa.start import Opening, add_reader_argument, answer, begin_opening, explain_building, open_index

__all__ = [
    "MAX_QUESTION_CHARS",
    "QA",
    "Answer",
    "AnswerStream",
    "AnswersInvalid",
    "CheckedQuotation",
    "DraftInvalid",
    "DraftReport",
    "Evidence",
    "ExportInvalid",
    "ExportedAnswers",
    "ExtractiveReader",
    "HistoryInvalid",
    "Opening",
    "PersonQuotes",
    "QAError",
    "QuestionInvalid",
    "Quote",
    "QuoteInvalid",
    "Reader",
    "ReaderUnavailable",
    "Reading",
    "Reference",
    "RetrievedPassage",
    "SpeakerUnknown",
    "TableInvalid",
    "TagInvalid",
    "Writer",
    "WriterFailed",
    "WriterInvalid",
    "WriterSettings",
    "WrittenSentence",
    "add_reader_argument",
    "answer",
    "begin_opening",
    "check_draft",
    "check_pasted",
    "explain_building",
    "export",
    "find_sides",
    "open_index",
    "open_reader",
    "open_writer",
]
