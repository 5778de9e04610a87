"""Foreign text made safe to stand in Markdown and in XML."""

import re

from corpus import one_line

__all__ = ["escape_markdown", "xml_text"]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#+\-!|~&$^])")
# What some readers make a link of without any mark.
_LINKS = ((re.compile(r"://"), "&#58;//"), (re.compile(r"(?i)\bwww\."), "www&#46;"), (re.compile("@"), "&#64;"))
# What the characters of XML 1.0 are not (section 2.2).
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def escape_markdown(text: str) -> str:
    """Text as one line that does nothing in Markdown."""
    text = _MARKDOWN.sub(r"\\\1", one_line(text, None))
    for link, shown in _LINKS:
        text = link.sub(shown, text)
    return text


def xml_text(text: str) -> str:
    """Text with U+FFFD for what XML cannot hold; what marks it up is left to whoever writes it."""
    return _NOT_XML.sub("\ufffd", text)
