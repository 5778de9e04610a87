"""WebVTT, SubRip (SRT) and YouTube's SBV: cues into turns."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.errors import SourceEmpty, SourceNotText
from corpus.formats.cues import Cue, find_cues, has_header
from corpus.formats.extract import Extract, Piece, clean_name, unescape, write_pieces
from corpus.formats.labelled import split_labels
from corpus.formats.times import CLOCK
from corpus.formats.word_times import WordTime, has_time_tags, read_word_times, split_time_tags, words_of_part
from corpus.speakers.names import is_name

_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,200})?[ \t]{1,9}(?P<name>[^<>]{1,200})>")
# Only tags that captions have: "<ehm>" and "<3" are somebody's words.
_TAG = re.compile(
    r"</?(?:c|i|b|u|v|s|em|strong|lang|ruby|rt|font|span|br)(?:[.\s/][^<>]{0,200})?>|<[\d:.]{1,20}>|\{\\[^{}]{0,200}\}",
    re.IGNORECASE,
)
# A new speaker whom nobody names.
_CHANGE = re.compile(r"(?:[-–—]?>>+|[-–—](?=[ \t]*[^\W\d_]))[ \t]*")
_CHANGE_INSIDE = re.compile(r"(?<=\s)(?=[-–—]?>>)")
# "(upbeat music)", "[Applause]", "♪": heard, but nobody's words.
_SOUND = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[♪♫\s]+")
_BRACKETED = re.compile(r"[(\[](?P<name>[^()\[\]]{1,60})[)\]][ \t]*:?")
# Webex: 1 "Ann Lee" (2305843)
_ABOVE = re.compile(r"(?:\d{1,6}[ \t]+)?\"?(?P<name>[^\"]{1,60}?)\"?(?:[ \t]*\(\d+\))?:?")
_LEADING_CLOCK = re.compile(rf"[ \t]*(?:\[{CLOCK}\]|\({CLOCK}\))[ \t]*")
_SOUND_WORDS = frozenset(
    """applause laughter laughs music silence pause inaudible crosstalk noise chuckles sighs cheers gasps coughs bell
    beep unintelligible indistinct both all aplausos risas música rires musique applaudissements gelächter musik beifall
    lachen""".split()
)
_ROLLING_SHARE = 1 / 3
# Two lines of captions have fewer words than this.
_MAX_ROLLING_WORDS = 60
# So many of the cues bear what is taken for their speaker's name, where neither a tag nor a colon says so.
_MIN_NAMED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class _SaidLine:
    """A line without tags; `changes` where a mark says that somebody else begins.

    `words` are the times of its words where there are tags that tell them.
    """

    text: str
    start_ms: int | None
    end_ms: int | None
    voice: str | None
    changes: bool
    words: tuple[WordTime, ...] = ()


def read_captions(text: str, name: str) -> Extract:
    """The captions as turns: sentences that run over several cues are whole, what rolls on is there once.

    Speakers are those of `<v Name>`, of labels in the cues ("Name: …", "(Speaker_01)" on a line of its own) or beside
    the times of the cues; a dash or ">>" begins a turn of a speaker who is not named.

    :raises SourceNotText: when there is no cue.
    :raises SourceEmpty: when no cue has words.
    """
    cues = list(find_cues(text))
    if not cues and not has_header(text):
        raise SourceNotText(
            f"{name} has no caption: a line such as 00:00:01.000 --> 00:00:04.000 is expected; check the export"
        )
    for cue in cues:
        if cue.beside and (not cue.lines or not is_name(_name_of(cue.beside))):
            cue.lines.insert(0, cue.beside)
            cue.beside = ""
    cues = [cue for cue in cues if any(cue.lines)]
    extract = write_pieces(_label(_unroll(_find_voices(cues))))
    if not extract.turns:
        raise SourceEmpty(f"{name} has no caption with words; check the export")
    return extract


def read_caption_lines(captions: Iterable[tuple[str, int | None, int | None]]) -> Extract:
    """Captions of another format as turns: each its text and from when to when it is shown; see `read_captions`.

    The times of words may stand in the text, as WebVTT has them; see `corpus.formats.word_times`.
    """
    cues = [Cue(start_ms, text.split("\n"), end_ms=end_ms) for text, start_ms, end_ms in captions if text.strip()]
    return write_pieces(_label(_unroll(_find_voices(cues))))


def _find_voices(cues: list[Cue]) -> list[Cue]:
    """The cues, with a `<v Name>` in each where another sign names the speakers of all."""
    if any(_VOICE.search(line) for cue in cues for line in cue.lines):
        return cues
    beside = [_name_of(cue.beside) for cue in cues]
    above = [_name_of(match["name"]) if (match := _ABOVE.fullmatch(cue.above)) else "" for cue in cues]
    matches = [_BRACKETED.match(cue.lines[0].strip()) for cue in cues]
    bracketed = [
        _name_of(match["name"]) if match and (len(cue.lines) > 1 or match.end() < len(cue.lines[0].strip())) else ""
        for cue, match in zip(cues, matches, strict=True)
    ]
    for names in (beside, above, bracketed):
        if not _are_speakers(names) or (names is bracketed and any(map(_is_sound, names))):
            continue
        voice = ""
        for cue, named in zip(cues, names, strict=True):
            if names is bracketed and named:
                cue.lines[0] = _BRACKETED.sub("", cue.lines[0].strip(), count=1)
            voice = named or voice
            if voice:
                cue.lines[0] = f"<v {html.escape(voice, quote=False)}>{cue.lines[0]}"
        break
    return cues


def _is_sound(name: str) -> bool:
    """Whether a word in brackets is what was heard: "(Applause)", "[Laughing]"."""
    words = name.casefold().split()
    return any(word in _SOUND_WORDS or word.endswith("ing") for word in words)


def _are_speakers(names: Sequence[str]) -> bool:
    """Whether these are speakers: they stand on most cues, there are two or more, and they come back."""
    counts = Counter(name for name in names if is_name(name))
    return len(counts) > 1 and counts.total() >= _MIN_NAMED_SHARE * len(names) and max(counts.values()) > 1


def _name_of(text: str) -> str:
    return clean_name(text) or ""


def _unroll(cues: Sequence[Cue]) -> list[Cue]:
    """The cues without the words that each repeats from the one before, where the file rolls (YouTube)."""
    words = [_words(cue) for cue in cues]
    voices = [_VOICE.findall(" ".join(cue.lines)) for cue in cues]
    # What one says and another says again is said by both.
    kept = [
        _count_repeated(*said) if len({*who[0], *who[1]}) <= 1 and len(who[0]) == len(who[1]) else 0
        for said, who in zip(pairwise(words), pairwise(voices), strict=True)
    ]
    if sum(map(bool, kept)) < max(2, _ROLLING_SHARE * len(cues)):
        return list(cues)
    unrolled = list(cues[:1])
    for cue, now, repeated, named in zip(cues[1:], words[1:], kept, voices[1:], strict=True):
        if named and not repeated:
            unrolled.append(cue)
            continue
        voice = f"<v {named[0]}>" if named else ""
        line = " ".join(cue.lines)
        left = _drop_words(line, repeated) if has_time_tags(line) else " ".join(now[repeated:])
        unrolled.append(Cue(cue.start_ms, [voice + left], end_ms=cue.end_ms))
    return unrolled


def _drop_words(line: str, count: int) -> str:
    """The line without its first words, but for the tags, which tell when the others are said."""
    kept: list[str] = []
    end = dropped = 0
    for tag in [*_TAG.finditer(line), None]:
        said = line[end : len(line) if tag is None else tag.start()]
        words = said.split()
        here = min(len(words), count - dropped)
        dropped += here
        kept.append(said if not here else " ".join(words[here:]) + said[len(said.rstrip()) :])
        if tag is not None:
            end = tag.end()
            kept.append("" if _VOICE.fullmatch(tag[0]) else tag[0])
    return "".join(kept)


def _words(cue: Cue) -> list[str]:
    return _TAG.sub("", " ".join(cue.lines)).split()


def _count_repeated(before: Sequence[str], now: Sequence[str]) -> int:
    """How many words at the end of the cue before stand again at the beginning of this one."""
    for count in range(min(len(before), len(now), _MAX_ROLLING_WORDS), 0, -1):
        if list(before[-count:]) == list(now[:count]):
            return count
    return 0


def _label(cues: Sequence[Cue]) -> Iterator[Piece]:
    """The lines of the cues, each with its speaker, who speaks until another is named."""
    said = list(_read_lines(cues))
    if any(line.voice for line in said):
        for line in said:
            yield _write(line, line.voice, _strip_own_label(line), fresh=line.changes)
        return
    speaker: str | None = None
    seen = -1
    written = [number for number, line in enumerate(said) if line.text]
    for part in split_labels([said[number].text for number in written]):
        number = written[part.number]
        changes = any(said[between].changes for between in range(seen + 1, number + 1))
        seen = number
        if part.labelled:
            speaker = part.speaker
        elif changes:
            speaker = None
        yield _write(said[number], speaker, part.text, fresh=changes or part.labelled, labelled=part.labelled)


def _write(line: _SaidLine, speaker: str | None, text: str, *, fresh: bool, labelled: bool = False) -> Piece:
    words = words_of_part(line.text, line.words, text)
    if not labelled and _SOUND.fullmatch(text):
        return Piece(None, text, line.start_ms, kind="narration", fresh=True, end_ms=line.end_ms, words=words)
    return Piece(speaker, text, line.start_ms, fresh=fresh, end_ms=line.end_ms, words=words)


def _strip_own_label(line: _SaidLine) -> str:
    """The words without the clock and the speaker's name that the export wrote in front of them again."""
    clock = _LEADING_CLOCK.match(line.text)
    text = line.text[clock.end() :] if clock else line.text
    label = f"{line.voice}:"
    return text[len(label) :].lstrip() if line.voice and text.casefold().startswith(label.casefold()) else text


def _read_lines(cues: Sequence[Cue]) -> Iterator[_SaidLine]:
    for cue in cues:
        voice: str | None = None
        for line in cue.lines:
            starts = [0, *(found.start() for found in _VOICE.finditer(line) if found.start()), len(line)]
            for start, end in pairwise(starts):
                part = line[start:end]
                if found := _VOICE.match(part):
                    voice = unescape(found["name"]).strip()
                stretches = [
                    (unescape(_TAG.sub("", words)), time_ms) for words, time_ms in split_time_tags(part, cue.start_ms)
                ]
                timed = read_word_times(stretches, cue.end_ms) if len(stretches) > 1 else ()
                text = "".join(words for words, _ in stretches).strip("\u200e\u200f\u202a\u202b\u202c \t")
                for words in _CHANGE_INSIDE.split(text):
                    change = _CHANGE.match(words)
                    said = (words[change.end() :] if change else words).strip()
                    parted = words_of_part(text, timed, said)
                    yield _SaidLine(said, cue.start_ms, cue.end_ms, voice, change is not None, parted)
