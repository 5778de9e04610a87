"""What an answer is made of: quotes that cannot be anything but the source's own words."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Literal

from corpus import Document, Kind, Role
from index import Hit
from qa.errors import QuoteInvalid

# How much of the text before and after a quote is kept, so that it can be found again after the source was edited.
CONTEXT_CHARS = 32

# Who phrased the answer: nobody (it is made of its quotes), or a language model whose sentences were checked.
Route = Literal["extractive", "written"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim slice of one document and who said it; `text == Document.text[start:end]` in code points.

    `turn` is the number of the turn it stands in, `kind` says whether that is speech (then a `speaker` of None is
    somebody not named) or narration, `role` whether the speaker asks or answers. `start_ms` is the time in the
    recording at which the turn begins, `page` the page from 1 on which the words begin; either is None where the source
    does not tell. `prefix` and `suffix` are the text around it (W3C TextQuoteSelector), `source_sha256` is the hash of
    the document's text. `score` is the reader's (higher is better).

    :raises QuoteInvalid: when any of it is not what the document says.
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
        if (self.start_ms, self.page) != (turn.start_ms, turn.page):
            raise QuoteInvalid(
                f"{where} is placed at {(self.start_ms, self.page)}, the source has {(turn.start_ms, turn.page)}"
            )

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
            document=document,
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, under the citation keys that are usual in the field."""
        return {
            "cited_text": self.text,
            "doc_id": self.doc_id,
            "document_title": self.title,
            "start_char_index": self.start,
            "end_char_index": self.end,
            "speaker": self.speaker,
            "role": self.role,
            "kind": self.kind,
            "turn": self.turn,
            "start_ms": self.start_ms,
            "page": self.page,
            "prefix": self.prefix,
            "suffix": self.suffix,
            "source_sha256": self.source_sha256,
            "score": self.score,
        }


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage that was read for an answer, best first; `quote` holds its words, verbatim like any other."""

    passage_id: str
    quote: Quote
    hit: Hit

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
        return self.hit.score

    @property
    def text(self) -> str:
        """Its words."""
        return self.quote.text

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, with the place, the speaker, the words and the scores of retrieval."""
        return {
            "passage_id": self.passage_id,
            "doc_id": self.doc_id,
            "document_title": self.quote.title,
            "start": self.start,
            "end": self.end,
            "speaker": self.quote.speaker,
            "text": self.text,
            "score": self.score,
            "cosine": self.hit.cosine,
            "bm25": self.hit.bm25,
        }


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


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    `quotes` are best first, and `()` if and only if `abstained`; `reason` then says why. `short` is the shortest exact
    answer inside the first quote, or None. `confidence` is the probability, 0 to 1, that the quotes answer the
    question. `passages` are what was read, best first. `standalone_question` is what the question was understood to
    mean. `timings_ms` has one entry a stage, and `total`.

    `route` says whether a language model phrased it: then `written` are its sentences, each resting on quotes, and
    `model` is its name. `dropped` counts the sentences that failed a check, by reason. `notice` says in a sentence why
    an answer that should have been written is not.
    """

    question: str
    standalone_question: str
    text: str
    short: str | None
    quotes: tuple[Quote, ...]
    abstained: bool
    reason: str | None
    confidence: float
    passages: tuple[RetrievedPassage, ...]
    timings_ms: dict[str, float]
    route: Route = "extractive"
    written: tuple[WrittenSentence, ...] = ()
    model: str | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)
    notice: str | None = None

    def __post_init__(self) -> None:
        if self.abstained == bool(self.quotes):
            raise ValueError(
                f"abstained is {self.abstained} with {len(self.quotes)} quotes; "
                "an answer abstains exactly when it has none"
            )
        if self.short is not None and (not self.quotes or self.short not in self.quotes[0].text):
            raise ValueError(f"the short answer {self.short!r} does not stand in the first quote")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence is {self.confidence}, expected 0 to 1")
        if (self.route == "written") != bool(self.written) or (self.written and self.model is None):
            raise ValueError(f"the route is {self.route!r} with {len(self.written)} sentences by {self.model!r}")
        for sentence in self.written:
            if not sentence.quotes or not all(1 <= number <= len(self.quotes) for number in sentence.quotes):
                raise ValueError(f"a sentence rests on the quotes {sentence.quotes}, there are {len(self.quotes)}")

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, JSON-ready; `quotes` under the usual citation keys."""
        return {
            "question": self.question,
            "standalone_question": self.standalone_question,
            "text": self.text,
            "short": self.short,
            "abstained": self.abstained,
            "reason": self.reason,
            "confidence": self.confidence,
            "quotes": [quote.to_dict() for quote in self.quotes],
            "passages": [passage.to_dict() for passage in self.passages],
            "timings_ms": self.timings_ms,
            "route": self.route,
            "written": [sentence.to_dict() for sentence in self.written],
            "model": self.model,
            "dropped": dict(self.dropped),
            "notice": self.notice,
        }
