"""The conversation as the pane that is read: short answer first, numbered quotes beneath; pure functions to HTML."""

from collections.abc import Sequence
from typing import Any

from qa.compose import NOT_ANSWERED, tell_kind
from ui.citation_labels import describe_moment, describe_place, mark_interviewer, name_voice
from ui.conversation import Exchange
from ui.feedback import LIKE, VERDICTS_ON_QUOTE, WRONGLY_SILENT
from ui.markup import attribute, data, fragment, text_html

WELCOME = "Ask the interview. The answer comes in the words that were said, with who said them and where."
_VERDICT_LABELS = {
    "wrong quote": "Wrong quote",
    "wrong speaker": "Wrong speaker",
    "not an answer": "Not an answer",
}


def render_conversation(exchanges: Sequence[Exchange], *, examples: Sequence[str] = (), waiting: bool = False) -> str:
    """All of the conversation; before its first question, what there is to ask.

    :param waiting: the last exchange is being worked on, and may have part of its answer.
    """
    if not exchanges:
        return _render_welcome(examples)
    last = len(exchanges) - 1
    return "".join(
        _render_exchange(exchange, number, is_last=number == last, waiting=waiting and number == last)
        for number, exchange in enumerate(exchanges)
    )


def _render_welcome(examples: Sequence[str]) -> str:
    offered = _render_questions("Examples from this transcript", examples)
    return f'<div class="welcome"><p>{WELCOME}</p>{offered}</div>'


def _render_questions(heading: str, questions: Sequence[str]) -> str:
    if not questions:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="ask" data-question="{data(question)}" dir="auto">'
        f"{text_html(question)}</button></li>"
        for question in questions
    )
    return f'<section class="offers"><h3>{heading}</h3><ul>{buttons}</ul></section>'


def _render_exchange(exchange: Exchange, number: int, *, is_last: bool, waiting: bool) -> str:
    asked = (
        f'<header class="asked"><h3 dir="auto">{text_html(exchange.question)}</h3>'
        f'<button type="button" class="edit quiet" aria-label="Edit question {number + 1}">Edit</button></header>'
    )
    if exchange.answer is not None:
        body = _render_answer(exchange)
    elif waiting:
        # What has been written so far has passed its checks; the quotes it rests on come with the answer.
        so_far = f'<p class="written" dir="auto">{text_html(exchange.written)}</p>' if exchange.written else ""
        body = f'{so_far}<p class="waiting">{"Writing" if so_far else "Reading the transcript"}…</p>'
    else:
        body = f'<p class="problem">{text_html(exchange.problem or "Stopped before an answer.")}</p>'
        body += f'<footer class="tools">{_retry()}</footer>'
    suggested = _render_questions("Ask next", exchange.suggested) if is_last and not waiting else ""
    busy = "true" if waiting else "false"
    return (
        f'<article class="exchange" aria-busy="{busy}" data-number="{number}" '
        f'data-question="{data(exchange.question)}">'
        f"{asked}{body}{suggested}</article>"
    )


def _render_answer(exchange: Exchange) -> str:
    answer = exchange.answer
    assert answer is not None
    understood = ""
    if answer["standalone_question"] != answer["question"]:
        understood = f'<p class="understood">RewrittenQuestion as: {text_html(answer["standalone_question"])}</p>'
    kind = tell_kind(abstained=answer["abstained"], text=answer["text"])
    if kind == "words":
        return f'<p class="note" dir="auto">{text_html(answer["text"])}</p>'
    if kind == "abstention":
        return understood + _render_abstention(exchange)
    quotes = answer["quotes"]
    short = ""
    if answer["short"]:
        short = f'<p class="short" dir="auto">{text_html(answer["short"])} {_cite(quotes[0], 1)}</p>'
    written = _render_written(exchange.written, quotes) if exchange.written else ""
    items = "".join(
        _render_quote(quote, number, exchange.verdicts.get(str(number))) for number, quote in enumerate(quotes, start=1)
    )
    percent = round(100 * answer["confidence"])
    confidence = (
        f'<span class="confidence" title="The program’s estimate that these quotes answer the question">'
        f'<span class="meter" aria-hidden="true"><span style="width:{percent}%"></span></span>'
        f"Confidence {answer['confidence']:.2f}</span>"
    )
    return (
        f'<div class="answer">{understood}{short}{written}{_render_byline(answer)}<ol class="quotes">{items}</ol>'
        f'<footer class="tools">{confidence}{_answer_tools(exchange, "Good answer")}</footer></div>'
    )


def _render_abstention(exchange: Exchange) -> str:
    answer = exchange.answer
    assert answer is not None
    closest = ""
    if exchange.closest:
        items = "".join(_render_quote(quote, None, None) for quote in exchange.closest)
        closest = f'<h4>Closest, not an answer</h4><ul class="quotes">{items}</ul>'
    return (
        f'<div class="abstention"><p class="refusal"><strong>{NOT_ANSWERED}</strong> '
        f"{text_html(answer['reason'] or '')}</p>{closest}"
        f'<footer class="tools">{_answer_tools(exchange, "Rightly not answered")}</footer></div>'
    )


