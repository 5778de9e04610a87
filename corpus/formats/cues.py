"""The cues of WebVTT, SubRip (SRT) and YouTube's SBV, as they stand in the file.

One tolerant reader for the three, and our own, because of what real exports are like: of the four SRT samples that we
test with, webvtt-py 0.6.0 refuses one (its cues bear no numbers) and, where a time is missing, takes the number of
the cue for words; srt 3.5.3 reads them, but SRT only. A time that is damaged must not cost the words under it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from corpus.formats.times import parse_ms
from corpus.lines import split_lines

# The end of a timing line may be damaged without harm; what has no time at all is text.
_ARROW = re.compile(
    r"[ \t]*(?P<start>\d{1,4}(?::\d{1,2}){1,2}(?:[.,]\d+)?)\S{0,20}[ \t]*-->[ \t]*(?P<end>[\d:.,][^\s]*)(?P<rest>.*)"
)
_SBV = re.compile(
    r"[ \t]*(?P<start>\d{1,2}:\d{2}:\d{2}(?:\.\d+)?)[.\w]{0,4},(?P<end>\d{1,2}:\d{2}:\d{2}[.\w]{0,4})(?P<rest>)[ \t]*$"
)
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?$")
_HEADER = re.compile(r"\ufeff?WEBVTT(?:[ \t-].*)?$")
_SETTING = re.compile(r"(?:align|line|position|size|vertical|region|X[12]|Y[12])\s*:\s*\S*", re.IGNORECASE)
# What programs write to tell cues apart (Teams: a GUID and two numbers).
_MACHINE_NAME = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}(?:[/_-]\S*)?", re.IGNORECASE)
# A caption file says what it is within a few lines.
_MAX_LINES_BEFORE_CUE = 4
_MAX_LINE_CHARS = 400


@dataclass(slots=True)
class Cue:
    """A cue: its lines, and what stands on its line of times, or above it, beside numbers."""

    start_ms: int | None
    lines: list[str] = field(default_factory=list)
    beside: str = ""
    above: str = ""
    end_ms: int | None = None


def is_captions(text: str) -> bool:
    """Whether the text has a WebVTT header, or begins with a timing line of SRT or SBV."""
    written = [line.text for line in split_lines(text[:2000]) if line.text.strip()]
    if written and has_header(written[0]):
        return True
    return any(_match_times(line) for line in written[:_MAX_LINES_BEFORE_CUE])


def has_header(text: str) -> bool:
    """Whether the first line is that of WebVTT."""
    return _HEADER.match(text[:_MAX_LINE_CHARS].split("\n", 1)[0].strip()) is not None


def find_cues(text: str) -> Iterator[Cue]:
    """The cues in order, those without words too."""
    lines = [line.text for line in split_lines(text)]
    cue: Cue | None = None
    above = ""
    number = 0
    after_blank, skipping = True, has_header(text)
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        bare = line.strip()
        if timing := _match_times(line):
            if cue is not None:
                yield cue
            beside = _SETTING.sub(" ", timing["rest"]).strip()
            cue = Cue(parse_ms(timing["start"]), beside=beside, above=above, end_ms=parse_ms(timing["end"]))
            above, skipping = "", False
        elif not bare:
            skipping = False
        elif after_blank and _BLOCK.match(line):
            skipping = True
        elif _match_times(following) and (after_blank or _is_identifier(bare, number)):
            above = "" if bare.isdecimal() else bare
            number = int(bare) if bare.isdecimal() and len(bare) < 10 else number + 1
        elif cue is not None and not skipping and not (after_blank and bare.isdecimal()):
            cue.lines.append(line)
        after_blank = not bare
    if cue is not None:
        yield cue


def _match_times(line: str) -> re.Match[str] | None:
    return _ARROW.match(line) or _SBV.match(line) if line[:12].strip()[:1].isdigit() else None


def _is_identifier(line: str, number: int) -> bool:
    """Whether a line right above the times only numbers or names the cue, though no empty line stands before it."""
    return line == str(number + 1) or _MACHINE_NAME.fullmatch(line) is not None
