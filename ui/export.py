"""A conversation as a file to keep: Markdown for reading, JSON for `python -m qa verify`."""

import json
import re
from collections.abc import Sequence
from typing import Any

from qa.compose import NOT_ANSWERED, tell_kind
from ui.citation_labels import describe_place, name_voice
from ui.conversation import Exchange

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#+\-!|~&$])")
# What some readers make a link of without any mark.
_LINKS = ((re.compile(r"://"), "&#58;//"), (re.compile(r"(?i)\bwww\."), "www&#46;"), (re.compile("@"), "&#64;"))


def export_json(exchanges: Sequence[Exchange]) -> str:
    """The conversation with every answer whole; `python -m qa verify` re-checks its quotes."""
    return json.dumps({"conversation": [exchange.to_dict() for exchange in exchanges]}, ensure_ascii=False, indent=2)


def export_markdown(exchanges: Sequence[Exchange]) -> str:
    """The conversation with its quotes, who said them and where; nothing from a source acts as Markdown."""
    return "# On the Record\n\n" + "\n".join(_render(exchange) for exchange in exchanges)


def _render(exchange: Exchange) -> str:
    lines = [f"## {_escape(exchange.question)}", ""]
    answer = exchange.answer
    if answer is None:
        lines += [_escape(exchange.problem or "Stopped before an answer."), ""]
    elif (kind := tell_kind(abstained=answer["abstained"], text=answer["text"])) == "words":
        lines += [_escape(answer["text"]), ""]
    elif kind == "abstention":
        lines += [f"**{NOT_ANSWERED}** {_escape(answer['reason'] or '')}", ""]
        if exchange.closest:
            lines += ["*Closest, not an answer:*", ""]
        for quote in exchange.closest:
            lines += _render_quote(quote, None)
    else:
        if answer["short"]:
            lines += [f"**{_escape(answer['short'])}** [1]", ""]
        if exchange.written:
            lines += [_escape(exchange.written), ""]
        for number, quote in enumerate(answer["quotes"], start=1):
            lines += _render_quote(quote, number)
        lines += [f"*Confidence {answer['confidence']:.2f}*", ""]
        if answer.get("route") == "written":
            lines += [f"*Phrased by the language model {_escape(str(answer['model']))}*", ""]
    return "\n".join(lines)


def _render_quote(quote: dict[str, Any], number: int | None) -> list[str]:
    mark = f"[{number}] " if number is not None else ""
    return [f"> {mark}“{_escape(quote['cited_text'])}”", ">", f"> — {_escape(_source(quote))}", ""]


def _source(quote: dict[str, Any]) -> str:
    return f"{name_voice(quote)}, {quote['document_title']}, {describe_place(quote)}"


def _escape(text: str) -> str:
    text = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    for link, shown in _LINKS:
        text = link.sub(shown, text)
    return text
