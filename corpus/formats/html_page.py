"""Pages of HTML: their encoding, their main text, and its blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from corpus.encoding import decode
from corpus.errors import SourceEmpty
from corpus.formats.extract import clean_text
from corpus.formats.xml import Element

# A remark ends at its first "-->": one that may also end later makes the time double with each.
_REMARK = r"<!--(?:[^-]|-(?!->))*-->"
_HTML_START = re.compile(
    rf"\s*(?:<\?xml[^>]*>\s*)?(?:{_REMARK}\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
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
SPEAKER_CLASS = re.compile(r"(?:^|[\s_-])(?:speaker|speaker-?name)(?:$|[\s_-])", re.IGNORECASE)
TIME_CLASS = re.compile(r"(?:^|[\s_-])(?:time|timestamp|timecode)(?:$|[\s_-])", re.IGNORECASE)
# Of the candidates for the main text, one must hold this share of the page's paragraphs.
_MIN_MAIN_SHARE = 0.5

# What the characters of XML 1.0 are not (section 2.2).
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

_PARAGRAPH, _LINE = "\n\n", "\n"


@dataclass(frozen=True, slots=True)
class HtmlBlock:
    """A stretch of text between two block tags, the tag and class of what holds it, and the break before it.

    `quoted` says that it stands in a block quote.
    """

    text: str
    tag: str
    classes: str
    lead: str
    quoted: bool = False


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


def parse_page(text: str, name: str, *, write_marks: bool = False) -> tuple[Element, list[HtmlBlock]]:
    """The page, with all that is not its text taken out, and the blocks of its main text.

    :param write_marks: put the quotation marks around `<q>` that browsers show there.
    :raises SourceEmpty: when the page has no text.
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is not None and write_marks:
        _write_marks(root)
    blocks = list(find_blocks(_find_main(root))) if root is not None else []
    if root is None or not blocks:
        raise SourceEmpty(f"{name} is a page without text; save the page with its text, or copy the text out of it")
    return root, blocks


def _write_marks(root: Element) -> None:
    for element in root.iter("q"):
        element.text = f"“{_NOT_XML.sub(' ', element.text or '')}"
        if len(element):
            element[-1].tail = f"{_NOT_XML.sub(' ', element[-1].tail or '')}”"
        else:
            element.text += "”"


def _find_main(root: Element) -> Element:
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


def _is_left_out(element: Element) -> bool:
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


def _names(element: Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _remove(element: Element) -> None:
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


def _count_paragraph_chars(element: Element) -> int:
    return sum(len(str(paragraph.xpath("string()"))) for paragraph in element.iter("p", "li", "dd", "blockquote"))


def find_blocks(root: Element, table: Element | None = None) -> Iterator[HtmlBlock]:
    """The text in order, white space folded as browsers do, one block for what stands between block tags and <br>.

    :param table: an element whose text is left out, with an empty block in its place.
    """
    reader = _BlockReader(root)
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            continue
        if event == "end":
            yield from reader.end(element)
            continue
        yield from reader.start(element)
        if element is table:
            reader.pending.clear()
            yield HtmlBlock("", "table", "", _PARAGRAPH)
            walk.skip_subtree()
    yield from reader.flush()


class _BlockReader:
    """Goes through the elements and gives a block wherever one ends."""

    def __init__(self, root: Element) -> None:
        self.pending: list[str] = []
        self._root = root
        self._lead = ""
        self._stack = [root]

    def start(self, element: Element) -> Iterator[HtmlBlock]:
        if _is_block(element) or element.tag == "br":
            yield from self._break(element)
        if element is not self._root:
            self._stack.append(element)
        self.pending.append(element.text or "")

    def end(self, element: Element) -> Iterator[HtmlBlock]:
        if _is_block(element):
            yield from self._break(element)
        if element is not self._root:
            self._stack.pop()
            self.pending.append(element.tail or "")

    def flush(self) -> Iterator[HtmlBlock]:
        text = clean_text("".join(self.pending))
        self.pending.clear()
        # A mark such as "▶" in a link is no text.
        if any(character.isalnum() for character in text) or text in {"?", "!", "…", "..."}:
            holder = next((element for element in reversed(self._stack) if _is_block(element)), self._root)
            quoted = any(element.tag == "blockquote" for element in self._stack)
            yield HtmlBlock(text, str(holder.tag), _names(holder), self._lead, quoted)
            self._lead = ""

    def _break(self, element: Element) -> Iterator[HtmlBlock]:
        yield from self.flush()
        self._lead = max(self._lead, _PARAGRAPH if element.tag in _PARAGRAPHS else _LINE, key=len)


def _is_block(element: Element) -> bool:
    """Whether the element's text stands apart: by its tag, or because it is marked as a speaker's name or a time."""
    marked = SPEAKER_CLASS.search(_names(element)) or TIME_CLASS.search(_names(element))
    if element.tag == "cite" and marked is None and _runs_on(element):
        return False
    return element.tag in _BLOCKS or marked is not None


def _runs_on(element: Element) -> bool:
    """Whether words stand in front of an element on its line, as before a title; not where it ends as a label does."""
    if clean_text(str(element.xpath("string()"))).endswith((":", "：")):
        return False
    inner: Element | None = element
    while inner is not None and (inner is element or inner.tag not in _BLOCKS):
        outer, previous = inner.getparent(), inner.getprevious()
        before = previous.tail if previous is not None else outer.text if outer is not None else ""
        if (before or "").strip():
            return True
        if previous is not None:
            # Below a quotation stands where it is from.
            quoted = outer is not None and outer.tag == "blockquote"
            return quoted or (previous.tag != "br" and previous.tag not in _BLOCKS)
        inner = outer
    return False
