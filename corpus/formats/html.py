"""HTML: saved articles and transcript pages, their main text only."""

import re
from collections.abc import Iterator

from corpus.formats.extract import Extract, Piece, clean_name, clean_text, write_pieces
from corpus.formats.headings import Span, set_headings_apart
from corpus.formats.html_page import SPEAKER_CLASS, TIME_CLASS, HtmlBlock, find_blocks, parse_page
from corpus.formats.labelled import split_labels
from corpus.formats.plain import read_plain
from corpus.formats.rows import Columns, find_columns, read_rows
from corpus.formats.times import CLOCK, parse_ms
from corpus.formats.xml import Element
from corpus.speakers.names import is_name

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TIME = re.compile(rf"[\[(]?{CLOCK}[\])]?")
# noScribe: <p><a name="ts_310_4890_S00">S00: <span>[00:00:00]</span> Hello.</a></p>, times in milliseconds.
_ANCHOR = re.compile(r"ts_(?P<start>\d{1,10})_\d{1,10}_(?P<code>.{0,40})")
_ANCHOR_LABEL = re.compile(rf"(?:\[{CLOCK}\]\s*)?(?:(?P<name>[^:\[\]]{{1,60}}):\s*)?(?:\[{CLOCK}\]\s*)?")


def read_html(text: str, name: str) -> Extract:
    """The main text of a page: turns from its markup where that names speakers or times, else from the labels in it.

    :raises SourceEmpty: when the page has no text.
    """
    root, blocks = parse_page(text, name)
    heading = next((block.text for block in blocks if block.tag == "h1"), None) or root.findtext(".//title")
    title = clean_text(heading or "") or None
    anchored = list(_read_anchored(root))
    if len(anchored) > 1:
        return write_pieces(anchored, title=title)
    table = _find_table(root)
    if table is not None:
        return write_pieces(_read_with_table(root, *table), title=title)
    if _marks_speakers(blocks):
        return write_pieces(_read_marked(blocks), title=title)
    if len([block for block in blocks if _is_time(block)]) > 1:
        return write_pieces(_read_timed(blocks), title=title)
    written, headings = _write_blocks(blocks)
    extract = set_headings_apart(read_plain(written), headings)
    return Extract(extract.text, extract.turns, title)


def read_page(text: str, name: str) -> tuple[str, list[Span]]:
    """The main text of a page, a line a paragraph, and where its headings are.

    :raises SourceEmpty: when the page has no text.
    """
    return _write_blocks(parse_page(text, name)[1])


def _write_blocks(blocks: list[HtmlBlock]) -> tuple[str, list[Span]]:
    text: list[str] = []
    headings: list[Span] = []
    length = 0
    for block in blocks:
        lead = block.lead if text else ""
        start = length + len(lead)
        length = start + len(block.text)
        text += [lead, block.text]
        if block.tag in _HEADINGS:
            headings.append((start, length))
    return "".join(text), headings


def _is_speaker(block: HtmlBlock) -> bool:
    named = block.tag == "cite" or SPEAKER_CLASS.search(block.classes) is not None
    return named and is_name(clean_name(block.text) or "")


def _marks_speakers(blocks: list[HtmlBlock]) -> bool:
    """Whether what is marked as speakers are such: `<cite>` also marks titles, which have no colon nor come back."""
    marked = [block for block in blocks if _is_speaker(block)]
    names = {clean_name(block.text) for block in marked}
    named = any(block.tag != "cite" or block.text.endswith((":", "：")) for block in marked)
    return len(marked) > 1 and (named or len(names) < len(marked))


def _read_marked(blocks: list[HtmlBlock]) -> Iterator[Piece]:
    """The pieces of a page that marks speakers by tag or class."""
    speaker: str | None = None
    start_ms: int | None = None
    for block in blocks:
        if _is_speaker(block):
            speaker, start_ms = clean_name(block.text), None
        elif _TIME.fullmatch(block.text):
            start_ms = parse_ms(block.text)
        elif block.tag in _HEADINGS:
            speaker, start_ms = None, None
            yield Piece(None, block.text, kind="narration", fresh=True)
        else:
            yield Piece(speaker, block.text, start_ms, kind="narration" if speaker is None else "speech")


def _is_time(block: HtmlBlock) -> bool:
    return TIME_CLASS.search(block.classes) is not None and _TIME.fullmatch(block.text) is not None


def _read_timed(blocks: list[HtmlBlock]) -> Iterator[Piece]:
    """The pieces of a page that marks times by class (oTranscribe, YouTube's pane), with the labels in its words."""
    first = next(number for number, block in enumerate(blocks) if _is_time(block))
    yield from (Piece(None, block.text, kind="narration", fresh=True) for block in blocks[:first])
    lines: list[str] = []
    starts: list[int | None] = []
    start_ms: int | None = None
    for block in blocks[first:]:
        if _is_time(block):
            start_ms = parse_ms(block.text)
        else:
            lines.append(block.text)
            starts.append(start_ms)
            start_ms = None
    speaker: str | None = None
    for part in split_labels(lines):
        if part.labelled:
            speaker = part.speaker
        start_ms = starts[part.number]
        yield Piece(speaker, part.text, start_ms, fresh=part.labelled or start_ms is not None)


def _read_anchored(root: Element) -> Iterator[Piece]:
    """The pieces of a page of noScribe, whose anchors bear the times and speakers; names put in by hand go first."""
    names: dict[str, str] = {}
    for anchor in root.iter("a"):
        place = _ANCHOR.fullmatch(anchor.get("name") or "")
        if place is None:
            continue
        text = clean_text(str(anchor.xpath("string()")))
        code = place["code"]
        label = _ANCHOR_LABEL.match(text)
        assert label is not None  # every part of the pattern may be missing
        begins = anchor.getprevious() is None
        if label["name"] and (begins or label["name"] == code) and is_name(label["name"]):
            names[code] = label["name"]
            text = text[label.end() :]
        yield Piece(names.get(code, code) or None, text, parse_ms(place["start"], unit="ms"))


def _find_table(root: Element) -> tuple[Element, list[list[str]], Columns] | None:
    """The longest table under a head that names a column of speakers and one of words, its rows and columns."""
    found = []
    for table in root.iter("table"):
        rows = [[_read_cell(cell) for cell in row.iter("td", "th")] for row in table.iter("tr")]
        rows = [row for row in rows if any(row)]
        columns = find_columns(rows[0], rows[1:]) if len(rows) > 2 and next(table.iter("table")) is table else None
        if columns is not None and (columns.speaker is not None or columns.question is not None):
            found.append((table, rows, columns))
    return max(found, key=lambda table: len(table[1]), default=None)


def _read_cell(cell: Element) -> str:
    return clean_text(" ".join(str(text) for text in cell.itertext()))


def _read_with_table(root: Element, table: Element, rows: list[list[str]], columns: Columns) -> Iterator[Piece]:
    """The rows of the table as speech, all around it as narration."""
    for block in find_blocks(root, table):
        if block.tag == "table":
            yield from read_rows(rows[0], rows[1:], columns)
        else:
            yield Piece(None, block.text, kind="narration", fresh=True)
