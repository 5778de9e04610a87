"""CHAT, the transcripts of CLAN and TalkBank (.cha): the main lines, without the tiers of analysis below them."""

import re
from collections.abc import Iterator

from corpus.errors import SourceEmpty
from corpus.formats.extract import Extract, Piece, write_pieces
from corpus.formats.times import parse_ms

_MAIN = re.compile(r"\*(?P<code>[^\s:*]{1,30}):[ \t]*(?P<words>.*)")
_PARTICIPANTS = re.compile(r"@Participants:\s*(?P<list>.*)", re.IGNORECASE)
# The time of a line in milliseconds, between two control characters; some programs lose these.
_BULLET = re.compile('\x15?(?:%snd:"[^"]{0,200}"_)?(?P<start>\\d{1,10})_\\d{1,10}(?:-?\x15|[ \t]*$)')
# Marks of the analysis: a scope's "<…> [//]", a pause "(.)", "+…" at an end, "&=laughs", "&uh".
_MARKS = re.compile(
    r"\[[^\]]{0,200}\]|\((?:\.{1,3}|\d[\d.:]{0,8})\)|[+‡„][/.,\"!?<^≈≋]{1,3}|&[=~+-]?\S+|@[a-z:]{1,10}\b|[<>]"
)
_PARTS_LEFT_OUT = re.compile(r"(?<=\w)\((?P<letters>\w+)\)|\((?P<more>\w+)\)(?=\w)")
_FIRST_LINES = ("@UTF8", "@Begin", "@Font", "@PID", "@Window")


def is_chat(text: str) -> bool:
    """Whether the text begins with the headers of CHAT and has a speaker's line."""
    start = text[:4000].lstrip("\ufeff")
    return start.startswith(_FIRST_LINES) and "\n*" in text[:100_000].replace("\r", "\n")


def read_chat(text: str, name: str) -> Extract:
    """The speakers' lines in order, under the names that the headers give, with the times that they bear.

    :raises SourceEmpty: when no line has words.
    """
    lines = list(_join_lines(text))
    names: dict[str, str] = {}
    for line in lines:
        if found := _PARTICIPANTS.match(line):
            names = dict(_name_people(found["list"]))
    pieces = []
    for line in lines:
        if main := _MAIN.match(line):
            code = main["code"]
            time = _BULLET.search(main["words"])
            words = _BULLET.sub(" ", main["words"])
            start_ms = parse_ms(time["start"], unit="ms") if time else None
            pieces.append(Piece(names.get(code, code), _clean(words), start_ms))
    extract = write_pieces(pieces)
    if not extract.turns:
        raise SourceEmpty(f"{name} has no speaker's line (*ABC:) with words; check the transcript")
    return extract


def _join_lines(text: str) -> Iterator[str]:
    """The lines, each with those that begin with a tab and go on with it."""
    held: list[str] = []
    for line in text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if held and line.startswith(("\t", " ")):
            held.append(line.strip())
            continue
        if held:
            yield " ".join(held)
        held = [line]
    yield " ".join(held)


def _name_people(listed: str) -> Iterator[tuple[str, str]]:
    """The names by code: "INV Ngozi Investigator" has one, "CHI Target_Child" has only a part."""
    for entry in listed.split(","):
        words = entry.split()
        if len(words) > 2:
            yield words[0], " ".join(words[1:-1]).replace("_", " ")


def _clean(words: str) -> str:
    """The words without the marks of the analysis; "goin(g)" is written out."""
    words = _PARTS_LEFT_OUT.sub(lambda part: part["letters"] or part["more"], words)
    return _MARKS.sub(" ", words).replace("_", " ")
