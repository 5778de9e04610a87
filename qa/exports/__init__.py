"""Answers, conversations and tables as files that people and other programs use."""

from qa.exports.citation_line import DEFAULT_CITATION
from qa.exports.claims import check_claims, collect, leave_out, read_claims
from qa.exports.formats import ENDINGS, FORMATS, ExportFormat, find_format, load_citations, named_format
from qa.exports.records import ExportedAnswers, Reference, explain_left_out
from qa.exports.references import load_references
from qa.exports.start import export

__all__ = [
    "DEFAULT_CITATION",
    "ENDINGS",
    "FORMATS",
    "ExportFormat",
    "ExportedAnswers",
    "Reference",
    "check_claims",
    "collect",
    "explain_left_out",
    "export",
    "find_format",
    "leave_out",
    "load_citations",
    "load_references",
    "named_format",
    "read_claims",
]
