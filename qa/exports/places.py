"""What a file for reading keeps of its quotes besides the words, so that they can be checked again.

The words and the speakers are read as they stand in the file, where somebody may have changed them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from corpus import printable
from qa.answers import Citation, citation_from_dict, introduce
from qa.errors import AnswersInvalid
from qa.exports.records import ExportedAnswers


def write_places(answers: ExportedAnswers) -> str:
    """Each quote whole, as JSON, with its number; without characters that could end a comment or an attribute."""
    places = [{"number": exported.number, **exported.quote.to_dict()} for exported in answers.quotes]
    return escape_json(json.dumps(places, ensure_ascii=True))


def escape_json(written: str) -> str:
    """The same JSON without "<", ">", "&", "'" and "--"; they stand in strings only, where an escape means the same."""
    for character in "<>&'":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written.replace("--", "-\\u002d")


def read_places(
    written: str, words: Mapping[int, str], speakers: Mapping[int, str], show: Callable[[str], str], program: str
) -> list[Citation]:
    """The citations in a file: those whose words still stand in it, with the words and speakers that stand there.

    :param words: what stands in the file, by the number of the quote; `speakers` likewise, as they are introduced.
    :param show: how the words of a quote are written there.
    :param program: what made the file, or changed it since, for the message.
    :raises AnswersInvalid: when what was kept cannot be read.
    """
    try:
        places = json.loads(written)
        numbered = [(int(place["number"]), citation_from_dict(place), place) for place in places]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise AnswersInvalid(f"it has no places of quotes in it that can be read ({error}); export it again") from error
    citations = []
    for number, citation, place in numbered:
        if number not in words:
            continue  # somebody took it out
        changed: dict[str, Any] = {}
        if words[number] != show(citation.shown):
            changed |= {"cited_text": words[number], "corrected": None}
        if number in speakers and speakers[number] != introduce(citation):
            changed["speaker"] = speakers[number]
        citations.append(citation_from_dict({**place, **changed}) if changed else citation)
    if not citations and numbered:
        raise AnswersInvalid(f"none of its {len(numbered)} quotes stands in it any more; export it again to {program}")
    return citations


def show_words(text: str) -> str:
    """Words as they are written into a document: nothing acts on the screen, every line break is one."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n"))


def without_corrections(citation: Citation) -> Citation:
    """The citation of a format that has the source's words and says nothing of what was corrected in them."""
    return replace(citation, unstated=citation.unstated | {"corrected"})
