"""The names in a transcript, by its speaker labels and its runs of capitalized words."""

import re
from collections.abc import Collection

from corpus import Document

# Within a sentence: after a small letter or a comma.
_RUN = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+(?: [A-Z][\w-]+)*")
_LABEL = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_NO_NAMES = frozenset(
    """Unknown Speaker January February March April May June July August September October November December Monday
    Tuesday Wednesday Thursday Friday Saturday Sunday Yeah Yes Okay OK Ok Well""".split()
)
_MIN_CHARS = 3
# Names that begin alike may be one and the same: "Peru" and "Peruvian".
_ALIKE_CHARS = 4


def find_names(document: Document) -> list[str]:
    """Who speaks in the document, and who and what is named in it; in order of the alphabet."""
    small = set(re.findall(r"\b[a-z]\w+", document.text))
    said = {run for turn in document.turns for run in _RUN.findall(document.text[turn.start : turn.end])}
    labels = {speaker.name for speaker in document.speakers if _LABEL.fullmatch(speaker.name)}
    return sorted(
        name
        for name in said | labels
        if len(name) >= _MIN_CHARS
        and not _NO_NAMES & set(name.split())
        and not any(word.lower() in small for word in name.split())
    )


def names_in(text: str, names: Collection[str]) -> list[str]:
    """Those of the `names` that stand in `text`, without those that are part of another one there."""
    found = [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)]
    return [name for name in found if not any(name in other for other in found if other != name)]


def are_apart(first: str, second: str) -> bool:
    """Whether the two can hardly be names of one."""
    starts = [{word[:_ALIKE_CHARS].lower() for word in name.split()} for name in (first, second)]
    initials = ["".join(word[0] for word in name.split()) for name in (first, second)]
    return not starts[0] & starts[1] and initials[0] != second and initials[1] != first
