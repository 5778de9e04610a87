"""What is exported: answers as they were given, and the same with every quote held against the stored source."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from corpus import Document
from qa.answers import Citation, Quote


@dataclass(frozen=True, slots=True)
class Reference:
    """What an archive says of an interview, a visible line each; "" where it is not known."""

    date: str = ""
    interviewer: str = ""
    place: str = ""
    archive: str = ""
    collection: str = ""
    identifier: str = ""
    url: str = ""


REFERENCE_FIELDS = tuple(field.name for field in fields(Reference))


@dataclass(frozen=True, slots=True)
class ClaimedPart:
    """One answer, or one cell of a table, with its quotes as they were saved.

    `asked_of` is the interview or speaker to whom the question was put, None where it was put to all. `words` is what
    there is besides the quotes, such as that nothing was found. `probability`, 0 to 1, is that of the quotes answering.
    """

    question: str
    citations: tuple[Citation, ...]
    asked_of: str | None = None
    words: str = ""
    short: str | None = None
    probability: float | None = None
    note: str = ""
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ExportedQuote:
    """A quote that holds, with what it answers.

    `number` counts from 1 through all that is exported. `from_ms` to `to_ms` is when it is said, or else the turn in
    which it stands; either is None where that is not known. `citation` is the line that cites it.
    """

    number: int
    question: str
    asked_of: str | None
    quote: Quote
    from_ms: int | None
    to_ms: int | None
    probability: float | None
    note: str
    citation: str


@dataclass(frozen=True, slots=True)
class ExportedPart:
    """One answer, or one cell of a table, as it is exported; fields as in `ClaimedPart`."""

    question: str
    asked_of: str | None
    words: str
    short: str | None
    probability: float | None
    note: str
    model: str | None
    quotes: tuple[ExportedQuote, ...]


@dataclass(frozen=True, slots=True)
class ExportedAnswers:
    """All that is exported, in order; `documents` and `references` are those of the quotes, by `doc_id`.

    `left_out` counts the quotes whose documents must not be exported, and which are not in it.
    """

    parts: tuple[ExportedPart, ...]
    documents: Mapping[str, Document]
    references: Mapping[str, Reference]
    made_at: datetime
    left_out: int = 0

    @property
    def quotes(self) -> tuple[ExportedQuote, ...]:
        """The quotes of all parts, in order."""
        return tuple(quote for part in self.parts for quote in part.quotes)

    @property
    def summary(self) -> str:
        """What is in it, in a sentence."""
        count, held = len(self.quotes), len(self.documents)
        quotes = "1 quote" if count == 1 else f"{count} quotes"
        documents = "1 document" if held == 1 else f"{held} documents"
        checked = f"{quotes} from {documents}, each checked against its source" if count else "no quotes"
        left_out = f"; {explain_left_out(self.left_out)}" if self.left_out else ""
        return f"{checked} on {self.made_at:%Y-%m-%d}{left_out}"


def explain_left_out(count: int) -> str:
    """That so many quotes are not in an export, in a few words."""
    quotes = "1 quote is" if count == 1 else f"{count} quotes are"
    return f"{quotes} left out, from transcripts that must not be exported"
