"""The conversation as the pane that is read: short answer first, numbered quotes beneath; pure functions to HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa import PersonQuotes, find_sides
from qa.answers import AnswerRecord, Citation, Quote, format_place
from ui.conversation import Exchange
from ui.feedback import LIKE, VERDICTS_ON_QUOTE, WRONGLY_SILENT
from ui.markup import render
from ui.standing import place_of

WELCOME = "Ask the interview. The answer comes in the words that were said, with who said them and where."
# Over quotes that have a "not" at the words that were asked about, and over those beside them.
_DENYING = {True: "With a “not” or “no”", False: "Without a “not”"}
_VERDICT_LABELS = {
    LIKE: "Good quote",
    "wrong quote": "Wrong quote",
    "wrong speaker": "Wrong speaker",
    "not an answer": "Not an answer",
}


@dataclass(frozen=True, slots=True)
class _Choice:
    """A verdict that can be given by a button."""

    verdict: str
    label: str


_ON_ANSWER = (_Choice(LIKE, "Good answer"), _Choice("not an answer", "Not an answer"))
_ON_ABSTENTION = (_Choice(LIKE, "Rightly not answered"), _Choice(WRONGLY_SILENT, "It does answer this"))
_ON_QUOTE = tuple(_Choice(verdict, _VERDICT_LABELS[verdict]) for verdict in VERDICTS_ON_QUOTE)


def render_welcome(examples: Sequence[str]) -> str:
    """What the page shows in place of a conversation that has not begun: what there is to ask."""
    return render("conversation.html", "welcome", WELCOME, examples)


def render_player() -> str:
    """What recordings are played with; ui/assets/hear.js shows it when a quote is to be heard."""
    return render("conversation.html", "player")


def render_offered(question: str, suggested: Sequence[str]) -> str:
    """What to ask after `question`, for the page to put below its answer."""
    return render("conversation.html", "offered", question, suggested) if suggested else ""


def render_conversation(exchanges: Sequence[Exchange], *, waiting: bool = False, worked_on: int | None = None) -> str:
    """All of the conversation.

    :param waiting: an exchange is being worked on, and may have part of its answer.
    :param worked_on: the number of that exchange, from 1 on; None is the last one.
    """
    working = (worked_on or len(exchanges)) if waiting else 0
    shown = [_Shown(exchange, number, waiting=number == working) for number, exchange in enumerate(exchanges, start=1)]
    return "".join(render("conversation.html", "exchange", each) for each in shown)


@dataclass(frozen=True, slots=True)
class _Shown:
    """An exchange, and what its template wants to know besides."""

    exchange: Exchange
    number: int
    waiting: bool
    quote_choices: tuple[_Choice, ...] = _ON_QUOTE

    @property
    def answer(self) -> AnswerRecord | None:
        return self.exchange.answer

    def standing(self, quote: Citation) -> str | None:
        """What became of a quote whose source was changed or removed since, in a sentence."""
        standing = self.exchange.standings.get(place_of(quote))
        if standing is not None:
            return standing.words
        return None if isinstance(quote, Quote) else "These words are not in the transcripts that are asked now."

    @property
    def doing(self) -> str:
        """What is done while the person waits."""
        if self.exchange.probing:
            return "Asking the language model a few questions first, to see what it can do"
        return "Writing" if self.exchange.written or self.exchange.found else "Reading the transcript"

    @property
    def found(self) -> tuple[Citation, ...]:
        """What was found for the language model to phrase."""
        return self.exchange.found.quotes if self.exchange.found else ()

    @property
    def choices(self) -> tuple[_Choice, ...]:
        """The verdicts on the answer as a whole."""
        return _ON_ABSTENTION if self.answer and self.answer.abstained else _ON_ANSWER

    @property
    def fallen(self) -> bool:
        """Whether it rests on what is not in the transcripts (any more): asked again, it may be answered otherwise."""
        return self.answer is not None and not all(isinstance(quote, Quote) for quote in self.answer.quotes)

    @property
    def sides(self) -> tuple[tuple[str, tuple[PersonQuotes, ...]], ...]:
        """The quotes by person, of each side its heading, "" for the only one; none where they are a plain list."""
        if self.answer is None:
            return ()
        sides = find_sides(self.answer.standalone_question, self.answer.quotes)
        return tuple((_DENYING[side[0].denies] if len(sides) > 1 else "", side) for side in sides)

    @property
    def left_out(self) -> int:
        """How many sentences of the language model did not pass."""
        return sum(self.answer.dropped.values()) if self.answer else 0

    @property
    def plain(self) -> str:
        """What "Copy" copies: the answer's text and where each quote stands."""
        if self.answer is None:
            return ""
        places = [f"[{number}] {format_place(quote)}" for number, quote in enumerate(self.answer.quotes, start=1)]
        return "\n".join([self.answer.text, "", *places]).strip()
