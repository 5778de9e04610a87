"""A conversation as a file to keep: Markdown for reading, JSON for `ontherecord verify`."""

import json
import re
from collections.abc import Sequence
from datetime import date

from corpus import one_line
from qa.answers import Citation, format_span
from qa.safe_text import escape_markdown
from ui.citation_labels import name_voice
from ui.conversation import Exchange

# Of a file's name, before the day: short enough for any system, and for a list of downloads.
_MAX_NAME_CHARS = 60


def name_file(exchanges: Sequence[Exchange], ending: str, day: date) -> str:
    """A name for the file of a conversation that every system takes: its first question, the day, `ending` (".md")."""
    words = re.findall(r"[^\W_]+", exchanges[0].question)
    name = ""
    for word in words:
        if len(name) + len(word) > _MAX_NAME_CHARS:
            break
        name = f"{name}-{word}" if name else word
    return f"{name or 'on-the-record'}-{day.isoformat()}{ending}"


def export_json(exchanges: Sequence[Exchange]) -> str:
    """The conversation with every answer whole; `ontherecord verify` re-checks its quotes."""
    return json.dumps({"conversation": [exchange.to_dict() for exchange in exchanges]}, ensure_ascii=False, indent=2)


def export_markdown(exchanges: Sequence[Exchange]) -> str:
    """The conversation with its quotes, who said them and where; nothing from a source acts as Markdown."""
    return "# On the Record\n\n" + "\n".join(_render(exchange) for exchange in exchanges)


def _render(exchange: Exchange) -> str:
    lines = [f"## {escape_markdown(exchange.question)}", ""]
    answer = exchange.answer
    if answer is None:
        lines += [escape_markdown(exchange.problem or "Stopped before an answer."), ""]
    elif answer.kind == "words":
        lines += [escape_markdown(answer.lead), ""]
    elif answer.kind == "abstention":
        why = " ".join(escape_markdown(part) for part in (answer.reason, answer.notice) if part)
        lines += [f"**{answer.refusal}** {why}", ""]
        if answer.passages:
            lines += ["*Closest, not an answer:*", ""]
        for passage in answer.passages:
            lines += _render_quote(passage.quote, None)
    else:
        if answer.short:
            lines += [f"**{escape_markdown(answer.short)}** [1]", ""]
        if words := answer.words:
            lines += [escape_markdown(words), ""]
        for number, quote in enumerate(answer.quotes, start=1):
            lines += _render_quote(quote, number)
        lines += [f"*Confidence {answer.confidence:.2f}*", ""] if answer.has_confidence else []
        if answer.written:
            lines += [f"*Phrased by the language model {escape_markdown(one_line(answer.model or ''))}*", ""]
    return "\n".join(lines)


def _render_quote(quote: Citation, number: int | None) -> list[str]:
    mark = f"[{number}] " if number is not None else ""
    source = f"{name_voice(quote)}, {one_line(quote.title)}, {format_span(quote)}"
    return [f"> {mark}“{escape_markdown(quote.shown)}”", ">", f"> — {escape_markdown(source)}", ""]
