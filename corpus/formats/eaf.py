"""ELAN's transcriptions (EAF): the tiers of speech, each with its participant, in order of time."""

from collections import Counter
from collections.abc import Iterator

from corpus.errors import SourceEmpty
from corpus.formats.extract import Extract, Piece, write_pieces
from corpus.formats.times import parse_ms
from corpus.formats.xml import Element, attribute, children, descendants, read_text


def read_eaf(root: Element, name: str) -> Extract:
    """The annotations of each speaker's tier; tiers below another (translations, glosses, words) are left out.

    :raises SourceEmpty: when no tier has words.
    """
    slots = {
        attribute(slot, "TIME_SLOT_ID"): parse_ms(attribute(slot, "TIME_VALUE"), unit="ms")
        for slot in descendants(root, "TIME_SLOT")
    }
    tiers = [tier for tier in children(root, "TIER") if not attribute(tier, "PARENT_REF")]
    # Of several tiers of one participant the one that says most is what was said, the others are about it.
    chars: Counter[tuple[str, str]] = Counter()
    for tier in tiers:
        chars[_speaker_of(tier), attribute(tier, "TIER_ID") or ""] += len(read_text(tier).strip())
    best: dict[str, str] = {}
    for (speaker, tier_id), _ in chars.most_common():
        best.setdefault(speaker, tier_id)
    pieces = [
        piece
        for tier in tiers
        if best[_speaker_of(tier)] == (attribute(tier, "TIER_ID") or "")
        for piece in _read_tier(tier, slots)
    ]
    pieces.sort(key=lambda piece: piece.start_ms or 0)
    extract = write_pieces(pieces)
    if not extract.turns:
        raise SourceEmpty(f"{name} has no annotation with words; transcribe the recording in ELAN first")
    return extract


def _speaker_of(tier: Element) -> str:
    return (attribute(tier, "PARTICIPANT") or attribute(tier, "TIER_ID") or "").strip()


def _read_tier(tier: Element, slots: dict[str | None, int | None]) -> Iterator[Piece]:
    speaker = _speaker_of(tier) or None
    for annotation in descendants(tier, "ALIGNABLE_ANNOTATION", "REF_ANNOTATION"):
        words = "".join(read_text(value) for value in children(annotation, "ANNOTATION_VALUE"))
        yield Piece(speaker, words, slots.get(attribute(annotation, "TIME_SLOT_REF1")))
