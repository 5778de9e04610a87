"""One person, one name: the names in a document's labels, each under the name of the person whose it is."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from corpus.speakers.names import clean_label, is_unknown, split_name
from corpus.speakers.words import ROLES, TITLES

_PAIRS = {"[": "]", "(": ")"}
# How somebody speaks, in small letters: "(on camera)", "(through translator)", "(during the reading)".
_MANNER = re.compile(r"[^A-ZÀ-Þ\d]|voice|via|cont(?:inued|'d|’d)?\b|(?:F|M|f|m)(?:emale|ale)?\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<=^[QA])[ ]?\d{1,3}$", re.IGNORECASE)
_MAX_ALIAS_CHARS = 12
# So many brackets and colons are taken off one inside the other, each in a pass over the name.
_MAX_LAYERS = 8


@dataclass(slots=True)
class _Known:
    """The persons of a document and the short forms under which they may come back."""

    by_key: dict[str, str] = field(default_factory=dict)
    full: dict[str, str] = field(default_factory=dict)
    short: dict[str, set[str]] = field(default_factory=dict)


def clean_name(name: str) -> str | None:
    """A speaker's name on one line without the colon or brackets around it, or None when there is none.

    Brackets that belong to the name ("Okafor, Ngozi (External)") stay.
    """
    name = " ".join("".join(" " if ord(char) < 32 else char for char in name).split())
    for _ in range(_MAX_LAYERS):
        before = name
        name = name.strip(":： ")
        if name and _PAIRS.get(name[0]) == name[-1] and name[0] not in name[1:]:
            name = name[1:-1]
        for opening, closing in _PAIRS.items():
            if name.count(opening) != name.count(closing):
                name = name.strip(opening + closing)
        if name == before:
            break
    return name or None


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """What two spellings of one name have in common: composed, of one width and case, without points."""
    return " ".join(unicodedata.normalize("NFKC", clean_label(name)).casefold().replace(".", "").split())


def find_persons(written: Sequence[str], *, given: Iterable[tuple[str, str]] = ()) -> list[str | None]:
    """For each label as written, in order of the text, the name of the person; None where it could be several.

    A person's name is the one first written, without byline, office or manner of speaking; the surname or the initials
    alone are the person's where only one has them.

    :param given: initials or parts and whose they are, from a list at the top of the text.
    """
    bases = _choose_bases(list(dict.fromkeys(written)))
    if _is_numbering(written):
        bases = {name: _NUMBERED.sub("", base) if _NUMBERED.search(base) else base for name, base in bases.items()}
    known = _Known()
    for short, name in given:
        known.short.setdefault(fold_name(short), set()).add(clean_label(split_name(name)[0]))
    surnames = _find_surnames(bases.values())
    for base in bases.values():
        known.full.setdefault(fold_name(base), base)
    persons: dict[str, str | None] = {}
    for name, base in bases.items():
        persons[name] = None if is_unknown(base) else _find_person(base, known, surnames)
        _learn(name, base, known)
    return [persons[name] for name in written]


def _is_numbering(written: Sequence[str]) -> bool:
    """Whether "Q1", "Q2" … are the numbers of questions, each put once, and not of people."""
    numbered = [name for name in written if _NUMBERED.search(name)]
    asked = [int(name.split()[-1].lstrip("QAqa")) for name in numbered if name[0] in "Qq"]
    return len(asked) > 2 and asked == list(range(1, len(asked) + 1)) and len(set(numbered)) == len(numbered)


def _choose_bases(written: Sequence[str]) -> dict[str, str]:
    """Each label without what stands around the name, except where that alone tells two persons apart."""
    groups: dict[str, set[str]] = {}
    for name in written:
        base, brackets, _ = split_name(name)
        telling = [bracket for bracket in brackets if not _MANNER.match(bracket)]
        if telling:
            groups.setdefault(fold_name(base), set()).add(fold_name(telling[0]))
    bases = {}
    for name in written:
        base, brackets, affiliation = split_name(name)
        telling = [bracket for bracket in brackets if not _MANNER.match(bracket)]
        base = clean_label(base) or name
        if affiliation and len(base.split()) == 1 and not _is_office(affiliation):
            base = f"{base}, {affiliation}"  # "Okafor, Ngozi"
        if telling and len(groups[fold_name(split_name(name)[0])]) > 1:
            base = f"{base} ({telling[0]})"
        bases[name] = base
    return bases


def _is_office(affiliation: str) -> bool:
    words = affiliation.casefold().replace(",", " ").split()
    return len(words) != 1 or words[0] in ROLES or affiliation.isupper()


def _find_surnames(bases: Iterable[str]) -> dict[str, set[str]]:
    """Each surname with the full names that bear it."""
    surnames: dict[str, set[str]] = {}
    for base in dict.fromkeys(bases):
        words = fold_name(base).split()
        if len(words) > 1 and words[0] not in TITLES and words[0] not in ROLES and words[-1].isalpha():
            surnames.setdefault(words[-1], set()).add(fold_name(base))
            if len(words) > 2:
                surnames.setdefault(" ".join(words[1:]), set()).add(fold_name(base))
    return surnames


def _find_person(base: str, known: _Known, surnames: dict[str, set[str]]) -> str | None:
    key = fold_name(base)
    if key in known.by_key:
        return known.by_key[key]
    bearers = surnames.get(key, set())
    if len(bearers) > 1:
        return None
    if bearers:
        bearer = next(iter(bearers))
        known.by_key[key] = known.by_key.setdefault(bearer, known.full[bearer])
        return known.by_key[key]
    owners = known.short.get(key, set())
    name = next(iter(owners)) if len(owners) == 1 else base
    known.by_key[key] = known.by_key.setdefault(fold_name(name), name)
    return known.by_key[key]


def _learn(name: str, base: str, known: _Known) -> None:
    """Remember the initials and the alias in brackets of a full name."""
    words = [word for word in base.split() if word[0].isalpha()]
    if len(words) < 2:
        return
    for short in ("".join(word[0] for word in words), "".join(word[0] for word in words if word[0].isupper())):
        known.short.setdefault(fold_name(short), set()).add(base)
    for bracket in split_name(name)[1]:
        if len(bracket) <= _MAX_ALIAS_CHARS and " " not in bracket:
            known.short.setdefault(fold_name(bracket), set()).add(base)
