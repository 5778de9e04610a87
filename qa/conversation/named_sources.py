"""Which documents or speakers a request names: "the garden club meeting", "Ann", "the interviewer"."""

import re
from collections.abc import Sequence

from corpus import Role, fold
from index import DocumentInfo, PassageView, Scope
from index.lexicon import trim_ending
from qa.answers import Quote
from qa.conversation.intents import ROLE_WORDS, SOURCE_WORDS

# So many documents at most are looked into for who asks and who answers there.
_MAX_LOOKED_INTO = 20
# A request with so many words of a title means it; with fewer, they must be this share of the title's own.
_ENOUGH_WORDS = 2
_ENOUGH_OF_TITLE = 0.5

_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}$")
_POSSESSIVE = re.compile(r"['’]s?\b")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_SMALL = frozenset("a an and at by for from in of on the this that these those to with our my".split())
_KINDS = frozenset(trim_ending(word) for word in SOURCE_WORDS)
# "The main topics", "the whole thing": all of it.
_ALL_OF_IT = frozenset(
    "it everything all whole thing things main key most important topic topics subjects points content contents".split()
)
_ANSWERING = frozenset("he she they him her them his their".split())


def find_named(about: str | None, view: PassageView, scope: Scope, quoted: Sequence[Quote]) -> Scope | None:
    """`scope` with only what `about` names; None when that is nothing there is.

    "It" and "this meeting" are the documents that were just quoted, or else all in `scope`.
    """
    words = _words_of(_POSSESSIVE.sub("", about)) if about else []
    telling = [word for word in words if word not in _SMALL | _ALL_OF_IT and trim_ending(word) not in _KINDS]
    if not telling:
        last = {quote.doc_id for quote in quoted if scope.has_document(quote.doc_id)}
        return Scope(frozenset(last), scope.speakers) if last and about else scope
    infos = [info for info in view.documents() if scope.has_document(info.doc_id)]
    titled = _find_titled(words, infos)
    if titled:
        return Scope(frozenset(titled), scope.speakers)
    each = [
        _find_speakers([word for word in _words_of(part) if word in telling], view, infos, quoted)
        for part in _AND.split(_POSSESSIVE.sub("", about or ""))
    ]
    speaking = frozenset().union(*each) if all(each) else frozenset[str]()
    allowed = speaking if scope.speakers is None else speaking & scope.speakers
    if not allowed:
        return None
    there = frozenset(info.doc_id for info in infos if allowed & set(info.speakers))
    # "The interview with Ann" is all of it, "what Ann says" her words.
    whole = any(trim_ending(word) in _KINDS for word in words)
    return Scope(there, scope.speakers if whole else allowed)


def is_pointing(about: str) -> bool:
    """Whether the words are a pronoun alone."""
    return set(_words_of(about)) <= {"it", "this", "that", "these", "those"}


def _find_titled(words: Sequence[str], infos: Sequence[DocumentInfo]) -> list[str]:
    """The documents whose title (or name) has all words of the request that tell it from others."""
    found: list[str] = []
    for info in infos:
        title = _forms_of(_SUFFIX.sub("", info.title.casefold())) | _forms_of(info.doc_id)
        forms = {word if word in _ALL_OF_IT else trim_ending(word) for word in words if word not in _SMALL}
        # What kind of source it is need not stand in its title, nor what is asked of it.
        asked = {form for form in forms if form not in _KINDS | _ALL_OF_IT or form in title}
        telling = asked - _KINDS
        enough = len(asked) >= _ENOUGH_WORDS or len(telling) >= _ENOUGH_OF_TITLE * len(title - _KINDS)
        if telling and asked <= title and enough:
            found.append(info.doc_id)
    return found


def _find_speakers(
    words: Sequence[str], view: PassageView, infos: Sequence[DocumentInfo], quoted: Sequence[Quote]
) -> frozenset[str]:
    """Those whose names have all the words, or who have the part in the talk that the one word means."""
    named = frozenset(name for info in infos for name in info.speakers if set(words) <= set(_words_of(name)))
    if named or len(words) != 1:
        return named
    role: Role | None = "answers" if words[0] in _ANSWERING else ROLE_WORDS.get(words[0].removesuffix("s"))
    if role is None:
        return frozenset()
    last = {quote.doc_id for quote in quoted}
    there = [info.doc_id for info in infos if not last or info.doc_id in last][:_MAX_LOOKED_INTO]
    documents = [view.document(doc_id) for doc_id in there]
    return frozenset(speaker.name for document in documents for speaker in document.speakers if speaker.role == role)


def _words_of(text: str) -> list[str]:
    return _WORD.findall(fold(text).casefold().replace("_", " "))


def _forms_of(text: str) -> frozenset[str]:
    return frozenset(trim_ending(word) for word in _words_of(text) if word not in _SMALL)
