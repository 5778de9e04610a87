"""Transcriber's TRS: turns with the speakers of its own table."""

from collections.abc import Iterator

from lxml import etree

from corpus.errors import SourceUnreadable
from corpus.formats.extract import Extract, Piece, write_pieces


def read_trs(data: bytes, name: str) -> Extract:
    """The turns of a TRS file, in order, each stretch with the time of its `Sync`.

    External entities and document types are never loaded, and no entity is expanded.

    :raises SourceUnreadable: when the XML is damaged.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceUnreadable(f"{name} is damaged: {error}; save it from Transcriber again") from error
    names = {str(element.get("id")): element.get("name") for element in root.iter("Speaker")}
    return write_pieces(piece for turn in root.iter("Turn") for piece in _read_turn(turn, names))


def _read_turn(turn: etree._Element, names: dict[str, str | None]) -> Iterator[Piece]:
    speakers = [names.get(speaker) or speaker for speaker in (turn.get("speaker") or "").split()]
    speaker = speakers[0] if speakers else None
    start_ms = _parse_seconds(turn.get("startTime"))
    yield Piece(speaker, turn.text or "", start_ms)
    for element in turn:
        if element.tag == "Sync":
            start_ms = _parse_seconds(element.get("time"))
        elif element.tag == "Who" and speakers:
            # Two who speak at once: "nb" counts them from 1.
            number = str(element.get("nb", "1"))
            speaker = speakers[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(speakers) else None
        yield Piece(speaker, element.tail or "", start_ms)


def _parse_seconds(value: str | None) -> int | None:
    try:
        return round(float(value or "") * 1000)
    except (ValueError, OverflowError):
        return None
