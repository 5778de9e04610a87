"""An answer as plain text, for the terminal."""

from qa.answer import Answer, Quote
from qa.compose import introduce

MAX_CLOSEST = 3


def format_answer(answer: Answer) -> str:
    """The answer, then where each quote stands; for an abstention, the closest passages as what they are."""
    lines = [answer.text, ""]
    if answer.abstained:
        closest = [passage.quote for passage in answer.passages[:MAX_CLOSEST]]
        if closest:
            lines.append("Closest, not an answer:")
            lines += [f"- {introduce(quote)}: “{quote.text}” ({format_place(quote)})" for quote in closest]
    else:
        lines += [f"[{number}] {format_place(quote)}" for number, quote in enumerate(answer.quotes, start=1)]
        lines.append(f"Confidence {answer.confidence:.2f}")
    if answer.written:
        lines.append(f"Phrased by the language model {answer.model}; the quotes are the source's own words.")
    return "\n".join(lines).rstrip()


def format_place(quote: Quote) -> str:
    """Where a quote stands: speaker, title, page and time if known, characters (from 0, the last one not included)."""
    page = f"page {quote.page}, " if quote.page is not None else ""
    time = f"{format_time(quote.start_ms)}, " if quote.start_ms is not None else ""
    return f"{quote.speaker or 'no speaker'}, {quote.title}, {page}{time}characters {quote.start}–{quote.end}"


def format_time(milliseconds: int) -> str:
    """A time of a recording, such as "1:02:03" or "4:11"."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
