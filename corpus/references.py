"""Character references of HTML ("&nbsp;", "&quot;", "&#39;"), as Markdown files have them.

A text keeps them as they are written; what is compared, cut or shown takes them for the characters that they show.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from itertools import pairwise

_REFERENCE = re.compile(
    r"&(?:#(?P<number>[0-9]{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>[A-Za-z][A-Za-z0-9]{1,31}));"
)
# They take no room and turn nothing around.
_NOTHING = frozenset("\u00ad\u200b\u200c\u200d\ufeff")


def find_references(text: str) -> list[tuple[int, int, str]]:
    """The references of `text` in order, as spans (code points, `end` exclusive) with the character that each shows.

    That is a printable character, a space for white space of any kind but the no-break space, or "" for what takes no
    room. References to controls, and names that HTML does not have, are text like any other.
    """
    return list(_find(text)) if "&" in text else []


def read_references(text: str) -> str:
    """`text` with the characters that its references stand for."""
    references = find_references(text)
    edges = [0, *(edge for start, end, _ in references for edge in (start, end)), len(text)]
    pieces = [text[start:end] for start, end in list(pairwise(edges))[::2]]
    shown = [character for _, _, character in references]
    return "".join(piece + character for piece, character in zip(pieces, [*shown, ""], strict=True))


def mask_references(text: str) -> str:
    """`text` with each reference as its character and spaces, so that all others keep their places.

    The character stands where its neighbour is: behind the spaces where white space comes before the reference.
    """
    masked = list(text)
    for start, end, character in find_references(text):
        padding = [" "] * (end - start - len(character))
        opens = start == 0 or masked[start - 1].isspace()
        masked[start:end] = [*padding, *character] if opens else [*character, *padding]
    return "".join(masked)


def _find(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _REFERENCE.finditer(text):
        if match["name"]:
            character = html5.get(f"{match['name']};", "")
        else:
            number = int(match["number"] or match["hex"], 10 if match["number"] else 16)
            character = chr(number) if number < 0x110000 else ""
        if character in _NOTHING and character:
            yield match.start(), match.end(), ""
        elif character == "\u00a0" or (len(character) == 1 and character.isprintable()):
            yield match.start(), match.end(), character
        elif len(character) == 1 and character.isspace():
            yield match.start(), match.end(), " "
