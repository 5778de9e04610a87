"""The visitor's transcripts and kept conversations as lists with buttons, and what became of each upload."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus import Document
from index import DocumentInfo
from ui.markup import attribute, data, text_html


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A line of the report on an upload: a file, how it stands with it, and what there is to say in words."""

    name: str
    state: str  # "waiting", "reading", "read" or "refused"
    words: str = ""


def render_uploads(head: str, rows: Sequence[UploadRow]) -> str:
    """The report on an upload, a line a file."""
    items = "".join(
        f'<li class="{row.state}"><bdi class="file">{text_html(row.name)}</bdi> '
        f'<span class="state">{text_html(row.words or row.state)}</span></li>'
        for row in rows
    )
    return f'<p class="head">{text_html(head)}</p><ul class="uploads">{items}</ul>'


def describe_document(document: Document) -> str:
    """What was found in a document: how many turns and who speaks."""
    turns = sum(turn.kind == "speech" for turn in document.turns)
    names = ", ".join(speaker.name for speaker in document.speakers[:6]) or "nobody named"
    more = f" and {len(document.speakers) - 6} more" if len(document.speakers) > 6 else ""
    return f"{turns} {'turn' if turns == 1 else 'turns'} of speech; {names}{more}"


def render_documents(documents: Sequence[DocumentInfo], *, removable: bool) -> str:
    """The transcripts that are asked, each with a button to remove it where that can be done."""
    items = []
    for info in documents:
        speakers = ", ".join(info.speakers[:6]) or "nobody named"
        button = (
            f'<button type="button" class="remove quiet" data-doc="{data(info.doc_id)}" '
            f'aria-label="Remove {attribute(info.title)}">Remove</button>'
            if removable
            else ""
        )
        items.append(
            f'<li><div><bdi class="title">{text_html(info.title)}</bdi>'
            f'<span class="speakers">{text_html(speakers)}</span></div>{button}</li>'
        )
    return f'<ul class="documents" aria-label="Transcripts that are asked">{"".join(items)}</ul>'


def render_history(conversations: Sequence[tuple[str, str]]) -> str:
    """Kept conversations, newest first, as pairs of an id and the first question."""
    if not conversations:
        return '<p class="none">Conversations are kept in this browser; there is none yet.</p>'
    items = "".join(
        f'<li><button type="button" class="restore quiet" data-id="{data(name)}" dir="auto">{text_html(title)}</button>'
        f'<button type="button" class="discard quiet" data-id="{data(name)}" '
        f'aria-label="Delete the conversation {attribute(title)}">Delete</button></li>'
        for name, title in conversations
    )
    return f'<ul class="history" aria-label="Kept conversations">{items}</ul>'
