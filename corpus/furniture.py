"""Lines that a web page or an export put around the words: found so that they are never quoted."""

import re

# From such a line on there is only page: the comment form, the links below the article.
_PAGE_END = re.compile(
    r"(?:leave a (?:reply|comment)|your email address will not be published.*|post a comment"
    r"|comments? ?\(\d+\)|\d+ comments?|related (?:articles|posts|stories)|you may also like:?"
    r"|share this(?: (?:article|post|story))?:?"
    r"|deja un comentario|deja una respuesta|laisser un commentaire|schreibe einen kommentar)",
    re.IGNORECASE,
)
# Such a line stands alone: a rule, a break marker, an image, the mark of the program that made the transcript.
_SINGLE = re.compile(
    r"(?:(?:[-*_=~]\s*){3,}|\*\*break:?\*\*.*|!\[[^\]]*\]\([^)]*\)|transcribed by https?://\S+|</?[A-Za-z][^<>]*>)",
    re.IGNORECASE,
)
_FRONT_MATTER = "---"


def is_page_end(line: str) -> bool:
    """Whether the page's own text begins at this line and goes on to the end of the file."""
    return _PAGE_END.fullmatch(line.strip()) is not None


def is_furniture(line: str) -> bool:
    """Whether this one line is no part of the text."""
    return _SINGLE.fullmatch(line.strip()) is not None


def count_front_matter_lines(lines: list[str]) -> int:
    """How many lines at the top are front matter (`---`, settings, `---`); 0 when there is none or it never ends."""
    if not lines or lines[0].rstrip() != _FRONT_MATTER:
        return 0
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == _FRONT_MATTER:
            return number
    return 0
