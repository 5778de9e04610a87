"""Text into turns: who speaks where, and what is no speech at all."""

import re
from collections.abc import Iterator

from corpus.furniture import count_front_matter_lines, is_furniture, is_page_end
from corpus.labels import TIME_MARK, accept_labels, find_candidates, is_data
from corpus.lines import Line, parse_time_ms, split_lines
from corpus.sentences import strip_span
from corpus.turn import Kind, Turn

_HEADING = re.compile(r"#{1,6}[ \t]+\S")
_LEADING_TIME = re.compile(rf"[ \t]*(?:\*\*|__)?(?P<time>{TIME_MARK})(?:\*\*|__)?(?:[ \t]+(?=\S)|[ \t]*$)")
# So many lines that begin with a time are the clock of a recording, not somebody's appointment.
_MIN_TIME_LINES = 3

# A boundary: from `start` on, `speaker` says what follows (or nobody does), and `label_start` ends what came before.
_Boundary = tuple[int, int, str | None, Kind, int | None]


def split_turns(text: str) -> tuple[Turn, ...]:
    """The turns of a transcript in plain text or Markdown, in order, without overlap.

    What is no label, time mark or white space lies in exactly one turn. Text before the first label is
    narration; so is everything when there are no labels, unless its lines bear the times of a recording: then it is
    speech of nobody named, a turn from each time mark to the next. A sentence that runs over such a line is parted
    there, because a turn is one slice of the text and a quote must not show a clock among the words.
    """
    lines = split_lines(text)
    boundaries = list(_find_boundaries(lines))
    ends = [boundary[0] for boundary in boundaries[1:]] + [len(text)]
    turns = []
    for (_, start, speaker, kind, start_ms), end in zip(boundaries, ends, strict=True):
        span = strip_span(text, start, end)
        if span is not None:
            turns.append(Turn(speaker, *span, kind=kind, start_ms=start_ms))
    return tuple(turns)


def _find_boundaries(lines: list[Line]) -> Iterator[_Boundary]:
    candidates = find_candidates(lines)
    labels = {label.line: label for label in accept_labels(candidates, lines)}
    data_lines = {label.line for label in candidates if label.line not in labels and is_data(label, lines)}
    timed = sum(_LEADING_TIME.match(line.text) is not None for line in lines) >= _MIN_TIME_LINES
    front_matter = count_front_matter_lines([line.text for line in lines])
    now: tuple[str | None, Kind] = (None, "furniture" if front_matter else "narration")
    yield 0, 0, *now, None
    if front_matter:
        now = (None, "narration")
        yield _from(lines[front_matter - 1].end, now)
    after_blank = True
    for line in lines[front_matter:]:
        label = labels.get(line.number)
        if label is not None:
            now = (label.name, "speech")
            yield line.start, label.end, *now, label.start_ms
        elif is_page_end(line.text):
            now = (None, "furniture")
            yield _from(line.start, now)
        elif now[1] == "speech" and line.number in data_lines:
            yield _from(line.start, (None, "narration"))
            yield _from(line.end, now)
        elif is_furniture(line.text):
            yield _from(line.start, (None, "furniture"))
            yield _from(line.end, now)
        elif now[1] == "speech" and _HEADING.match(line.text):
            # A heading is nobody's words, and whose the text below it are is unknown until the next label.
            now = (None, "narration")
            yield _from(line.start, now)
        elif (timed or labels) and (after_blank or not labels) and (time := _LEADING_TIME.match(line.text)):
            if not labels:
                now = (None, "speech")
            yield line.start, line.start + time.end(), *now, parse_time_ms(time["time"])
        after_blank = not line.text.strip()


def _from(start: int, now: tuple[str | None, Kind]) -> _Boundary:
    return start, start, *now, None


def find_title(text: str) -> str | None:
    """The headline: a Markdown heading, or a short line alone at the top without a full stop; None without one."""
    lines = split_lines(text)
    body = lines[count_front_matter_lines([line.text for line in lines]) :]
    written = [line for line in body if line.text.strip()]
    if not written:
        return None
    first = written[0].text.strip()
    if heading := re.match(r"#{1,3}[ \t]+(.+)", first):
        return heading[1].strip(" #")
    alone = len(written) == 1 or written[1].number > written[0].number + 1
    if not alone or len(first) > 200 or first.endswith((".", "?", "!", ",")) or find_candidates([written[0]]):
        return None
    if _LEADING_TIME.match(first):
        return None
    return first
