"""Foreign strings made safe to show: what a file holds must not pass for the program's own words."""

import unicodedata

MAX_LINE_CHARS = 200
REPLACEMENT = "\ufffd"

# They reorder what follows them on the screen, and so could make a quote read as something else.
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Nothing is seen of format characters, but these two shape the letters of some scripts, and join emoji.
_JOINERS = frozenset("\u200c\u200d")
# Controls, halves of surrogate pairs, separators of lines and of paragraphs.
_ACTING = frozenset({"Cc", "Cs", "Zl", "Zp"})


def one_line(text: str, max_chars: int | None = MAX_LINE_CHARS) -> str:
    """`text` as one visible line: a name, a title or a reason from elsewhere can then neither end a line nor fake one.

    White space and line breaks become single spaces, what acts on a screen becomes U+FFFD, other invisible characters
    are left out.

    :param max_chars: the length from which the end is cut off, marked with "…"; None cuts nothing.
    """
    text = text.strip()
    # What is cut off anyway is not looked at: a name may be as long as the file.
    looked_at = text if max_chars is None else text[: 4 * max_chars]
    line = printable(" ".join("".join(filter(_is_seen, looked_at)).split()))
    if max_chars is None or (len(line) <= max_chars and len(looked_at) == len(text)):
        return line
    return line[: max_chars - 1].rstrip() + "…"


def is_one_line(text: str, max_chars: int = MAX_LINE_CHARS) -> bool:
    """Whether `text` is no longer than that, and nothing in it acts on a screen or breaks a line."""
    return len(text) <= max_chars and not any(character in "\n\t" or _acts(character) for character in text)


def printable(text: str) -> str:
    """`text` with its line breaks and tabs, and U+FFFD for whatever else would act on a terminal.

    These are control characters, bidirectional overrides, halves of surrogate pairs and uncommon line separators.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(REPLACEMENT if character not in "\n\t" and _acts(character) else character for character in text)


def _acts(character: str) -> bool:
    return character in _BIDI_CONTROLS or unicodedata.category(character) in _ACTING


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) != "Cf" or character in _BIDI_CONTROLS or character in _JOINERS
