"""Where names stand in a text, in whatever case, with or without accents, over a line break, with a possessive."""

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.folding import fold_with_offsets

# What stands between the words of a name: a space, a comma, a hyphen, marks of emphasis, a line break with its indent.
_BETWEEN = r"[\W_]{0,6}"
# And between two parts of one that were found each by itself: also an initial.
_JOINING = re.compile(r"[ ,\u00a0]*(?:[^\W\d_]\.?[ \u00a0]+)?")
_WORD = re.compile(r"[^\W_]+")
# Of a name by itself these say nobody's: they are not hidden where they stand alone.
_PARTICLES = frozenset(
    "al and bin da de del della den der des di do dos du el ibn la las le los the und van von y zu zum zur "
    "dr mr mrs ms prof professor sir dame lord lady rev frau herr dott".split()
)


@dataclass(frozen=True, slots=True)
class NamePlace:
    """A name in a text (code points, `end` exclusive), and what is shown in its place."""

    start: int
    end: int
    to: str


class Names:
    """Names to be found, each in several forms.

    :param forms: what is shown for each form.
    """

    def __init__(self, forms: Mapping[str, str]) -> None:
        patterns = {form: words for form in forms if (words := find_words(form))}
        longest = sorted(patterns, key=lambda form: (-len("".join(patterns[form])), form))
        self._shown = [forms[form] for form in longest]
        alternatives = "|".join(f"({_BETWEEN.join(map(re.escape, patterns[form]))})" for form in longest)
        self._pattern = re.compile(rf"(?<![^\W_])(?:{alternatives})s?(?![^\W_])") if longest else None

    def find(self, text: str) -> list[NamePlace]:
        """Where they stand, in order, none over another; one after the other is one, where they are of one person."""
        if self._pattern is None:
            return []
        plain, starts, ends = _simplify(text)
        hits: list[NamePlace] = []
        for match in self._pattern.finditer(plain):
            first, last = match.start(), match.end() - 1
            start, end = (starts[first], ends[last]) if starts and ends else (first, last + 1)
            shown = self._shown[(match.lastindex or 1) - 1]
            before = hits[-1] if hits else None
            if before is not None and before.to == shown and _JOINING.fullmatch(text, before.end, start):
                hits[-1] = NamePlace(before.start, end, shown)
            else:
                hits.append(NamePlace(start, end, shown))
        return hits

    def hide(self, line: str) -> str:
        """A line with what is shown in the place of the names."""
        shown, reached = "", 0
        for hit in self.find(line):
            shown += line[reached : hit.start] + hit.to
            reached = hit.end
        return shown + line[reached:]


def find_words(name: str) -> list[str]:
    """The words of a name, as they are compared."""
    return _WORD.findall(_simplify(name)[0])


def gives_away(shown: str, form: str) -> bool:
    """Whether what is shown has a word of the name in it."""
    return not _PARTICLES.issuperset({*find_words(shown)} & {*find_words(form)})


def list_forms(name: str) -> tuple[str, ...]:
    """The forms in which a name of several words stands besides the whole: each of its words, and with an initial.

    Titles and particles are no form by themselves, nor are single letters.
    """
    words = [match.group() for match in _WORD.finditer(name)]
    parts = [word for word in words if len(word) > 1 and word.casefold() not in _PARTICLES]
    if len(words) < 2 or not parts:
        return ()
    return (f"{parts[0][0]}. {parts[-1]}", *parts) if len(parts) > 1 else tuple(parts)


def _simplify(text: str) -> tuple[str, list[int] | None, list[int] | None]:
    """The text without case and accents; where each of its characters begins and ends, None where that is the same."""
    if text.isascii() and "&" not in text:
        return text.lower(), None, None
    folded = fold_with_offsets(text)
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for character, start, end in zip(folded.text, folded.starts, folded.ends, strict=True):
        simple = _simplify_character(character)
        plain.append(simple)
        if len(simple) == 1:
            starts.append(start)
            ends.append(end)
        else:
            starts += [start] * len(simple)
            ends += [end] * len(simple)
    return "".join(plain), starts, ends


@functools.lru_cache(maxsize=4096)
def _simplify_character(character: str) -> str:
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    # Letters that are no other letter with a mark.
    parts = parts.translate({ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("ı"): "i"})
    return "".join(part for part in parts if not unicodedata.combining(part))
