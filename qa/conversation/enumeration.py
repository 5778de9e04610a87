"""The items that a sentence enumerates: "the second one" of "ships such as A, B and C" is B."""

import re
from collections.abc import Iterator

_SEGMENT = re.compile(r"[^.;:?!]+")
_CONJUNCTION = re.compile(r"\s(?:and|or)\s")
_SEPARATOR = re.compile(r",?\s(?:and|or)\s|,\s*")
_LEAD = re.compile(r"\b(?:such as|including|like|are|were|between|both|covering|from)\s", re.IGNORECASE)


def find_enumerations(text: str) -> Iterator[list[str]]:
    """The items of each enumeration in `text`, two or more: what commas part before and behind its last "and".

    What leads to the first item is left out: "such as", "including", "between". The time it takes grows as the text.
    """
    for segment in _SEGMENT.findall(text):
        *_, last = [None, *_CONJUNCTION.finditer(segment)]
        if last is None:
            continue
        end = segment.find(",", last.end())
        listed = segment[: end if end >= 0 else len(segment)]
        *_, lead = [None, *_LEAD.finditer(listed)]
        items = [item.strip() for item in _SEPARATOR.split(listed[lead.end() if lead else 0 :])]
        items = [item for item in items if item]
        if len(items) >= 2:
            yield items
