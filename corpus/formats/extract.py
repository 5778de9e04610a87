"""What a reader of a format gives, and how pieces of speech become a text with turns."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.bounds import MAX_NAME_CHARS, bound_names
from corpus.identity import clean_name as clean_name
from corpus.sentences import SENTENCE_ENDS
from corpus.turn import Kind, Turn

# Captions and recognised words come in pieces of a second or two. They are joined until a sentence ends after this
# long, so that sentences are whole and the time beside a quote is still near it; without any full stop, at the limits.
_ENOUGH_MS = 15_000
_ENOUGH_CHARS = 300
_MOST_MS = 30_000
_MOST_CHARS = 600
_CLOSING = "\"'”’»)]"
# Longer numbers than any character has; the library cannot read those of thousands of digits.
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{20,}|[xX][0-9a-fA-F]{20,});?")
_BRACKETS = frozenset({("[", "]"), ("(", ")"), ("（", "）"), ("【", "】")})


@dataclass(frozen=True, slots=True)
class Extract:
    """The text taken out of a file, its turns in order, and the title that the file itself gives."""

    text: str
    turns: tuple[Turn, ...]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Something said (or narrated) at a time; `fresh` keeps it apart from what the same speaker said before."""

    speaker: str | None
    text: str
    start_ms: int | None = None
    kind: Kind = "speech"
    fresh: bool = False


def write_pieces(pieces: Iterable[Piece], *, title: str | None = None) -> Extract:
    """The pieces as a transcript: a paragraph a turn, led by "Name: " where the speaker changes.

    Pieces of one speaker that follow each other are joined; see `_ENOUGH_MS` for how long. Runs of white space
    become one space.
    """
    text: list[str] = []
    length = 0
    turns: list[Turn] = []
    joined = list(_join(pieces))
    # A name stands before each of their turns: one without bounds would make a little that is read a lot.
    shown = bound_names({piece.speaker for piece in joined if piece.speaker and len(piece.speaker) > MAX_NAME_CHARS})
    for piece in joined:
        speaker = shown.get(piece.speaker, piece.speaker) if piece.speaker else None
        lead = "\n\n" if text else ""
        before = turns[-1] if turns else None
        if speaker is not None and (before is None or before.speaker != speaker):
            lead += f"{speaker}: "
        start = length + len(lead)
        length = start + len(piece.text)
        text += [lead, piece.text]
        turns.append(Turn(speaker, start, length, piece.kind, piece.start_ms))
    return Extract("".join(text), tuple(turns), title)


def clean_text(text: str) -> str:
    """`text` on one line, runs of white space as one space, without control characters."""
    return " ".join("".join(" " if ord(character) < 32 else character for character in text).split())


def unescape(text: str) -> str:
    """`text` with the characters that its references ("&amp;", "&#65;") stand for; U+FFFD for numbers of none."""
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text))


def _join(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces joined into turns; each keeps the time of its first."""
    open_piece: Piece | None = None
    words: list[str] = []
    chars = 0
    names: dict[str, str | None] = {}
    for piece in pieces:
        written = piece.speaker or ""
        if written not in names:
            names[written] = clean_name(written)
        piece = replace(piece, text=clean_text(piece.text), speaker=names[written])
        if not piece.text:
            continue
        if open_piece is not None and not _goes_on(open_piece, piece, words[-1], chars):
            yield replace(open_piece, text=_join_all(words))
            open_piece = None
        if open_piece is None:
            open_piece, words, chars = piece, [], 0
        words.append(piece.text)
        chars += len(piece.text)
    if open_piece is not None:
        yield replace(open_piece, text=_join_all(words))


def _join_all(words: list[str]) -> str:
    """The words with spaces between, except between characters of a script that has none."""
    joined = [words[0]]
    for before, word in pairwise(words):
        joined += ["" if _is_cjk(before[-1]) and _is_cjk(word[0]) else " ", word]
    return "".join(joined)


def _goes_on(first: Piece, piece: Piece, before: str, chars: int) -> bool:
    if piece.fresh or (piece.speaker, piece.kind) != (first.speaker, first.kind):
        return False
    if first.kind == "narration" or (piece.start_ms is None) != (first.start_ms is None):
        return False
    passed_ms = 0
    if piece.start_ms is not None and first.start_ms is not None:
        passed_ms = abs(piece.start_ms - first.start_ms)
    if before.rstrip(_CLOSING).endswith(SENTENCE_ENDS):
        return passed_ms < _ENOUGH_MS and chars < _ENOUGH_CHARS
    return passed_ms < _MOST_MS and chars < _MOST_CHARS


def _is_cjk(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or "\uff00" <= character <= "\uffef"
