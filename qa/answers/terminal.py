"""An answer as a person reads it in a terminal."""

from corpus import one_line
from qa.answers.records import AnswerRecord
from qa.answers.text import compose_text, fold_lines, format_place, introduce

MAX_CLOSEST = 3


def format_answer(answer: AnswerRecord) -> str:
    """The answer for a terminal, with where each quote stands; for an abstention the closest passages."""
    lines = [compose_text(answer.kind, answer.words, (answer.reason, answer.notice), answer.quotes, fold_lines), ""]
    if answer.abstained:
        closest = [passage.quote for passage in answer.passages[:MAX_CLOSEST]]
        if closest:
            lines.append("Closest, not an answer:")
            lines += [f"- {introduce(quote)}: “{fold_lines(quote.shown)}” ({format_place(quote)})" for quote in closest]
    else:
        lines += [f"[{number}] {format_place(quote)}" for number, quote in enumerate(answer.quotes, start=1)]
        lines += [f"Confidence {answer.confidence:.2f}"] if answer.has_confidence else []
    if answer.written:
        lines.append(
            f"Phrased by the language model {one_line(answer.model or '?')}; the quotes are the source's own words."
        )
    return "\n".join(lines).rstrip()
