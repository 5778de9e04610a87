"""Corrections on the page: what a visitor says of a transcript, laid over whatever they ask."""

from collections.abc import Mapping

from corpus import (
    Correction,
    CorrectionInvalid,
    Document,
    correct_words,
    drop_speaker,
    find_said,
    reassign,
    rename_speaker,
    set_role,
)
from index import add_corrections, find_author, withdraw_corrections
from ui.callers import is_user, person_of
from ui.service import ChatService
from ui.shelves import UploadRefused

# A word that is misheard in one place is so in others; more places than this are no mishearing.
MAX_PLACES = 200
HAS_CONDITIONS = "something of these transcripts is hidden; correct them with: ontherecord correct"
NOT_YOURS = "these transcripts are served to others too; add your own to correct them"


def correct(service: ChatService, visitor: str, given: Mapping[str, object]) -> Document:
    """Lay what a visitor gives over the transcript that they have before them; gives it as it then is.

    :param given: `kind`, and what this kind needs of `doc_id`, `start`, `end`, `speaker`, `to` and `everywhere`.
    :raises UploadRefused: when they may not correct it.
    :raises CorrectionInvalid: when it is no correction.
    :raises IndexingError: when it cannot be kept.
    """
    _require_own(service, visitor)
    qa = service.qa_of(visitor)
    document = service.document(visitor, str(given.get("doc_id", "")))
    changes = make_corrections(document, given, by=_name_author(visitor))
    add_corrections(changes, qa.store, embedder=qa.embedder)
    return service.document(visitor, document.doc_id)


def undo(service: ChatService, visitor: str, correction_id: str) -> None:
    """Take a correction back.

    :raises UploadRefused: when the visitor may not.
    :raises CorrectionInvalid: when there is none of that id.
    :raises IndexingError: as `correct`.
    """
    _require_own(service, visitor)
    qa = service.qa_of(visitor)
    withdraw_corrections([correction_id], qa.store, embedder=qa.embedder)


def make_corrections(document: Document, given: Mapping[str, object], *, by: str) -> list[Correction]:
    """The corrections that a form on the page asks for.

    :raises CorrectionInvalid: when it asks for none, or something is missing in it.
    """
    kind, speaker, to = given.get("kind"), str(given.get("speaker") or ""), str(given.get("to") or "").strip()
    everywhere = given.get("everywhere") is True
    if kind == "rename":
        return [rename_speaker(speaker, to, by=by, doc_id=None if everywhere else document.doc_id)]
    if kind == "drop":
        return [drop_speaker(document.doc_id, speaker, by=by)]
    if kind in ("asks", "answers"):
        return [set_role(document.doc_id, speaker, "asks" if kind == "asks" else "answers", by=by)]
    start, end = given.get("start"), given.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(document.text):
        raise CorrectionInvalid("no words are chosen; mark some in the transcript")
    if kind == "reassign":
        return [reassign(document, start, end, to or None, by=by)]
    if kind != "words":
        raise CorrectionInvalid(f"{kind!r:.40} is no correction; choose one on the page")
    places = find_said(document, document.text[start:end])[:MAX_PLACES] if everywhere else [(start, end)]
    return [correct_words(document, *place, to, by=by) for place in places]


def _require_own(service: ChatService, visitor: str) -> None:
    if service.uploads.has_conditions(visitor):
        raise UploadRefused(HAS_CONDITIONS)
    if not service.uploads.may_correct(visitor):
        raise UploadRefused(NOT_YOURS)


def _name_author(visitor: str) -> str:
    """A user by their name; on one's own machine whoever runs the program."""
    return person_of(visitor).partition(":")[2] if is_user(visitor) else find_author()
