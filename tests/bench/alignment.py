"""How near the times are that `ontherecord index align` gives to the words of a transcript made by hand.

`python -m tests.bench.alignment` has espeak-ng read the bundled interview with the voices of two speakers; espeak-ng
itself tells when each word begins. The recording is listened to, the text aligned, and the time of each word compared.
A word that got no time counts as not near.
"""

import argparse
import re
import statistics
import tempfile
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import Document, Turn, bundled_interview
from index.alignment import read_heard
from index.audio.align import Aligned, align
from index.audio.recognise import open_whisper
from index.audio.transcribe import Listening, transcribe
from index.cli import progress_line, say, show
from tests.recordings import read_aloud

NEAR_MS = 500
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Nearness:
    """The words of which it is known when they are read; how many got a time, and by how much each of these is off.

    `far` are those that got none, or one that is off by more than `NEAR_MS`, each with by how many milliseconds.
    """

    word_count: int
    errors_ms: tuple[int, ...]
    far: tuple[tuple[str, int | None], ...]

    @property
    def share(self) -> float:
        """The share of the words whose time is off by at most `NEAR_MS`, 0 to 1."""
        return 1 - len(self.far) / max(1, self.word_count)


def read_out(document: Document, path: Path, *, turn_count: int | None = None) -> dict[int, int]:
    """Have the speech of a document, or that of its first turns, read into a WAV file, with a voice for each speaker.

    Gives for the place (code point) of each word when it begins, in milliseconds.
    """
    turns = _speech(document)[:turn_count]
    speakers = list(dict.fromkeys(turn.speaker for turn in turns))
    said = [(("Ann", "Bob")[speakers.index(turn.speaker) % 2], document.text[turn.start : turn.end]) for turn in turns]
    starts_ms: dict[int, int] = {}
    for turn, marks in zip(turns, read_aloud(path, said), strict=True):
        for at, ms in marks:
            starts_ms.setdefault(turn.start + at, ms)
    return starts_ms


def compare(document: Document, starts_ms: dict[int, int], aligned: Aligned) -> Nearness:
    """The times of an aligned document beside those at which its words are read."""
    given = {span.start: span.start_ms for span in aligned.document.track.spans} if aligned.document.track else {}
    marks = sorted(starts_ms)
    words, errors, far = 0, [], []
    for turn in _speech(document):
        for word in _WORD.finditer(document.text, turn.start, turn.end):
            mark = marks[min(bisect_left(marks, word.start()), len(marks) - 1)]
            if not word.start() <= mark < word.end():
                continue  # espeak-ng does not tell of it: it says it together with the word before
            words += 1
            error = given[word.start()] - starts_ms[mark] if word.start() in given else None
            if error is not None:
                errors.append(error)
            if error is None or abs(error) > NEAR_MS:
                far.append((word[0], error))
    return Nearness(words, tuple(errors), tuple(far))


def _speech(document: Document) -> list[Turn]:
    return [turn for turn in document.turns if turn.kind == "speech"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, metavar="N", help="the first turns alone (default: the whole interview)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the recording and what is heard there")
    parser.add_argument("--far", action="store_true", help="list the words that are far off")
    given = parser.parse_args(arguments)
    interview = bundled_interview()
    turns = _speech(interview)[: given.turns]
    document = Document.from_text(interview.text[: turns[-1].end], doc_id="read")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        starts_ms = read_out(document, folder / "read.wav", turn_count=given.turns)
        if not (folder / "heard.json").exists():
            how = Listening(open_whisper("base", say), language="en")
            transcribe(folder / "read.wav", folder / "heard.json", how, progress_line("seconds heard"))
        nearness = compare(document, starts_ms, align(document, read_heard(folder / "heard.json")))
    off = sorted(map(abs, nearness.errors_ms))
    show(f"words read: {nearness.word_count}; with a time: {len(off)}")
    show(f"within {NEAR_MS / 1000} s: {nearness.share:.1%}")
    show(f"off by: median {statistics.median(off):.0f} ms, 95th percentile {off[round(0.95 * (len(off) - 1))]} ms")
    for word, error in nearness.far if given.far else ():
        show(f"{word}: {error}")


if __name__ == "__main__":
    main()
