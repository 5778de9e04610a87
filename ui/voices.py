"""The voices of a transcript that a machine made, as long as nobody has named them: each with a sample and a field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten

from corpus import Document, quote_times
from ui.markup import render

# As `index.audio.transcribe` calls them.
_UNNAMED = re.compile(r"Voice \d{1,4}")
MAX_SAMPLE_MS = 8_000
MAX_VOICES = 50
MAX_WORDS_CHARS = 80
# The longest of so many turns is taken for a sample: their first words tell a voice as well as the later ones.
_MAX_TURNS = 300


@dataclass(frozen=True, slots=True)
class UnnamedVoice:
    """A voice: its name so far, how many turns it has, how one begins, and when that is heard, in seconds ("3.5,11.5").

    `sample` is "" where nothing tells when.
    """

    name: str
    turn_count: int
    words: str
    sample: str


def find_unnamed_voices(document: Document) -> list[UnnamedVoice]:
    """Those of a transcript that a machine made, in the order in which they speak first; at most `MAX_VOICES`."""
    if document.track is None or document.track.maker is None:
        return []
    names = dict.fromkeys(turn.speaker for turn in document.turns if _UNNAMED.fullmatch(turn.speaker or ""))
    return list(_describe(document, [name for name in names if name is not None][:MAX_VOICES]))


def render_voices(document: Document | None, *, may_name: bool) -> str:
    """A form for each voice without a name; nothing where there is none, or where it may not be named."""
    voices = find_unnamed_voices(document) if document is not None and may_name else []
    return render("voices.html", "voices", document, voices) if voices else ""


def _describe(document: Document, names: list[str]) -> Iterator[UnnamedVoice]:
    for name in names:
        turns = [turn for turn in document.turns if turn.speaker == name]
        longest = max(turns[:_MAX_TURNS], key=lambda turn: turn.end - turn.start)
        times = quote_times(document, longest.start, longest.end)
        sample = ""
        if times is not None:
            end_ms = min(times.end_ms, times.start_ms + MAX_SAMPLE_MS)
            sample = f"{times.start_ms / 1000:g},{end_ms / 1000:g}"
        words = shorten(document.text[longest.start : longest.end], MAX_WORDS_CHARS, placeholder=" …")
        yield UnnamedVoice(name, len(turns), words, sample)
