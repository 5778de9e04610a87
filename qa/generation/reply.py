"""What a language model replied, read as it arrives: sentences with the numbers that they cite, or "not answered"."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from corpus import split_sentences
from qa.errors import ReplyBroken
from qa.generation.prompt import NO_ANSWER

_THOUGHT = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_BEFORE_LIST = re.compile(r'"sentences"\s*:\s*\[')
_DECLINED = re.compile(r'"answered"\s*:\s*false')
_BETWEEN = re.compile(r"[\s,]*")
# White space is taken from where it begins, or a long run of it would be read again from each of its places.
_MARKS = re.compile(r"(?<!\s)\s*\[(\d{1,6}(?:\s*[,;–-]\s*\d{1,6})*)\]")
# What stands in front of an answer as ornament: list marks and headings.
_ORNAMENT = re.compile(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"\*\*|__|`")
_REFUSAL = re.compile(rf"\W*{NO_ANSWER}\b|\W*the source does not answer\b", re.IGNORECASE)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence that a model proposes, and the numbers of the source sentences that it points at."""

    text: str
    numbers: tuple[int, ...] = ()


def read_pointing(pieces: Iterable[str]) -> Iterator[Proposal]:
    """The sentences of a reply in JSON, or of lines that end in "[3, 4]"; each as soon as it is whole.

    A reply that says that there is no answer gives none.

    :raises ReplyBroken: when it is neither, or ends in the middle.
    """
    text, given = "", 0
    for piece in pieces:
        text += piece
        found, _ = _read_objects(_without_thought(text))
        if _DECLINED.search(text) is None:
            yield from found[given:]
        given = max(given, len(found))
    text = _without_thought(text)
    found, whole = _read_objects(text)
    if _BEFORE_LIST.search(text) is not None:
        if not whole:
            raise _garbled()
        return
    if _REFUSAL.match(text) or _DECLINED.search(text):
        return
    marked = [proposal for line in text.splitlines() for proposal in _split_marked(line)]
    if not any(proposal.numbers for proposal in marked):
        raise _garbled()
    yield from marked


def read_freely(pieces: Iterable[str]) -> Iterator[Proposal]:
    """The sentences of a reply in plain text, each as soon as the next one has begun; none when it declines.

    :raises ReplyBroken: when there is nothing in it.
    """
    text, given = "", 0
    for piece in pieces:
        text += piece
        sentences = _split_free(text)
        if not sentences or _REFUSAL.match(sentences[0]):
            continue
        for sentence in sentences[given:-1]:
            yield Proposal(sentence)
        given = max(given, len(sentences) - 1)
    sentences = _split_free(text)
    if not sentences:
        raise _garbled()
    if not _REFUSAL.match(sentences[0]):
        yield from (Proposal(sentence) for sentence in sentences[given:])


def _read_objects(text: str) -> tuple[list[Proposal], bool]:
    """The proposals that stand whole in a JSON reply, and whether the list of them is closed."""
    begun = _BEFORE_LIST.search(text)
    found: list[Proposal] = []
    position = begun.end() if begun else len(text)
    while begun:
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]  # it matches nothing as well
        if text[position : position + 1] != "{":
            break
        try:
            record, position = _DECODER.raw_decode(text, position)
        except ValueError:
            break
        except RecursionError as error:
            raise _garbled() from error
        found.append(_read_object(record))
    return found, text[position : position + 1] == "]"


def _read_object(record: Any) -> Proposal:  # noqa: ANN401 - whatever the model sent
    text, numbers = record.get("text"), record.get("sources")
    if not isinstance(text, str) or not isinstance(numbers, list):
        raise _garbled()
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise _garbled()
    return Proposal(_clean(text), tuple(dict.fromkeys(numbers)))


def _split_marked(line: str) -> Iterator[Proposal]:
    """The parts of a line that end in marks such as "[3][4]" or "[3, 4]"."""
    start = 0
    for match in re.finditer(rf"(?:{_MARKS.pattern})+[.!?]?", line):
        text = _clean(line[start : match.start()])
        if text:
            yield Proposal(text, tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", match[0]))))
        start = match.end()
    rest = _clean(line[start:])
    if any(character.isalnum() for character in rest):
        yield Proposal(rest)


def _split_free(text: str) -> list[str]:
    text = _without_thought(text)
    spans = (span for line in text.splitlines() if line.strip() for span in _spans(line))
    return [sentence for sentence in (_clean(span) for span in spans) if any(map(str.isalnum, sentence))]


def _spans(line: str) -> list[str]:
    line = _ORNAMENT.sub("", line)
    return [line[start:end] for start, end in split_sentences(line)]


def _clean(text: str) -> str:
    """One line of plain words: without marks of citations and of emphasis, which are not the model's to set."""
    text = _EMPHASIS.sub("", _MARKS.sub("", _ORNAMENT.sub("", text)))
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _without_thought(text: str) -> str:
    """Without what a model says to itself before it answers."""
    return _THOUGHT.sub("", text, count=1) if text.lstrip().startswith("<think>") else text


def _garbled() -> ReplyBroken:
    return ReplyBroken("sent a reply that cannot be read")
