"""How long names and titles may be, and which times there are: whatever a file says, a document stays within them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpus.one_line import MAX_LINE_CHARS, is_one_line, one_line
from corpus.turn import Speaker, Turn

# Those of files are cut to `MAX_LINE_CHARS`; the rest is for what is put behind them to tell two of a name apart.
MAX_ID_CHARS = 2 * MAX_LINE_CHARS
MAX_TITLE_CHARS = 2 * MAX_LINE_CHARS
MAX_NAME_CHARS = MAX_LINE_CHARS
# No recording lasts a thousand hours, no transcript has a million pages.
MAX_START_MS = 1000 * 3600 * 1000
MAX_PAGE = 1_000_000


def check_line(what: str, line: str, max_chars: int) -> None:
    """Refuse an empty line, one that is too long, and one with something in it that acts on a screen.

    :raises ValueError: when it is one of these.
    """
    if not line.strip():
        raise ValueError(f"{what} is empty; give the document a name")
    if not is_one_line(line, max_chars):
        raise ValueError(
            f"{what} is {one_line(line, 80)!r}, expected one line of at most {max_chars} characters without controls"
        )


def check_turns(turns: Iterable[Turn], speakers: Iterable[Speaker]) -> None:
    """Refuse names, times and pages that no document has.

    :raises ValueError: when there are such.
    """
    names = {speaker.name for speaker in speakers}
    for number, turn in enumerate(turns):
        if not _is_within(turn.start_ms, 0, MAX_START_MS) or not _is_within(turn.page, 1, MAX_PAGE):
            raise ValueError(f"turn {number} begins at {turn.start_ms!s:.40} ms on page {turn.page!s:.40}")
        if turn.speaker is not None:
            names.add(turn.speaker)
    for name in names:
        check_line("a speaker's name", name, MAX_NAME_CHARS)


def bound_turns(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns with names that are visible lines, and without times and pages that cannot be.

    Two names that differ only beyond where they are cut stay two.
    """
    names = bound_names({turn.speaker for turn in turns if turn.speaker is not None})
    return tuple(_bound(turn, names) for turn in turns)


def _bound(turn: Turn, names: dict[str, str]) -> Turn:
    speaker = names[turn.speaker] or None if turn.speaker is not None else None
    start_ms = turn.start_ms if _is_within(turn.start_ms, 0, MAX_START_MS) else None
    page = turn.page if _is_within(turn.page, 1, MAX_PAGE) else None
    if (speaker, start_ms, page) == (turn.speaker, turn.start_ms, turn.page):
        return turn
    return replace(turn, speaker=speaker, start_ms=start_ms, page=page)


def bound_names(names: Iterable[str]) -> dict[str, str]:
    """What each name is shown as; those that are cut to the same are numbered."""
    shown: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for name in sorted(names):
        line = one_line(name, MAX_NAME_CHARS)
        if line != one_line(name, None):
            counts[line] += 1
            if counts[line] > 1:
                end = f"… ({counts[line]})"
                line = line[: MAX_NAME_CHARS - len(end)] + end
        shown[name] = line
    return shown


def _is_within(value: int | None, least: int, most: int) -> bool:
    """Whether it is not known, or a whole number between these."""
    return value is None or (type(value) is int and least <= value <= most)
