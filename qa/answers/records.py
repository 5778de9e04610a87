"""What an answer is: data that is shown, saved and read back, or what the program stands behind.

The quotes of an `AnswerRecord` are `Citation`s, which claim a place in a source. Those of an `Answer` are `Quote`s,
each of which was held against the source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from qa.answers.citations import Citation, Quote, RetrievedPassage, WrittenSentence
from qa.answers.text import AnswerKind, compose_text, refuse

# Who phrased the answer: nobody (it is made of its quotes), or a language model whose sentences were checked.
Route = Literal["extractive", "written"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    """The answer to one question, as data.

    `kind` says what it is: "quotes", best first; "abstention", for which `reason` says why the source does not answer;
    "words", where nothing was asked of the source, or there is nothing in it to quote. `lead` are words of the program
    that introduce the quotes, or all there is to say. `notice` is what should be known before reading it: that a
    language model did not write it although it should have, or that it was asked in another language.

    `short` is the shortest exact answer inside the first quote, or None. `confidence` is the probability, 0 to 1, that
    the quotes answer the question; it was estimated unless `has_confidence` is False: nothing is looked for where a
    question is about the whole. `passages` are what was found, best first. `standalone_question` is what the
    question was understood to mean. `timings_ms` has one entry a stage, and `total`. `written` are the sentences of
    the language model `model`, each resting on quotes; `dropped` counts its sentences that failed a check, by reason.
    """

    question: str
    standalone_question: str
    kind: AnswerKind
    lead: str = ""
    notice: str | None = None
    short: str | None = None
    quotes: tuple[Citation, ...] = ()
    reason: str | None = None
    confidence: float = 0.0
    has_confidence: bool = True
    passages: tuple[RetrievedPassage, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    written: tuple[WrittenSentence, ...] = ()
    model: str | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What it says besides its quotes, "" where these are all of it."""
        return "\n\n".join(part for part in (self.lead, self.notice, " ".join(map(str, self.written))) if part)

    @property
    def text(self) -> str:
        """The whole answer as plain text."""
        return compose_text(self.kind, self.words, (self.reason, self.notice), self.quotes)

    @property
    def refusal(self) -> str:
        """For an abstention, the sentence that stands before its reason."""
        return refuse(self.reason)

    @property
    def abstained(self) -> bool:
        """Whether there is nothing quoted; `kind` tells a refusal from words that need no quote."""
        return self.kind != "quotes"

    @property
    def route(self) -> Route:
        """Whether a language model phrased it."""
        return "written" if self.written else "extractive"

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, JSON-ready; `qa.answers.codec` reads it back."""
        return {
            "question": self.question,
            "standalone_question": self.standalone_question,
            "kind": self.kind,
            "text": self.text,
            "lead": self.lead,
            "notice": self.notice,
            "short": self.short,
            "abstained": self.abstained,
            "reason": self.reason,
            "confidence": self.confidence,
            "has_confidence": self.has_confidence,
            "quotes": [quote.to_dict() for quote in self.quotes],
            "passages": [passage.to_dict() for passage in self.passages],
            "timings_ms": dict(self.timings_ms),
            "route": self.route,
            "written": [sentence.to_dict() for sentence in self.written],
            "model": self.model,
            "dropped": dict(self.dropped),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(AnswerRecord):
    """The answer to one question: an `AnswerRecord` whose quotes hold, and whose parts fit together.

    :raises ValueError: when they do not.
    """

    quotes: tuple[Quote, ...] = ()

    def __post_init__(self) -> None:
        if self.abstained == bool(self.quotes):
            raise ValueError(f"the answer's kind is {self.kind!r} with {len(self.quotes)} quotes")
        if self.abstained == (self.reason is None):
            raise ValueError(f"the answer's kind is {self.kind!r} with the reason {self.reason!r}")
        if self.short is not None and (not self.quotes or self.short not in self.quotes[0].text):
            raise ValueError(f"the short answer {self.short!r} does not stand in the first quote")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence is {self.confidence}, expected 0 to 1")
        if self.written and self.model is None:
            raise ValueError(f"{len(self.written)} sentences are written, but no model is named")
        for sentence in self.written:
            if not sentence.quotes or not all(1 <= number <= len(self.quotes) for number in sentence.quotes):
                raise ValueError(f"a sentence rests on the quotes {sentence.quotes}, there are {len(self.quotes)}")
