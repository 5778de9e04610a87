"""Mutated transcripts of every format: `python -m tests.fuzz_formats [--seconds N] [--seed N] [FOLDER]`, by hand.

Each input either becomes a document whose turns are ordered slices, or is refused with a `CorpusError`. Anything else
is written to ./fuzz-failures and ends the run with 1. Not collected by pytest.
"""

import argparse
import copy
import io
import json
import random
import sys
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from corpus import CorpusError, Document
from corpus.formats import known
from corpus.formats.detect import read

SAMPLES = Path(__file__).parent / "samples"
FAILURES = Path("fuzz-failures")
SUFFIXES = sorted(known.SUFFIXES)
MAX_BYTES = 60_000
SLOW_S = 20.0
TOKENS = [
    *(
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x98\x80",
        b"\xc2\xa0",
    ),
    *(b"-->", b"00:00:01.000 --> 00:00:02.000\n", b"99999999999999999999", b"<v >", b"<v Bob>", b"NOTE\n", b"WEBVTT\n"),
    *(b"Bob: ", b"**Bob:** ", b"[00:00] ", b"(PERSON1) ", b"Q: ", b":", b"\xe2\x80\xa8", b"---\n", b"# "),
    *(b"{", b"}", b"[", b"]", b'"', b"null", b"1e999", b"-1", b'"start":', b"NaN", b"\\ud800", b",", b";", b"\t"),
    *(b"<", b">", b"&", b"&#0;", b"&#xD800;", b"<p>", b"</p>", b"<!--", b"<![CDATA[", b"<!ENTITY x SYSTEM 'file:///'>"),
    *(
        b"{\\*\\x ",
        b"\\u-10179?",
        b"\\'e9",
        b"\\bin99 ",
        b"\\cell ",
        b"\\row ",
        b"*PAR:\t",
        b"\x15100_200\x15",
        b"|--|\n",
    ),
    *(b"endobj", b"stream", b"/Length 9999999", b"/Kids", b"<<", b">>", b"PK\x03\x04"),
]
ODD_VALUES: list[Any] = [
    *(None, True, -1, 0, 7, 1.5, 1e308, float("nan"), float("inf"), 10**40, "", " ", "Ann", "0:01", "1.5s", "\ud800"),
    *([], {}, [[]], [{}], {"seconds": "x"}, {"name": 3}, ["a", 1, "b"], "\0\n\t", "9" * 5000),
]


