"""Timed Text (TTML, DFXP): the paragraphs with their times, and the agents who speak them."""

import re
from collections.abc import Iterator

from corpus.errors import SourceEmpty
from corpus.formats.captions import read_caption_lines
from corpus.formats.extract import Extract, Piece, clean_text, write_pieces
from corpus.formats.times import parse_ms
from corpus.formats.word_times import write_time_tag
from corpus.formats.xml import Element, attribute, children, descendants, local_name, read_text

_OFFSET = re.compile(r"(?P<number>\d{1,12}(?:\.\d{1,9})?)(?P<unit>h|ms|m|s|f|t)")
_RATE = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_CLOCK_WITH_FRAMES = re.compile(r"(?P<clock>\d{2,3}:\d{2}:\d{2}):(?P<frames>\d{2,3})")


def read_ttml(root: Element, name: str) -> Extract:
    """The captions of a TTML document in order, each with its time and, where it names them, its speaker.

    :raises SourceEmpty: when no paragraph has words.
    """
    agents = {
        attribute(agent, "id"): clean_text(" ".join(read_text(named) for named in children(agent, "name")))
        for agent in descendants(root, "agent")
    }
    clock = _Clock(root)
    paragraphs = descendants(root, "p")
    is_named = any(_find_agent(element, agents) for p in paragraphs for element in (p, *children(p, "span")))
    pieces = [piece for p in paragraphs for piece in _read_paragraph(p, agents, clock, tagged=not is_named)]
    if is_named:
        extract = write_pieces(pieces)
    else:
        extract = read_caption_lines((piece.text, piece.start_ms, piece.end_ms) for piece in pieces)
    if not extract.turns:
        raise SourceEmpty(f"{name} has no caption with words; check the export")
    return extract


class _Clock:
    """Times by the rates that the document gives; a frame is the thirtieth of a second where it gives none."""

    def __init__(self, root: Element) -> None:
        self._frame_rate = _read_rate(attribute(root, "frameRate"), 30.0)
        self._tick_rate = _read_rate(attribute(root, "tickRate"), 1.0)

    def parse_ms(self, value: str | None) -> int | None:
        if value is None:
            return None
        if offset := _OFFSET.fullmatch(value.strip()):
            in_seconds = {"h": 3600, "m": 60, "s": 1, "ms": 0.001, "f": 1 / self._frame_rate, "t": 1 / self._tick_rate}
            return parse_ms(float(offset["number"]) * in_seconds[offset["unit"]])
        if film := _CLOCK_WITH_FRAMES.fullmatch(value.strip()):
            whole = parse_ms(film["clock"])
            return None if whole is None else whole + round(1000 * int(film["frames"]) / self._frame_rate)
        return parse_ms(value)


def _read_rate(written: str | None, default: float) -> float:
    """The rate that is written, at least one a second, or the default where it is no number."""
    found = _RATE.fullmatch((written or "").strip())
    return max(1.0, float(found[0])) if found else default


def _read_paragraph(
    paragraph: Element, agents: dict[str | None, str], clock: _Clock, *, tagged: bool
) -> Iterator[Piece]:
    speaker = _find_agent(paragraph, agents)
    start = next((value for holder in _with_holders(paragraph) if (value := attribute(holder, "begin"))), None)
    start_ms = clock.parse_ms(start)
    end_ms = _end_of(paragraph, start_ms, clock)
    spans = [span for span in children(paragraph, "span") if _find_agent(span, agents)]
    for line_break in descendants(paragraph, "br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    if not spans:
        yield Piece(speaker, _read_words(paragraph, clock, tagged=tagged), start_ms, end_ms=end_ms)
        return
    yield Piece(speaker, paragraph.text or "", start_ms, end_ms=end_ms)
    for span in paragraph:
        begins = clock.parse_ms(attribute(span, "begin"))
        begins = start_ms if begins is None else begins
        ends = _end_of(span, begins, clock)
        yield Piece(
            _find_agent(span, agents) or speaker, read_text(span), begins, end_ms=end_ms if ends is None else ends
        )
        yield Piece(speaker, span.tail or "", start_ms, end_ms=end_ms)


def _end_of(element: Element, start_ms: int | None, clock: _Clock) -> int | None:
    end_ms, lasts_ms = clock.parse_ms(attribute(element, "end")), clock.parse_ms(attribute(element, "dur"))
    return end_ms if end_ms is not None or start_ms is None or lasts_ms is None else start_ms + lasts_ms


def _read_words(paragraph: Element, clock: _Clock, *, tagged: bool) -> str:
    """The words of a paragraph, behind a tag each that has a time of its own where the tags are read again."""
    for span in children(paragraph, "span") if tagged else ():
        begins = clock.parse_ms(attribute(span, "begin"))
        if begins is not None and span.text and span.text.strip():
            span.text = f"{write_time_tag(begins)}{span.text}"
    return read_text(paragraph)


def _with_holders(element: Element) -> Iterator[Element]:
    """The paragraph, then its division and the body: a time may stand on any of them, or on its first span."""
    yield element
    yield from children(element, "span")[:1]
    yield from (holder for holder in element.iterancestors() if local_name(holder) == "div")


def _find_agent(element: Element, agents: dict[str | None, str]) -> str | None:
    """The speaker whom an element names: `ttm:agent`, or the class or role that programs use for it."""
    found = attribute(element, "agent")
    return (agents.get(found.split()[0]) or found.split()[0]) if found and found.split() else None
