"""Words with their place in a source: as somebody claims, or as the source was found to say."""

from dataclasses import InitVar, dataclass, field
from typing import Any

from corpus import Document, Kind, Role
from qa.answers.hearing import hear
from qa.errors import QuoteInvalid

# How much of the text before and after a quote is kept, so that it can be found again after the source was edited.
CONTEXT_CHARS = 32

# Under which keys a citation is exported, by field: those that are usual in the field.
CITATION_KEYS = {
    "text": "cited_text",
    "doc_id": "doc_id",
    "title": "document_title",
    "start": "start_char_index",
    "end": "end_char_index",
    "speaker": "speaker",
    "role": "role",
    "kind": "kind",
    "turn": "turn",
    "start_ms": "start_ms",
    "page": "page",
    "prefix": "prefix",
    "suffix": "suffix",
    "source_sha256": "source_sha256",
    "corrected": "corrected",
    "score": "score",
    "media_fragment": "media_fragment",
    "timing": "timing",
    "maker": "maker",
    "doubtful": "doubtful",
}
# Left out of an export where there is nothing to say: most transcripts tell no times.
OPTIONAL_FIELDS = ("media_fragment", "timing", "maker", "doubtful")


@dataclass(frozen=True, slots=True)
class Citation:
    """Words, whose they are and where they stand, as somebody claims; a `Quote` is one that holds.

    `start` and `end` are code points of the document's text, `end` exclusive. `turn` is the number of the turn, `kind`
    says whether that is speech (then a `speaker` of None is somebody not named) or narration, `role` whether the
    speaker asks or answers. `start_ms` is the time in the recording at which the turn begins, `page` the page from 1 on
    on which the words begin; either is None where the source does not tell. `prefix` and `suffix` are the text around
    it (W3C TextQuoteSelector), `source_sha256` is the hash of the document's text. `score` is the reader's (higher is
    better). `corrected` are the words with those in square brackets that were corrected, None where none were; `text`
    stays the source's. `media_fragment` is where the words are in the recording, in seconds as in the W3C's Media
    Fragments ("t=12.5,17.2"), and `timing` what that rests on (see `corpus.QuoteTimes.how`). `maker` is the program
    that wrote the words down by listening, and `doubtful` are those of the quote's words of which it was not sure, with
    spaces between. `unstated` are the fields about which whoever exported it said nothing.
    """

    text: str
    doc_id: str
    title: str
    start: int
    end: int
    speaker: str | None
    score: float
    turn: int
    kind: Kind
    role: Role | None
    start_ms: int | None
    page: int | None
    prefix: str
    suffix: str
    source_sha256: str
    corrected: str | None = field(default=None, kw_only=True)
    media_fragment: str | None = field(default=None, kw_only=True)
    timing: str | None = field(default=None, kw_only=True)
    maker: str | None = field(default=None, kw_only=True)
    doubtful: str | None = field(default=None, kw_only=True)
    unstated: frozenset[str] = field(default=frozenset(), kw_only=True, compare=False, repr=False)

    @property
    def shown(self) -> str:
        """The words as they are shown: those that were corrected in square brackets."""
        return self.text if self.corrected is None else self.corrected

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, under the keys of `CITATION_KEYS`."""
        values = {key: getattr(self, name) for name, key in CITATION_KEYS.items()}
        silent = [CITATION_KEYS[name] for name in OPTIONAL_FIELDS if getattr(self, name) is None]
        return {key: value for key, value in values.items() if key not in silent}


@dataclass(frozen=True, slots=True)
class Quote(Citation):
    """A verbatim slice of one document and who said it; `text == Document.text[start:end]` in code points.

    :raises QuoteInvalid: when any of it is not what the document says.
    """

    document: InitVar[Document]

    def __post_init__(self, document: Document) -> None:
        where = f"quote {self.start}-{self.end} of {self.doc_id}"
        if self.source_sha256 != document.sha256 or self.doc_id != document.doc_id:
            raise QuoteInvalid(f"{where} is checked against another source, {document.doc_id} ({document.sha256[:12]})")
        if not 0 <= self.start < self.end <= len(document.text):
            raise QuoteInvalid(f"{where} does not lie in a text of {len(document.text)} characters")
        if document.text[self.start : self.end] != self.text:
            raise QuoteInvalid(f"{where} is not what the source says there: {document.text[self.start : self.end]!r}")
        if document.turn_at(self.start, self.end) != self.turn:
            raise QuoteInvalid(f"{where} does not lie in turn {self.turn}")
        turn = document.turns[self.turn]
        if turn.kind == "furniture":
            raise QuoteInvalid(f"{where} is part of the page, not of the text")
        said = (turn.speaker, turn.kind, document.role_of(turn.speaker))
        if (self.speaker, self.kind, self.role) != said:
            raise QuoteInvalid(
                f"{where} is attributed to {(self.speaker, self.kind, self.role)}, the source has {said}"
            )
        if self.corrected != document.bracket(self.start, self.end):
            raise QuoteInvalid(f"{where} is corrected to {self.corrected!r}, which is not what was corrected there")
        if (self.start_ms, self.page) != (turn.start_ms, turn.page):
            raise QuoteInvalid(
                f"{where} is placed at {(self.start_ms, self.page)}, the source has {(turn.start_ms, turn.page)}"
            )
        heard = hear(document, self.start, self.end)
        if any(getattr(self, name) != value for name, value in heard.items()):
            raise QuoteInvalid(f"{where} is said to be heard at {self.media_fragment}, the source has {heard}")

    @classmethod
    def from_span(cls, document: Document, start: int, end: int, *, score: float) -> "Quote":
        """The quote of `document.text[start:end]`; everything about it is read from the document.

        :raises QuoteInvalid: when the span is empty, leaves the text, crosses turns or lies in furniture.
        """
        turn = document.turn_at(start, end)
        if turn is None:
            raise QuoteInvalid(f"{document.doc_id}: {start}-{end} does not lie in one turn of the text")
        said_in = document.turns[turn]
        return cls(
            text=document.text[start:end],
            doc_id=document.doc_id,
            title=document.title,
            start=start,
            end=end,
            speaker=said_in.speaker,
            score=score,
            turn=turn,
            kind=said_in.kind,
            role=document.role_of(said_in.speaker),
            start_ms=said_in.start_ms,
            page=said_in.page,
            prefix=document.text[max(0, start - CONTEXT_CHARS) : start],
            suffix=document.text[end : end + CONTEXT_CHARS],
            source_sha256=document.sha256,
            corrected=document.bracket(start, end),
            document=document,
            **hear(document, start, end),
        )


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage that was found for a question; `quote` holds its words, verbatim like any other.

    `cosine` and `bm25` are its scores by meaning and by words, None in a ranking that lacks it; higher is better.
    """

    passage_id: str
    quote: Citation
    cosine: float | None
    bm25: float | None

    @property
    def doc_id(self) -> str:
        """The document it is from."""
        return self.quote.doc_id

    @property
    def start(self) -> int:
        """Its first code point."""
        return self.quote.start

    @property
    def end(self) -> int:
        """The code point after its last."""
        return self.quote.end

    @property
    def score(self) -> float:
        """The fused score of retrieval; higher is better."""
        return self.quote.score

    @property
    def text(self) -> str:
        """Its words."""
        return self.quote.text

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: a citation, whose words and place stand under the short names `text`, `start` and `end`."""
        short = {"cited_text": "text", "start_char_index": "start", "end_char_index": "end"}
        cited = {short.get(key, key): value for key, value in self.quote.to_dict().items()}
        return {"passage_id": self.passage_id, **cited, "cosine": self.cosine, "bm25": self.bm25}


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that a language model phrased and that passed every check; never a quote.

    `quotes` are the numbers, from 1 on, of the quotes that it rests on.
    """

    text: str
    quotes: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.text} {' '.join(f'[{number}]' for number in self.quotes)}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"text": self.text, "quotes": list(self.quotes)}
