"""A question into an `Answer`: follow-up, retrieve, read, choose quotes."""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus import Document
from index import (
    DocumentNotFound,
    Embedder,
    Hit,
    PassageStore,
    PassageView,
    Place,
    Progress,
    Scope,
    SentenceEmbedder,
    build_index,
    open_store,
    retrieve,
)
from qa.answer import Answer, Quote, RetrievedPassage, WrittenSentence
from qa.attribution import asks_for_words, find_speakers_asked_for
from qa.compose import NOT_ANSWERED, choose_quotes, compose_text, explain_abstention
from qa.conversation.followup_detection import points_back
from qa.conversation.history import Message, PastExchange, read_history
from qa.conversation.intent_replies import reply_to
from qa.conversation.intents import Intent, find_intent
from qa.conversation.language import explain_language
from qa.conversation.neighbours import QuoteLocation, add_neighbours, find_title, locate_quotes, restrict_to_role
from qa.conversation.query_rewriting import RewrittenQuestion, rewrite_question
from qa.errors import QuestionInvalid, SpeakerUnknown
from qa.generation.grounded_writing import GroundedWriter, WriterInput
from qa.generation.writer import Writer
from qa.reading.extractive import ExtractiveReader
from qa.reading.reader import Reader, Reading
from qa.reading.rerank_depth import find_rerank_depth

MAX_QUESTION_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Findings:
    """What a question turned up: the hits, best first, their documents by id, and what the reader made of them."""

    standalone: str
    hits: tuple[Hit, ...]
    documents: dict[str, Document]
    reading: Reading
    timings_ms: dict[str, float]
    narrowed: bool = False  # only some speakers were looked at


