"""What can stand as a speaker's name in a label, and how sure that is."""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

from corpus.clocks import INVISIBLE
from corpus.speakers.words import (
    ABBREVIATED_TITLES,
    NEVER_IN_A_NAME,
    NOT_A_SPEAKER,
    NOT_A_SPEAKER_ALONE,
    PARTICLES,
    ROLES,
    SOUNDS,
    TAGS,
    TITLES,
    UNKNOWN,
)

MAX_NAME_CHARS = 100
MAX_BASE_WORDS = 8
MAX_AFFILIATION_WORDS = 14
_MAX_LOWER_CHARS = 24
_MAX_LOWER_WORDS = 2
_MAX_UNSPACED_CHARS = 16

# "(CEO, Bakers Ltd.)", "[Ngozi]" behind a name.
GROUP = re.compile(r"[ \u00a0]*(?:\(([^()\r\n]{1,80})\)|\[([^\[\]\r\n]{1,60})\])")
_MARKS_AROUND = " \t\u00a0\u3000.,-–—_:：#@~/|"
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "‘": "’", "'": "'"}
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# "SPEAKER_00", "spk_1", "Speaker #1", "Спикер №1", "S1", "P3", "FG1-P2", "PERSON27"
_CODE = re.compile(r"[^\W\d_]+(?:[ _#№.-]*\d{1,4})?(?:[-_][^\W\d_]*\d{1,4})?")
_NUMBERED = re.compile(r".*?[^\W\d_][ _]*[#№.-]?[ ]?\d{1,4}")
_WORD_WITH_MARKS = re.compile(r"['’‘]?[^\W\d_][^\s,;!?\"“”=<>|]*,?|[#№]?\d+[\w.]*,?|[&/+-]|[#№]")
_PICTURES = "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]"
_PICTURES_AROUND = re.compile(rf"^(?:{_PICTURES}|\s)+|(?:{_PICTURES}|\s)+$")


class Grade(IntEnum):
    """How much a text looks like a speaker's name by itself."""

    NONE = 0
    LOWER = 1
    NAME = 2
    ROLE = 3


