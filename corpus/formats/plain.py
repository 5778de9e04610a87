"""Plain text and Markdown: the text unchanged, the turns from its labels."""

from corpus.formats.extract import Extract
from corpus.transcript import find_title, split_turns


def read_plain(text: str) -> Extract:
    """The text as it is, its turns, and its headline as the title."""
    return Extract(text, split_turns(text), find_title(text))
