"""HTML: saved articles and transcript pages, their main text only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from corpus.encoding import decode
from corpus.errors import SourceEmpty
from corpus.formats.extract import Extract, Piece, clean_name, clean_text, write_pieces
from corpus.formats.headings import Span, set_headings_apart
from corpus.formats.labelled import split_labels
from corpus.formats.plain import read_plain
from corpus.formats.times import CLOCK, parse_ms
from corpus.labels import is_name

_HTML_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)

# What is on a page without being its text; scripts are never run, only left out.
_LEFT_OUT = frozenset(
    """script style noscript template iframe object embed svg canvas video audio form button select textarea nav aside
    head footer menu dialog""".split()
)
_LEFT_OUT_ROLES = frozenset("navigation banner contentinfo complementary search dialog alert".split())
_LEFT_OUT_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|breadcrumbs?|sidebar|cookies?|consent|comments?|respond|related|share|sharing|social"
    r"|newsletter|subscribe|advert\w*|ads?|promo|popup|modal|skip-link|pagination)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    """p div section article main header body html h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tr td th blockquote pre
    figure figcaption hr address center cite time details summary""".split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 li blockquote dd tr pre".split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SPEAKER_CLASS = re.compile(r"(?:^|[\s_-])(?:speaker|speaker-?name)(?:$|[\s_-])", re.IGNORECASE)
_TIME_CLASS = re.compile(r"(?:^|[\s_-])(?:time|timestamp|timecode)(?:$|[\s_-])", re.IGNORECASE)
_TIME = re.compile(rf"[\[(]?{CLOCK}[\])]?")
# noScribe: <p><a name="ts_310_4890_S00">S00: <span>[00:00:00]</span> Hello.</a></p>, times in milliseconds.
_ANCHOR = re.compile(r"ts_(?P<start>\d{1,10})_\d{1,10}_(?P<code>.{0,40})")
_ANCHOR_LABEL = re.compile(rf"(?:\[{CLOCK}\]\s*)?(?:(?P<name>[^:\[\]]{{1,60}}):\s*)?(?:\[{CLOCK}\]\s*)?")
# Of the candidates for the main text, one must hold this share of the page's paragraphs.
_MIN_MAIN_SHARE = 0.5

# What the characters of XML 1.0 are not (section 2.2).
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

_PARAGRAPH, _LINE = "\n\n", "\n"


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of text between two block tags, the tag and class of what holds it, and the break before it."""

    text: str
    tag: str
    classes: str
    lead: str


def is_html(text: str) -> bool:
    """Whether the text begins as a page does."""
    return _HTML_START.match(text[:4000].lstrip("\ufeff")) is not None


def decode_html(data: bytes, name: str) -> str:
    """The page's text in the encoding that it names itself, or else as any text is decoded.

    :raises SourceNotText: when the bytes are no text.
    """
    named = _CHARSET.search(data[:4096])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if named is None or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return decode(data, name)
        try:
            # Browsers read "iso-8859-1" as Windows-1252, and so it is meant.
            charset = named[1].decode("ascii").lower()
            return data.decode("cp1252" if charset in {"iso-8859-1", "latin1", "latin-1"} else charset)
        except (LookupError, UnicodeDecodeError, ValueError):
            return decode(data, name)
    return decode(data, name) if "\0" in text else text


def read_html(text: str, name: str) -> Extract:
    """The main text of a page: turns from its markup where that names speakers or times, else from the labels in it.

    :raises SourceEmpty: when the page has no text.
    """
    root, blocks = _parse_page(text, name)
    heading = next((block.text for block in blocks if block.tag == "h1"), None) or root.findtext(".//title")
    title = clean_text(heading or "") or None
    anchored = list(_read_anchored(root))
    if len(anchored) > 1:
        return write_pieces(anchored, title=title)
    if len([block for block in blocks if _is_speaker(block)]) > 1:
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
    return _write_blocks(_parse_page(text, name)[1])


def _parse_page(text: str, name: str) -> tuple[etree._Element, list[_Block]]:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    blocks = list(_find_blocks(_find_main(root))) if root is not None else []
    if root is None or not blocks:
        raise SourceEmpty(f"{name} is a page without text; save the page with its text, or copy the text out of it")
    return root, blocks


