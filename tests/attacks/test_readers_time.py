"""Time grows with the length of what is read and hardly faster, whatever stands in it.

Measured against itself in one run: eight times the length may take forty times as long, which what grows with the
square exceeds and the noise of a busy machine does not, and a fifth of a second more.
"""

import html
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import perf_counter

import pytest

from corpus import (
    CorpusError,
    Document,
    cut_passages,
    fold,
    fold_with_offsets,
    is_question,
    one_line,
    split_sentences,
)
from corpus.clocks import parse_clock_ms
from corpus.encoding import decode
from corpus.formats.detect import read
from corpus.formats.times import parse_ms
from corpus.identity import clean_name
from corpus.transcript import find_title, split_turns
from index.lexicon import content_words
from tests.attacks.hostile_strings import HOSTILE, Fill

SIZES = (256, 2048, 16_384)
MOST_TIMES, MORE_S = 40, 0.2


def count_words(texts: Sequence[str]) -> list[int]:
    """Tokens, as an embedder counts them."""
    return [len(text.split()) for text in texts]


def make_document(text: str) -> None:
    """A document of this in a transcript, and its passages."""
    with suppress(CorpusError):
        document = Document.from_text(f"Ann: Why?\n\nBob: {text}\n\nAnn: So?\n", doc_id="talk")
        cut_passages(document, max_tokens=50, count_tokens=count_words)


def decode_latin(text: str) -> None:
    """Bytes that are no UTF-8."""
    with suppress(CorpusError):
        decode(text.encode("utf-8", "replace") + b"\xe9", "talk.txt")


FUNCTIONS: dict[str, Callable[[str], object]] = {
    function.__name__: function
    for function in (
        *(split_turns, split_sentences, find_title, fold, fold_with_offsets, is_question, one_line, clean_name),
        *(parse_clock_ms, parse_ms, content_words, make_document, decode_latin),
    )
}


def in_cues(text: str) -> str:
    """Captions of forty characters each."""
    cues = (f"00:01.000 --> 00:02.000\n{text[at : at + 40]}\n\n" for at in range(0, len(text), 40))
    return "WEBVTT\n\n" + "".join(cues)


def in_json(text: str) -> str:
    """Segments with it as words, name, time and key."""
    return json.dumps([{"speaker": "A", "text": text, "start": text}, {"speaker": text, "text": "b", text: text}] * 2)


def in_xml(before: str, after: str) -> Callable[[str], str]:
    """A document with it between these two, and in an attribute for each "%s"."""
    return lambda text: before.replace("%s", html.escape(text)) + html.escape(text) + after


# By the name of the file; what stands behind "/" only tells cases apart.
READERS: dict[str, Callable[[str], str]] = {
    "a.txt": str,
    "a.md": lambda text: f"| Speaker | Text |\n{text}\n|---|---|\n| Ann | {text} |\n{text}\n",
    "a.html": str,
    "a.html/p": lambda text: f"<html><body><p>{text}</p><p>Bob: Hi.</p></body></html>",
    "a.html/cite": lambda text: f"<html><cite>Ann:</cite><p>{text}</p><cite>Bob:</cite><p>Hi.</p><cite>{text}</cite>",
    "a.html/class": lambda text: f'<html><p class="{html.escape(text)}">Ann: Hi.</p></html>',
    "a.html/anchor": in_xml("<html><p><a name='ts_1_2_A'>A: Hi</a><a name='ts_1_2_B'>", "</a></p></html>"),
    "a.csv": str,
    "a.csv/rows": lambda text: f"speaker,text\n{text}",
    "a.csv/cell": lambda text: f'speaker,text\nAnn,"{text}"\nBob,Hi.\n',
    "a.csv/name": lambda text: 'speaker,text\n"{}",Hi.\nBob,Yes.\n'.format(text.replace('"', "")),
    "a.csv/head": lambda text: f"{text},speaker,text\n1,2,3\n",
    "a.tsv": str,
    "a.vtt": str,
    "a.vtt/cue": lambda text: f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}",
    "a.vtt/voice": lambda text: f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {text}>Hi.\n",
    "a.vtt/cues": in_cues,
    "a.srt": lambda text: f"1\n00:00:01,000 --> 00:00:02,000 {text}\n{text}\n",
    "a.sbv": lambda text: f"0:00:00.378,0:00:11.378\n{text}",
    "a.json": in_json,
    "a.json/raw": str,
    "a.json/text": lambda text: json.dumps({"text": text}),
    "a.rtf": lambda text: f"{{\\rtf1 Ann: Hi.\\par {text}\\par}}",
    "a.cha": lambda text: f"@Begin\n*A:\t{text}\n@End\n",
    "a.ttml": in_xml('<tt><body><p begin="%s" agent="%s">', "</p><p>Bob: Hi.</p></body></tt>"),
    "a.srv3": in_xml('<timedtext><body><p t="%s">', "</p></body></timedtext>"),
    "a.trs": in_xml('<Trans><Turn startTime="%s" speaker="%s">', "</Turn></Trans>"),
    "a.tei": in_xml('<TEI><text><body><u who="%s">', "</u></body></text></TEI>"),
    "a.xml": str,
}


def reading(name: str) -> Callable[[str], None]:
    """What reads a file of that kind with a text in it."""

    def read_file(text: str) -> None:
        with suppress(CorpusError):
            read(READERS[name](text).encode("utf-8", "replace"), name.partition("/")[0])

    return read_file


# Each function gets every string, each reader every third one, so that every string gets to a third of the readers.
CASES = {f"{name}-{string}": (function, HOSTILE[string]) for name, function in FUNCTIONS.items() for string in HOSTILE}
CASES |= {
    f"{name}-{string}": (reading(name), HOSTILE[string])
    for first, name in enumerate(READERS)
    for string in list(HOSTILE)[first % 3 :: 3]
}


def measure(function: Callable[[str], object], text: str) -> float:
    """Seconds that it takes."""
    started = perf_counter()
    function(text)
    return perf_counter() - started


@pytest.mark.parametrize(("function", "fill"), CASES.values(), ids=CASES)
def test_time_grows_as_the_text(function: Callable[[str], object], fill: Fill) -> None:
    assert_growth(function, fill, SIZES)


@pytest.mark.parametrize("end", ["", "x", "<html>", "-->"])
@pytest.mark.parametrize("unit", ["<!---->", "<!-- -->\n", "<!-- <!-- --> ", "<?xml ?>"])
def test_a_page_that_begins_with_remarks(unit: str, end: str) -> None:
    assert_growth(reading("a.txt"), lambda length: unit * (length // len(unit)) + end, (64, 128, 256, 512, 4096))


@pytest.mark.parametrize("unit", ["![", "!", "?", "?)", "...", "! ", "a. "])
def test_sentences_of_a_long_run_of_marks(unit: str) -> None:
    assert_growth(split_sentences, lambda length: unit * (length // len(unit)), (10_000, 40_000, 160_000))


def assert_growth(function: Callable[[str], object], fill: Fill, sizes: Sequence[int]) -> None:
    """No more than `MOST_TIMES` the time at an eighth of the size and `MORE_S`; small sizes come first."""
    seconds: dict[int, float] = {}
    for size in sizes:
        text = fill(size)
        seconds[size] = measure(function, text)
        before = max((known for known in seconds if known <= size // 8), default=None)
        if before is None:
            continue
        most = MOST_TIMES * seconds[before] + MORE_S
        # What waited for the machine is faster the next time.
        for _ in range(2):
            if seconds[size] >= most:
                seconds[size] = min(seconds[size], measure(function, text))
        assert seconds[size] < most, seconds
