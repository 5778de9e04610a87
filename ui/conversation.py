"""A conversation as it is kept: questions with their answers, JSON-ready, checked when it comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from index import PassageView
from qa import AnswersInvalid
from qa.answers import (
    MAX_CLOSEST,
    Answer,
    AnswerRecord,
    RetrievedPassage,
    citation_from_dict,
    confirm_answer,
    from_dict,
)

MAX_EXCHANGES = 100


class ConversationInvalid(Exception):
    """A kept conversation that is not of the form in which they are kept."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    `answer` has of its passages only the closest; it is None as long as there is none. Until then `found` is what was
    found for a language model to phrase, `written` are the sentences that it has written so far, and `probing` says
    that it is asked first what it can do. `problem` is the sentence that was shown instead of an answer. `verdicts` are
    the person's, by the number of the quote from 1 on, or by "answer".
    """

    question: str
    answer: AnswerRecord | None = None
    found: AnswerRecord | None = None
    written: str = ""
    probing: bool = False
    problem: str | None = None
    verdicts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Answer) -> "Exchange":
        """The exchange of a question that was answered, or on which the program abstained."""
        kept = replace(answer, passages=answer.passages[:MAX_CLOSEST], timings_ms={})
        return cls(question=answer.question, answer=kept)

    def judged(self, what: str, verdict: str | None) -> "Exchange":
        """With the verdict on the quote of that number or on the "answer"; None takes it back."""
        verdicts = {key: value for key, value in self.verdicts.items() if key != what}
        return replace(self, verdicts=verdicts if verdict is None else {**verdicts, what: verdict})

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `read_conversation` gives it back."""
        return {
            "question": self.question,
            "answer": self.answer and self.answer.to_dict(),
            "problem": self.problem,
            "verdicts": dict(self.verdicts),
        }


def messages_of(exchanges: Sequence[Exchange]) -> list[dict[str, Any]]:
    """The conversation as the messages that a follow-up question is understood by."""
    messages: list[dict[str, Any]] = []
    for exchange in exchanges:
        messages.append({"role": "user", "content": exchange.question})
        if exchange.answer is not None:
            quotes = [quote.to_dict() for quote in exchange.answer.quotes]
            messages.append({"role": "assistant", "content": exchange.answer.text, "quotes": quotes})
    return messages


def read_conversation(value: object, view: PassageView) -> tuple[Exchange, ...]:
    """A conversation that was kept where it could be changed, each quote checked against the sources of `view`.

    What the sources do not support (any more) is kept, but as a `Citation`, which is no `Quote`.

    :raises ConversationInvalid: when `value` is not a list of what `Exchange.to_dict` gives.
    """
    if not isinstance(value, list):
        raise ConversationInvalid(f"expected a list of exchanges, found {type(value).__name__}")
    try:
        return tuple(_read_exchange(record, view) for record in value[:MAX_EXCHANGES])
    except (AnswersInvalid, AttributeError, KeyError, TypeError) as error:
        raise ConversationInvalid(f"an exchange is not of the form in which they are kept: {error!r}") from error


def _read_exchange(record: dict[str, Any], view: PassageView) -> Exchange:
    answer = None if record["answer"] is None else from_dict(record["answer"])
    if answer and record.get("closest"):  # an earlier version kept them beside the answer
        closest = [citation_from_dict(quote) for quote in record["closest"]]
        answer = replace(answer, passages=tuple(RetrievedPassage("", quote, None, None) for quote in closest))
    problem = record.get("problem")
    return Exchange(
        question=str(record["question"]),
        answer=answer and confirm_answer(answer, view),
        problem=None if problem is None else str(problem),
        verdicts={str(what): str(verdict) for what, verdict in (record.get("verdicts") or {}).items()},
    )
