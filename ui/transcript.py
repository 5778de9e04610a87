"""A document as the pane in which quotes are found again: every block of text is an exact slice and says where from."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import Document, Turn
from qa.text import format_time
from ui.markup import attribute, data, text_html

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


def render_transcript(document: Document, around: int = 0) -> str:
    """The document, or where it is longer than `WINDOW_CHARS` the part around the code point `around`."""
    blocks = cut_blocks(document)
    first, last = _find_window(blocks, around)
    shown = blocks[first:last]
    colors = {speaker.name: place % SPEAKER_COLORS for place, speaker in enumerate(document.speakers)}
    parts = [
        f'<article class="transcript" data-doc="{data(document.doc_id)}" data-from="{shown[0].start}" '
        f'data-to="{shown[-1].end}" aria-label="Transcript: {attribute(document.title)}">',
    ]
    headline = document.text[shown[0].start : shown[0].end]
    if document.turns[shown[0].turn].kind == "narration" and " ".join(headline.split()) == document.title:
        # The text begins with its title, which is then shown once, and can be quoted like all the rest.
        parts.append(f'<h2 class="title" data-start="{shown[0].start}" dir="auto">{text_html(headline)}</h2>')
        shown = shown[1:]
    else:
        parts.append(f'<h2 class="title" dir="auto">{text_html(document.title)}</h2>')
    parts.append(_render_speakers(document, colors))
    if first > 0:
        parts.append(_more("Earlier in this transcript", blocks[first - 1].start))
    parts += _render_turns(document, shown, colors)
    if last < len(blocks):
        parts.append(_more("Later in this transcript", blocks[last].start))
    parts.append("</article>")
    return "".join(parts)


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


def _render_speakers(document: Document, colors: dict[str, int]) -> str:
    names = [
        f'<li class="voice-{colors[speaker.name]}"><bdi>{text_html(speaker.name)}</bdi>'
        + (" <span>asks</span>" if speaker.role == "asks" else "")
        + "</li>"
        for speaker in document.speakers[: 2 * SPEAKER_COLORS]
    ]
    further = len(document.speakers) - len(names)
    if further > 0:
        names.append(f"<li>and {further} more</li>")
    return f'<ul class="voices" aria-label="Speakers">{"".join(names)}</ul>' if names else ""


def _more(label: str, around: int) -> str:
    return f'<button type="button" class="more" data-around="{around}">{label}</button>'


def _render_turns(document: Document, blocks: Sequence[Block], colors: dict[str, int]) -> Iterator[str]:
    previous: Turn | None = None
    number = None
    for block in blocks:
        turn = document.turns[block.turn]
        if block.turn != number:
            if number is not None:
                yield "</section>"
            yield _open_turn(document, turn, previous, colors)
            previous, number = turn, block.turn
        yield f'<p data-start="{block.start}" dir="auto">{text_html(document.text[block.start : block.end])}</p>'
    if number is not None:
        yield "</section>"


def _open_turn(document: Document, turn: Turn, previous: Turn | None, colors: dict[str, int]) -> str:
    asks = document.role_of(turn.speaker) == "asks"
    classes = ["turn", turn.kind]
    if asks:
        classes.append("asks")
    if turn.speaker in colors:
        classes.append(f"voice-{colors[turn.speaker]}")
    marks = []
    if turn.kind == "speech" and (previous is None or previous.speaker != turn.speaker or previous.kind != turn.kind):
        name = text_html(turn.speaker or "Somebody not named")
        marks.append(f'<bdi class="name">{name}</bdi>' + (' <span class="part">asks</span>' if asks else ""))
    if turn.start_ms is not None:
        marks.append(f'<span class="time">{format_time(turn.start_ms)}</span>')
    if turn.page is not None and (previous is None or previous.page != turn.page):
        marks.append(f'<span class="page">page {turn.page}</span>')
    return f'<section class="{" ".join(classes)}"><div class="label">{" ".join(marks)}</div>'
