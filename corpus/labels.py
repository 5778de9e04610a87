"""Speaker labels: which lines of a text say who speaks next.

A label is found in two steps. `find_candidates` lists every line that has the shape of a label, in any style
("GT:", "**Ali** [0:27]", "BSR03  00:15", "[PERSON27]"). `accept_labels` keeps those that the whole text bears
out: labels come back, in one style, while "Note:" or "Date:" stands once. A line is judged by the company it keeps.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

from corpus.lines import Line, parse_time_ms

MAX_LABEL_CHARS = 48
MAX_LABEL_WORDS = 6
# A label with all that may stand around it; more of a line is not looked at, so that odd ones take no time.
_MAX_LABEL_LINE_CHARS = 300

_TIME = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
# Markdown exports escape the brackets: \[04:11\]
TIME_MARK = rf"(?:\\?\[{_TIME}\\?\]|\({_TIME}\)|{_TIME})"
_LEAD = rf"[ \t>]*(?:[-–—&•][ \t]+)?(?P<lead>(?:\*\*|__)?{TIME_MARK}(?:\*\*|__)?)?[ \t]*(?:[-–—][ \t]+)?"
_NAME = r"(?P<name>[^\s:*_#\[\]()<>|\"“”][^:：*#\[\]()<>|?!;\"“”？！。，；\r\n]{0,60}?)"
_ALIAS = r"(?:[ \t]*\((?P<alias>[^()\r\n]{1,40})\))?"
_AFTER = rf"(?:[ \t]*(?P<time>{TIME_MARK}))?[ \t\u00a0]*"

_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "-", "–", "—")
_BRACKETED = re.compile(r"[ \t]*\([^()]*\)[ \t]*$")

# Strongest first: when one line fits several, the first that fits names its style.
_STYLES: dict[str, re.Pattern[str]] = {
    "tag": re.compile(r"<SPEAKER\b[^>]*\bNAME=\"(?P<name>[^\"]+)\"[^>]*>[ \t]*"),
    "bold colon": re.compile(
        rf"{_LEAD}(?:\*{{1,3}}|__?)(?:(?P<inner>{TIME_MARK})[ \t]*)?{_NAME}{_ALIAS}"
        rf"(?:[ \t]*(?P<middle>{TIME_MARK}))?"
        rf"(?:[:：][ \t]*(?:\*{{1,3}}|__?)|(?:\*{{1,3}}|__?)[ \t]*(?P<behind>{TIME_MARK})?[ \t]*[:：]){_AFTER}"
    ),
    "bold time": re.compile(rf"[ \t>]*(?:\*\*|__){_NAME}(?:\*\*|__)[ \t]+(?P<time>{TIME_MARK})[ \t]*$"),
    "time": re.compile(rf"[ \t>]*{_NAME}[ \t\u00a0]+(?P<time>{TIME_MARK})[ \t]*$"),
    "bracket": re.compile(r"[ \t>]*[\[(](?P<name>[^\W\d_][\w .-]*)[\])][ \t]*[:：]?[ \t]+(?=\S)"),
    "colon": re.compile(rf"{_LEAD}{_NAME}{_ALIAS}[ \t]*(?P<middle>{TIME_MARK})?[ \t]*[:：](?!//){_AFTER}"),
    "bold": re.compile(rf"[ \t>]*(?:\*\*|__){_NAME}(?:\*\*|__)[ \t]*$"),
    "heading": re.compile(rf"#{{1,6}}[ \t]+{_NAME}[ \t]*$"),
    "alone": re.compile(rf"[ \t>]*{_NAME}(?<![.,\-–])[ \t]*$"),
}
# These shapes are common outside labels too, so two names must come back, and no stronger style stand beside them.
_WEAK_STYLES = frozenset({"bracket", "bold", "heading", "alone"})
_MIN_LABELS_ALONE = 4

_TIME_GROUPS = ("time", "behind", "middle", "inner", "lead")

_PARTICLES = frozenset("al and bin d' da de del della den der di dos du e el la le of the van von y zu".split())
# Words that stand before a colon at a line's start without being anybody: remarks, page data, parts of a text.
_NOT_A_SPEAKER = frozenset(
    """abstract attendees author authors background break by caption chapter context copyright correction date
    description disclaimer duration editor's email example fact figure file from genre hosts http https image
    keywords language link links location place note notes nb phone photo place price published questions
    reason recorded references remarks result section see show source sources speakers subject subtitle summary table
    tags time tip title to topic transcript transcription update updated url version warning web website fecha lugar
    hora duración modalidad observaciones contexto nota notas tema título fuente datum ort thema titel anmerkung hinweis
    quelle dauer lieu titre remarque durée""".split()
)
# Alone or with a number they begin a remark; with a name behind them ("First Minister") they are somebody.
_NOT_A_SPEAKER_ALONE = frozenset(
    """again also and answers because but exactly finally first firstly however lastly listen look no now ok okay
    option part point problem remember right rule second secondly so solution step sure thanks then third thirdly
    warning well yeah yes""".split()
)


@dataclass(frozen=True, slots=True)
class Label:
    """A line's claim that `name` speaks from `end` on; `line` is its number, `start` its first code point.

    `alias` is what stands in brackets behind the name: the initials that later labels use, or a part.
    """

    name: str
    style: str
    line: int
    start: int
    end: int
    start_ms: int | None
    has_text: bool
    alias: str | None = None


def find_candidates(lines: list[Line]) -> list[Label]:
    """Every line that has the shape of a speaker label, in order of the text, at most one a line."""
    return [label for line in lines if (label := _match(line)) is not None]


def accept_labels(candidates: list[Label], lines: list[Line]) -> list[Label]:
    """The candidates that the text as a whole bears out, in order.

    A style is established by a name that comes back in it; then names that occur once are believed too, except
    before the dialogue has begun, where "Interviewee: Ana Ruiz" is a page's data. Where no name comes back, two
    names that each say a sentence make a dialogue.
    """
    candidates = _drop_data(candidates, lines)
    accepted: list[Label] = []
    for style in _STYLES:
        if accepted and style in _WEAK_STYLES:
            continue
        accepted.extend(_accept_style([label for label in candidates if label.style == style], style, lines))
    return _unify(sorted(accepted, key=lambda label: label.start))


def is_data(label: Label, lines: list[Line]) -> bool:
    """Whether the line gives a name instead of words: "Presenter: Ujjwal Sharma (USA)", "INTERVIEWEE: Ana Ruiz"."""
    given = lines[label.line].text[label.end - label.start :].strip()
    if len(given) > _MAX_LABEL_LINE_CHARS:
        return False
    given = _BRACKETED.sub("", given).strip()
    return len(given.split()) > 1 and given[-1] not in ".,;-–—…" and is_name(given)


def _drop_data(candidates: list[Label], lines: list[Line]) -> list[Label]:
    """The candidates without those that only ever give names, and without the list of names before the dialogue."""
    speaking = {label.name for label in candidates if not is_data(label, lines)}
    kept = [label for label in candidates if label.name in speaking]
    first = next((number for number, label in enumerate(kept) if not is_data(label, lines)), len(kept))
    return kept[first:]


def _accept_style(labels: list[Label], style: str, lines: list[Line]) -> list[Label]:
    counts = Counter(label.name for label in labels)
    repeated = {name for name, count in counts.items() if count > 1}
    if style in _WEAK_STYLES:
        # Beside "Interviewer 1" and "Interviewee", an "Interviewer 2" who speaks once is believed.
        parts = {name.split()[0] for name in repeated if name.split()[-1].isdigit()}
        if style == "alone":
            repeated = _find_names_above_words([label for label in labels if label.name in repeated], lines)
        returning = [label for label in labels if label.name in repeated or _is_part(label.name, parts)]
        enough = len(returning) >= _MIN_LABELS_ALONE if style == "alone" else True
        return returning if enough and len(repeated) > 1 else []
    if not repeated:
        spoken = [label for label in labels if _says_a_sentence(label, lines)]
        return spoken if len({label.name for label in spoken}) > 1 else []
    begin = next(label.start for label in labels if label.name in repeated)
    folded = {name.casefold() for name in repeated}
    stances = {_stance(label, lines) for label in labels if label.name in repeated}
    return [
        label
        for label in labels
        if label.name in repeated
        or (label.start > begin and _stance(label, lines) in stances)
        or (label.start < begin and label.name.casefold() not in folded and _says_a_sentence(label, lines))
    ]


def _stance(label: Label, lines: list[Line]) -> tuple[bool, bool]:
    """How a label stands: after an empty line or not, with words behind it or not. One text does it in few ways."""
    after_blank = label.line == 0 or not lines[label.line - 1].text.strip()
    return after_blank, label.has_text


def _is_part(name: str, parts: set[str]) -> bool:
    words = name.split()
    return len(words) == 2 and words[0] in parts and words[1].isdigit()


def _find_names_above_words(labels: list[Label], lines: list[Line]) -> set[str]:
    """The names whose lines are labels: below most of them, in one or two lines, stand some words."""
    counts: Counter[str] = Counter()
    for label in labels:
        below = lines[label.line + 1 : label.line + 3]
        words = any(len(line.text.split()) > 2 or line.text.endswith(_SENTENCE_ENDS) for line in below)
        counts[label.name] += 1 if words else -1
    return {name for name, count in counts.items() if count > 0}


def _unify(labels: list[Label]) -> list[Label]:
    """The labels with one name a speaker: initials, and names in other capitals, take the name as first written."""
    names: dict[str, str] = {}
    as_written: dict[str, str] = {}
    full_names: dict[str, set[str]] = {}
    for label in labels:
        if label.name in names:
            continue
        known = full_names.get(label.name, set())
        name = next(iter(known)) if len(known) == 1 else label.name
        names[label.name] = as_written.setdefault(label.name.casefold(), name)
        words = [word for word in label.name.split() if word[0].isalpha()]
        if len(words) > 1:
            for short in ("".join(word[0] for word in words), "".join(word[0] for word in words if word[0].isupper())):
                full_names.setdefault(short.upper(), set()).add(label.name)
        if label.alias and len(words) > 1:
            full_names.setdefault(label.alias.strip(), set()).add(label.name)
    return [replace(label, name=names[label.name]) for label in labels]


def _says_a_sentence(label: Label, lines: list[Line]) -> bool:
    said = lines[label.line].text[label.end - label.start :].rstrip(" \t\u00a0\"'”’*_)")
    return said.endswith(_SENTENCE_ENDS) and len(said) > 1


def _match(line: Line) -> Label | None:
    text = line.text
    if len(text) > _MAX_LABEL_LINE_CHARS:
        text = text[:_MAX_LABEL_LINE_CHARS] + "\0"  # which no pattern takes for the line's end
    for style, pattern in _STYLES.items():
        match = pattern.match(text)
        if match is None:
            continue
        name = " ".join(match["name"].split()).rstrip(".,-– ")
        if style != "tag" and not is_name(name):
            continue
        marks = match.groupdict()
        time = next((marks[key] for key in _TIME_GROUPS if marks.get(key)), None)
        return Label(
            name=name,
            style=style,
            line=line.number,
            start=line.start,
            end=line.start + match.end(),
            start_ms=parse_time_ms(time) if time else None,
            has_text=bool(line.text[match.end() :].strip()),
            alias=marks.get("alias"),
        )
    return None


def is_name(text: str) -> bool:
    """Whether `text` can be the name in a label: a person, a part ("Interviewer 1", "Q"), initials or "SPEAKER_00"."""
    words = text.split()
    if not words or len(words) > MAX_LABEL_WORDS or len(text) > MAX_LABEL_CHARS:
        return False
    first, is_bare = words[0].casefold(), all(word.isdigit() for word in words[1:])
    if first in _NOT_A_SPEAKER or (is_bare and first in _NOT_A_SPEAKER_ALONE):
        return False
    return _starts_name(words[0]) and all(_continues_name(word) for word in words[1:])


def _starts_name(word: str) -> bool:
    first = word[0]
    if not first.isalpha():
        return False
    # Scripts without capitals (Thai, Chinese, Korean) have no lower case either; "spk_0" is a machine's label.
    return not first.islower() or re.fullmatch(r"[a-z]+_?\d+", word) is not None


def _continues_name(word: str) -> bool:
    return word.casefold() in _PARTICLES or word.isdigit() or word in {"&", "/", "-"} or _starts_name(word)