class QA:
    """Answers questions from one index. Models are loaded once, when first used; one `QA` serves many threads."""

    def __init__(self, store: PassageStore, embedder: Embedder, reader: Reader, writer: Writer | None = None) -> None:
        """Answer from `store`, which `embedder` made; with a `writer`, in sentences that it phrases.

        :raises IndexNotFound: when nothing is stored yet.
        :raises IndexIncompatible: when the store holds embeddings of another embedder.
        """
        store.require(embedder.identity)
        self.store = store
        self._embedder = embedder
        self._reader = reader
        self._grounded_writer = None if writer is None else GroundedWriter(writer, reader)

    @classmethod
    def open(
        cls,
        index: Place | PassageStore,
        *,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        writer: Writer | None = None,
    ) -> "QA":
        """A `QA` on the index in the folder (or at the address, or store) `index`, by default with the bundled models.

        :raises IndexNotFound: when there is no index there.
        :raises IndexIncompatible: when it was built with another embedder.
        """
        embedder = embedder or SentenceEmbedder()
        store = open_store(index) if isinstance(index, str | Path) else index
        return cls(store, embedder, reader or ExtractiveReader(embedder), writer)

    @property
    def embedder(self) -> Embedder:
        """The embedder that made the index; what is added to it must be embedded by it too."""
        return self._embedder

    @property
    def writer(self) -> Writer | None:
        """The language model that phrases the answers, if there is one."""
        return None if self._grounded_writer is None else self._grounded_writer.writer

    def with_writer(self, writer: Writer | None) -> "QA":
        """The same with another language model, or with none; the other models are shared."""
        return QA(self.store, self._embedder, self._reader, writer)

    def build(self, documents: Sequence[Document], folder: Path, *, progress: Progress | None = None) -> "QA":
        """A `QA` with the models of this one, on an index of `documents` made in `folder`; see `index.build_index`."""
        build_index(documents, folder, embedder=self._embedder, progress=progress)
        own = QA(open_store(folder), self._embedder, self._reader)
        own._grounded_writer = self._grounded_writer  # with what was found out about the model
        return own

    def warm_up(self) -> None:
        """Load the models now, so that the first question does not wait for them."""
        self._embedder.embed_question("ready")
        self._reader.warm_up()
        if self._grounded_writer is not None:
            self._grounded_writer.warm_up()

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Message] | None = None,
        speaker: str | None = None,
        doc_ids: Collection[str] | None = None,
    ) -> Answer:
        """The answer to `question` in quotes, or an abstention.

        :param history: the conversation so far, OpenAI-style messages, oldest first.
        :param speaker: quote this speaker only: the name as in the labels, or any part of it.
        :param doc_ids: look in these documents only.
        :raises QuestionInvalid: when the question has no words or more than `MAX_QUESTION_CHARS` characters.
        :raises HistoryInvalid: when the history is not a list of messages.
        :raises SpeakerUnknown: when nobody of that name speaks there.
        :raises IndexingError: when the index cannot be read, or holds no such document.
        """
        *_, answer = self.stream(question, history=history, speaker=speaker, doc_ids=doc_ids)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] | None = None,
        speaker: str | None = None,
        doc_ids: Collection[str] | None = None,
    ) -> Iterator[WrittenSentence | Answer]:
        """The sentences that a language model writes, each when it has passed every check, and at the end the answer.

        The answer alone counts: where the model breaks off, it is made of quotes and holds none of the sentences.
        Parameters and errors as in `answer`.
        """
        meta = find_intent(check_question(question))
        if meta is not None:
            answer = self._reply_to_intent(question, meta, read_history(history or ()), speaker, doc_ids)
            if answer is not None:
                yield answer
                return
        findings = self.find(question, history=history, speaker=speaker, doc_ids=doc_ids)
        answer = self.compose(question, findings)
        if self._grounded_writer is None or not findings.hits:
            yield answer
        else:
            yield from self._write(findings, answer)

    def _write(self, findings: Findings, answer: Answer) -> Iterator[WrittenSentence | Answer]:
        assert self._grounded_writer is not None
        clock = _Clock()
        source = WriterInput(
            findings.standalone, findings.hits, findings.documents, findings.reading, not findings.narrowed, answer
        )
        for part in self._grounded_writer.write(source):
            if isinstance(part, Answer):
                clock.stop("write")
                spent = clock.timings_ms["write"]
                timings_ms = {**answer.timings_ms, "write": spent, "total": answer.timings_ms["total"] + spent}
                yield replace(part, timings_ms=timings_ms)
            else:
                yield part

    def _reply_to_intent(
        self,
        question: str,
        meta: Intent,
        exchanges: Sequence[PastExchange],
        speaker: str | None,
        doc_ids: Collection[str] | None,
    ) -> Answer | None:
        """The answer to a question about the whole; None when it has to be looked for like any other."""
        clock = _Clock()
        with self.store.reading() as view:
            scope = _find_scope(view, speaker, doc_ids)
            places = locate_quotes(view, exchanges[-1].said if exchanges else (), scope)
            quoted = [
                Quote.from_span(view.document(place.doc_id), place.start, place.end, score=1.0) for place in places
            ]
            reply = reply_to(meta, view, scope, quoted)
        clock.stop("compose")
        if reply is None:
            return None
        return Answer(
            question=question.strip(),
            standalone_question=question.strip(),
            text=f"{reply.lead}\n\n{compose_text(reply.quotes)}" if reply.quotes else reply.lead,
            short=None,
            quotes=reply.quotes,
            abstained=not reply.quotes,
            reason=None if reply.quotes else reply.lead,
            confidence=1.0,
            passages=(),
            timings_ms={**clock.timings_ms, "total": sum(clock.timings_ms.values())},
        )

    def find(
        self,
        question: str,
        *,
        history: Sequence[Message] | None = None,
        speaker: str | None = None,
        doc_ids: Collection[str] | None = None,
    ) -> Findings:
        """What there is to answer `question`, before deciding whether to; parameters and errors as in `answer`."""
        clock = _Clock()
        question = check_question(question)
        exchanges = read_history(history or ())
        with self.store.reading() as view:
            scope = _find_scope(view, speaker, doc_ids)
            title = find_title(view, exchanges, scope) if exchanges and points_back(question) else None
            understood = rewrite_question(question, exchanges, title)
            embedding = self._embedder.embed_question(understood.query)
            clock.stop("embed")
            places = locate_quotes(view, understood.said, scope)
            if speaker is None:
                scope = _narrow_to_speaker(view, understood, places, scope)
            depth = find_rerank_depth(view, scope)
            # Nearness lifts what lies further down, so a follow-up looks at more before it keeps as many.
            looked_at = depth if not places else 2 * depth
            hits = retrieve(view, understood.query, embedding, top_k=looked_at, scope=scope)
            hits = add_neighbours(view, hits, places, embedding, top_k=depth, scope=scope)
            documents = {doc_id: view.document(doc_id) for doc_id in sorted({hit.passage.doc_id for hit in hits})}
        clock.stop("retrieve")
        reading = self._reader.read(understood.standalone, hits, documents)
        clock.stop("read")
        narrowed = scope.speakers is not None
        return Findings(understood.standalone, tuple(hits), documents, reading, clock.timings_ms, narrowed)

    def compose(self, question: str, findings: Findings) -> Answer:
        """The answer that `findings` allow: quotes where the reader is sure enough of them, else an abstention."""
        clock = _Clock()
        reading, documents = findings.reading, findings.documents
        passages = tuple(_show(hit, documents[hit.passage.doc_id]) for hit in findings.hits)
        sure = reading.confidence >= self._reader.min_confidence
        quotes = choose_quotes(findings.standalone, reading.evidence, documents) if sure else ()
        texts = [passage.text for passage in passages]
        notice = explain_language(question, texts, self._embedder.identity.name)
        # What a follow-up takes along in brackets was not asked for.
        asked = question if findings.standalone.startswith(question.strip()) else findings.standalone
        reason = None if quotes else _join(explain_abstention(asked, texts), notice)
        clock.stop("compose")
        timings_ms = {**findings.timings_ms, **clock.timings_ms}
        return Answer(
            question=question.strip(),
            standalone_question=findings.standalone,
            text=_join(compose_text(quotes), notice, between="\n\n") if quotes else f"{NOT_ANSWERED} {reason}",
            short=_find_short(reading, documents) if quotes else None,
            quotes=quotes,
            abstained=not quotes,
            reason=reason,
            confidence=reading.confidence,
            passages=passages,
            timings_ms={**timings_ms, "total": sum(timings_ms.values())},
        )


