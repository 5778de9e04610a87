"""What became of the quotations of a draft: plain records, the same in the terminal, in JSON and on the page."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from corpus import Kind, Role

Verdict = Literal[
    "exact",
    "typography",
    "edited",
    "changed",
    "stitched",
    "misattributed",
    "not_found",
    "no_quotation",
    "paraphrase",
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
# The verdicts that may not be printed as they are.
BAD: frozenset[Verdict] = frozenset({"changed", "stitched", "misattributed", "not_found"})
GOOD: frozenset[Verdict] = frozenset({"exact", "typography", "edited"})
# What differs between the draft and the source.
Change = Literal["number", "negation", "name", "word", "order", "case", "punctuation"]


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Words in a source: `text` is the slice from `start` to `end` (code points) of the document `doc_id`.

    `start_ms` and `page` are those of the turn, None where the source does not tell. `before` and `after` are what
    stands around it in the same turn, so that words out of context can be judged. `link` is an address that opens the
    place, None where the source has none. In a stitched quotation each part has a place.
    """

    doc_id: str
    title: str
    start: int
    end: int
    text: str
    speaker: str | None
    role: Role | None
    kind: Kind
    start_ms: int | None = None
    page: int | None = None
    before: str = ""
    after: str = ""
    link: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, under the names of the fields."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class WordChange:
    """What the draft has (`written`) where the source has `said`; either is "" where one has nothing."""

    change: Change
    said: str
    written: str

    def __str__(self) -> str:
        said, written = f"“{self.said}”", f"“{self.written}”"
        if self.change == "order":
            return f"the order: the source has {said}"
        if not self.said:
            return f"{written} is added"
        if not self.written:
            return f"{said} is left out"
        return f"{written} stands for {said}"


@dataclass(frozen=True, slots=True)
class CheckedQuotation:
    """A quotation of the draft: `text` stands from `start` to `end` (code points) of it, without its marks.

    `attributed_to` is whom the draft names as the speaker, by the label of the source where that is known, as `told`
    in the draft otherwise; None where it is not told. `places` are all places where the words stand, best first; of a
    changed quotation the one that it was made of. `nearest` are the words of the source that come nearest to words
    that are not found, never a match. `note` says in a sentence what else a reader should know.
    """

    text: str
    start: int
    end: int
    verdict: Verdict
    attributed_to: str | None = None
    told: str | None = None
    places: tuple[SourcePlace, ...] = ()
    nearest: SourcePlace | None = None
    changes: tuple[WordChange, ...] = ()
    note: str = ""

    @property
    def place(self) -> SourcePlace | None:
        """Where the words stand, or None where they do not."""
        return self.places[0] if self.places else None

    @property
    def speaker(self) -> str | None:
        """Who said the words in the source; None where the source does not tell, or two persons did."""
        speakers = {place.speaker for place in self.places} if self.verdict == "stitched" else set()
        return None if len(speakers) > 1 or not self.places else self.places[0].speaker

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the keys up to `nearest` are fixed, since other programs lean on them."""
        place = self.place
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "verdict": self.verdict,
            "speaker": self.speaker,
            "attributed_to": self.attributed_to,
            "doc_id": place.doc_id if place is not None else None,
            "source_start": place.start if place is not None else None,
            "source_end": place.end if place is not None else None,
            "places": [each.to_dict() for each in self.places],
            "nearest": self.nearest.to_dict() if self.nearest is not None else None,
            "told": self.told,
            "changes": [asdict(change) for change in self.changes],
            "note": self.note,
        }

    @property
    def is_twice(self) -> bool:
        """Whether the same words stand in several places."""
        return len(self.places) > 1 and self.verdict not in ("stitched", "changed")


@dataclass(frozen=True, slots=True)
class DraftReport:
    """All quotations of a draft, in its order. `text` is the draft's, into which their offsets point.

    `name` is that of its file, or "" for pasted text; `format` as `corpus.load_prose` tells it; `documents` is how many
    sources it was held against.
    """

    name: str
    format: str
    text: str
    documents: int
    quotations: tuple[CheckedQuotation, ...]

    def count(self) -> dict[Verdict, int]:
        """How many quotations got each verdict, all verdicts in their order."""
        counts = Counter(quotation.verdict for quotation in self.quotations)
        return {verdict: counts[verdict] for verdict in VERDICTS}

    def fails(self, on: Iterable[Verdict] = BAD) -> bool:
        """Whether any quotation got one of these verdicts."""
        bad = frozenset(on)
        return any(quotation.verdict in bad for quotation in self.quotations)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: `quotations` with fixed keys, and the draft that they point into; `read_report` reads it back."""
        return {
            "quotations": [quotation.to_dict() for quotation in self.quotations],
            "draft": {"name": self.name, "format": self.format, "text": self.text},
            "documents": self.documents,
            "counts": dict(self.count()),
        }
