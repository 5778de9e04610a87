"""TEI: utterances (<u who="#id">) and speeches (<sp>), with the names that the header gives to the ids."""

from collections.abc import Iterator

from corpus.errors import SourceNotText
from corpus.formats.extract import Extract, Piece, clean_text, write_pieces
from corpus.formats.times import Unit, parse_ms
from corpus.formats.xml import Element, attribute, children, descendants, local_name, read_text

# Heard or noted, and nobody's words: a parliament's "(Applause)", stage directions, notes.
_REMARKS = frozenset("note stage desc kinesic vocal incident writing pause speaker head gap".split())
_UNITS: dict[str, Unit] = {"ms": "ms", "s": "s"}


def read_tei(root: Element, name: str) -> Extract:
    """The utterances in order; remarks between them are narration, notes within them are left out.

    :raises SourceNotText: when it has no utterances.
    """
    names = dict(_name_people(root))
    starts = dict(_read_timeline(root))
    pieces = [piece for text in descendants(root, "text")[:1] for piece in _read_body(text, names, starts)]
    if not any(piece.kind == "speech" for piece in pieces):
        raise SourceNotText(
            f"{name} is TEI without utterances (<u>) or speeches (<sp>), so nobody is known to speak in it; "
            "save the text as a document"
        )
    titles = [clean_text(read_text(title)) for header in descendants(root, "titleStmt") for title in header]
    return write_pieces(pieces, title=next((title for title in titles if title), None))


def _name_people(root: Element) -> Iterator[tuple[str, str]]:
    for person in descendants(root, "person", "personGrp", "org"):
        key = attribute(person, "id")
        found = [clean_text(read_text(named)) for named in descendants(person, "persName", "name", "label", "orgName")]
        if key and any(found):
            yield key, next(name for name in found if name)


def _read_timeline(root: Element) -> Iterator[tuple[str, int]]:
    """The times of the points that utterances refer to."""
    for timeline in descendants(root, "timeline"):
        known: dict[str, int] = {}
        for when in children(timeline, "when"):
            key = attribute(when, "id") or ""
            unit = _UNITS.get(attribute(when, "unit") or attribute(timeline, "unit") or "s", "s")
            start_ms = parse_ms(attribute(when, "absolute"))
            interval = parse_ms(attribute(when, "interval"), unit=unit)
            if interval is not None:
                start_ms = interval + known.get((attribute(when, "since") or "").lstrip("#"), 0)
            known[key] = start_ms or 0
            yield key, known[key]


def _read_body(text: Element, names: dict[str, str], starts: dict[str, int]) -> Iterator[Piece]:
    todo = list(reversed(text))
    while todo:
        element = todo.pop()
        kind = local_name(element)
        if kind in {"u", "sp"}:
            yield from _read_utterance(element, names, starts)
        elif kind in _REMARKS or (kind in {"p", "ab", "l"} and not descendants(element, "u", "sp")):
            yield Piece(None, read_text(element), kind="narration", fresh=True)
        else:
            todo.extend(reversed(element))


def _read_utterance(element: Element, names: dict[str, str], starts: dict[str, int]) -> Iterator[Piece]:
    who = (attribute(element, "who") or "").split()
    key = who[0].rpartition("#")[2] if who else ""
    written = [clean_text(read_text(named)) for named in children(element, "speaker")]
    speaker = names.get(key) or next((name.strip(".: ") for name in written if name), None) or key or None
    start = (attribute(element, "start") or attribute(element, "synch") or "").lstrip("#")
    start_ms = starts[start] if start in starts else parse_ms(start)
    yield Piece(speaker, " ".join(_read_words(element)), start_ms, fresh=start_ms is not None)


def _read_words(element: Element) -> Iterator[str]:
    """The words of an utterance: written out, or one element a word (<w>, <pc> joined to the word before)."""
    words = descendants(element, "w", "pc")
    if words:
        joined = ""
        for word in words:
            if local_name(word) == "pc" or attribute(word, "join") in {"left", "both"}:
                joined += clean_text(read_text(word))
            else:
                joined += f" {clean_text(read_text(word))}"
        yield joined
        return
    yield element.text or ""
    for below in element:
        if local_name(below) not in _REMARKS:
            yield read_text(below)
        yield below.tail or ""
