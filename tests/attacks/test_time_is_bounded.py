"""The time that a text takes grows as the text does, whatever is in it; the texts here once took seconds or hours."""

import itertools
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from index import content_words
from qa.answers.text import parse_quotes
from qa.attribution import asks_for_words, find_speakers_asked_for
from qa.conversation.enumeration import find_enumerations
from qa.conversation.followup_detection import points_back
from qa.conversation.history import (
    MAX_CONTENT_CHARS,
    MAX_MESSAGES,
    MAX_QUOTE_CHARS,
    MAX_QUOTES,
    PastExchange,
    PastQuote,
    read_history,
)
from qa.conversation.language import detect_language
from qa.conversation.names import find_names, rank_names
from qa.conversation.query_rewriting import rewrite_question
from qa.conversation.question_parts import part_question
from qa.generation.claim_features import find_figures, find_proper
from qa.headline import is_headline
from qa.question import MAX_QUESTION_CHARS
from qa.question_kind import find_wanted
from ui.markup import text_html
from ui.render import escape

UNITS = (
    *("such as ", "a, ", "a and ", "and ", " or", "the ", "the A ", "it a ", "it's ", "it aa that", "who ", "no, "),
    *(
        "A ",
        "A. ",
        "A-",
        "A's ",
        "A of of ",
        "A\xa0",
        "I'",
        "e.g. ",
        "the newer ",
        "the first ",
        "which aa ",
        "about a ",
    ),
    *("“", "a:“", "\n: “", "a:\n“", "\n:“a”", "a:“a”[1", "‘a ", '"', "[1]", "[1", "[1,", "[1 ", "<", "<a", "**", "> "),
    *(
        "\n\n",
        " \n",
        "\r\n",
        "\r \n",
        "\t",
        " ",
        "\xa0",
        "...",
        "'",
        "!",
        "x",
        "1,",
        "1.",
        "½",
        "é",
        "&#",
        "\\",
        "`",
        "@",
    ),
)
SMALL_CHARS, LARGE_CHARS = 2_000, 64_000
# Of thirty-two times the text: what is linear takes thirty-two times as long, what sorts some fifty times, what squares
# a thousand times. Between them there is room for a busy machine.
MAX_GROWTH = 200
# Less than this is no measurement.
LEAST_S = 0.001
# What doubles never ends; it is stopped, and has then failed.
STOP_S = 20.0


def exchange(text: str) -> list[PastExchange]:
    return [PastExchange(text, (PastQuote(text),))]


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "points back": points_back,
    "names": find_names,
    "ranked names": lambda text: rank_names([(text, 1.0)]),
    "many names": lambda text: rank_names([(" ".join(f"Xa{n} went." for n in range(len(text) // 10)), 1.0)]),
    "language": detect_language,
    "content words": content_words,
    "enumerations": lambda text: list(find_enumerations(text)),
    "why": lambda text: rewrite_question("Why?", exchange(text)),
    "the second one": lambda text: rewrite_question("And the second one?", exchange(text)),
    "another place": lambda text: rewrite_question("And in Brazil?", exchange(text)),
    "history": lambda text: read_history([{"role": "user", "content": "Why?"}, {"role": "assistant", "content": text}]),
    "quotes in a text": parse_quotes,
    "several": find_wanted,
    "parts": part_question,
    "headline": lambda text: is_headline("Who?", text, len(text) // 2, len(text) // 2 + 9),
    "speakers": lambda text: find_speakers_asked_for(text, ["Ann Bell"]),
    "saying": asks_for_words,
    "figures": find_figures,
    "proper names": find_proper,
    "escaped": escape,
    "as HTML": text_html,
}


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Stops what computes for longer, also within a regular expression."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"still computing after {seconds} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def measure(function: Callable[[str], object], unit: str, chars: int) -> float:
    """Seconds of the processor for a text of `unit` again and again, with a letter at either end."""
    text = f"A{(unit * chars)[:chars]}B"
    begun = time.process_time()
    function(text)
    return time.process_time() - begun


def growths(function: Callable[[str], object], unit: str) -> Iterator[float]:
    """How many times as long the large text takes, measured again as long as that is too much."""
    growth = MAX_GROWTH + 1.0
    while growth > MAX_GROWTH:
        least = max(LEAST_S, measure(function, unit, SMALL_CHARS))
        growth = measure(function, unit, LARGE_CHARS) / least
        yield growth


@pytest.mark.parametrize("name", FUNCTIONS)
def test_time_grows_as_the_text(name: str) -> None:
    function, grown = FUNCTIONS[name], {}
    with stopped_after(STOP_S):
        for unit in UNITS:
            growth = min(itertools.islice(growths(function, unit), 3))
            grown[unit] = growth
    assert {unit: round(growth) for unit, growth in grown.items() if growth > MAX_GROWTH} == {}


def test_a_long_conversation_is_cut_before_it_is_read() -> None:
    long = "such as " * 100_000
    carried = [{"cited_text": long, "speaker": "Ann"}] * (MAX_QUOTES + 5)
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": long},
        {"role": "assistant", "content": [{"type": "text", "text": long}], "quotes": carried},
    ]
    exchanges = read_history(messages * MAX_MESSAGES)
    assert len(exchanges) == MAX_MESSAGES // 2
    assert {len(past.question) for past in exchanges} == {MAX_QUESTION_CHARS}
    assert {len(past.quotes) for past in exchanges} == {MAX_QUOTES}
    assert {len(quote.text) for past in exchanges for quote in past.quotes} == {MAX_QUOTE_CHARS}
    (past,) = read_history([*messages[:1], {"role": "assistant", "content": long}])
    assert len(past.quotes[0].text) <= MAX_CONTENT_CHARS


def test_an_enumeration_has_the_items_between_its_commas() -> None:
    text = "He built ships such as yachts, tugs, and barges, he said. It was between red and blue; nothing else."
    assert list(find_enumerations(text)) == [["yachts", "tugs", "barges"], ["red", "blue"]]
    assert list(find_enumerations("and so on, and , or")) == []
