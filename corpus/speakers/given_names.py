"""Lines that have the shape of a label and give a name instead of words: the list of people above a dialogue."""

from collections.abc import Sequence

from corpus.identity import fold_name
from corpus.speakers.grammar import LabelCandidate
from corpus.speakers.names import clean_spaces, is_name, split_name
from corpus.speakers.page import TextPage

_MAX_GIVEN_CHARS = 300
_MAX_GIVEN_WORDS = 6
_MAX_INITIALS = 4
_NOT_BEHIND_A_NAME = tuple(".,;-–—…?!？！。؟।")


def is_data(label: LabelCandidate, page: TextPage) -> bool:
    """Whether the line gives a name instead of words: "Presenter: Ujjwal Sharma (USA)", "INTERVIEWEE: Ana Ruiz"."""
    if not label.form.endswith("colon"):
        return False
    given = page.lines[label.line].text[label.end - label.start :]
    if len(given) > _MAX_GIVEN_CHARS or given.rstrip()[-1:] in _NOT_BEHIND_A_NAME:
        return False
    given = clean_spaces(given)
    if given[-1:] in _NOT_BEHIND_A_NAME:
        return False
    bare = split_name(given)[0].strip()
    words = bare.split()
    return (1 < len(words) <= _MAX_GIVEN_WORDS and is_name(bare) and not given.isupper()) or _is_list(given)


def _is_list(given: str) -> bool:
    """Whether this is a row of names: "Ann Lee, Bob Ash and Cleo Diaz"."""
    parts = [part.strip() for part in given.replace(" and ", ", ").replace(" & ", ", ").split(",")]
    return len(parts) > 1 and all(len(part.split()) > 1 and is_name(part) for part in parts)


def find_given(data: Sequence[LabelCandidate], page: TextPage) -> list[tuple[str, str]]:
    """Initials or parts with the names that a list at the top gives them, each given once."""
    given: dict[str, set[str]] = {}
    for label in data:
        text = page.lines[label.line].text[label.end - label.start :].strip()
        given.setdefault(label.name, set()).add(text)
    found = [(short, next(iter(names))) for short, names in given.items() if len(names) == 1]
    return [(short, name) for short, name in found if len(short) <= _MAX_INITIALS and _is_short_for(short, name)]


def _is_short_for(short: str, name: str) -> bool:
    initials = "".join(word[0] for word in split_name(name)[0].split() if word[0].isalpha())
    return fold_name(initials) == fold_name(short)


def drop_data(candidates: Sequence[LabelCandidate], data: set[int]) -> list[int]:
    """The numbers of the candidates without those that only ever give names, and without the list of names on top."""
    speaking = {label.name for number, label in enumerate(candidates) if number not in data}
    kept = [number for number, label in enumerate(candidates) if label.name in speaking]
    first = next((place for place, number in enumerate(kept) if number not in data), len(kept))
    return kept[first:]