def make_zip(parts: dict[str, str]) -> bytes:
    """A zip archive with these parts, not compressed, so that a mutation changes what is read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


SEEDS: dict[str, bytes] = {
    "talk.trs": b"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE Trans SYSTEM "trans-14.dtd"><Trans><Speakers>
<Speaker id="a" name="Ann"/><Speaker id="b" name="Bob"/></Speakers><Episode><Section><Turn speaker="a b" startTime="0">
<Sync time="0"/><Who nb="1"/>Hello.<Who nb="2"/>Hi.</Turn></Section></Episode></Trans>""",
    "talk.csv": b'timestamp,speaker,words\n[00:00:01],Ann,"Hello, Bob."\n,Bob:,"Hi ""Ann""."\n',
    "talk.sbv": b"0:00:00.378,0:00:11.378\nHello there.\n\n0:00:11.378,0:00:12.305\nGoodbye.\n",
    "talk.rtf": b"{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset204 A;}}\\f0 Ann: \\'cf?\\par Bob: {\\deleted no} Hi.\\par"
    b"\\trowd\\intbl 0:01\\cell Ann\\cell Hello.\\cell\\row}",
    "talk.cha": b"@UTF8\n@Begin\n@Participants:\tINV Ann I, PAR Bob P\n*INV:\thello .\n"
    b"*PAR:\thi [//] ho . \x151_2\x15\n@End\n",
    "talk.ttml": b'<tt><head><agent id="a"><name>Ann</name></agent></head><body>'
    b'<p begin="1s" agent="a">Hi<br/>there.</p>'
    b'<p begin="0:02">Bob: Ho.</p></body></tt>',
    "talk.eaf": b'<ANNOTATION_DOCUMENT><TIME_SLOT TIME_SLOT_ID="t" TIME_VALUE="9"/><TIER TIER_ID="Ann">'
    b"<ALIGNABLE_ANNOTATION"
    b' TIME_SLOT_REF1="t"><ANNOTATION_VALUE>Hi.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></TIER></ANNOTATION_DOCUMENT>',
    "talk.tei": b'<TEI><text><timeline unit="s"><when id="T" interval="4"/></timeline><u who="#a" start="#T">Hi.</u>'
    b"<sp>"
    b"<speaker>Bob:</speaker><p>Ho.</p></sp></text></TEI>",
    "talk.srv3": b'<timedtext><body><p t="1">Hi <s>there</s></p><p t="2">&gt;&gt; Ann: Ho.</p></body></timedtext>',
    "talk.json3": b'{"events":[{"tStartMs":1,"segs":[{"utf8":"Hi "},{"utf8":"there."}]}]}',
    "nested.json": b'{"paragraphs":[{"speaker":0,"start":1,"sentences":[{"text":"Hi.","timestamp":[1,2]}]}],'
    b'"speakers":[{"id":0,'
    b'"name":"Ann"}],"rows":[["speaker","text"],["Ann","Hi."]],"columns":{"speaker":{"0":"A"},"text":{"0":"Hi."}}}',
    "table.md": b"| Time | Speaker | Text |\n|--|--|--|\n| 0:01 | Ann | Hi. |\n| 0:02 | Bob | Ho \\| ho. |\n",
    "talk.odt": make_zip(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<d><text><p>Ann: Hi.</p></text></d>"}
    ),
    "talk.otr": b'{"text":"<p><span class=\\"timestamp\\">0:01</span>Ann: Hi.</p>'
    b'<p><span class=\\"timestamp\\">0:02</span>Ho.</p>"}',
    "whisper.json": b'{"text":" Hi.","segments":[{"id":0,"start":0.0,"end":1.5,"text":" Hi.","speaker":"S1"}]}',
    "aws.json": b'{"results":{"transcripts":[{"transcript":"Hi."}],"items":[{"start_time":"0.1","speaker_label":"s",'
    b'"alternatives":[{"content":"Hi"}],"type":"pronunciation"},{"alternatives":[{"content":"."}],"type":"punctuation"}]}}',
    "ibm.json": b'{"results":[{"alternatives":[{"transcript":"hi","timestamps":[["hi",0.1,0.2]]}]}],'
    b'"speaker_labels":[{"from":0.1,"to":0.2,"speaker":1}]}',
    "google.json": b'{"results":[{"alternatives":[{"transcript":"hi","words":[{"word":"hi","startTime":"0.1s",'
    b'"speakerTag":1}]}]}]}',
    "page.html": b"<!doctype html><html><head><title>T</title></head><body><nav>Menu</nav><main><p class=speaker>A</p>"
    b"<time>0:01</time><p>Hello.</p><p class=speaker>Bob</p><p>Hi.</p></main></body></html>",
    "plain.txt": "Ann: Où est-il ?\r\n\r\n[00:01] Bob: Là-bas.\r\nNote: he laughs.\r\n".encode("cp1252"),
    "zh.txt": "记者：您好。\n大使：谢谢你们。\n".encode("gb18030"),
    "utf16.txt": "Ann: Hello.\nBob: Hi.\n".encode("utf-16"),
}


