"""The shapes of a label: an optional time, an opening mark, a name, a closing mark, an optional time.

Every way in which a line could begin with a label is a candidate, under the form that it would have. Nothing is decided
here; only the first code points of a line are looked at, so that odd lines take no time.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.clocks import CLOCK, CLOCK_IN_WORDS, ROUND_CLOCK, SPACE, SQUARE_CLOCK, parse_clock_ms
from corpus.lines import Line
from corpus.speakers.names import Grade, clean_label, grade_name

MAX_LABEL_LINE_CHARS = 300
_MAX_ALONE_CHARS = 90

_S = SPACE
_EMOJI = "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]"
_ANCHOR = r"</?a\b[^<>]{0,120}>"
_PREFIX = (
    rf"{_S}*(?:>(?!>){_S}*)*(?P<turn>[-–]?>{{2,3}}{_S}*)?(?P<bullet>[-–—•·*&]{_S}+|\d{{1,3}}[.)]{_S}+)?"
    rf"(?:{_ANCHOR}{_S}*)*(?:{_EMOJI}+{_S}*)?"
    rf"(?P<lead>(?:(?P<b>\*\*|__)(?={CLOCK}(?:\*\*|__)))?@?{CLOCK}(?(b)(?:\*\*|__)))?{_S}*(?(lead)(?:[-–—|,]{_S}+)?)"
    rf"(?:{_EMOJI}+{_S}*)?"
)

_GROUP = rf"(?:{_S}{{0,2}}(?:\((?!{_S}?\d+:)[^()\r\n]{{1,80}}\)|\[(?!{_S}?[\d#])[^\[\]\r\n]{{1,60}}\]))"
_CHAR = r"[^:：;；|\t\r\n()\[\]{}【】<>*¿¡!?？！。，；…=\\]"
# The first letter may stand behind an apostrophe or an opening quotation mark.
_NAME = (
    rf"(?P<name>(?:['’‘\"“„«]?[^\W\d_]{_CHAR}{{0,80}}?{_GROUP}{{0,3}}(?:{_S}?\?)?"
    r"|\?{1,3}|\([A-Z][^()\r\n]{0,40}\)))"
)
_COLON = r"(?:(?<!\d)[:：]|[:：](?!\d))(?!//)"
_MARKED = rf"(?:{SQUARE_CLOCK}|{ROUND_CLOCK}|\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d{{1,3}})?(?![:\d]))"
_BOLD = r"(?:\*{1,3}|__?)"
# Columns with more times and seconds behind the first one.
_COLUMNS = rf"(?:{_S}*\t(?:\d+(?:[.,]\d+)?|{CLOCK})(?=\t))*"

_BOLD_COLON = (
    rf"(?:#{{1,6}}{_S}+)?{_BOLD}(?:(?P<inner>{CLOCK}){_S}*)?{_NAME}(?:{_S}*(?P<middle>{CLOCK}))?"
    rf"(?:{_BOLD}{_S}*(?P<behind>{CLOCK})?{_S}*{_COLON}|{_S}*{_COLON}{_S}*(?P<before>{CLOCK})?{_S}*{_BOLD})"
    rf"{_S}*(?P<after>{_MARKED})?{_S}*"
)
_PLAIN_COLON = (
    rf"(?:(?:\*{{1,3}}|__?|[#@])(?=['’‘\"“]?[^\W\d_]))?{_NAME}(?:{_S}*(?P<middle>{CLOCK}))?"
    rf"{_S}*{_COLON}{_S}*(?P<after>{_MARKED})?{_S}*"
)
_TIMED = (
    rf"(?P<heading>#{{1,6}}{_S}+)?(?P<bold>\*{{1,3}}|__?)?{_NAME}(?(bold)(?P=bold)){_S}+(?:[-–—|,]{_S}+)?"
    rf"(?P<time>{CLOCK}|{CLOCK_IN_WORDS}{_S}*$)(?!{_S}*[:：]){_COLUMNS}{_S}*"
)
_BRACKETED = (
    rf"(?P<open>[\[({{【「<])(?P<name>['’‘]?[^\W\d_][^\[\](){{}}【】「」<>:：!?！？。\r\n]{{0,60}})(?P<close>[\])}}】」>])"
    rf"{_S}*(?P<time>{CLOCK})?{_S}*(?P<colon>[:：]{_S}*)?"
)
_PAIRS = {"[": "]", "(": ")", "{": "}", "【": "】", "「": "」", "<": ">"}
_SEPARATED = (
    rf"{_NAME}(?:{_S}*(?P<middle>{CLOCK}))?(?P<separator>{_S}*[;；]|{_S}+[-–—]{_S}|{_S}*[—–]|{_S}*\||{_S}*\t)"
    rf"{_COLUMNS}{_S}*(?!{CLOCK})"
)
_SEPARATORS = {";": "; mark", "；": "; mark", "|": "pipe", "\t": "tab", "-": "dash", "–": "dash", "—": "dash"}
_TITLE = (
    r"(?:M(?:r|rs|s|R|RS|S|x|iss|adam)|Dr|DR|The|THE|Sir|Dame|Lord|Lady|Prof|Professor|Senator|Sen|Representative|Rep"
    r"|Congress(?:man|woman)|Chair(?:man|woman|person)?|Secretary|Governor|Judge|Justice|General|Colonel|Admiral"
    r"|Ambassador|President|Minister|Vice|Commissioner|Director|SENATOR|CHAIRMAN|CHAIRWOMAN)"
)
_WORD = r"[^\W\d_][^\s.:;,!?()\[\]]{0,30}"
_STOPPED = (
    rf"(?P<name>(?:{_TITLE}\.?[ ]{_WORD}(?:[ ]{_WORD}){{0,4}}|[QA]\d?|[A-ZÀ-Þ]{{3,20}})(?:[ ]\([^()\r\n]{{1,60}}\))?)"
    rf"\.{_S}+(?=[^\sa-z])"
)
_ALONE = rf"(?P<heading>#{{1,6}}{_S}+)?(?P<bold>\*{{1,3}}|__?)?{_NAME}(?(bold)(?P=bold))(?P<stop>[.,?])?{_S}*$"
_TAG = r"<SPEAKER\b[^<>]{0,200}?\bNAME=\"(?P<name>[^\"<>]{1,100})\"[^<>]{0,100}>[ \t]*"
_ANY_SEPARATOR = re.compile(r"[:：;；|\t\])}】」>—–]|[ \u00a0]-[ ]|\d[ ](?:hour|min|sec)")
_LABEL_WINDOW = 130
_STOP_WINDOW = 80


@functools.cache
def _compile(shape: str) -> re.Pattern[str]:
    """Compiled when a line is first looked at: whoever only asks does not wait for it."""
    return re.compile(shape)


@dataclass(frozen=True, slots=True)
class LabelCandidate:
    """A line's possible claim that `name` speaks from `end` on; `line` is its number, `start` its first code point.

    `name` is as written, with brackets and affiliation; `form` says how name and words are parted; `bullet` whether the
    line is an item of a list; `has_text` whether words stand behind the label on its line.
    """

    name: str
    form: str
    line: int
    start: int
    end: int
    start_ms: int | None
    has_clock: bool
    has_text: bool
    grade: Grade
    bullet: bool


def find_forms(line: Line) -> list[LabelCandidate]:
    """Every label that could stand at the beginning of the line, each under its form; none for most lines."""
    text = line.text
    if not text or text.isspace():
        return []
    head = text if len(text) <= MAX_LABEL_LINE_CHARS else text[:MAX_LABEL_LINE_CHARS] + "\0"
    prefix = None if head[0].isalpha() or (head[:2] == "**" and head[2:3].isalpha()) else _compile(_PREFIX).match(head)
    at = prefix.end() if prefix else 0
    lead = prefix["lead"] if prefix else None
    separator = _ANY_SEPARATOR.search(head, at, at + _LABEL_WINDOW)
    found = []
    for form, match in _match_forms(head, at, separator is not None, lead is not None):
        made = _make(line, form, match, lead, prefix is not None and prefix["bullet"] is not None)
        if made is not None:
            found.append(made)
    return found


def _match_forms(head: str, at: int, separated: bool, clocked: bool) -> Iterator[tuple[str, re.Match[str]]]:
    if head.startswith("<SPEAKER", at) and (match := _compile(_TAG).match(head, at)):
        yield "tag", match
        return
    if separated:
        first = head[at : at + 1]
        if first in "*_#" and first and (match := _compile(_BOLD_COLON).match(head, at)):
            yield "bold colon", match
            return
        if match := _compile(_PLAIN_COLON).match(head, at):
            yield "colon", match
        if match := _compile(_TIMED).match(head, at):
            marked = "bold " if match["bold"] or match["heading"] else ""
            yield f"{marked}time{'' if match.end() >= len(head) else ' words'}", match
        if (
            first in _PAIRS
            and first
            and (match := _compile(_BRACKETED).match(head, at))
            and _PAIRS[first] == match["close"]
        ):
            behind = " colon" if match["colon"] else " time" if match["time"] else ""
            yield f"{first} bracket{behind}", match
        if match := _compile(_SEPARATED).match(head, at):
            yield next(_SEPARATORS[mark] for mark in match["separator"] if mark in _SEPARATORS), match
    if (match := _compile(_STOPPED).match(head, at, at + _STOP_WINDOW)) is not None:
        yield "full stop", match
    if len(head) - at <= _MAX_ALONE_CHARS and (match := _compile(_ALONE).match(head, at)) and not match["stop"]:
        kind = "heading" if match["heading"] else "bold" if match["bold"] else "alone"
        yield f"clock, {kind}" if clocked and kind == "alone" else kind, match


def _make(line: Line, form: str, match: re.Match[str], lead: str | None, bullet: bool) -> LabelCandidate | None:
    name = clean_label(match["name"])
    if lead and name.casefold().startswith("from "):
        name = clean_label(re.sub(r"\s+to\s+.*", "", name[5:]))
    grade = grade_name(name)
    if form == "tag":
        grade = Grade.ROLE
    if form.endswith("alone") and "?" in name:
        return None
    if grade == Grade.NONE or (grade == Grade.LOWER and form in {"alone", "full stop", "tab"}):
        return None
    marks = match.groupdict()
    clocks = [marks[key] for key in ("time", "after", "behind", "before", "middle", "inner") if marks.get(key)]
    clocks += [lead] if lead else []
    return LabelCandidate(
        name=name,
        form=form,
        line=line.number,
        start=line.start,
        end=line.start + match.end(),
        start_ms=parse_clock_ms(clocks[0]) if clocks else None,
        has_clock=bool(clocks),
        has_text=bool(line.text[match.end() :].strip()),
        grade=grade,
        bullet=bullet,
    )
