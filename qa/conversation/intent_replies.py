"""Replies to questions about the whole: who speaks, what it is about, a summary, every mention of a word.

All of them are made of quotes and of counts that the quotes support; nothing is phrased that the source does not say.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus import Document, Role, Speaker, fold
from index import DocumentInfo, PassageView, Scope, content_words
from qa.answers import Quote, join_words, name_speaker
from qa.conversation.disagreement import find_disagreements
from qa.conversation.followup_detection import points_back
from qa.conversation.intents import DEFAULT_SUMMARY_QUOTES, ROLE_WORDS, Intent, IntentKind
from qa.conversation.named_sources import find_named, is_pointing
from qa.conversation.spoken_sentences import Span, SpokenSentence, spoken_sentences
from qa.conversation.summary import choose_summary

# Of a shelf, an overview shows the first few.
MAX_DOCUMENTS = 5
MAX_SPEAKERS = 8
MAX_TOPICS = 8
# With fewer questions in it, or shorter ones, a text is not told by what is asked there.
MIN_QUESTIONS = 2
MIN_QUESTION_WORDS = 5
MAX_MENTIONS = 20
MAX_DISAGREEMENTS = 6
# Of each of several documents, unless fewer are asked for.
MIN_QUOTES_EACH = 2
# More passages with one word than this are not looked through.
_MAX_MATCHES = 2000

_ANSWERING = frozenset("he she they".split())


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
    named = _find_scope(meta, view, scope, quoted)
    if named is None:
        return None
    several = len(view.documents()) > 1
    scope = named
    infos = [info for info in view.documents() if scope.has_document(info.doc_id) and _speaks_in(info, scope)]
    if not infos:
        return None  # who was chosen does not speak in what was named
    documents = [view.document(info.doc_id) for info in infos[:MAX_DOCUMENTS]]
    overviews: dict[IntentKind, Callable[[], IntentReply | None]] = {
        IntentKind.GREETING: lambda: _introduce(documents, "Hello."),
        IntentKind.HELP: lambda: _introduce(documents, "Answers come in quotes, word for word, with who said them."),
        IntentKind.SPEAKERS: lambda: _list_speakers(documents, scope),
        IntentKind.TOPICS: lambda: _list_topics(documents, scope, several=several),
        IntentKind.SUMMARY: lambda: _summarize(documents, scope, meta.count, several=several),
        IntentKind.DISAGREEMENT: lambda: _show_disagreements(documents, scope),
    }
    reply = overviews[meta.kind]()
    if reply is None or len(infos) <= MAX_DOCUMENTS:
        return reply
    colon = ":" if reply.lead.endswith(":") else ""
    lead = reply.lead.removesuffix(":")
    return IntentReply(f"{lead} (The first {MAX_DOCUMENTS} of {len(infos)} documents.){colon}", reply.quotes)


def _speaks_in(info: DocumentInfo, scope: Scope) -> bool:
    return scope.speakers is None or bool(scope.speakers & set(info.speakers))


def _find_scope(meta: Intent, view: PassageView, scope: Scope, quoted: Sequence[Quote]) -> Scope | None:
    """What the request names of `scope`; None where its words name nothing there, or what was just spoken of."""
    if meta.kind is IntentKind.TOPICS and meta.about and is_pointing(meta.about) and quoted:
        return None
    there = find_named(meta.place, view, scope, quoted)
    return there and find_named(meta.about, view, there, quoted)


def _introduce(documents: Sequence[Document], greeting: str) -> IntentReply:
    """Words alone: who says hello has asked nothing of the source, and is not to take what it says for an answer."""
    titles = "; ".join(f"“{document.title}”" for document in documents)
    return IntentReply(
        f"{greeting} Ask about what is said in {titles}. You can also ask who is speaking, which topics are covered, "
        "where they disagree, for a summary in five quotes, or for everything that is said about a word."
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
            quotes += _quote_beginning(document, None)
            continue
        verb = "person speaks" if len(speakers) == 1 else "people speak"
        shown = [name_speaker(speaker.name, speaker.role) for speaker in speakers[:MAX_SPEAKERS]]
        more = f" and {len(speakers) - MAX_SPEAKERS} more" if len(speakers) > MAX_SPEAKERS else ""
        leads.append(
            f"{len(speakers)} {verb}{where}: {join_words(shown, 'and') if not more else ', '.join(shown) + more}."
        )
        for speaker in speakers[:MAX_SPEAKERS]:
            quotes += _quote_beginning(document, frozenset({speaker.name}))
    return IntentReply(" ".join(leads), tuple(quotes))


def _list_topics(documents: Sequence[Document], scope: Scope, *, several: bool) -> IntentReply | None:
    """The questions that are put in the source say what it is about, in its own words; else a summary does."""
    share = max(1, MAX_TOPICS // len(documents))
    asked = [each for document in documents for each in _choose_questions(document, scope.speakers, share)]
    if len(asked) >= MIN_QUESTIONS:
        return IntentReply("These questions are put in it, in order:", tuple(_quote(*each) for each in asked))
    summary = _summarize(documents, scope, MAX_TOPICS, several=several)
    none = "" if asked or scope.speakers else "No questions are put in it. "
    return summary and IntentReply(f"{none}{summary.lead}", summary.quotes)


def _choose_questions(document: Document, speakers: frozenset[str] | None, count: int) -> list[tuple[Document, Span]]:
    """At most `count` questions of those who ask, from first to last; those understood alone where some are."""
    asking = frozenset(speaker.name for speaker in document.speakers if speaker.role == "asks")
    if speakers is not None and not asking & speakers:
        return []
    asking = asking if speakers is None else asking & speakers
    questions = [sentence for sentence in spoken_sentences(document, asking or None) if sentence.asks]
    questions = [question for question in questions if question.has_substance] or [
        question for question in questions if len(question.text.split()) >= MIN_QUESTION_WORDS
    ]
    alone = [question for question in questions if not points_back(question.text)]
    chosen = alone if len(alone) >= MIN_QUESTIONS else questions
    return [(document, question.span) for question in _spread(chosen, count)]


def _summarize(documents: Sequence[Document], scope: Scope, count: int, *, several: bool) -> IntentReply | None:
    """Sentences that cover each document, see `qa.conversation.summary`.

    :param several: there are more documents than these; so the lead names them.
    """
    share = max(1 if count < DEFAULT_SUMMARY_QUOTES else MIN_QUOTES_EACH, count // len(documents))
    quotes: list[Quote] = []
    shown: list[str] = []
    for document in documents:
        spans = choose_summary(document, scope.speakers, share if len(documents) > 1 else count)
        quotes += [_quote(document, span) for span in spans]
        shown += [f"“{document.title}”"] if spans else []
    if not quotes:
        return None
    number = f"{len(quotes)} sentences" if len(quotes) > 1 else "One sentence"
    whose = f" of {join_words(_names_in(quotes), 'and')}" if scope.speakers else ""
    if len(shown) > 1:
        where = f"{len(shown)} documents, a few of each: {'; '.join(shown)}"
    else:
        where = f"all along {shown[0] if several else 'it'}"
    return IntentReply(
        f"{number}{whose} from {where}. They are chosen to cover what is spoken of most, each for a part of its own; "
        "a selection, not a judgement:",
        tuple(quotes),
    )


def _names_in(quotes: Sequence[Quote]) -> list[str]:
    return list(dict.fromkeys(name_speaker(quote.speaker, quote.role, quote.kind) for quote in quotes))[:MAX_SPEAKERS]


def _show_disagreements(documents: Sequence[Document], scope: Scope) -> IntentReply:
    """Statements, each with the reply that contradicts it."""
    quotes: list[Quote] = []
    share = max(1, MAX_DISAGREEMENTS // len(documents))
    for document in documents:
        for statement, reply in find_disagreements(document, scope.speakers, share):
            quotes += [_quote(document, statement), _quote(document, reply)]
    if all(len(document.speakers) < 2 for document in documents):
        return IntentReply("Only one voice is told from others there, so nobody in it contradicts anybody.")
    if not quotes:
        return IntentReply(
            "No reply was found that contradicts another speaker in so many words (“I disagree”, “that is not true”, "
            "“but …”). They may differ in other words: ask what each of them says about a subject."
        )
    pairs = len(quotes) // 2
    number = f"{pairs} statements are" if pairs > 1 else "One statement is"
    return IntentReply(
        f"{number} answered with words of contradiction; in pairs, the statement first, then the reply. Found by such "
        "words alone, so read them in their place:",
        tuple(quotes),
    )


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


def _quote_beginning(document: Document, speakers: frozenset[str] | None) -> list[Quote]:
    """The first sentence of some length, or else the first one; nothing when there is none."""
    first: Span | None = None
    for sentence in spoken_sentences(document, speakers):
        if sentence.has_substance:
            return [_quote(document, sentence.span)]
        first = first or sentence.span
    return [] if first is None else [_quote(document, first)]


def _spread(sentences: Sequence[SpokenSentence], count: int) -> list[SpokenSentence]:
    """At most `count` of them, evenly from first to last."""
    if len(sentences) <= count:
        return list(sentences)
    return [sentences[place * len(sentences) // count] for place in range(count)]


def _quote(document: Document, span: Span) -> Quote:
    return Quote.from_span(document, *span, score=1.0)
