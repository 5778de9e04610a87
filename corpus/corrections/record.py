"""A correction: what somebody says of a source that the source itself does not, and who said so when."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from corpus.bounds import MAX_NAME_CHARS
from corpus.corrections.anchor import Anchor, make_anchor
from corpus.document import Document
from corpus.errors import CorrectionInvalid
from corpus.one_line import is_one_line, one_line
from corpus.sentences import split_sentences
from corpus.turn import Role

CorrectionKind = Literal["rename", "reassign", "drop", "role", "words"]
# What was misheard is a few words; more is another transcript.
MAX_WORDS_CHARS = 500


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction; it lies over the sources of a collection and never changes them.

    `rename`: `speaker` is called `to`; two who are called the same are one person. `reassign`: what stands `at` was
    said by `to`, None for nobody. `drop`: `speaker` is no person, and the label is part of what was said before it.
    `role`: `speaker` is the one who `to`: "asks" or "answers". `words`: what stands `at` was really `to`.

    `doc_id` is the document; None, for `rename` only, is every one. `speaker` is a name as it was shown when the
    correction was made. `by` is whoever made it, `when` the time, UTC, as ISO 8601.
    """

    id: str
    kind: CorrectionKind
    by: str
    when: str
    doc_id: str | None = None
    at: Anchor | None = None
    speaker: str | None = None
    to: str | None = None


def rename_speaker(speaker: str, to: str, *, by: str, doc_id: str | None = None) -> Correction:
    """Call `speaker` by the name `to`, in one document or everywhere; somebody who is called that already is the same.

    :raises CorrectionInvalid: when `to` is no name.
    """
    name = _check_name(to)
    if name == speaker:
        raise CorrectionInvalid(f"{one_line(speaker)!r} is called that already; give another name")
    return _make("rename", by, doc_id=doc_id, speaker=speaker, to=name)


def reassign(document: Document, start: int, end: int, to: str | None, *, by: str) -> Correction:
    """Say that `to` said what stands at `start` to `end` of a document, a turn or a part of one; None is nobody.

    :raises CorrectionInvalid: when nothing is said there, or `to` is no name.
    """
    said = [turn for turn in document.turns if turn.kind != "furniture" and turn.start < end and start < turn.end]
    if not said or not document.text[start:end].strip():
        raise CorrectionInvalid(f"nothing is said at {start}-{end} of {document.doc_id}; name a place within a turn")
    at = make_anchor(document.text, document.sha256, max(start, said[0].start), min(end, said[-1].end))
    return _make("reassign", by, doc_id=document.doc_id, at=at, to=None if to is None else _check_name(to))


def drop_speaker(doc_id: str, speaker: str, *, by: str) -> Correction:
    """Say that `speaker` is nobody: what was taken for a label is part of what was said before it."""
    return _make("drop", by, doc_id=doc_id, speaker=speaker)


def set_role(doc_id: str, speaker: str, role: Role, *, by: str) -> Correction:
    """Say that `speaker` is the one who asks, or one who answers."""
    return _make("role", by, doc_id=doc_id, speaker=speaker, to=role)


def correct_words(document: Document, start: int, end: int, to: str, *, by: str) -> Correction:
    """Say that `to` was really said where the document has `text[start:end]`.

    :raises CorrectionInvalid: when `to` is no line of words, or the place is not within one sentence of a turn.
    """
    where = f"{start}-{end} of {document.doc_id}"
    to = to.strip()
    if not to or not is_one_line(to, MAX_WORDS_CHARS):
        raise CorrectionInvalid(
            f"the corrected words are {one_line(to, 80)!r}, expected one line of at most {MAX_WORDS_CHARS} characters"
        )
    turn = document.turn_at(start, end) if 0 <= start < end else None
    if turn is None or document.turns[turn].kind == "furniture":
        raise CorrectionInvalid(f"{where} is not within one turn; correct the words of one sentence at a time")
    said = document.turns[turn]
    sentences = split_sentences(document.text, said.start, said.end)
    if not any(first <= start and end <= last for first, last in sentences):
        raise CorrectionInvalid(f"{where} is not within one sentence; correct the words of one sentence at a time")
    if document.text[start:end] == to:
        raise CorrectionInvalid(f"{where} has these words already; give what was really said")
    at = make_anchor(document.text, document.sha256, start, end)
    return _make("words", by, doc_id=document.doc_id, at=at, to=to)


def find_said(document: Document, words: str) -> list[tuple[int, int]]:
    """Where the words stand in what is said, as whole ones, in order: code points, the end exclusive."""
    if not words.strip():
        return []
    places = [match.span() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", document.text)]
    turns = [document.turn_at(*place) for place in places]
    return [
        place
        for place, turn in zip(places, turns, strict=True)
        if turn is not None and document.turns[turn].kind != "furniture"
    ]


def describe_correction(correction: Correction) -> str:
    """What a correction says, in a few words."""
    if correction.kind == "role":
        return f"{correction.speaker} {correction.to}"
    if correction.kind == "drop":
        return f"{correction.speaker} is nobody"
    if correction.at is None:
        return f"{correction.speaker} is {correction.to}"
    words = f"“{one_line(correction.at.exact, 40)}”"
    if correction.kind == "words":
        return f"{words} was really “{correction.to}”"
    return f"{words} was said by {correction.to or 'nobody'}"


def _make(
    kind: CorrectionKind,
    by: str,
    *,
    doc_id: str | None = None,
    at: Anchor | None = None,
    speaker: str | None = None,
    to: str | None = None,
) -> Correction:
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return Correction(secrets.token_hex(6), kind, one_line(by) or "somebody", when, doc_id, at, speaker, to)


def _check_name(name: str) -> str:
    name = name.strip()
    if not name or not is_one_line(name, MAX_NAME_CHARS):
        raise CorrectionInvalid(
            f"the name is {one_line(name, 80)!r}, expected one line of at most {MAX_NAME_CHARS} characters"
        )
    return name
