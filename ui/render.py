"""An `Answer` as Markdown that a chat page can show: pure functions, nothing of the page itself."""

import re
from collections.abc import Iterator

from qa import Answer, Quote
from qa.compose import NOT_ANSWERED, compose_text, introduce, tell_kind
from qa.text import MAX_CLOSEST, format_place

# All ASCII punctuation: it could mean something to Markdown or HTML, dots and colons too, which make links without any
# mark.
_ACTIVE = re.compile(r"[!-/:-@\[-`{-~]")
_LINE_BREAKS = re.compile(r"\s*[\r\n]\s*")


def escape(text: str) -> str:
    """`text` so that Markdown and HTML show it as it stands and nothing in it acts; line breaks become spaces."""
    return _ACTIVE.sub(lambda match: f"&#{ord(match.group())};", _LINE_BREAKS.sub(" ", text))


def find_lead(answer: Answer) -> str:
    """What the answer says besides its quotes, "" where these are all of it."""
    quotes = compose_text(answer.quotes)
    before, _, after = answer.text.partition(quotes) if quotes else (answer.text, "", "")
    return "\n\n".join(part.strip() for part in (before, after) if part.strip())


def stream_message(answer: Answer) -> Iterator[str]:
    """The message for `answer`, growing by a quote (or, when it abstains, a passage) with each yield."""
    kind = tell_kind(abstained=answer.abstained, text=answer.text)
    if kind == "words":
        yield escape(answer.text)
        return
    if kind == "abstention":
        message = f"**{NOT_ANSWERED}** {escape(answer.reason or '')}"
        yield message
        closest = [passage.quote for passage in answer.passages[:MAX_CLOSEST]]
        if closest:
            message += "\n\n*Closest, not an answer:*"
        for quote in closest:
            message += f"\n\n{format_quote(quote)}"
            yield message
        return
    lead = find_lead(answer)
    message = f"{escape(lead)}\n\n" if lead else ""
    for number, quote in enumerate(answer.quotes, start=1):
        message += f"{format_quote(quote, number)}\n\n"
        yield message
    by = f" Phrased by the language model {escape(answer.model)}." if answer.written and answer.model else ""
    yield f"{message}*Confidence {answer.confidence:.2f}*{by}"


def format_quote(quote: Quote, number: int | None = None) -> str:
    """A quote as a block: who said it, the words, and where they stand."""
    mark = f" **[{number}]**" if number is not None else ""
    place = f"<small>{escape(format_place(quote))}</small>"
    return f"**{escape(introduce(quote))}:**{mark}\n> “{escape(quote.text)}”\n>\n> {place}"