def _write_blocks(blocks: list[_Block]) -> tuple[str, list[Span]]:
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


def _find_main(root: etree._Element) -> etree._Element:
    """The element that holds the main text: the smallest of those marked as it that has most of the paragraphs."""
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element is not root and _is_left_out(element):
            _remove(element)
    whole = _count_paragraph_chars(root)
    best = root
    for element in root.iter("main", "article", "section", "div", "td"):
        marked = element.tag in {"main", "article"} or element.get("role") in {"main", "article"}
        named = re.search(r"transcript|article-?body|post-?content|entry-?content", _names(element), re.IGNORECASE)
        if (marked or named) and _count_paragraph_chars(element) >= max(1, _MIN_MAIN_SHARE * whole):
            best = element
    return best


def _is_left_out(element: etree._Element) -> bool:
    if element.tag in {"html", "body"}:
        return False
    if element.tag in _LEFT_OUT or element.get("role") in _LEFT_OUT_ROLES or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or "display:none" in (element.get("style") or "").replace(" ", ""):
        return True
    # A speaker or a transcript is never left out for a word in its class.
    names = _names(element)
    return _LEFT_OUT_NAMES.search(names) is not None and not re.search(
        r"transcript|speaker|article|content|main", names, re.I
    )


def _names(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _remove(element: etree._Element) -> None:
    """Take an element out, but not the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    previous = element.getprevious()
    # The parser lets through what it then refuses to be given: control characters, also as "&#1;".
    if previous is not None:
        previous.tail = _NOT_XML.sub(" ", (previous.tail or "") + tail)
    else:
        parent.text = _NOT_XML.sub(" ", (parent.text or "") + tail)
    parent.remove(element)


def _count_paragraph_chars(element: etree._Element) -> int:
    return sum(len(str(paragraph.xpath("string()"))) for paragraph in element.iter("p", "li", "dd", "blockquote"))


def _find_blocks(root: etree._Element) -> Iterator[_Block]:
    """The text in order, white space folded as browsers do, one block for what stands between block tags and <br>."""
    pending: list[str] = []
    lead = ""
    stack: list[etree._Element] = [root]

    def flush() -> Iterator[_Block]:
        nonlocal lead
        text = clean_text("".join(pending))
        pending.clear()
        # A mark such as "▶" in a link is no text.
        if any(character.isalnum() for character in text) or text in {"?", "!", "…", "..."}:
            holder = next((element for element in reversed(stack) if _is_block(element)), root)
            yield _Block(text, str(holder.tag), _names(holder), lead)
            lead = ""

    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        is_block = _is_block(element)
        if event == "start":
            if is_block or element.tag == "br":
                yield from flush()
                lead = max(lead, _PARAGRAPH if element.tag in _PARAGRAPHS else _LINE, key=len)
            if element is not root:
                stack.append(element)
            pending.append(element.text or "")
        else:
            if is_block:
                yield from flush()
                lead = max(lead, _PARAGRAPH if element.tag in _PARAGRAPHS else _LINE, key=len)
            if element is not root:
                stack.pop()
                pending.append(element.tail or "")
    yield from flush()


def _is_block(element: etree._Element) -> bool:
    """Whether the element's text stands apart: by its tag, or because it is marked as a speaker's name or a time."""
    marked = _SPEAKER_CLASS.search(_names(element)) or _TIME_CLASS.search(_names(element))
    return element.tag in _BLOCKS or marked is not None


def _is_speaker(block: _Block) -> bool:
    named = block.tag == "cite" or _SPEAKER_CLASS.search(block.classes) is not None
    return named and is_name(clean_name(block.text) or "")


def _read_marked(blocks: list[_Block]) -> Iterator[Piece]:
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


def _is_time(block: _Block) -> bool:
    return _TIME_CLASS.search(block.classes) is not None and _TIME.fullmatch(block.text) is not None


def _read_timed(blocks: list[_Block]) -> Iterator[Piece]:
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


def _read_anchored(root: etree._Element) -> Iterator[Piece]:
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