def mutate(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to eight changes, of bytes, of stretches or with a token put in."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + int(chance.expovariate(1 / 40)) + 1)
        kind = chance.randrange(7)
        if kind == 0 and at < len(changed):
            changed[at] = chance.randrange(256)
        elif kind == 1:
            del changed[at:end]
        elif kind == 2:
            changed[at:at] = changed[at:end] * chance.choice([1, 2, 50])
        elif kind in (3, 4):
            changed[at:at] = chance.choice(TOKENS)
        elif kind == 5:
            other = chance.randrange(len(changed) + 1)
            changed[at:at] = changed[other : other + 200]
        else:
            del changed[max(1, at) :]
    return bytes(changed)


def mutate_lines(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """A text with cells cut out, emptied or doubled, and lines put in that another text of another shape has."""
    mixed = data.splitlines(keepends=True)
    others = other.splitlines(keepends=True) or [b""]
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(mixed) + 1)
        kind = chance.randrange(4)
        if kind == 0 or at == len(mixed):
            mixed[at:at] = chance.choices(others, k=chance.randint(1, 5))
            continue
        separator = chance.choice([b",", b"\t", b";", b"|", b":", b" "])
        cells = mixed[at].split(separator)
        cell = chance.randrange(len(cells))
        cells[cell : cell + 1] = [[], [b""], [cells[cell], cells[cell]]][kind - 1]
        mixed[at] = separator.join(cells)
    return b"".join(mixed)


def mutate_json(data: bytes, chance: random.Random) -> bytes:
    """A JSON export that is valid still, with one to three of its values put in another's place or made odd."""
    tree = json.loads(data)
    for _ in range(chance.randint(1, 3)):
        node = tree
        while isinstance(node, dict | list) and node:
            key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
            if not isinstance(node[key], dict | list) or not node[key] or chance.random() < 0.2:
                node[key] = copy.deepcopy(chance.choice(ODD_VALUES))
                break
            node = node[key]
    return json.dumps(tree).encode()


def check(data: bytes, name: str) -> str:
    """The format that the input was read in, or the name of the refusal."""
    try:
        format_name, extract = read(data, name)
        document = Document.from_turns(extract.text, extract.turns, doc_id="x", headline=extract.title)
    except CorpusError as error:
        return type(error).__name__
    position = 0
    for turn in document.turns:
        assert position <= turn.start < turn.end <= len(document.text)
        assert not document.text[turn.start].isspace()
        assert turn.start_ms is None or 0 <= turn.start_ms < 2**62
        position = turn.end
    return format_name


def main() -> int:
    """Fuzz until the time is over; 1 when an input broke something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLES)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    seeds = SEEDS | {
        path.name: path.read_bytes()
        for path in sorted(arguments.folder.rglob("*"))
        if path.is_file() and path.stat().st_size and path.name not in {"README.md", "manifest.jsonl"}
    }
    chance = random.Random(arguments.seed)
    counts: Counter[str] = Counter()
    failures = 0
    started = time.monotonic()
    while time.monotonic() - started < arguments.seconds:
        name = chance.choice(sorted(seeds))
        data = seeds[name]
        if len(data) > MAX_BYTES and not name.endswith((".pdf", ".docx")):
            data = data[:MAX_BYTES]
        valid_json = name.endswith(".json") and len(data) < MAX_BYTES and chance.random() < 0.6
        if valid_json:
            data = mutate_json(data, chance)
        elif chance.random() < 0.5:
            data = mutate_lines(data, seeds[chance.choice(sorted(seeds))][:MAX_BYTES], chance)
        else:
            data = mutate(data, chance)
        if chance.random() < 0.1:
            name = "x" + chance.choice(SUFFIXES)
        began = time.monotonic()
        try:
            counts[check(data, name)] += 1
            took = time.monotonic() - began
            assert took < SLOW_S, f"took {took:.1f} s"
        except Exception:  # noqa: BLE001 - whatever it is, is what is looked for
            failures += 1
            FAILURES.mkdir(exist_ok=True)
            (FAILURES / f"{failures:04}-{name}").write_bytes(data)
            sys.stderr.write(f"{name}:\n{traceback.format_exc()}\n")
            if failures == 20:
                break
    sys.stdout.write(f"{counts.total()} inputs, {failures} failures\n")
    for outcome, count in counts.most_common():
        sys.stdout.write(f"{count:8} {outcome}\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
