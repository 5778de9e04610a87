"""Where to look for an answer: what somebody chose, and whose words the question itself asks for."""

from collections.abc import Collection, Sequence

from index import DocumentNotFound, PassageView, Scope
from qa.attribution import asks_for_words, find_speakers_asked_for
from qa.conversation.neighbours import QuoteLocation, restrict_to_role
from qa.conversation.query_rewriting import RewrittenQuestion
from qa.errors import SpeakerUnknown


def find_scope(view: PassageView, speaker: str | None, doc_ids: Collection[str] | None) -> Scope:
    """What to look at when only this speaker and these documents were chosen; None chooses all.

    :raises DocumentNotFound: when there is no such document.
    :raises SpeakerUnknown: when nobody of that name speaks in them.
    """
    if speaker is None and doc_ids is None:
        return Scope()
    documents = view.documents()
    if doc_ids is not None:
        known = {info.doc_id for info in documents}
        for doc_id in doc_ids:
            if doc_id not in known:
                raise DocumentNotFound(f"the index holds no document {doc_id!r}; it has {', '.join(sorted(known))}")
        documents = [info for info in documents if info.doc_id in doc_ids]
    speakers = None
    if speaker is not None:
        names = list(dict.fromkeys(name for info in documents for name in info.speakers))
        speakers = frozenset(name for name in names if _is_named(name, speaker))
        if not speakers:
            raise SpeakerUnknown(
                f"nobody called {speaker!r} speaks there; the speakers are {', '.join(names) or 'not known'}"
            )
    return Scope(None if doc_ids is None else frozenset(doc_ids), speakers)


def narrow_to_speaker(
    view: PassageView, question: RewrittenQuestion, quoted: Sequence[QuoteLocation], scope: Scope
) -> Scope:
    """`scope` with only the speakers whose words the question asks for, where it asks for somebody's.

    :param quoted: where the quotes stand that the question points back to.
    """
    if question.role is not None:
        return restrict_to_role(view, question.role, quoted, scope)
    if not asks_for_words(question.standalone):
        return scope  # the speakers of a whole shelf are not looked up for every question
    infos = [info for info in view.documents() if scope.has_document(info.doc_id)]
    asked_for = find_speakers_asked_for(question.standalone, {name for info in infos for name in info.speakers})
    return Scope(scope.doc_ids, asked_for) if asked_for else scope


def _is_named(label: str, name: str) -> bool:
    """Whether one of the two is a part of the other: "Balarezo" and "Marco V. Balarezo"."""
    words, label_words = set(name.casefold().split()), set(label.casefold().split())
    return bool(words) and (words <= label_words or label_words <= words)
