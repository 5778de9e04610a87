"""Questions that are offered because the transcript answers them: each is asked before it is shown, behind the page.

Answering a person comes first: no question is checked while anybody is being answered, one is checked at a time, and
who asks again is offered nothing more for the question before.
"""

import itertools
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from corpus import CorpusError, Document
from index import IndexingError
from qa import QA, Answer, QAError
from ui.suggest import Offer, mentions

# More candidates than this are not checked for one list; each takes up to a second.
MAX_CHECKED = 8
# What was found out is kept for so many questions of so many visitors.
MAX_KEPT = 5000
MAX_VISITORS = 2000
# Whoever waits longer than this for a pause in answering is offered nothing.
MAX_WAIT_S = 120.0

_log = logging.getLogger(__name__)
# By the document's hash, the speaker who was chosen, and the question.
_Key = tuple[str, str | None, str]


class Suggestions:
    """Checks questions and remembers what came of it; safe to call from several threads."""

    def __init__(self) -> None:
        self._pause = threading.Condition()
        self._answering = 0
        self._checking = False
        self._turns: OrderedDict[str, int] = OrderedDict()
        self._answered: OrderedDict[_Key, bool] = OrderedDict()

    @contextmanager
    def answering(self, visitor: str) -> Iterator[None]:
        """While somebody is answered: checks wait, and those for an earlier question of theirs end."""
        with self._pause:
            self._answering += 1
            self._turns[visitor] = self._turns.pop(visitor, 0) + 1
            while len(self._turns) > MAX_VISITORS:
                self._turns.popitem(last=False)
            self._pause.notify_all()
        try:
            yield
        finally:
            with self._pause:
                self._answering -= 1
                self._pause.notify_all()

    def known(self, document: Document, candidates: Iterable[Offer], count: int) -> tuple[str, ...]:
        """Those of the first candidates that are known to be answered, at most `count`; nothing is asked."""
        first = [candidate.question for candidate in itertools.islice(candidates, MAX_CHECKED)]
        with self._pause:
            found = [question for question in first if self._answered.get((document.sha256, None, question))]
        return tuple(found[:count])

    def find(
        self,
        visitor: str,
        qa: QA,
        document: Document,
        candidates: Iterable[Offer],
        count: int,
        *,
        speaker: str | None = None,
    ) -> Iterator[tuple[str, ...]]:
        """The questions that `document` answers, growing to `count`; it ends early when the visitor asks again.

        :param qa: asked without its language model.
        :param speaker: whose words alone are to answer.
        """
        turn = self._turn_of(visitor)
        qa = qa.with_writer(None)
        found: tuple[str, ...] = ()
        for candidate in itertools.islice(candidates, MAX_CHECKED):
            answered = self._check(visitor, turn, qa, document, candidate, speaker)
            if answered is None:
                return
            if answered:
                found = (*found, candidate.question)
                yield found
            if len(found) == count:
                return

    def _check(
        self, visitor: str, turn: int, qa: QA, document: Document, candidate: Offer, speaker: str | None
    ) -> bool | None:
        """Whether the candidate is answered; None when nobody wants to know any more."""
        key = (document.sha256, speaker, candidate.question)
        with self._pause:
            if not self._pause.wait_for(lambda: self._is_over(visitor, turn) or self._is_free(), MAX_WAIT_S):
                return None
            if self._is_over(visitor, turn):
                return None
            if key in self._answered:
                return self._answered[key]
            self._checking = True
        try:
            answered = _is_answered(qa, document, candidate, speaker)
            with self._pause:
                self._answered[key] = answered
                if len(self._answered) > MAX_KEPT:
                    self._answered.popitem(last=False)
            return answered
        finally:
            with self._pause:
                self._checking = False
                self._pause.notify_all()

    def _is_free(self) -> bool:
        return self._answering == 0 and not self._checking

    def _is_over(self, visitor: str, turn: int) -> bool:
        return self._turns.get(visitor, 0) != turn

    def _turn_of(self, visitor: str) -> int:
        with self._pause:
            return self._turns.get(visitor, 0)


def _is_answered(qa: QA, document: Document, candidate: Offer, speaker: str | None) -> bool:
    """Whether the program answers it from the document, and not with the question itself."""
    try:
        answer = qa.answer(candidate.question, speaker=speaker, doc_ids=[document.doc_id])
    except (CorpusError, IndexingError, QAError) as error:
        _log.info("%r is not offered, since %s", candidate.question, error)
        return False
    return answer.has_confidence and not answer.abstained and _is_reply(answer, candidate)


def _is_reply(answer: Answer, candidate: Offer) -> bool:
    first = answer.quotes[0]
    if candidate.span is not None and first.start < candidate.span[1] and candidate.span[0] < first.end:
        return False
    if candidate.topic is not None:
        return first.speaker == candidate.speaker and mentions(candidate.topic, first.text)
    return first.role != "asks"
