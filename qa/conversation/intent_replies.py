"""Replies to questions about the whole: who speaks, what it is about, a summary, every mention of a word.

All of them are made of quotes and of counts that the quotes support; nothing is phrased that the source does not say.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus import Document, Role, Speaker, fold, is_question, split_sentences
from index import PassageView, Scope, content_words
from qa.answers import Quote, join_words, name_speaker
from qa.conversation.intents import ROLE_WORDS, Intent, IntentKind

# Of a shelf, an overview shows the first few.
MAX_DOCUMENTS = 5
MAX_SPEAKERS = 8
MAX_TOPICS = 8
MAX_MENTIONS = 20
# More passages with one word than this are not looked through.
_MAX_MATCHES = 2000
# A sentence that can stand for a stretch of talk, in words.
_MIN_WORDS, _MAX_WORDS = 8, 50

_ANSWERING = frozenset("he she they".split())
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class IntentReply:
    """What to say in front of the quotes; without quotes, all there is to say."""

    lead: str
    quotes: tuple[Quote, ...] = ()


def reply_to(meta: Intent, view: PassageView, scope: Scope, quoted: Sequence[Quote]) -> IntentReply | None:
    """The reply to a question about the whole, or None when it has to be answered like any other.

    :param scope: the documents and speakers to look at.
    :param quoted: the quotes of the last answer, for "who said that?".
    """
    if meta.kind is IntentKind.THANKS:
        return IntentReply("You are welcome. Ask on whenever you like.")
    if meta.kind is IntentKind.WHO_SAID:
        return _name_speakers(quoted)
    if meta.kind in (IntentKind.MENTIONS, IntentKind.COUNT):
        return _collect_mentions(meta, view, scope)
    infos = [info for info in view.documents() if scope.has_document(info.doc_id)]
    documents = [view.document(info.doc_id) for info in infos[:MAX_DOCUMENTS]]
    overviews: dict[IntentKind, Callable[[], IntentReply | None]] = {
        IntentKind.GREETING: lambda: _introduce(documents, "Hello."),
        IntentKind.HELP: lambda: _introduce(documents, "Answers come in quotes, word for word, with who said them."),
        IntentKind.SPEAKERS: lambda: _list_speakers(documents, scope),
        IntentKind.TOPICS: lambda: _list_topics(documents, scope),
        IntentKind.SUMMARY: lambda: _summarize(documents, scope, meta.count),
    }
    reply = overviews[meta.kind]()
    if reply is None or len(infos) <= MAX_DOCUMENTS:
        return reply
    return IntentReply(f"{reply.lead} (The first {MAX_DOCUMENTS} of {len(infos)} documents.)", reply.quotes)


def _introduce(documents: Sequence[Document], greeting: str) -> IntentReply:
    """Words alone: who says hello has asked nothing of the source, and is not to take what it says for an answer."""
    titles = "; ".join(f"“{document.title}”" for document in documents)
    return IntentReply(
        f"{greeting} Ask about what is said in {titles}. You can also ask who is speaking, which topics are covered, "
        "for a summary in five quotes, or for everything that is said about a word."
    )


def _name_speakers(quoted: Sequence[Quote]) -> IntentReply | None:
    if not quoted:
        return None
    names = [name_speaker(quote.speaker, quote.role, quote.kind) for quote in quoted]
    return IntentReply(f"That was {join_words(list(dict.fromkeys(names)), 'and')}.", tuple(quoted))


def _list_speakers(documents: Sequence[Document], scope: Scope) -> IntentReply:
    leads, quotes = [], []
    for document in documents:
        speakers = [speaker for speaker in document.speakers if _is_meant(speaker, scope)]
        where = f" in “{document.title}”" if len(documents) > 1 else ""
        if not speakers:
            leads.append(f"No speakers are named{where}; it begins:")
            quotes += _quote_beginning(document, Scope())
            continue
        verb = "person speaks" if len(speakers) == 1 else "people speak"
        shown = [name_speaker(speaker.name, speaker.role) for speaker in speakers[:MAX_SPEAKERS]]
        more = f" and {len(speakers) - MAX_SPEAKERS} more" if len(speakers) > MAX_SPEAKERS else ""
        leads.append(
            f"{len(speakers)} {verb}{where}: {join_words(shown, 'and') if not more else ', '.join(shown) + more}."
        )
        for speaker in speakers[:MAX_SPEAKERS]:
            quotes += _quote_beginning(document, Scope(None, frozenset({speaker.name})))
    return IntentReply(" ".join(leads), tuple(quotes))


def _list_topics(documents: Sequence[Document], scope: Scope) -> IntentReply | None:
    """The questions that are put in the source say what it is about, in its own words."""
    quotes: list[Quote] = []
    share = max(1, MAX_TOPICS // len(documents))
    for document in documents:
        asking = {speaker.name for speaker in document.speakers if speaker.role == "asks"}
        spans = [
            span
            for span in _sentences(document, Scope(None, frozenset(asking)) if asking else scope)
            if is_question(document.text[span[0] : span[1]]) and _has_substance(document, span)
        ]
        quotes += [_quote(document, span) for span in _spread(spans, share)]
    if not quotes:
        summary = _summarize(documents, scope, MAX_TOPICS)
        return summary and IntentReply("No questions are put in it. Sentences from all along it:", summary.quotes)
    return IntentReply("These questions are put in it, in order:", tuple(quotes))


def _summarize(documents: Sequence[Document], scope: Scope, count: int) -> IntentReply | None:
    """One sentence from each of `count` equal stretches: the one whose words the whole speaks of most.

    Questions stand for nobody's view, so they are left out, and so are those who ask.
    """
    quotes: list[Quote] = []
    share = max(1, count // len(documents))
    for document in documents:
        answering = {speaker.name for speaker in document.speakers if speaker.role == "answers"}
        said = list(_sentences(document, Scope(None, scope.speakers or frozenset(answering) or None)))
        frequencies = Counter(word for start, end in said for word in content_words(document.text[start:end]))
        candidates = [
            span
            for span in said
            if _has_substance(document, span) and not is_question(document.text[span[0] : span[1]])
        ]
        for place in range(min(share, len(candidates))):
            stretch = (
                candidates[place * len(candidates) // share : (place + 1) * len(candidates) // share] or candidates
            )
            best = max(stretch, key=lambda span: (_weigh(document, span, frequencies), -span[0]))
            quotes.append(_quote(document, best))
    if not quotes:
        return None
    number = f"{len(quotes)} sentences" if len(quotes) > 1 else "One sentence"
    return IntentReply(
        f"{number} from all along it, the most typical of each part; a selection, not a judgement:", tuple(quotes)
    )


def _weigh(document: Document, span: Span, frequencies: Counter[str]) -> float:
    """How much of what comes up again and again is in a sentence, a long one no better than its length makes it."""
    words = [word for word in content_words(document.text[span[0] : span[1]]) if len(word) > 3 and "'" not in word]
    return sum(math.log(frequencies[word]) for word in words) / math.sqrt(len(words)) if words else 0.0


def _collect_mentions(meta: Intent, view: PassageView, scope: Scope) -> IntentReply:
    """Every passage with all words of the topic, in the order of the documents."""
    words = content_words(meta.topic or "")
    by_id = {}
    common: set[str] | None = None
    for word in words:
        matching = view.matching([word], _MAX_MATCHES, scope)
        by_id.update({passage.passage_id: passage for passage, _ in matching})
        ids = {passage.passage_id for passage, _ in matching}
        common = ids if common is None else common & ids
    passages = sorted((by_id[name] for name in common or ()), key=lambda passage: (passage.doc_id, passage.start))
    documents = {doc_id: view.document(doc_id) for doc_id in sorted({passage.doc_id for passage in passages})}
    whose = _find_whose(meta.whose, list(documents.values()))
    passages = [passage for passage in passages if whose is None or passage.speaker in whose]
    if not passages:
        return IntentReply(
            f"No sentence of {meta.whose or 'the source'} mentions “{meta.topic}”; other words may, so ask about it."
        )
    quotes = [_quote(documents[passage.doc_id], (passage.start, passage.end)) for passage in passages]
    return IntentReply(_count_mentions(meta, words, quotes), tuple(quotes[:MAX_MENTIONS]))


def _count_mentions(meta: Intent, words: Sequence[str], quotes: Sequence[Quote]) -> str:
    by_speaker = Counter(name_speaker(quote.speaker, quote.role, quote.kind) for quote in quotes)
    who = ", ".join(f"{name} {count}" for name, count in by_speaker.most_common(MAX_SPEAKERS))
    sentences = f"{len(quotes)} sentence{'s' if len(quotes) > 1 else ''} ({who})"
    topic = f"“{meta.topic}”"
    shown = f" The first {MAX_MENTIONS}:" if len(quotes) > MAX_MENTIONS else ""
    if meta.kind is IntentKind.COUNT and len(words) == 1:
        form = re.compile(rf"(?<!\w){re.escape(words[0])}(?:s|es|['’]s)?(?!\w)", re.IGNORECASE)
        times = sum(len(form.findall(fold(quote.text))) for quote in quotes)
        if times:
            return f"{topic}: {times} time{'s' if times > 1 else ''}, in {sentences}.{shown}"
    return f"{topic} comes up in {sentences}.{shown}"


def _find_whose(whose: str | None, documents: Sequence[Document]) -> set[str] | None:
    """The speakers who are meant by "he", "the interviewer" or a name; None for everybody's words."""
    if whose is None:
        return None
    word = whose.casefold().removeprefix("the ")
    role: Role | None = "answers" if word in _ANSWERING else ROLE_WORDS.get(word)
    speakers = [speaker for document in documents for speaker in document.speakers]
    meant = {speaker.name for speaker in speakers if speaker.role == role} if role is not None else set()
    if role is None:
        meant = {speaker.name for speaker in speakers if set(word.split()) <= set(speaker.name.casefold().split())}
    return meant or None


