"""What is hidden in a document: stretches off the record and names; and the document as it may be shown without."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.conditions.names import Names
from corpus.corrected_words import CorrectedWords
from corpus.document import Document, hash_text
from corpus.sentences import split_sentences, strip_span
from corpus.turn import Role, Speaker, Turn

Span = tuple[int, int]
# What stands in the place of every hidden character but line breaks, so that all others stay where they are.
FILLER = "▮"
_HIDEABLE = re.compile(r"[^\r\n]")


@dataclass(frozen=True, slots=True)
class Hidden:
    """What of a document is not shown: `spans` of its text, in order, none over another, whole code points."""

    spans: tuple[Span, ...]


def keep_back(document: Document, places: Sequence[Span], names: Names) -> tuple[Document, Hidden]:
    """The document as it is cut and found, and what of its text is to be masked before anybody sees it.

    Sentences with something in them that is off the record become furniture, which is never quoted and never found by:
    half of a sentence may say the contrary of the whole. Names are words that were corrected to what is shown for them.
    The text is the source's still.
    """
    turns = tuple(part for turn in document.turns for part in _part(document.text, turn, places))
    names_found = [(hit.start, hit.end, hit.to) for hit in names.find(document.text)]
    words, masked = _replace_names(document.words, names_found, names)
    spans = _join([*places, *masked, *((start, end) for start, end, _ in names_found)])
    furniture = _Turns(turns)
    words = tuple(each for each in words if furniture.quotable(each.start, each.end))
    own = document.has_own_turns and turns == document.turns
    return replace(document, turns=turns, words=words, has_own_turns=own), Hidden(spans)


def mask(document: Document, hidden: Hidden, names: Names, *, may_export: bool) -> Document:
    """The document as it may be shown: names as what is shown for them, hidden characters as `FILLER`.

    Its hash is that of the text that is shown, so that nobody can try out by the hash of the source what is hidden.
    """
    text = mask_text(document.text, hidden.spans)
    changed = text != document.text
    roles: dict[str, Role | None] = {}
    for speaker in document.speakers:
        name = names.hide(speaker.name)
        roles[name] = roles.get(name) or speaker.role
    turns = tuple(
        turn if turn.speaker is None else replace(turn, speaker=names.hide(turn.speaker)) for turn in document.turns
    )
    source = document.source
    return replace(
        document,
        title=names.hide(document.title),
        text=text,
        turns=turns,
        speakers=tuple(Speaker(name, role) for name, role in roles.items()),
        source=None if source is not None and names.find(source) else source,
        sha256=hash_text(text) if changed else document.sha256,
        track=None if changed else document.track,
        may_export=may_export,
    )


def mask_text(text: str, spans: Iterable[Span]) -> str:
    """The text with `FILLER` in the place of what is hidden; as long as before, line breaks where they were."""
    shown, reached = [], 0
    for start, end in spans:
        shown += [text[reached:start], _HIDEABLE.sub(FILLER, text[start:end])]
        reached = end
    return "".join([*shown, text[reached:]])


def _part(text: str, turn: Turn, places: Sequence[Span]) -> Iterator[Turn]:
    """The turn, or what is left of it and, between, the sentences with something off the record as furniture."""
    touching = [place for place in places if place[0] < turn.end and turn.start < place[1]]
    if not touching or turn.kind == "furniture":
        yield turn
        return
    sentences = split_sentences(text, turn.start, turn.end)
    kept_back = [
        *((max(start, turn.start), min(end, turn.end)) for start, end in touching),
        *(each for each in sentences if any(start < each[1] and each[0] < end for start, end in touching)),
    ]
    reached = turn.start
    for start, end in _join(kept_back):
        yield from _piece(text, turn, (reached, start))
        yield from _piece(text, replace(turn, speaker=None, kind="furniture"), (start, end))
        reached = end
    yield from _piece(text, turn, (reached, turn.end))


def _piece(text: str, turn: Turn, place: Span) -> Iterator[Turn]:
    span = strip_span(text, *place) if place[0] < place[1] else None
    if span is not None:
        # Only the first words of a turn are known to be said at its time.
        start_ms = turn.start_ms if span[0] == turn.start else None
        yield replace(turn, start=span[0], end=span[1], start_ms=start_ms)


def _replace_names(
    corrected: Sequence[CorrectedWords], found: Sequence[tuple[int, int, str]], names: Names
) -> tuple[tuple[CorrectedWords, ...], list[Span]]:
    """Words that are shown in the place of others, names among them, and where the text has hidden ones in theirs."""
    words: list[CorrectedWords] = []
    masked: list[Span] = []
    over: set[tuple[int, int, str]] = set()
    for each in corrected:
        touching = [hit for hit in found if hit[0] < each.end and each.start < hit[1]]
        text = names.hide(each.text)
        text = " ".join(dict.fromkeys([text, *(to for _, _, to in touching if to not in text)]))
        if text == each.text and not touching:
            words.append(each)
            continue
        over |= set(touching)
        start = min([each.start, *(start for start, _, _ in touching)])
        end = max([each.end, *(end for _, end, _ in touching)])
        masked.append((start, end))
        words.append(CorrectedWords(start, end, text))
    words += [CorrectedWords(start, end, to) for start, end, to in found if (start, end, to) not in over]
    kept: list[CorrectedWords] = []
    for each in sorted(words, key=lambda each: (each.start, each.end)):
        if not kept or kept[-1].end <= each.start:
            kept.append(each)
    return tuple(kept), masked


def _join(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch or overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


class _Turns:
    """Which spans lie whole in what may be quoted."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._ends = [turn.end for turn in turns]

    def quotable(self, start: int, end: int) -> bool:
        number = bisect_left(self._ends, end)
        return (
            number < len(self._turns) and self._turns[number].start <= start and self._turns[number].kind != "furniture"
        )
