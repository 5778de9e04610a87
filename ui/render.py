"""An `Answer` as Markdown that a chat page can show: pure functions, nothing of the page itself."""

import re

from corpus import one_line, printable
from qa.answers import MAX_CLOSEST, AnswerRecord, Citation, format_place, introduce

# All ASCII punctuation: it could mean something to Markdown or HTML, dots and colons too, which make links without any
# mark.
_ACTIVE = re.compile(r"[!-/:-@\[-`{-~]")
# White space is read from where it begins, or a long run of it would be read again from each of its places.
_LINE_BREAKS = re.compile(r"(?<!\s)\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


def escape(text: str) -> str:
    """`text` so that Markdown and HTML show it as it stands and nothing in it acts; line breaks become spaces."""
    line = printable(_LINE_BREAKS.sub(" ", text))
    return _ACTIVE.sub(lambda match: f"&#{ord(match.group())};", line)


def format_message(answer: AnswerRecord) -> str:
    """The message for `answer`; of an abstention with the closest passages, which are none."""
    if answer.kind == "words":
        return escape(answer.lead)
    if answer.kind == "abstention":
        why = " ".join(escape(part) for part in (answer.reason, answer.notice) if part)
        closest = [format_quote(passage.quote) for passage in answer.passages[:MAX_CLOSEST]]
        nearest = ["*Closest, not an answer:*", *closest] if closest else []
        return "\n\n".join([f"**{answer.refusal}** {why}", *nearest])
    words = answer.words
    quotes = [format_quote(quote, number) for number, quote in enumerate(answer.quotes, start=1)]
    by = f" Phrased by the language model {escape(one_line(answer.model))}." if answer.written and answer.model else ""
    sure = f"*Confidence {answer.confidence:.2f}*" if answer.has_confidence else ""
    return "\n\n".join(part for part in (escape(words), *quotes, f"{sure}{by}".strip()) if part)


def format_quote(quote: Citation, number: int | None = None) -> str:
    """A quote as a block: who said it, the words, and where they stand."""
    mark = f" **[{number}]**" if number is not None else ""
    place = f"<small>{escape(format_place(quote))}</small>"
    return f"**{escape(introduce(quote))}:**{mark}\n> “{escape(quote.shown)}”\n>\n> {place}"
