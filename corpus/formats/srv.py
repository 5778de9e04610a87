"""YouTube's captions in XML: <p t="…"> (srv3) or <text start="…"> (srv1, srv2)."""

from corpus.errors import SourceEmpty
from corpus.formats.captions import read_caption_lines
from corpus.formats.extract import Extract, unescape
from corpus.formats.times import parse_ms
from corpus.formats.xml import Element, attribute, descendants, read_text


def read_srv(root: Element, name: str) -> Extract:
    """The captions of YouTube's XML in order, with their times.

    :raises SourceEmpty: when no caption has words.
    """
    lines = []
    for caption in descendants(root, "p", "text"):
        start_ms = parse_ms(attribute(caption, "t"), unit="ms")
        if start_ms is None:
            start_ms = parse_ms(attribute(caption, "start"))
        # The older kinds write entities twice: &amp;#39;
        lines.append((unescape(read_text(caption)), start_ms))
    extract = read_caption_lines(lines)
    if not extract.turns:
        raise SourceEmpty(f"{name} has no caption with words; check the export")
    return extract
