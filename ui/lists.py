"""The visitor's transcripts as a list with buttons, and what became of each upload."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus import Document
from ui.markup import render


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A line of the report on an upload: a file, how it stands with it, and what there is to say in words."""

    name: str
    state: str  # "waiting", "reading", "read", "known" or "refused"
    words: str = ""


def render_uploads(head: str, rows: Sequence[UploadRow]) -> str:
    """The report on an upload, a line a file."""
    return render("lists.html", "uploads", head, rows)


def describe_document(document: Document) -> str:
    """What was found in a document: how many turns and who speaks."""
    turns = document.count_turns()
    names = ", ".join(speaker.name for speaker in document.speakers[:6]) or "nobody named"
    more = f" and {len(document.speakers) - 6} more" if len(document.speakers) > 6 else ""
    return f"{turns} {'turn' if turns == 1 else 'turns'} of speech; {names}{more}"


def render_status(words: str) -> str:
    """How it stands with the language model."""
    return render("lists.html", "status", words)