def _answer_tools(exchange: Exchange, praise: str) -> str:
    given = exchange.verdicts.get("answer")
    like = _judge_button("answer", LIKE, praise, given)
    abstained = exchange.answer is not None and exchange.answer["abstained"]
    blame = (WRONGLY_SILENT, "It does answer this") if abstained else ("not an answer", "Not an answer")
    dislike = _judge_button("answer", *blame, given)
    return (
        f'<span class="buttons">{like}{dislike}'
        f'<button type="button" class="copy quiet" data-copy="{data(_plain(exchange))}">Copy</button>{_retry()}</span>'
    )


def _retry() -> str:
    return '<button type="button" class="retry quiet">Ask again</button>'


def _judge_button(what: str, verdict: str, label: str, given: str | None) -> str:
    pressed = "true" if given == verdict else "false"
    return (
        f'<button type="button" class="judge quiet" data-what="{what}" data-verdict="{verdict}" '
        f'aria-pressed="{pressed}">{label}</button>'
    )


def _render_written(text: str, quotes: Sequence[dict[str, Any]]) -> str:
    """The written answer, its marks "[n]" made links to the quotes."""
    safe = text_html(text)
    for number, quote in enumerate(quotes, start=1):
        safe = safe.replace(f"[{number}]", _cite(quote, number))
    return "".join(f'<p class="written" dir="auto">{paragraph}</p>' for paragraph in safe.split("\n\n") if paragraph)


def _render_byline(answer: dict[str, Any]) -> str:
    """Which language model phrased it, and how much of what it wrote was left out."""
    if answer.get("route") != "written":
        return ""
    count = sum((answer.get("dropped") or {}).values())
    left_out = f" {count} of its sentences did not pass and {'is' if count == 1 else 'are'} left out." if count else ""
    return (
        f'<p class="byline">Phrased by the language model <bdi>{text_html(str(answer["model"]))}</bdi>; '
        f"the quotes are the source’s own words.{left_out}</p>"
    )


def _cite(quote: dict[str, Any], number: int) -> str:
    """The number of a quote: a link to the place where it was said, which shows the quote when pointed at."""
    return (
        f'<span class="citation"><a class="number" href="#{attribute(_fragment(quote))}" '
        f'aria-label="Quote {number}, show it in the transcript">{number}</a>{_peek(quote)}</span>'
    )


def _peek(quote: dict[str, Any]) -> str:
    return (
        f'<span class="peek" role="tooltip" dir="auto"><span class="peek-who">{_voice(quote)}</span>'
        f"“{text_html(quote['cited_text'])}”</span>"
    )


def _render_quote(quote: dict[str, Any], number: int | None, verdict: str | None) -> str:
    asks = " asks" if mark_interviewer(quote) else ""
    place = attribute(_fragment(quote))
    lead = (
        _cite(quote, number)
        if number is not None
        else f'<a class="number unnumbered" href="#{place}" aria-label="Show this passage in the transcript">→</a>'
    )
    title = quote["document_title"]
    parts = (
        _voice(quote),
        f'<cite title="{attribute(title)}">{text_html(title)}</cite>',
        f"<span>{text_html(moment)}</span>" if (moment := describe_moment(quote)) else "",
    )
    about = '<span class="dot" aria-hidden="true">·</span>'.join(part for part in parts if part)
    fallen = ""
    if quote.get("stands") is False:
        fallen = '<p class="fallen">These words are not in the transcripts that are asked now.</p>'
    copied = f"“{quote['cited_text']}” ({_source(quote)})"
    tools = (
        f'<span class="buttons"><button type="button" class="copy quiet" data-copy="{data(copied)}">Copy</button>'
        f'<button type="button" class="link quiet" data-link="#{place}">Copy link</button>'
        f"{_judge_quote(number, verdict) if number is not None else ''}</span>"
    )
    return (
        f'<li class="quote{asks}">{lead}<div class="words"><blockquote dir="auto">“{text_html(quote["cited_text"])}”'
        f'</blockquote><p class="about" title="{attribute(describe_place(quote))}">{about}</p>{fallen}{tools}'
        "</div></li>"
    )


def _judge_quote(number: int, verdict: str | None) -> str:
    like = _judge_button(str(number), LIKE, "Good quote", verdict)
    wrong = "".join(
        _judge_button(str(number), choice, _VERDICT_LABELS[choice], verdict)
        for choice in VERDICTS_ON_QUOTE
        if choice != LIKE
    )
    opened = " open" if verdict in _VERDICT_LABELS else ""
    return f'{like}<details class="wrong"{opened}><summary class="quiet">Something wrong?</summary>{wrong}</details>'


def _voice(quote: dict[str, Any]) -> str:
    if quote["speaker"] is None:
        return f'<span class="voice">{name_voice(quote)}</span>'
    mark = mark_interviewer(quote)
    badge = f' <span class="badge">{mark}</span>' if mark else ""
    return f'<span class="by"><bdi class="voice">{text_html(quote["speaker"])}</bdi>{badge}</span>'


def _fragment(quote: dict[str, Any]) -> str:
    return fragment(quote["doc_id"], quote["start_char_index"], quote["end_char_index"])


def _plain(exchange: Exchange) -> str:
    """What "Copy" copies: the answer's text and where each quote stands."""
    answer = exchange.answer
    assert answer is not None
    places = [f"[{number}] {_source(quote)}" for number, quote in enumerate(answer["quotes"], start=1)]
    return "\n".join([answer["text"], "", *places]).strip()


def _source(quote: dict[str, Any]) -> str:
    return f"{quote['speaker'] or 'no speaker'}, {quote['document_title']}, {describe_place(quote)}"
