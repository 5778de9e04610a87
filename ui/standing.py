"""What became of the citations of a kept answer: whether their source still has the words, and where."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from index import DocumentNotFound, PassageView
from qa.answers import AnswerRecord, Citation, Quote, citation_from_dict, confirm
from qa.verify import verify

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """In a sentence, what became of a citation whose source is not the one that it was taken from."""

    words: str


REMOVED = Standing("Source removed since: it is not among the transcripts that are asked now.")
STANDS = Standing("Source changed since; these words still stand there.")
MOVED = Standing("Source changed since; the same words stand in another place of it now, which this leads to.")
CHANGED = Standing("Source changed since: it no longer has these words as they are quoted here.")
# The very text that is cited, and yet it does not say so: what was kept has been changed.
NEVER = Standing("The transcript does not say this.")


def check_answer(answer: AnswerRecord, view: PassageView) -> tuple[AnswerRecord, Mapping[Place, Standing]]:
    """The answer with a `Quote` for each citation whose words the sources of `view` still have, wherever they stand.

    Besides, by document, start and end, what became of those whose source was changed or removed; a citation that does
    not hold stays one.
    """
    standings: dict[Place, Standing] = {}

    def check(citation: Citation) -> Citation:
        checked, standing = _check(citation, view)
        if standing is not None:
            standings[place_of(checked)] = standing
        return checked

    checked = replace(
        answer,
        quotes=tuple(check(quote) for quote in answer.quotes),
        passages=tuple(replace(passage, quote=check(passage.quote)) for passage in answer.passages),
    )
    return checked, standings


def read_once(view: PassageView) -> PassageView:
    """The documents of `view`, and only these, each read once however many citations are checked against it."""
    return cast("PassageView", _Documents(view))


class _Documents:
    def __init__(self, view: PassageView) -> None:
        self.document = functools.cache(view.document)
        self.conditions_since = view.conditions_since
        self.holds_hidden = view.holds_hidden


def place_of(citation: Citation) -> Place:
    """By what `check_answer` names it."""
    return citation.doc_id, citation.start, citation.end


def _check(citation: Citation, view: PassageView) -> tuple[Citation, Standing | None]:
    if isinstance(citation, Quote):  # of what the source was
        citation = citation_from_dict(citation.to_dict())
    confirmed = confirm(citation, view)
    if isinstance(confirmed, Quote):
        return confirmed, None
    try:
        document = view.document(citation.doc_id)
    except DocumentNotFound:
        return citation, REMOVED
    if document.sha256 == citation.source_sha256:
        return citation, NEVER
    (finding,) = verify([citation], view)
    if not finding.holds or finding.start is None or finding.end is None:
        return citation, CHANGED
    standing = STANDS if finding.verdict == "exact" else MOVED
    return Quote.from_span(document, finding.start, finding.end, score=citation.score), standing
