"""Drafts held against what was said: what they quote, whose words they say it is, and what became of it."""

from qa.checking.plain import VERDICT_NAMES, describe, summarize
from qa.checking.records import BAD, GOOD, VERDICTS, CheckedQuotation, DraftReport, SourcePlace, Verdict, WordChange

__all__ = [
    "BAD",
    "GOOD",
    "VERDICTS",
    "VERDICT_NAMES",
    "CheckedQuotation",
    "DraftReport",
    "SourcePlace",
    "Verdict",
    "WordChange",
    "describe",
    "summarize",
]
