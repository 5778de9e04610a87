"""WebVTT, SubRip (SRT) and YouTube's SBV: cues into turns.

One tolerant reader for the three, and our own, because of what real exports are like: of the four SRT samples that we
test with, webvtt-py 0.6.0 refuses one (its cues bear no numbers) and, where a time is missing, takes the number of
the cue for words; srt 3.5.3 reads them, but SRT only. A time that is damaged must not cost the words under it.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.errors import SourceEmpty, SourceNotText
from corpus.formats.extract import Extract, Piece, write_pieces
from corpus.labels import accept_labels, find_candidates
from corpus.lines import Line, parse_time_ms, split_lines

# The end of a timing line may be damaged without harm; what has no time at all is text.
_ARROW = re.compile(r"[ \t]*(?P<start>\d{1,4}(?::\d{1,2}){1,2}(?:[.,]\d+)?)\S*[ \t]*-->[ \t]*[\d:.,]\S*")
_SBV = re.compile(r"[ \t]*(?P<start>\d{1,2}:\d{2}:\d{2}(?:\.\d+)?)[.\w]{0,4},\d{1,2}:\d{2}:\d{2}[.\w]{0,4}[ \t]*$")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?$")
_HEADER = re.compile(r"\ufeff?WEBVTT(?:[ \t-].*)?$")

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+(?P<name>[^>]+)>")
# Only tags that captions have: "<ehm>" and "<3" are somebody's words.
_TAG = re.compile(
    r"</?(?:c|i|b|u|v|s|em|strong|lang|ruby|rt|font|span|br)(?:[.\s/][^<>]*)?>|<[\d:.]+>|\{\\[^{}]*\}", re.IGNORECASE
)
# A new speaker whom nobody names.
_CHANGE = re.compile(r"(?:>>+|[-–—](?=[ \t]*[^\W\d_]))[ \t]*")
# "(upbeat music)", "[Applause]", "♪": heard, but nobody's words.
_SOUND = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[♪♫\s]+")
_ROLLING_SHARE = 1 / 3
# Two lines of captions have fewer words than this.
_MAX_ROLLING_WORDS = 60
# A caption file says what it is within a few lines.
_MAX_LINES_BEFORE_CUE = 4


@dataclass(frozen=True, slots=True)
class _Cue:
    start_ms: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _SaidLine:
    """A line without tags; `changes` where a mark says that somebody else begins."""

    text: str
    start_ms: int
    voice: str | None
    changes: bool


def is_captions(text: str) -> bool:
    """Whether the text has a WebVTT header, or begins with a timing line of SRT or SBV."""
    written = [line.text for line in split_lines(text[:2000]) if line.text.strip()]
    if written and _HEADER.match(written[0].strip()):
        return True
    return any(_ARROW.match(line) or _SBV.match(line) for line in written[:_MAX_LINES_BEFORE_CUE])


def read_captions(text: str, name: str) -> Extract:
    """The captions as turns: sentences that run over several cues are whole, what rolls on is there once.

    Speakers are those of `<v Name>` and of labels in the cues ("Name: …"); a dash or ">>" begins a turn of a speaker
    who is not named.

    :raises SourceNotText: when there is no cue.
    :raises SourceEmpty: when no cue has words.
    """
    cues = list(_find_cues([line.text for line in split_lines(text)]))
    if not cues and not _HEADER.match(text.split("\n", 1)[0].strip()):
        raise SourceNotText(
            f"{name} has no caption: a line such as 00:00:01.000 --> 00:00:04.000 is expected; check the export"
        )
    extract = write_pieces(_label(_unroll([cue for cue in cues if any(cue.lines)])))
    if not extract.turns:
        raise SourceEmpty(f"{name} has no caption with words; check the export")
    return extract


def _find_cues(lines: Sequence[str]) -> Iterator[_Cue]:
    start_ms: int | None = None
    said: list[str] = []
    seen = 0
    after_blank = True
    skipping = bool(lines) and _HEADER.match(lines[0].strip()) is not None
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        timing = _ARROW.match(line) or _SBV.match(line)
        if timing:
            if start_ms is not None:
                yield _Cue(start_ms, tuple(said))
            start_ms, said, skipping, seen = parse_time_ms(timing["start"]), [], False, seen + 1
        elif not line.strip():
            skipping = False
        elif after_blank and _BLOCK.match(line):
            skipping = True
        elif _ARROW.match(following) and line.strip() == str(seen + 1):
            pass  # the next cue's number, without the empty line that should stand before it
        elif not skipping and not (after_blank and _is_identifier(line, following)):
            said.append(line)
        after_blank = not line.strip()
    if start_ms is not None:
        yield _Cue(start_ms, tuple(said))


def _is_identifier(line: str, following: str) -> bool:
    """Whether a line after a blank one only numbers or names the cue below it."""
    return line.strip().isdecimal() or _ARROW.match(following) is not None


def _unroll(cues: Sequence[_Cue]) -> list[_Cue]:
    """The cues without the words that each repeats from the one before, where the file rolls (YouTube)."""
    words = [_words(cue) for cue in cues]
    kept = [_count_repeated(before, now) for before, now in pairwise(words)]
    if sum(map(bool, kept)) < max(2, _ROLLING_SHARE * len(cues)):
        return list(cues)
    unrolled = list(cues[:1])
    for cue, now, repeated in zip(cues[1:], words[1:], kept, strict=True):
        unrolled.append(replace(cue, lines=(" ".join(now[repeated:]),)))
    return unrolled


def _words(cue: _Cue) -> list[str]:
    return _TAG.sub("", " ".join(cue.lines)).split()


def _count_repeated(before: Sequence[str], now: Sequence[str]) -> int:
    """How many words at the end of the cue before stand again at the beginning of this one."""
    for count in range(min(len(before), len(now), _MAX_ROLLING_WORDS), 0, -1):
        if list(before[-count:]) == list(now[:count]):
            return count
    return 0


def _label(cues: Sequence[_Cue]) -> Iterator[Piece]:
    """The lines of the cues, each with its speaker, who speaks until another is named."""
    said = list(_read_lines(cues))
    lines: list[Line] = []
    for line in said:
        lines.append(Line(len(lines), lines[-1].end + 1 if lines else 0, line.text))
    named = any(line.voice for line in said)
    labels = {} if named else {label.line: label for label in accept_labels(find_candidates(lines), lines)}
    speaker: str | None = None
    for number, line in enumerate(said):
        label = labels.get(number)
        if named:
            speaker = line.voice
        elif label is not None:
            speaker = label.name
        elif line.changes:
            speaker = None
        text = line.text[label.end - label.start :] if label is not None else line.text
        if label is None and _SOUND.fullmatch(text):
            yield Piece(None, text, line.start_ms, kind="narration", fresh=True)
        else:
            yield Piece(speaker, text, line.start_ms, fresh=line.changes or label is not None)


def _read_lines(cues: Sequence[_Cue]) -> Iterator[_SaidLine]:
    for cue in cues:
        voice: str | None = None
        for line in cue.lines:
            found = _VOICE.search(line)
            voice = html.unescape(found["name"]).strip() if found else voice
            text = html.unescape(_TAG.sub("", line)).strip()
            change = _CHANGE.match(text)
            yield _SaidLine(text[change.end() :] if change else text, cue.start_ms, voice, change is not None)
