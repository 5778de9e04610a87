"""A question in a conversation into one that stands alone, and into what to look for.

English, by rule: the words alone show which of them point back; what they point back to is taken from the last
exchange. The numbers were chosen on one half of CANARD's dialogues, see `tests/bench/conversation.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus import Role
from index import content_words
from qa.conversation.enumeration import find_enumerations
from qa.conversation.followup_detection import OPENER, WORD, points_back
from qa.conversation.history import PastExchange, PastQuote
from qa.conversation.intents import ROLE_WORDS, find_intent
from qa.conversation.names import find_names, rank_names

# How many names, and how many words of the quote before, go along with a question.
MAX_NAMES = 2
MAX_SAID_WORDS = 20
# A name in a question weighs as much as two in quotes; that in the title of what was quoted is what it is all about.
_QUESTION_WEIGHT, _SAID_WEIGHT, _TITLE_WEIGHT = 2.0, 1.0, 4.0
_ORDINALS = {"first": 0, "former": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "latter": -1}
_ORDINAL = re.compile(
    rf"\bthe\s+({'|'.join(_ORDINALS)})(?:\s+one)?\b(?!\s+(?!one|of|is|was|are|were|to|in|for)\w)", re.IGNORECASE
)
_NAME_OR_YEAR = re.compile(r"(?:the\s+)?[A-Z][\w.-]*(?:\s+[A-Z][\w.-]*)*|\d{4}")
_ROLE = re.compile(rf"\bthe\s+({'|'.join(ROLE_WORDS)})\b", re.IGNORECASE)
# What may stand beside a role in a question that has no topic of its own: "What did the interviewer say?"
_SPEECH_VERBS = frozenset(
    "reply answer respond response ask think comment react suggest mention add argue claim".split()
)


@dataclass(frozen=True, slots=True)
class RewrittenQuestion:
    """What a question means in its conversation.

    `standalone` says it in readable words, `query` is what to search for, and `read` what to read for, in the form in
    which the reader has learned follow-ups: with the question before in brackets. `quotes` are those that it points
    back to, best first: its answer stands near them; `topic` is the question that it goes on from. `role` is whose
    words it asks for, "what did the interviewer say?". A question that stands alone is unchanged in all three, has no
    topic, points back to nothing and asks for no role.
    """

    standalone: str
    query: str
    read: str
    quotes: tuple[PastQuote, ...] = ()
    role: Role | None = None
    topic: str | None = None


def stand_alone(question: str) -> RewrittenQuestion:
    """A question that means what it says."""
    return RewrittenQuestion(question, question, question)


def needs_context(question: str) -> bool:
    """Whether the question by its words goes on from what was said before."""
    return _find_role(question) is not None or points_back(question)


def rewrite_question(question: str, exchanges: Sequence[PastExchange], title: str | None = None) -> RewrittenQuestion:
    """What `question` means after `exchanges`, oldest first: the same where its words do not point back.

    Parameters as of `put_in_context`.
    """
    if not exchanges or not needs_context(question):
        return stand_alone(question)
    return put_in_context(question, exchanges, title)


def put_in_context(question: str, exchanges: Sequence[PastExchange], title: str | None = None) -> RewrittenQuestion:
    """What `question` means if it goes on from `exchanges`, oldest first, of which there is one at least.

    :param title: that of the document which was quoted last, None when it is not known: names in it go along, since
        among many documents they say which one is meant.
    """
    role = _find_role(question)
    exchanges = _of_one_document(exchanges)
    last, topic = exchanges[-1], _find_topic(exchanges)
    swapped = _swap(question, topic)
    if swapped is not None:
        return replace(stand_alone(swapped), quotes=last.quotes, topic=topic)
    said = _choose_said(question, last)
    item = _find_item(question, last)
    names = [item] if item else _find_names(question, exchanges, title)
    # What stands in the question before need not be said again beside it.
    new = [name for name in names if name not in topic or name == item]
    return RewrittenQuestion(
        standalone=f"{question} ({_about(new)}after “{topic}”)",
        query=f"{question} ({_about(names)}“{_clip(said[0].text)}”)"
        if said and not item
        else f"{question} ({_about(new)}“{topic}”)",
        read=f"{question} (“{last.question}”)",
        quotes=said,
        role=role,
        topic=topic,
    )


def _of_one_document(exchanges: Sequence[PastExchange]) -> Sequence[PastExchange]:
    """The last exchanges, back to where another document was quoted: what was said in that is no context of this."""
    about: str | None = None
    for place in range(len(exchanges) - 1, -1, -1):
        quoted = {quote.doc_id for quote in exchanges[place].quotes if quote.doc_id is not None}
        if about is None and quoted:
            about = exchanges[place].quotes[0].doc_id
        elif about is not None and quoted and about not in quoted:
            return exchanges[place + 1 :]
    return exchanges


def _about(names: Sequence[str]) -> str:
    return f"about {' and '.join(names)}, " if names else ""


def _find_topic(exchanges: Sequence[PastExchange]) -> str:
    """The last question that said what it was about: "Why?" and "Who said that?" do not."""
    questions = [exchange.question for exchange in reversed(exchanges)]
    own = (
        text for text in questions if not points_back(text) and _find_role(text) is None and find_intent(text) is None
    )
    return next(own, questions[0])


def _find_role(question: str) -> Role | None:
    """Whose words a question asks for that says nothing else: "And what did the interviewer say?"."""
    role = _ROLE.search(question)
    if role is None:
        return None
    rest = content_words(f"{question[: role.start()]} {question[role.end() :]}")
    return ROLE_WORDS[role[1].casefold()] if set(rest) <= _SPEECH_VERBS else None


def _swap(question: str, previous: str) -> str | None:
    """The previous question with one thing exchanged: "And in Brazil?" after "Who invests in Peru?"; else None."""
    opener = OPENER.match(question.strip())
    part = question.strip()[opener.end() :].strip(" ?.!,") if opener else ""
    preposition = re.match(r"(in|at|on|for|with|from|to|by|of|about|during|before|after)\s+(.+)", part, re.IGNORECASE)
    whole = preposition[2] if preposition else part
    if not _NAME_OR_YEAR.fullmatch(whole):
        return None
    if preposition:
        # The same preposition with a name or a year behind it.
        found = list(re.finditer(rf"\b{preposition[1]}\s+({_NAME_OR_YEAR.pattern})", previous))
        return f"{previous[: found[-1].start(1)]}{whole}{previous[found[-1].end(1) :]}" if found else None
    others = find_names(previous)
    if len(set(others)) != 1 or previous.count(others[0]) != 1:
        return None
    return previous.replace(others[0], whole)


def _choose_said(question: str, last: PastExchange) -> tuple[PastQuote, ...]:
    """The quotes of the last answer, the one that is meant by "the second one" first."""
    ordinal = _find_ordinal(question)
    if ordinal is None or len(last.quotes) < 2 or not -1 <= ordinal < len(last.quotes):
        return last.quotes
    meant = last.quotes[ordinal]
    return (meant, *(said for said in last.quotes if said is not meant))


def _find_item(question: str, last: PastExchange) -> str | None:
    """What "the second one" stands for in an enumeration of the only quote, or of the question before it."""
    ordinal = _find_ordinal(question)
    if ordinal is None or len(last.quotes) > 1:
        return None
    for text in (*(said.text for said in last.quotes), last.question):
        for items in find_enumerations(text):
            if ordinal < len(items):
                return items[ordinal]
    return None


def _find_ordinal(question: str) -> int | None:
    match = _ORDINAL.search(question)
    return None if match is None else _ORDINALS[match[1].casefold()]


def _find_names(question: str, exchanges: Sequence[PastExchange], title: str | None) -> list[str]:
    """Whom and what the conversation was mostly about, without what the question names itself."""
    texts = [(exchange.question, _QUESTION_WEIGHT) for exchange in exchanges]
    texts += [(said.text, _SAID_WEIGHT) for exchange in exchanges for said in exchange.quotes]
    texts += [(title, _TITLE_WEIGHT)] if title else []
    own = set(WORD.findall(question.casefold()))
    return [name for name in rank_names(texts) if not set(name.casefold().split()) <= own][:MAX_NAMES]


def _clip(text: str) -> str:
    return " ".join(text.split()[:MAX_SAID_WORDS])
