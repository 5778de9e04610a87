"""Text into turns: who speaks where, and what is no speech at all."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.clocks import CLOCK
from corpus.furniture import (
    count_front_matter_lines,
    find_code_lines,
    find_footnote_lines,
    find_running_heads,
    is_furniture,
    is_notice,
    is_page_end,
    is_stage,
)
from corpus.lines import Line, split_lines
from corpus.sentences import strip_span
from corpus.speakers.decision import Decision, Label, decide
from corpus.speakers.grammar import find_forms
from corpus.speakers.segments import split_segments
from corpus.timeline import TimeLine, find_clocks, find_time_lines, is_recording
from corpus.turn import Kind, Turn

_HEADING = re.compile(r"#{1,6}[ \t]+\S")
# "**Notes:** …" among labels of that form is no part of what the one before says.
_MARKED_PART = re.compile(r"[ \t]*(?:\*\*|__)[^*\r\n]{1,80}(?:[:：][ \t]*(?:\*\*|__)|(?:\*\*|__)[ \t]*[:：])")
_LABEL_MARKS = frozenset("@{【")
_LEADING_CLOCK = re.compile(rf"\W{{0,3}}{CLOCK}")
_CHANGE = re.compile(r"\s*[-–]?>{2,3}\s*")
# Where only one person is labelled, a dash at a paragraph's start is the other one.
_CHANGE_OR_DASH = re.compile(r"\s*(?:[-–]?>{2,3}\s*|[—–]\s+(?=\S))")
# Forms that a headline has by chance.
_HEADLINE_FORMS = frozenset({"dash", "; mark", "pipe", "tab", "full stop"})
_MAX_TITLE_CHARS = 200
_Span = tuple[int, int, int | None]


@dataclass(frozen=True, slots=True)
class TranscriptReading:
    """The turns of a text and how its labels were decided."""

    turns: tuple[Turn, ...]
    decision: Decision
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class _Boundary:
    """From `start` on, `speaker` says what follows (or nobody does); `end_before` ends what came before."""

    end_before: int
    start: int
    speaker: str | None
    kind: Kind
    start_ms: int | None = None


def split_turns(text: str) -> tuple[Turn, ...]:
    """The turns of a transcript in plain text or Markdown, in order, without overlap.

    What is no label, time mark or white space lies in exactly one turn. Text before the first label is
    narration; so is everything when there are no labels, unless its lines bear the times of a recording: then it is
    speech of nobody named, a turn from each time mark to the next. A sentence that runs over such a line is parted
    there, because a turn is one slice of the text and a quote must not show a clock among the words.
    """
    return read_transcript(text).turns


def read_transcript(text: str) -> TranscriptReading:
    """As `split_turns`, with the reasons."""
    segments = split_segments(text)
    lines = segments.lines
    fenced = "```" in text or "~~~" in text
    code = find_code_lines([line.text for line in lines]) if fenced else frozenset()
    decision = decide(lines, code)
    boundaries = list(_find_boundaries(lines, decision, code))
    ends = [boundary.end_before for boundary in boundaries[1:]] + [len(text)]
    in_round = any(
        "(" in text[label.start : label.end] and label.start_ms is not None for label in decision.labels[:20]
    )
    clocks = find_clocks(text, in_round=in_round)
    numbers: list[_Span] = [(*span, None) for span in segments.numbers]
    turns: list[Turn] = []
    for boundary, end in zip(boundaries, ends, strict=True):
        holes = _within(numbers, boundary.start, end)
        holes += _within(clocks, boundary.start, end) if boundary.kind == "speech" else []
        turns += _cut(text, boundary, end, sorted(holes, key=_start))
    return TranscriptReading(tuple(turns), decision, lines)


def _within(spans: list[_Span], start: int, end: int) -> list[_Span]:
    """Of spans in order those that lie between two places."""
    if not spans:
        return []
    found = spans[bisect_left(spans, start, key=_start) : bisect_left(spans, end, key=_start)]
    return [span for span in found if span[1] <= end]


def _start(span: _Span) -> int:
    return span[0]


def _cut(text: str, boundary: _Boundary, end: int, holes: Sequence[_Span]) -> Iterator[Turn]:
    """The turns of a stretch, parted at what is nobody's words: times, and numbers of lines."""
    start, start_ms = boundary.start, boundary.start_ms
    for hole_start, hole_end, hole_ms in (*holes, (end, end, None)):
        span = strip_span(text, start, hole_start)
        if span is not None:
            yield Turn(boundary.speaker, *span, kind=boundary.kind, start_ms=start_ms)
        start, start_ms = max(start, hole_end), hole_ms


@dataclass(slots=True)
class _Walk:
    """Where the pass over the lines stands: who speaks now, and a time that waits for the next words."""

    now: tuple[str | None, Kind]
    waiting_ms: int | None = None