def clean_spaces(text: str) -> str:
    """The text composed (NFC), with single spaces and without marks that take no room."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


@lru_cache(maxsize=4096)
def clean_label(text: str) -> str:
    """The name in a label on one line, without marks around it; brackets behind the name stay."""
    text = _PICTURES_AROUND.sub("", clean_spaces(text))
    before = None
    while text != before:
        before = text
        text = text.strip(_MARKS_AROUND) if not text.endswith(("r.", "s.")) else text.lstrip(_MARKS_AROUND).rstrip(".")
        if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
            text = text[1:-1]
    return text


@lru_cache(maxsize=4096)
def split_name(name: str) -> tuple[str, tuple[str, ...], str | None]:
    """A name as its base, what stands in brackets behind it, and the affiliation behind a comma."""
    groups = tuple(match[1] or match[2] for match in GROUP.finditer(name))
    bare = GROUP.sub("", name).strip(" ,")
    base, _, affiliation = bare.partition(",")
    return base.strip(), groups, affiliation.strip() or None


def is_name(text: str) -> bool:
    """Whether `text` can be the name in a label: a person, a part ("Interviewer 1", "Q"), initials or "SPEAKER_00"."""
    return grade_name(clean_label(text)) >= Grade.NAME


def is_unknown(name: str) -> bool:
    """Whether a label says that the speaker is not known ("?", "Unknown")."""
    return name.strip("?*-–. ") == "" or name.casefold().strip("?. ") in UNKNOWN


@lru_cache(maxsize=4096)
def grade_name(name: str) -> Grade:
    """How much a cleaned text looks like a name; `Grade.NONE` where it cannot be one."""
    if is_unknown(name):
        return Grade.ROLE if name else Grade.NONE
    if name.casefold() in TAGS:
        return Grade.NONE
    base, _, affiliation = split_name(name)
    base = base.rstrip(" ?")
    if not base or len(name) > MAX_NAME_CHARS or "?" in base or "&#" in base or not _has_paired_quotes(base):
        return Grade.NONE
    words = base.replace('"', "").replace("“", "").replace("”", "").split()
    if not words or len(words) > MAX_BASE_WORDS or not _may_begin(words):
        return Grade.NONE
    if affiliation is not None and not _is_affiliation(affiliation):
        return Grade.NONE
    if not all(_WORD_WITH_MARKS.fullmatch(word) for word in words) or _has_full_stop(words):
        return Grade.NONE
    if _starts_name(words[0]) and all(_continues_name(word) for word in words[1:]):
        return Grade.ROLE if _is_role(base, words) else Grade.NAME
    if len(words) <= _MAX_LOWER_WORDS and words[0].casefold() in ROLES and all(map(_continues_name, words[1:])):
        return Grade.ROLE
    return _grade_lower(base, words)


def _may_begin(words: list[str]) -> bool:
    first = words[0].casefold().strip("'’‘,.")
    bare = all(word.strip("#№.").isdigit() for word in words[1:])
    if first in NOT_A_SPEAKER or first in SOUNDS:
        return False
    # "NO" may be initials; "No" is none.
    initials = words[0].isupper() and len(first) == 2 and first != "ok"
    return (initials or not bare or first not in NOT_A_SPEAKER_ALONE) and not words[0][0].isdigit()


def _is_role(base: str, words: list[str]) -> bool:
    marks = "#№_.0123456789-"
    if words[0].casefold().strip(marks) in ROLES or words[-1].casefold().strip(marks) in ROLES:
        return True
    coded = _CODE.fullmatch(base) is not None and any(char.isdigit() for char in base)
    return coded or (len(words) > 1 and words[0].casefold().rstrip(".") in TITLES)


def _has_full_stop(words: list[str]) -> bool:
    """Whether a sentence ends inside: "Mr. Lee" and "J. R. Lee" are names, "WELD. Madam Speaker" is none."""
    return any(
        word.endswith(".") and len(word) > 2 and word.casefold().rstrip(".") not in ABBREVIATED_TITLES
        and not re.fullmatch(r"(?:[^\W\d_]\.){1,4}", word)
        for word in words[:-1]
    )  # fmt: skip


def _is_affiliation(text: str) -> bool:
    words = text.replace(",", " ").split()
    if len(words) > MAX_AFFILIATION_WORDS:
        return False
    if text.casefold() in ROLES:
        return True
    return bool(words) and _starts_name(words[0]) and all(_continues_name(word) for word in words[1:])


def _grade_lower(base: str, words: list[str]) -> Grade:
    if len(words) > _MAX_LOWER_WORDS or len(base) > _MAX_LOWER_CHARS or not base.islower():
        return Grade.NONE
    return Grade.NONE if any(word.casefold() in NEVER_IN_A_NAME for word in words) else Grade.LOWER


def _has_paired_quotes(base: str) -> bool:
    return base.count('"') % 2 == 0 and base.count("“") == base.count("”") and "«" not in base


def _starts_name(word: str) -> bool:
    word = word.lstrip("'’‘")
    if not word or not word[0].isalpha():
        return False
    # Scripts without capitals (Thai, Chinese, Korean) have no lower case either; "spk_0" is a machine's label.
    if not word[0].islower():
        return word[0].isupper() or len(word) <= _MAX_UNSPACED_CHARS
    return re.fullmatch(r"[a-z]+[_-]?\d+|(?:al|el|ul|d|l)[-'’].+|[a-z]{1,3}[A-Z]\w+", word) is not None


def _continues_name(word: str) -> bool:
    bare = word.strip(",'’‘")
    if bare.casefold() in PARTICLES or bare in {"&", "/", "-", "+", "#", "№"}:
        return True
    return bare.lstrip("#№").rstrip(".").isdigit() or re.match(r"[#№]?\d", bare) is not None or _starts_name(bare)
