"""The places of a document where a quotation stands: word for word, but for typography, or in parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corpus import find_all
from qa.checking.comparable import count_notes
from qa.checking.editorial import EDGES, LiteralPart
from qa.checking.query import Query
from qa.checking.records import SourcePlace
from qa.checking.source import SourceText, Stretch

Grade = Literal["exact", "typography", "edited"]
GRADES: tuple[Grade, ...] = ("exact", "typography", "edited")
# So many places of one quotation in one document are listed.
MAX_PLACES = 200
# So many words may stand where an editor put words in brackets, in characters; and be a remark of another person
# between what one person says.
MAX_REPLACED_CHARS = 120
MAX_INTERJECTION_CHARS = 60
# At an omission, so much may be left out; where the parts are a few words that stand everywhere, less.
MAX_OMITTED_CHARS = 2500
MAX_OMITTED_CHARS_OF_FEW = 300
_FEW_WORDS_CHARS = 16
_NOT_SAID = "?!"
# How long a sound is that the source notes at the edge of a place.
_NOTE_CHARS = 20


@dataclass(frozen=True, slots=True)
class WordsMatch:
    """A place of the words, how they match, and what the source has where the editor left out or put in."""

    grade: Grade
    place: SourcePlace
    has_speakers: bool
    left_out: tuple[str, ...] = ()


def find_matches(query: Query, source: SourceText) -> Iterator[WordsMatch]:
    """All places of the words of `query` in `source`, in order; parts are looked for where the whole is not there."""
    found = False
    for number, (start, end) in enumerate(_find_core(query, source)):
        if number >= MAX_PLACES:
            return
        found = True
        yield _match(query, source, start, end)
    if not found and (query.marked or query.emphasis):
        for number, (start, end, left_out) in enumerate(_find_parts(query, source)):
            if number >= MAX_PLACES:
                return
            yield WordsMatch("edited", source.place(start, end), _has_speakers(source), left_out)


def _match(query: Query, source: SourceText, start: int, end: int) -> WordsMatch:
    if query.final and source.text.startswith(query.final, end):
        end += len(query.final)
    first, last = source.to_source(start, end)
    text = source.document.text
    # The quotation may begin with a mark that is not looked at.
    exact = text.find(query.raw, max(0, first - 3), first + len(query.raw) + 3)
    if exact >= 0:
        return WordsMatch("exact", source.place_of(exact, exact + len(query.raw)), _has_speakers(source))
    # A sound that the source notes may be left out; one that it does not note is the editor's.
    edited = query.emphasis or count_notes(query.raw) > count_notes(
        text[max(0, first - _NOTE_CHARS) : last + _NOTE_CHARS]
    )
    grade: Grade = "edited" if edited else "typography"
    return WordsMatch(grade, source.place_of(first, last), _has_speakers(source))


def _has_speakers(source: SourceText) -> bool:
    return bool(source.document.speakers)


def _find_core(query: Query, source: SourceText) -> Iterator[tuple[int, int]]:
    """Where the folded words stand whole; the first letter may be large or small."""
    if not query.core or query.core[-1] in "[(" or len(query.core) > len(source.text):
        return
    for start, end in find_words(source, query.core):
        following = source.text[end : end + 1]
        if query.final and following and following in _NOT_SAID:
            continue  # a question, or an exclamation, was made a statement
        yield start, end


def find_words(source: SourceText, core: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Where `core` stands between two boundaries of words in the folded text, the case of its first letter left open.

    Case is left open everywhere in a source that is all in capitals or has none, and for words all in capitals.
    """
    text = source.text
    if source.one_case or (" " in core and core == core.upper() != core.lower()):
        text, variants = source.lowered, {core.lower()}
    else:
        head = core[0]
        variants = {head.lower() + core[1:], head.upper() + core[1:]} if len(head.upper()) == 1 else {core}
    found = sorted(place for variant in variants for place in find_all(text, variant, start, end))
    for place in found:
        if _is_boundary(text, place) and _is_boundary(text, place + len(core)):
            yield place, place + len(core)


def _is_boundary(text: str, place: int) -> bool:
    """Whether no word goes on from before `place` to behind it."""
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if not (before.isalnum() and after.isalnum()):
        return True
    return _is_unspaced(before) or _is_unspaced(after)


def _is_unspaced(character: str) -> bool:
    return (
        "\u3040" <= character <= "\u9fff"
        or "\u0e00" <= character <= "\u0eff"
        or "\uf900" <= character <= "\ufaff"
        or "\u1000" <= character <= "\u109f"
        or "\u1780" <= character <= "\u17ff"
    )


def _find_parts(query: Query, source: SourceText) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Where the literal parts stand in order and in one place, and what the source has between them."""
    cores = [trim_part(part) for part in query.parts]
    if not cores or not all(cores):
        return
    last_end = -1
    for start, end in find_words(source, cores[0]):
        if start < last_end:
            continue
        rest = _follow(query.parts[1:], cores[1:], source, end)
        if rest is not None:
            last_end, left_out = rest
            yield start, last_end, left_out


def trim_part(part: LiteralPart) -> str:
    """The words of a part without what may stand at its edges; a question mark at its end must be the source's."""
    return part.text.strip(EDGES)


def _follow(
    parts: tuple[LiteralPart, ...], cores: list[str], source: SourceText, end: int
) -> tuple[int, tuple[str, ...]] | None:
    """Where the last of these parts ends that follow a place in its stretch; None when one does not follow."""
    stretch = source.stretch_at(end - 1)
    left_out = []
    for part, core in zip(parts, cores, strict=True):
        found = _find_next(part, core, source, end, stretch)
        if found is None:
            return None
        left_out.append(source.text[end : found[0]].strip(EDGES))
        end = found[1]
    return end, tuple(left_out)


def _find_next(part: LiteralPart, core: str, source: SourceText, end: int, stretch: Stretch) -> tuple[int, int] | None:
    limit = stretch.end
    if part.gap == "omission":
        most = MAX_OMITTED_CHARS if len(core) > _FEW_WORDS_CHARS else MAX_OMITTED_CHARS_OF_FEW
        limit = min(_goes_on_until(source, stretch), end + most + len(core))
    elif part.gap == "bracket":
        limit = min(limit, end + MAX_REPLACED_CHARS + len(core))
    else:
        limit = min(limit, end + len(core) + 6)
    for start, stop in find_words(source, core, end, limit):
        between = source.text[end:start]
        if part.gap == "adjacent" and between.strip(EDGES):
            return None
        if part.stem and not between.strip(EDGES).lower().startswith(part.stem):
            return None
        return start, stop
    return None


def _goes_on_until(source: SourceText, stretch: Stretch) -> int:
    """The end of what the same person says, a short remark of somebody else in between passed over."""
    following = source.stretches[stretch.number + 1 : stretch.number + 3]
    if len(following) == 2:
        remark, more = following
        same = (more.turn.speaker, more.turn.kind) == (stretch.turn.speaker, stretch.turn.kind)
        if same and stretch.turn.speaker is not None and remark.end - remark.start <= MAX_INTERJECTION_CHARS:
            return more.end
    return stretch.end