def _is_meant(speaker: Speaker, scope: Scope) -> bool:
    return scope.speakers is None or speaker.name in scope.speakers


def _sentences(document: Document, scope: Scope) -> Iterator[Span]:
    """The sentences of the speakers in `scope`, in order; with nobody named, all but the furniture's."""
    for turn in document.turns:
        if turn.kind != "furniture" and (scope.speakers is None or turn.speaker in scope.speakers):
            yield from split_sentences(document.text, turn.start, turn.end)


def _quote_beginning(document: Document, scope: Scope) -> list[Quote]:
    """The first sentence of some length, or else the first one; nothing when there is none."""
    first: Span | None = None
    for span in _sentences(document, scope):
        if _has_substance(document, span):
            return [_quote(document, span)]
        first = first or span
    return [] if first is None else [_quote(document, first)]


def _has_substance(document: Document, span: Span) -> bool:
    return _MIN_WORDS <= len(document.text[span[0] : span[1]].split()) <= _MAX_WORDS


def _spread(spans: Sequence[Span], count: int) -> list[Span]:
    """At most `count` of them, evenly from first to last."""
    if len(spans) <= count:
        return list(spans)
    return [spans[place * len(spans) // count] for place in range(count)]


def _quote(document: Document, span: Span) -> Quote:
    return Quote.from_span(document, *span, score=1.0)
