"""Transcriber's TRS: turns with the speakers of its own table."""

from collections.abc import Iterator

from corpus.formats.extract import Extract, Piece, write_pieces
from corpus.formats.times import parse_ms
from corpus.formats.xml import Element, parse_xml


def read_trs(data: bytes, name: str) -> Extract:
    """The turns of a TRS file, in order, each stretch with the time of its `Sync`.

    External entities and document types are never loaded, and no entity is expanded.

    :raises SourceUnreadable: when the XML is damaged.
    """
    root = parse_xml(data, name, "Transcriber")
    names = {str(element.get("id")): element.get("name") for element in root.iter("Speaker")}
    return write_pieces(piece for turn in root.iter("Turn") for piece in _read_turn(turn, names))


def _read_turn(turn: Element, names: dict[str, str | None]) -> Iterator[Piece]:
    speakers = [names.get(speaker) or speaker for speaker in (turn.get("speaker") or "").split()]
    speaker = speakers[0] if speakers else None
    start_ms = parse_ms(turn.get("startTime"))
    yield Piece(speaker, turn.text or "", start_ms)
    for element in turn:
        if element.tag == "Sync":
            start_ms = parse_ms(element.get("time"))
        elif element.tag == "Who" and speakers:
            # Two who speak at once: "nb" counts them from 1.
            number = str(element.get("nb", "1"))
            speaker = (
                speakers[int(number) - 1]
                if number.isdecimal() and len(number) < 10 and 0 < int(number) <= len(speakers)
                else None
            )
        yield Piece(speaker, element.tail or "", start_ms)