def _find_boundaries(lines: Sequence[Line], decision: Decision, code: frozenset[int]) -> Iterator[_Boundary]:
    labels = {label.line: label for label in decision.labels}
    texts = [line.text for line in lines]
    times = find_time_lines(lines, labels)
    timed = is_recording(times, lines)
    marks = _find_marks(lines, decision)
    changes = _CHANGE_OR_DASH if len({label.name for label in decision.labels}) == 1 else _CHANGE
    clocked = frozenset(labels) | frozenset(times)
    asides = find_running_heads(texts, clocked) | find_footnote_lines(texts) if labels else frozenset()
    front_matter = count_front_matter_lines(texts)
    walk = _Walk((None, "furniture" if front_matter else "narration"))
    yield _Boundary(0, 0, *walk.now)
    if front_matter:
        walk.now = (None, "narration")
        yield _from(lines[front_matter - 1].end, walk)
    after_blank = True
    for line in lines[front_matter:]:
        if not line.text or line.text.isspace():
            after_blank = True
            continue
        if line.number in code:
            yield from _pass_code(line, walk, code)
        elif (label := labels.get(line.number)) is not None:
            yield _pass_label(label, walk)
            yield from _close_mark(line, label, walk)
        elif line.number in asides or (line.number in decision.data_lines and walk.now[1] == "speech"):
            kind: Kind = "furniture" if line.number in asides else "narration"
            yield _Boundary(line.start, line.start, None, kind)
            yield _from(line.end, walk)
        elif (found := _pass_page(line, walk, marks if after_blank else frozenset())) is not None:
            yield from found
        elif (time := times.get(line.number)) is not None and _is_mark(time, timed, bool(labels), after_blank):
            yield _pass_time(line, time, walk, bool(labels))
        elif change := changes.match(line.text):
            walk.now = (None, "speech") if labels or walk.now[1] == "speech" else walk.now
            yield _Boundary(line.start, line.start + change.end(), *walk.now)
        else:
            walk.waiting_ms = None
        after_blank = False


def _pass_label(label: Label, walk: _Walk) -> _Boundary:
    walk.now = (label.name, "speech")
    start_ms = label.start_ms if label.start_ms is not None else walk.waiting_ms
    walk.waiting_ms = None
    return _Boundary(label.start, label.end, *walk.now, start_ms)


def _close_mark(line: Line, label: Label, walk: _Walk) -> Iterator[_Boundary]:
    """Where label and words stand in one pair of marks ("**Q: Why?**"), the closing one is no word."""
    written = line.text[: label.end - line.start].strip()
    mark = next((mark for mark in ("**", "__", "*", "_") if written.startswith(mark)), None)
    if mark is None or written.count(mark) != 1 or not line.text.rstrip().endswith(mark) or label.end == label.start:
        return
    end = line.start + len(line.text.rstrip())
    if end - len(mark) > label.end:
        yield _Boundary(end - len(mark), end, *walk.now)


def _pass_code(line: Line, walk: _Walk, code: frozenset[int]) -> Iterator[_Boundary]:
    if walk.now[1] != "speech":
        return
    if line.number - 1 not in code:
        yield _Boundary(line.start, line.start, None, "narration")
    if line.number + 1 not in code:
        yield _from(line.end, walk)


def _pass_page(line: Line, walk: _Walk, marks: frozenset[str]) -> list[_Boundary] | None:
    """The boundaries at a line that the page or the export added, or at a heading; None at any other line."""
    if is_page_end(line.text) or is_notice(line.text):
        walk.now = (None, "furniture")
        return [_from(line.start, walk)]
    if walk.now[1] == "speech" and is_stage(line.text):
        aside = _Boundary(line.start, line.start, None, "narration")
        if line.text.strip()[0] not in "([":
            walk.now = (None, "narration")
            return [aside]
        return [aside, _from(line.end, walk)]
    if is_furniture(line.text):
        return [_Boundary(line.start, line.start, None, "furniture"), _from(line.end, walk)]
    if walk.now[1] == "speech" and (_HEADING.match(line.text) or _is_marked(line.text, marks)):
        # A heading is nobody's words, and whose the text below it are is unknown until the next label.
        walk.now = (None, "narration")
        return [_from(line.start, walk)]
    return None


def _find_marks(lines: Sequence[Line], decision: Decision) -> frozenset[str]:
    """The marks with which all labels of the text begin; what begins so and is no label is no part of a turn."""
    firsts = {lines[label.line].text.lstrip()[:2] for label in decision.labels}
    if any(label.form == "bold colon" for label in decision.labels):
        return frozenset({"**", "__"})
    marks = {first[:1] for first in firsts}
    return frozenset(marks) if len(marks) == 1 and marks <= _LABEL_MARKS else frozenset()


def _is_marked(text: str, marks: frozenset[str]) -> bool:
    if not marks:
        return False
    return _MARKED_PART.match(text) is not None if "**" in marks else text.lstrip()[:1] in marks


def _is_mark(time: TimeLine, timed: bool, labelled: bool, after_blank: bool) -> bool:
    """Whether a time at the beginning of a line is the recording's."""
    if not labelled:
        return timed
    return not time.bare or (after_blank or time.alone) or timed


def _pass_time(line: Line, time: TimeLine, walk: _Walk, labelled: bool) -> _Boundary:
    if not labelled:
        walk.now = (None, "speech")
    walk.waiting_ms = time.start_ms if time.alone else None
    return _Boundary(line.start, time.words_start, *walk.now, time.start_ms)


def _from(start: int, walk: _Walk) -> _Boundary:
    return _Boundary(start, start, *walk.now)


def find_title(text: str) -> str | None:
    """The headline: a Markdown heading, or a short line alone at the top without a full stop; None without one."""
    lines = split_lines(text[:20_000])
    body = lines[count_front_matter_lines([line.text for line in lines]) :]
    written = [line for line in body if line.text.strip()][:2]
    if not written:
        return None
    first = written[0].text.strip()
    if heading := re.match(r"#{1,3}[ \t]+(.+)", first):
        return heading[1].strip(" #")
    alone = len(written) == 1 or written[1].number > written[0].number + 1
    if (
        not alone
        or len(first) > _MAX_TITLE_CHARS
        or first.endswith((".", "?", "!", ","))
        or _LEADING_CLOCK.match(first)
    ):
        return None
    if any(form.form not in _HEADLINE_FORMS for form in find_forms(replace(written[0], number=0))):
        return None
    return first
