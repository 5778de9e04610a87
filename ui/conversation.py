"""A conversation as it is kept: questions with their answers, JSON-ready, checked when it comes back."""

import contextlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from index import PassageStore, PassageView
from qa import AnswersInvalid
from qa.answers import (
    MAX_CLOSEST,
    Answer,
    AnswerRecord,
    Quote,
    RetrievedPassage,
    citation_from_dict,
    confirm,
    from_dict,
)
from ui.standing import Standing, check_answer, read_once

MAX_EXCHANGES = 100
# A list has twelve quotes, and a refusal a few passages.
MAX_CITATIONS = 100
_MAX_ID_CHARS = 64
WITHHELD = "This is from before the conditions of these transcripts were set, and is not shown any more. Ask again."
WITHHELD_QUESTION = "(A question from before the conditions of these transcripts were set)"
UNREADABLE = "What was kept of this cannot be read any more."


def tell_time() -> str:
    """Now, in UTC and ISO 8601; later is greater."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


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
    exchange_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    asked_at: str = field(default_factory=tell_time)
    standings: Mapping[tuple[str, int, int], Standing] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Answer) -> "Exchange":
        """The exchange of a question that was answered, or on which the program abstained."""
        return cls(answer.question).answered(answer)

    def answered(self, answer: Answer) -> "Exchange":
        """With its answer, in place of whatever there was on the way to that."""
        kept = replace(answer, passages=answer.passages[:MAX_CLOSEST], timings_ms={})
        return replace(self, question=answer.question, answer=kept, found=None, written="", probing=False)

    def judged(self, what: str, verdict: str | None) -> "Exchange":
        """With the verdict on the quote of that number or on the "answer"; None takes it back."""
        verdicts = {key: value for key, value in self.verdicts.items() if key != what}
        return replace(self, verdicts=verdicts if verdict is None else {**verdicts, what: verdict})

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `read_conversation` gives it back."""
        return {
            "id": self.exchange_id,
            "asked_at": self.asked_at,
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
    view = read_once(view)
    try:
        return tuple(_read_exchange(record, view) for record in value[:MAX_EXCHANGES])
    except (AnswersInvalid, AttributeError, KeyError, TypeError) as error:
        raise ConversationInvalid(f"an exchange is not of the form in which they are kept: {error!r}") from error


def read_exchanges(records: Sequence[object], view: PassageView) -> tuple[Exchange, ...]:
    """The same of single records; one that is not of the form says so in its place."""
    exchanges: list[Exchange] = []
    view = read_once(view)  # for all of them together
    for record in records[-MAX_EXCHANGES:]:
        try:
            exchanges += read_conversation([record], view)
        except ConversationInvalid:
            asked = record.get("question") if isinstance(record, dict) else None
            exchanges.append(Exchange(asked if isinstance(asked, str) else "", problem=UNREADABLE))
    return tuple(exchanges)


def check_again(exchange: Exchange, view: PassageView) -> Exchange:
    """With its citations held against the sources of `view` once more, and nothing that is hidden by now."""
    exchange = keep_to_conditions(exchange, view)
    if exchange.answer is None:
        return exchange
    answer, standings = check_answer(exchange.answer, view)
    return replace(exchange, answer=answer, standings=standings)


def keep_all_to_conditions(exchanges: Sequence[Exchange], store: PassageStore) -> tuple[Exchange, ...]:
    """A conversation that is on a page, without what was hidden since it was put there.

    :raises IndexingError: when the index or its conditions cannot be read.
    """
    since = store.conditions().newest
    if all(exchange.asked_at >= since for exchange in exchanges):
        return tuple(exchanges)
    with store.reading() as view:
        once = read_once(view)
        return tuple(keep_to_conditions(exchange, once) for exchange in exchanges)


def keep_to_conditions(exchange: Exchange, view: PassageView) -> Exchange:
    """The exchange with nothing in it that the conditions of the collection hide, if it is from before they were set.

    An answer of which every quote may be shown still is these quotes, and nothing that was said around them; any other
    is not shown.
    """
    if exchange.asked_at >= view.conditions_since:
        return exchange  # it was made under them
    answer = exchange.answer and _keep_to_quotes(exchange.answer, view)
    hides = view.holds_hidden(exchange.question)
    question = WITHHELD_QUESTION if hides else exchange.question
    if answer is not None:
        answer = replace(answer, question=question, standalone_question=question)
    problem = exchange.problem and WITHHELD
    return replace(exchange, question=question, answer=answer, found=None, written="", problem=problem)


def _keep_to_quotes(answer: AnswerRecord, view: PassageView) -> AnswerRecord:
    cited = [*answer.quotes, *(passage.quote for passage in answer.passages)]
    confirmed = [confirm(citation_from_dict(citation.to_dict()), view, any_hash=True) for citation in cited]
    if answer.kind == "words" or not all(isinstance(citation, Quote) for citation in confirmed):
        return AnswerRecord(question="", standalone_question="", kind="words", lead=WITHHELD, has_confidence=False)
    count = len(answer.quotes)
    quotes, closest = tuple(confirmed[:count]), confirmed[count:]
    short = answer.short if quotes and answer.short and answer.short in quotes[0].text else None
    return AnswerRecord(
        question="",
        standalone_question="",
        kind=answer.kind,
        short=short,
        quotes=quotes,
        reason=None if quotes else "",
        confidence=answer.confidence,
        has_confidence=answer.has_confidence,
        passages=tuple(replace(one, quote=quote) for one, quote in zip(answer.passages, closest, strict=True)),
    )


def _read_exchange(record: dict[str, Any], view: PassageView) -> Exchange:
    answer = None if record["answer"] is None else from_dict(record["answer"])
    if answer and record.get("closest"):  # an earlier version kept them beside the answer
        closest = [citation_from_dict(quote) for quote in record["closest"]]
        answer = replace(answer, passages=tuple(RetrievedPassage("", quote, None, None) for quote in closest))
    if answer and len(answer.quotes) + len(answer.passages) > MAX_CITATIONS:
        raise AnswersInvalid(f"it has more than {MAX_CITATIONS} quotes and passages")
    problem = record.get("problem")
    exchange = Exchange(
        question=str(record["question"]),
        answer=answer,
        problem=None if problem is None else str(problem),
        verdicts={str(what): str(verdict) for what, verdict in (record.get("verdicts") or {}).items()},
    )
    return check_again(_with_origin(exchange, record), view)


def _with_origin(exchange: Exchange, record: dict[str, Any]) -> Exchange:
    """Which exchange it is and when it was asked, as far as the record says that and it can be."""
    name = record.get("id")
    if isinstance(name, str) and name.isascii() and name.isalnum() and len(name) <= _MAX_ID_CHARS:
        exchange = replace(exchange, exchange_id=name)
    with contextlib.suppress(ValueError, OverflowError):  # an earlier version did not say
        asked_at = datetime.fromisoformat(str(record.get("asked_at"))).astimezone(UTC)
        return replace(exchange, asked_at=asked_at.isoformat(timespec="microseconds"))
    return exchange
