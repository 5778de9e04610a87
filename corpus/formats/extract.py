"""What a reader of a format gives, and how pieces of speech become a text with turns."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from corpus.bounds import MAX_NAME_CHARS, bound_names
from corpus.formats.word_times import WordTime, time_words
from corpus.identity import clean_name as clean_name
from corpus.sentences import SENTENCE_ENDS
from corpus.track import TimedSpan, Track
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
    """The text taken out of a file, its turns in order, the title that the file itself gives, and the words' times."""

    text: str
    turns: tuple[Turn, ...]
    title: str | None = None
    track: Track | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Something said (or narrated) at a time; `fresh` keeps it apart from what the same speaker said before.

    `words` are the times of its words, one for each run of characters without white space, or empty; `probability`
    is how sure the recogniser was of the piece as a whole.
    """

    speaker: str | None
    text: str
    start_ms: int | None = None
    kind: Kind = "speech"
    fresh: bool = False
    end_ms: int | None = None
    words: tuple[WordTime, ...] = ()
    probability: float | None = None


def write_pieces(pieces: Iterable[Piece], *, title: str | None = None, maker: str | None = None) -> Extract:
    """The pieces as a transcript: a paragraph a turn, led by "Name: " where the speaker changes.

    Pieces of one speaker that follow each other are joined; see `_ENOUGH_MS` for how long. Runs of white space
    become one space.

    :param maker: the program that wrote the words down by listening, where the file names one.
    """
    text: list[str] = []
    length = 0
    turns: list[Turn] = []
    spans: list[TimedSpan] = []
    joined = list(_join(pieces))
    # A name stands before each of their turns: one without bounds would make a little that is read a lot.
    shown = bound_names({piece.speaker for piece, _ in joined if piece.speaker and len(piece.speaker) > MAX_NAME_CHARS})
    for piece, timed in joined:
        speaker = shown.get(piece.speaker, piece.speaker) if piece.speaker else None
        lead = "\n\n" if text else ""
        before = turns[-1] if turns else None
        if speaker is not None and (before is None or before.speaker != speaker):
            lead += f"{speaker}: "
        start = length + len(lead)
        length = start + len(piece.text)
        text += [lead, piece.text]
        turns.append(Turn(speaker, start, length, piece.kind, piece.start_ms))
        spans += [span._replace(start=span.start + start, end=span.end + start) for span in timed]
    # Where each turn has its own time and no more is told, the turns say all that there is.
    tells_more = len(spans) > len(turns) or any(span.end_ms is not None for span in spans)
    return Extract("".join(text), tuple(turns), title, Track.from_spans(spans, maker=maker) if tells_more else None)


def clean_text(text: str) -> str:
    """`text` on one line, runs of white space as one space, without control characters."""
    return " ".join("".join(" " if ord(character) < 32 else character for character in text).split())


def unescape(text: str) -> str:
    """`text` with the characters that its references ("&amp;", "&#65;") stand for; U+FFFD for numbers of none."""
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text))


def _join(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, list[TimedSpan]]]:
    """The pieces joined into turns, each with the time of its first, and the timed stretches of its text."""
    joined: list[Piece] = []
    chars = 0
    names: dict[str, str | None] = {}
    for piece in pieces:
        written = piece.speaker or ""
        if written not in names:
            names[written] = clean_name(written)
        piece = replace(piece, text=clean_text(piece.text), speaker=names[written])
        if not piece.text:
            continue
        if joined and not _goes_on(joined[0], piece, joined[-1].text, chars):
            yield _join_all(joined)
            joined, chars = [], 0
        joined.append(piece)
        chars += len(piece.text)
    if joined:
        yield _join_all(joined)


def _join_all(pieces: list[Piece]) -> tuple[Piece, list[TimedSpan]]:
    """The pieces as one, with spaces between, except between characters of a script that has none."""
    text: list[str] = []
    spans: list[TimedSpan] = []
    length = 0
    for before, piece in zip([None, *pieces], pieces, strict=False):
        space = "" if before is None or (_is_cjk(before.text[-1]) and _is_cjk(piece.text[0])) else " "
        start = length + len(space)
        length = start + len(piece.text)
        text += [space, piece.text]
        spans += time_words(piece.text, start, WordTime(piece.start_ms, piece.end_ms, piece.probability), piece.words)
    return replace(pieces[0], text="".join(text)), spans


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
