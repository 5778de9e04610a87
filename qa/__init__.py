"""Questions into answers that quote."""

from qa.answer import Answer, Quote, RetrievedPassage
from qa.errors import HistoryInvalid, QAError, QuestionInvalid, QuoteInvalid, ReaderUnavailable, SpeakerUnknown
from qa.extractive import ExtractiveReader
from qa.pipeline import QA
from qa.reader import Evidence, Reader, Reading
from qa.start import answer, open_index

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
    "answer",
    "open_index",
]