def check_question(question: str) -> str:
    """The question without white space around it.

    :raises QuestionInvalid: when it has no words, or more than `MAX_QUESTION_CHARS` characters.
    """
    question = question.strip()
    if not any(character.isalnum() for character in question):
        raise QuestionInvalid("the question is empty; ask something in words")
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionInvalid(
            f"the question has {len(question):,} characters, at most {MAX_QUESTION_CHARS:,} are read; shorten it"
        )
    return question


def _join(text: str, notice: str | None, *, between: str = " ") -> str:
    return text if notice is None else f"{text}{between}{notice}"


def _narrow_to_speaker(
    view: PassageView, understood: RewrittenQuestion, places: Sequence[QuoteLocation], scope: Scope
) -> Scope:
    """`scope` with only the speakers whose words the question asks for, where it asks for somebody's."""
    if understood.role is not None:
        return restrict_to_role(view, understood.role, places, scope)
    if not asks_for_words(understood.standalone):
        return scope  # the speakers of a whole shelf are not looked up for every question
    infos = [info for info in view.documents() if scope.has_document(info.doc_id)]
    asked_for = find_speakers_asked_for(understood.standalone, {name for info in infos for name in info.speakers})
    return Scope(scope.doc_ids, asked_for) if asked_for else scope


def _find_scope(view: PassageView, speaker: str | None, doc_ids: Collection[str] | None) -> Scope:
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


def _is_named(label: str, name: str) -> bool:
    """Whether one of the two is a part of the other: "Balarezo" and "Marco V. Balarezo"."""
    words, label_words = set(name.casefold().split()), set(label.casefold().split())
    return bool(words) and (words <= label_words or label_words <= words)


def _show(hit: Hit, document: Document) -> RetrievedPassage:
    quote = Quote.from_span(document, hit.passage.start, hit.passage.end, score=hit.score)
    return RetrievedPassage(hit.passage.passage_id, quote, hit)


def _find_short(reading: Reading, documents: dict[str, Document]) -> str | None:
    best = reading.evidence[0]
    return None if best.short is None else documents[best.doc_id].text[best.short[0] : best.short[1]]


class _Clock:
    """Milliseconds a stage, each from the end of the one before."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.timings_ms: dict[str, float] = {}

    def stop(self, stage: str) -> None:
        now = time.perf_counter()
        self.timings_ms[stage] = (now - self._last) * 1000
        self._last = now
