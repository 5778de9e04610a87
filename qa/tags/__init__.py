"""Tags on quotes: a code-book, what was tagged, counted and gathered, and more like it."""

from qa.tags.book import COLORS, MAX_NAME_CHARS, CodeBook, Tag, find_tags_file, read_book
from qa.tags.gather import Gathered, claim_tagged, gather
from qa.tags.keep import change_tag, delete_tag, make_tag, tag_quote, untag_quote
from qa.tags.suggest import suggest

__all__ = [
    "COLORS",
    "MAX_NAME_CHARS",
    "CodeBook",
    "Gathered",
    "Tag",
    "change_tag",
    "claim_tagged",
    "delete_tag",
    "find_tags_file",
    "gather",
    "make_tag",
    "read_book",
    "suggest",
    "tag_quote",
    "untag_quote",
]
