"""A conversation as it is kept: questions with their answers, JSON-ready, checked when it comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from index import DocumentNotFound, PassageView
from qa import Answer, Quote, QuoteInvalid
from qa.text import MAX_CLOSEST
from ui.render import find_lead

MAX_EXCHANGES = 100


class ConversationInvalid(Exception):
    """A kept conversation that is not of the form in which they are kept."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    `answer` is `Answer.to_dict()`, its passages only the closest; None as long as there is none. `closest` are these
    passages as quotes when it abstains. `written` is what the answer says besides its quotes.
    `problem` is the sentence that was shown instead of an answer. `suggested` are questions to ask next. `verdicts`
    are the person's, by the number of the quote from 1 on, or by "answer".
    """

    question: str
    answer: dict[str, Any] | None = None
    closest: tuple[dict[str, Any], ...] = ()
    written: str | None = None
    problem: str | None = None
    suggested: tuple[str, ...] = ()
    verdicts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Answer, suggested: Sequence[str] = ()) -> "Exchange":
        """The exchange of a question that was answered, or on which the program abstained."""
        closest = answer.passages[:MAX_CLOSEST] if answer.abstained else ()
        return cls(
            question=answer.question,
            answer={**answer.to_dict(), "passages": [passage.to_dict() for passage in answer.passages[:MAX_CLOSEST]]},
            closest=tuple(passage.quote.to_dict() for passage in closest),
            written=find_lead(answer) or None if answer.quotes else None,
            suggested=tuple(suggested),
        )

    def judged(self, what: str, verdict: str | None) -> "Exchange":
        """With the verdict on the quote of that number or on the "answer"; None takes it back."""
        verdicts = {key: value for key, value in self.verdicts.items() if key != what}
        return replace(self, verdicts=verdicts if verdict is None else {**verdicts, what: verdict})

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `read_exchange` gives it back."""
        return {
            "question": self.question,
            "answer": self.answer,
            "closest": list(self.closest),
            "written": self.written,
            "problem": self.problem,
            "suggested": list(self.suggested),
            "verdicts": dict(self.verdicts),
        }


def messages_of(exchanges: Sequence[Exchange]) -> list[dict[str, Any]]:
    """The conversation as the messages that a follow-up question is understood by."""
    messages: list[dict[str, Any]] = []
    for exchange in exchanges:
        messages.append({"role": "user", "content": exchange.question})
        if exchange.answer is not None:
            answer = exchange.answer
            messages.append({"role": "assistant", "content": answer["text"], "quotes": answer["quotes"]})
    return messages


def read_conversation(value: object, view: PassageView) -> tuple[Exchange, ...]:
    """A conversation that was kept where it could be changed, each quote checked against the sources of `view`.

    A quote that the sources do not bear out (any more) is kept and gets `stands: False`.

    :raises ConversationInvalid: when `value` is not a list of what `Exchange.to_dict` gives.
    """
    if not isinstance(value, list):
        raise ConversationInvalid(f"expected a list of exchanges, found {type(value).__name__}")
    try:
        return tuple(_read_exchange(record, view) for record in value[:MAX_EXCHANGES])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ConversationInvalid(f"an exchange is not of the form in which they are kept: {error!r}") from error


def _read_exchange(record: dict[str, Any], view: PassageView) -> Exchange:
    answer = record["answer"]
    if answer is not None:
        answer = {
            "question": str(answer["question"]),
            "standalone_question": str(answer["standalone_question"]),
            "text": str(answer["text"]),
            "short": _optional(answer["short"], str),
            "abstained": bool(answer["abstained"]),
            "reason": _optional(answer["reason"], str),
            "confidence": float(answer["confidence"]),
            "quotes": [_read_quote(quote, view) for quote in answer["quotes"]],
            "passages": [],
            "timings_ms": {},
            **_read_writing(answer),
        }
    return Exchange(
        question=str(record["question"]),
        answer=answer,
        closest=tuple(_read_quote(quote, view) for quote in record["closest"]),
        written=_optional(record["written"], str),
        problem=_optional(record["problem"], str),
        suggested=tuple(str(question) for question in record["suggested"]),
        verdicts={str(what): str(verdict) for what, verdict in record["verdicts"].items()},
    )


def _read_writing(answer: dict[str, Any]) -> dict[str, Any]:
    """What an answer says about who phrased it; those kept by an earlier version say nothing."""
    written = [
        {"text": str(sentence["text"]), "quotes": [int(number) for number in sentence["quotes"]]}
        for sentence in answer.get("written") or []
    ]
    return {
        "route": "written" if answer.get("route") == "written" else "extractive",
        "written": written,
        "model": _optional(answer.get("model"), str),
        "dropped": {str(reason): int(count) for reason, count in (answer.get("dropped") or {}).items()},
        "notice": _optional(answer.get("notice"), str),
    }


def _read_quote(record: dict[str, Any], view: PassageView) -> dict[str, Any]:
    quote = {
        "cited_text": str(record["cited_text"]),
        "doc_id": str(record["doc_id"]),
        "document_title": str(record["document_title"]),
        "start_char_index": int(record["start_char_index"]),
        "end_char_index": int(record["end_char_index"]),
        "speaker": _optional(record["speaker"], str),
        "role": _optional(record["role"], str),
        "kind": str(record["kind"]),
        "turn": int(record["turn"]),
        "start_ms": _optional(record["start_ms"], int),
        "page": _optional(record["page"], int),
        "prefix": str(record["prefix"]),
        "suffix": str(record["suffix"]),
        "source_sha256": str(record["source_sha256"]),
        "score": float(record["score"]),
    }
    try:
        document = view.document(quote["doc_id"])
        now = Quote.from_span(
            document, quote["start_char_index"], quote["end_char_index"], score=quote["score"]
        ).to_dict()
    except (DocumentNotFound, QuoteInvalid):
        return {**quote, "stands": False}
    return quote if now == quote else {**quote, "stands": False}


def _optional(value: object, kind: type) -> Any:  # noqa: ANN401 - what `kind` makes of it
    return None if value is None else kind(value)
