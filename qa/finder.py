"""A question into what there is to answer it: understood, retrieved and read.

A question whose words point back may stand alone for all that ("And who owns the port?"): it is read both ways, and the
reader's own scores decide. One whose words do not is never bound to what was asked before it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from index import Embedder, Hit, PassageStore, PassageView, Scope, content_words, retrieve
from qa.across import asks_across, find_in_each, keep_likeliest, read_each
from qa.attribution import find_claim
from qa.conversation.history import PastExchange
from qa.conversation.neighbours import QuoteLocation, add_neighbours, find_title, locate_quotes, rank_quoted_last
from qa.conversation.query_rewriting import RewrittenQuestion, needs_context, put_in_context, stand_alone
from qa.conversation.question_parts import part_question
from qa.findings import Findings
from qa.reading.demotion import demote
from qa.reading.reader import Reader
from qa.reading.remembered import ReadingMemory
from qa.reading.rerank_depth import find_rerank_depth
from qa.replies import add_replies, may_be_answered_by_asking, prefer_replies
from qa.scope import find_scope, narrow_to_speaker
from qa.stage_clock import StageClock

# With fewer words of its own a question that points back means nothing alone: "What had happened to him?".
MIN_OWN_WORDS = 2
# How much less probable it is, in log-odds, that who asks on wants the sentence that was just quoted.
QUOTED_MALUS = 1.0
# Where the history holds questions only, the passages nearest to the last one stand for what was quoted.
_STAND_FOR_QUOTES = 1


@dataclass(frozen=True, slots=True)
class Finder:
    """What understands, retrieves and reads."""

    store: PassageStore
    embedder: Embedder
    reader: Reader
    memory: ReadingMemory = field(default_factory=ReadingMemory)

    def find(
        self,
        question: str,
        exchanges: Sequence[PastExchange],
        speaker: str | None,
        doc_ids: Collection[str] | None,
    ) -> Findings:
        """What there is to answer `question` after `exchanges`; of a question in parts, what there is for each, too.

        Raises as `QA.answer` does.
        """
        whole = self._find(question, exchanges, speaker, doc_ids)
        parts = part_question(question)
        if len(parts) < 2:
            return whole
        found = []
        for place, part in enumerate(parts):
            before = (*exchanges, *(PastExchange(each) for each in parts[:place]))
            found.append(self._find(part, before, speaker, doc_ids))
        return replace(whole, parts=tuple(found), timings_ms=_add_timings(whole, *found))

    def look_everywhere(self, findings: Findings, doc_ids: Collection[str] | None) -> Findings:
        """The same question, of everybody's words."""
        return self._look(findings.asked, stand_alone(findings.standalone), None, doc_ids, narrow=False)

    def _find(
        self,
        question: str,
        exchanges: Sequence[PastExchange],
        speaker: str | None,
        doc_ids: Collection[str] | None,
    ) -> Findings:
        """The question understood in the way in which it is answered best."""
        if not exchanges or not needs_context(question):
            return self._look_alone(question, speaker, doc_ids)
        in_context = self._look_in_context(question, exchanges, speaker, doc_ids)
        if len(content_words(question)) < MIN_OWN_WORDS:
            return in_context
        return _choose(in_context, self._look_alone(question, speaker, doc_ids))

    def _look_alone(self, question: str, speaker: str | None, doc_ids: Collection[str] | None) -> Findings:
        """The question by itself; whether somebody said something, also as whether it is so."""
        asked = stand_alone(question)
        found = self._look(question, asked, speaker, doc_ids)
        claim = find_claim(question)
        if claim is None or found.reading.confidence >= self.reader.sure_confidence:
            return found
        return _choose(self._look(question, replace(asked, read=claim), speaker, doc_ids), found)

    def _look_in_context(
        self,
        question: str,
        exchanges: Sequence[PastExchange],
        speaker: str | None,
        doc_ids: Collection[str] | None,
    ) -> Findings:
        with self.store.reading() as view:
            title = find_title(view, exchanges, find_scope(view, speaker, doc_ids))
        return self._look(question, put_in_context(question, exchanges, title), speaker, doc_ids)

    def _look(
        self,
        question: str,
        rewritten: RewrittenQuestion,
        speaker: str | None,
        doc_ids: Collection[str] | None,
        *,
        narrow: bool = True,
    ) -> Findings:
        """Retrieve and read what `rewritten` asks for.

        :param narrow: look only at the words of those whose words it asks for, where it asks for somebody's.
        """
        clock = StageClock()
        embedding = self.embedder.embed_question(rewritten.query)
        clock.stop("embed")
        with self.store.reading() as view:
            scope = find_scope(view, speaker, doc_ids)
            quoted = self._find_places(view, rewritten, scope)
            if narrow and speaker is None:
                scope = narrow_to_speaker(view, rewritten, quoted, scope)
            everybody = _find_everybody(view, rewritten.standalone, scope)
            hits: Sequence[Hit]
            if everybody:
                hits = find_in_each(view, rewritten.query, embedding, everybody, scope)
            else:
                depth = find_rerank_depth(view, scope)
                # Nearness lifts what lies further down, so a follow-up looks at more before it keeps as many.
                retrieved = depth if not quoted else 2 * depth
                hits = retrieve(view, rewritten.query, embedding, top_k=retrieved, scope=scope)
                hits = add_neighbours(view, hits, quoted, embedding, top_k=depth, scope=scope)
            documents = {doc_id: view.document(doc_id) for doc_id in sorted({hit.passage.doc_id for hit in hits})}
            hits = rank_quoted_last(add_replies(view, hits, documents, embedding, scope), quoted)
        clock.stop("retrieve")
        if everybody:
            reading = read_each(self.reader, rewritten.read, hits, documents, embedding)
        else:
            reading = self.memory.read(self.reader, rewritten.read, hits, documents, embedding)
        if scope.speakers is None and not may_be_answered_by_asking(question):
            reading = prefer_replies(reading, documents)
        if rewritten.quotes:
            reading = demote(reading, lambda each: QUOTED_MALUS * any(at.covers(each) for at in quoted))
        clock.stop("read")
        return Findings(
            asked=question,
            standalone=rewritten.standalone,
            embedding=embedding,
            hits=tuple(keep_likeliest(hits, reading) if everybody else hits),
            documents=documents,
            reading=reading,
            timings_ms=clock.timings_ms,
            scope=scope,
            across=len(everybody),
        )

    def _find_places(self, view: PassageView, rewritten: RewrittenQuestion, scope: Scope) -> list[QuoteLocation]:
        """Where the quotes stand that the question goes on from."""
        quoted = locate_quotes(view, rewritten.quotes, scope)
        if quoted or rewritten.topic is None:
            return quoted
        nearest = retrieve(
            view, rewritten.topic, self.embedder.embed_question(rewritten.topic), top_k=_STAND_FOR_QUOTES, scope=scope
        )
        return [QuoteLocation(hit.passage.doc_id, hit.passage.start, hit.passage.end) for hit in nearest]


def _find_everybody(view: PassageView, question: str, scope: Scope) -> list[str]:
    """The documents to which the question is put one by one; none where it is not to everybody, or there is one."""
    if scope.speakers is not None or not asks_across(question):
        return []
    doc_ids = [info.doc_id for info in view.documents() if scope.has_document(info.doc_id)]
    return doc_ids if len(doc_ids) > 1 else []


def _choose(preferred: Findings, other: Findings) -> Findings:
    """Of two readings of one question the surer one, the first if they are alike; it took the time of both."""
    chosen = preferred if preferred.reading.confidence >= other.reading.confidence else other
    return replace(chosen, timings_ms=_add_timings(preferred, other))


def _add_timings(*findings: Findings) -> dict[str, float]:
    total: dict[str, float] = {}
    for each in findings:
        for stage, taken in each.timings_ms.items():
            total[stage] = total.get(stage, 0.0) + taken
    return total
