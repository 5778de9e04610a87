"""Books (EPUB): the chapters in the order of reading, each read as a page.

Read here and not by ebooklib 0.20, whose licence (AGPL) does not fit this program's.
"""

import posixpath
from urllib.parse import unquote

from corpus.errors import CorpusError, SourceEmpty, SourceUnreadable
from corpus.formats.extract import Extract, clean_text
from corpus.formats.headings import set_headings_apart
from corpus.formats.html import read_page
from corpus.formats.html_page import decode_html
from corpus.formats.plain import read_plain
from corpus.formats.xml import attribute, descendants, parse_xml, read_text
from corpus.formats.zipped import read_parts

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_PROGRAM = "its publisher"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/html+xml"})


def read_epub(data: bytes, name: str) -> Extract:
    """The text of a book: its chapters one after the other, and the title that it gives itself.

    :raises SourceTooLarge: when it unpacks to more than a transcript takes.
    :raises SourceUnreadable: when it is damaged or protected.
    :raises SourceEmpty: when no chapter has text.
    """
    parts = read_parts(data, name, _PROGRAM, (_CONTAINER, _ENCRYPTION))
    package_path = None
    if _CONTAINER in parts:
        roots = descendants(parse_xml(parts[_CONTAINER], name, _PROGRAM), "rootfile")
        package_path = next((path for root in roots if (path := attribute(root, "full-path"))), None)
    package = read_parts(data, name, _PROGRAM, (package_path,)) if package_path else {}
    if not package_path or package_path not in package:
        raise SourceUnreadable(f"{name} is damaged: it does not say what its chapters are; get it again")
    root = parse_xml(package[package_path], name, _PROGRAM)
    items = {
        attribute(item, "id"): attribute(item, "href") or ""
        for item in descendants(root, "item")
        if (attribute(item, "media-type") or "") in _PAGES
    }
    folder = posixpath.dirname(package_path)
    order = [items[key] for ref in descendants(root, "itemref") if (key := attribute(ref, "idref")) in items]
    paths = [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in order]
    chapters = read_parts(data, name, _PROGRAM, paths)
    text, headings = "", []
    for path in paths:
        try:
            chapter, spans = read_page(decode_html(chapters.get(path, b""), name), name)
        except CorpusError:  # a picture, or a page that is protected
            continue
        text += "\n\n" if text else ""
        headings += [(len(text) + start, len(text) + end) for start, end in spans]
        text += chapter
    if not text:
        if _ENCRYPTION in parts:
            raise SourceUnreadable(f"{name} is protected (DRM) and cannot be read; use a copy without protection")
        raise SourceEmpty(f"{name} is a book without text, perhaps of pictures of pages; run OCR on it first")
    extract = set_headings_apart(read_plain(text), headings)
    titles = [clean_text(read_text(title)) for title in descendants(root, "title")]
    return Extract(extract.text, extract.turns, next((title for title in titles if title), extract.title))
