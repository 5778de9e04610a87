"""A document as the pane in which quotes are found again: every block of text is an exact slice and says where from."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from corpus import CorrectedWords, Document, Speaker, Turn, describe_correction
from index import KeptCorrection
from ui.markup import render

# How much of a document goes to the page at once, in code points: a long day of speech is cut into a few such parts.
WINDOW_CHARS = 300_000
# A paragraph longer than this is cut at white space, so that the browser can leave out what is not in sight.
MAX_BLOCK_CHARS = 4_000
SPEAKER_COLORS = 6

_PARAGRAPH_BREAK = re.compile(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a turn or a part of one; the blocks of a turn together are the turn."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn, or the part of it that is shown: its label, and its paragraphs with the code points where they begin.

    `start` and `end` are those of the whole turn, `speaker` who said it. `name`, `start_ms` and `page` are None where
    they would repeat what stands above or where there are none. The parts of a paragraph together are its slice of the
    document, each with what was really said there where somebody corrected it.
    """

    classes: str
    start: int
    end: int
    speaker: str | None
    name: str | None
    asks: bool
    start_ms: int | None
    page: int | None
    paragraphs: tuple[tuple[int, tuple[tuple[str, str | None], ...]], ...]


@dataclass(frozen=True, slots=True)
class ShownTranscript:
    """A document, or the part of it from `start` to `end` (code points) that is shown.

    `title_slice` is the title where the part begins with it: it is then shown once, and can be quoted like all the
    rest. `earlier` and `later` are places before and after the part, None where there is no more. `speakers` are the
    first few, each with the number of a color; `further_speakers` is how many more there are. `corrections` are those
    that concern the document, each with its id, what it says and who made it; None where nothing may be corrected.
    """

    document: Document
    start: int
    end: int
    title_slice: str | None
    turns: tuple[ShownTurn, ...]
    earlier: int | None
    later: int | None
    speakers: tuple[tuple[Speaker, int], ...]
    further_speakers: int
    corrections: tuple[tuple[str, str, str], ...] | None = None


def render_transcript(
    document: Document | None, around: int = 0, corrections: Sequence[KeptCorrection] | None = None
) -> str:
    """The document, or where it is longer than `WINDOW_CHARS` the part around the code point `around`.

    For None it says that there is none yet.

    :param corrections: of whatever collection it is in; None where whoever sees it may not correct it.
    """
    if document is None:
        return render("transcript.html", "nothing")
    blocks = cut_blocks(document)
    first, last = _find_window(blocks, around)
    shown = blocks[first:last]
    headline = document.text[shown[0].start : shown[0].end]
    begins = document.turns[shown[0].turn].kind == "narration" and " ".join(headline.split()) == document.title
    colors = {speaker.name: number % SPEAKER_COLORS for number, speaker in enumerate(document.speakers)}
    named = document.speakers[: 2 * SPEAKER_COLORS]
    transcript = ShownTranscript(
        document=document,
        start=shown[0].start,
        end=shown[-1].end,
        title_slice=headline if begins else None,
        turns=tuple(_show_turns(document, shown[1:] if begins else shown, colors)),
        earlier=blocks[first - 1].start if first > 0 else None,
        later=blocks[last].start if last < len(blocks) else None,
        speakers=tuple((speaker, colors[speaker.name]) for speaker in named),
        further_speakers=len(document.speakers) - len(named),
        corrections=None if corrections is None else tuple(_describe(document.doc_id, corrections)),
    )
    return render("transcript.html", "transcript", transcript)


def _describe(doc_id: str, corrections: Sequence[KeptCorrection]) -> Iterator[tuple[str, str, str]]:
    for kept in corrections:
        record = kept.correction
        if record.doc_id in (None, doc_id):
            lost = {"lost": " (its place is not found any more)", "idle": " (nobody here)"}.get(kept.effect, "")
            yield record.id, f"{describe_correction(record)}{lost}", f"{record.by}, {record.when}"


def cut_blocks(document: Document) -> list[Block]:
    """The blocks of all turns, in order: paragraphs with the white space after them, none much too long."""
    return [
        Block(number, start, end)
        for number, turn in enumerate(document.turns)
        for start, end in _cut_turn(document.text, turn)
    ]


def _cut_turn(text: str, turn: Turn) -> Iterator[tuple[int, int]]:
    edges = [turn.start, *(match.end() for match in _PARAGRAPH_BREAK.finditer(text, turn.start, turn.end)), turn.end]
    for start, end in pairwise(edges):
        while end - start > MAX_BLOCK_CHARS:
            space = text.rfind(" ", start, start + MAX_BLOCK_CHARS)
            cut = space + 1 if space > start else start + MAX_BLOCK_CHARS
            yield start, cut
            start = cut
        yield start, end


def _find_window(blocks: Sequence[Block], around: int) -> tuple[int, int]:
    """The blocks, from the first to before the last, of `WINDOW_CHARS` with `around` in the middle where possible."""
    if blocks[-1].end - blocks[0].start <= WINDOW_CHARS:
        return 0, len(blocks)
    from_char = min(max(blocks[0].start, around - WINDOW_CHARS // 2), blocks[-1].end - WINDOW_CHARS)
    first = max(0, bisect_right(blocks, from_char, key=lambda block: block.start) - 1)
    last = bisect_right(blocks, from_char + WINDOW_CHARS, key=lambda block: block.start)
    return first, last


def _show_turns(document: Document, blocks: Sequence[Block], colors: dict[str, int]) -> Iterator[ShownTurn]:
    previous: Turn | None = None
    for number, parts in groupby(blocks, key=lambda block: block.turn):
        turn = document.turns[number]
        yield _show_turn(document, turn, previous, list(parts), colors)
        previous = turn


def _show_turn(
    document: Document, turn: Turn, previous: Turn | None, blocks: Sequence[Block], colors: dict[str, int]
) -> ShownTurn:
    asks = document.role_of(turn.speaker) == "asks"
    classes = ["turn", turn.kind, *(["asks"] if asks else [])]
    if turn.speaker in colors:
        classes.append(f"voice-{colors[turn.speaker]}")
    changes = previous is None or (previous.speaker, previous.kind) != (turn.speaker, turn.kind)
    return ShownTurn(
        classes=" ".join(classes),
        start=turn.start,
        end=turn.end,
        speaker=turn.speaker,
        name=turn.speaker or "Somebody not named" if turn.kind == "speech" and changes else None,
        asks=asks,
        start_ms=turn.start_ms,
        page=turn.page if previous is None or previous.page != turn.page else None,
        paragraphs=tuple((block.start, tuple(_part(document, block))) for block in blocks),
    )


def _part(document: Document, block: Block) -> Iterator[tuple[str, str | None]]:
    """The words of a block in order, each stretch with what was really said, or None."""
    reached = block.start
    for words in (words for words in document.words if block.start < words.end and words.start < block.end):
        start, end = max(block.start, words.start), min(block.end, words.end)
        if start > reached:
            yield document.text[reached:start], None
        yield document.text[start:end], _said(words, end)
        reached = end
    if reached < block.end:
        yield document.text[reached : block.end], None


def _said(words: CorrectedWords, end: int) -> str:
    """What stands behind the words of the source; once, where these are parted."""
    return f"[{words.text}]" if end == words.end else ""
