"""Answers as Markdown with reference notes, as pandoc and most editors read it; nothing of a source acts in it."""

import html
import re
from collections.abc import Iterator

from corpus import one_line
from qa.answers import Citation, introduce
from qa.errors import AnswersInvalid
from qa.exports.places import read_places, write_places
from qa.exports.records import ExportedAnswers, ExportedPart
from qa.safe_text import escape_markdown

_ESCAPED = re.compile(r"\\(.)")
_QUOTE = re.compile(r"^> \*\*(?P<speaker>.*?)(?<!\\):\*\* “(?P<words>.*)”\[\^(?P<number>\d{1,6})\]$", re.MULTILINE)
_PLACES = re.compile(r"^<!-- on-the-record: (?P<places>.*) -->$", re.MULTILINE)


def write_markdown_notes(answers: ExportedAnswers) -> bytes:
    """The answers with a note for each quote; the places of the quotes stand in a comment at the end."""
    lines = ["# Quotations", "", escape_markdown(answers.summary), ""]
    asked = None
    for part in answers.parts:
        if part.question != asked:
            lines += [f"## {escape_markdown(part.question)}", ""]
            asked = part.question
        lines += _write(part)
    lines += [f"[^{exported.number}]: {escape_markdown(exported.citation)}" for exported in answers.quotes]
    return "\n".join([*lines, "", f"<!-- on-the-record: {write_places(answers)} -->", ""]).encode()


def _write(part: ExportedPart) -> Iterator[str]:
    for heading in [part.asked_of] if part.asked_of is not None else []:
        yield from (f"### {escape_markdown(heading)}", "")
    if part.short:
        yield from (f"**{escape_markdown(part.short)}**", "")
    if part.words:
        yield from (escape_markdown(part.words), "")
    if part.model:
        yield from (f"*Phrased by the language model {escape_markdown(part.model)}*", "")
    for exported in part.quotes:
        speaker, words = escape_markdown(introduce(exported.quote)), escape_markdown(exported.quote.shown)
        yield from (f"> **{speaker}:** “{words}”[^{exported.number}]", "")
    if part.quotes and part.probability is not None:
        yield from (f"*Probability {part.probability:.2f}*", "")
    if part.note:
        yield from (f"Note: {escape_markdown(part.note)}", "")


def read_markdown_notes(data: bytes) -> list[Citation]:
    """The quotes as they stand in it.

    :raises AnswersInvalid: when it is none that this program wrote.
    """
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    places = list(_PLACES.finditer(text))
    if not places:
        raise AnswersInvalid("it has no places of quotes at its end; give a file that was exported as Markdown")
    found = list(_QUOTE.finditer(text))
    words = {int(match["number"]): _unescape(match["words"]) for match in found}
    speakers = {int(match["number"]): _unescape(match["speaker"]) for match in found}
    return read_places(places[-1]["places"], words, speakers, _fold, "Markdown")


def _fold(text: str) -> str:
    return one_line(text, None)


def _unescape(text: str) -> str:
    for link, shown in (("&#58;//", "://"), ("&#46;", "."), ("&#64;", "@")):
        text = text.replace(link, shown)
    return html.unescape(_ESCAPED.sub(r"\1", text)) if "&#" in text else _ESCAPED.sub(r"\1", text)
