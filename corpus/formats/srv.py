"""YouTube's captions in XML: <p t="…"> (srv3) or <text start="…"> (srv1, srv2)."""

from corpus.errors import SourceEmpty
from corpus.formats.captions import read_caption_lines
from corpus.formats.extract import Extract, unescape
from corpus.formats.times import parse_ms
from corpus.formats.word_times import write_time_tag
from corpus.formats.xml import Element, attribute, children, descendants, read_text


def read_srv(root: Element, name: str) -> Extract:
    """The captions of YouTube's XML in order, with their times.

    :raises SourceEmpty: when no caption has words.
    """
    lines = []
    for caption in descendants(root, "p", "text"):
        start_ms, lasts_ms = (parse_ms(attribute(caption, key), unit="ms") for key in ("t", "d"))
        if start_ms is None:
            start_ms, lasts_ms = parse_ms(attribute(caption, "start")), parse_ms(attribute(caption, "dur"))
        end_ms = None if start_ms is None or lasts_ms is None else start_ms + lasts_ms
        # The older kinds write entities twice: &amp;#39;
        lines.append((unescape(_read_words(caption, start_ms)), start_ms, end_ms))
    extract = read_caption_lines(lines)
    if not extract.turns:
        raise SourceEmpty(f"{name} has no caption with words; check the export")
    return extract


def _read_words(caption: Element, start_ms: int | None) -> str:
    """The words, each that has an offset of its own (<s t="…">) behind a tag with its time."""
    for word in children(caption, "s"):
        offset_ms = parse_ms(attribute(word, "t"), unit="ms")
        if start_ms is not None and offset_ms and word.text and word.text.strip():
            word.text = f"{write_time_tag(start_ms + offset_ms)}{word.text}"
    return read_text(caption)
