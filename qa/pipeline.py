"""A question into an `Answer`: follow-up, retrieve, read, choose quotes."""

from collections.abc import Collection, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from index import Embedder, Location, PassageStore, Progress, SentenceEmbedder, open_store, retrieve
from qa.abstention import explain_open_parts
from qa.answer_stream import AnswerPart, AnswerStream
from qa.answers import Answer, Quote, RetrievedPassage
from qa.conversation.history import Message, PastExchange, read_history
from qa.conversation.intent_replies import reply_to
from qa.conversation.intents import Intent, IntentKind, find_intent
from qa.conversation.language import explain_language
from qa.conversation.neighbours import locate_quotes
from qa.finder import Finder
from qa.findings import Findings, find_short, quote_hits
from qa.generation.grounded_writing import GroundedWriter, WriterInput
from qa.generation.writer import Writer
from qa.people import arrange_people
from qa.question import check_question
from qa.quote_selection import choose_evidence
from qa.reading.reader import Reader
from qa.reading.two_step import TwoStepReader, open_reader
from qa.refusal import explain_refusal, look_elsewhere
from qa.scope import find_scope
from qa.stage_clock import StageClock
from qa.summary_findings import find_summary
from qa.tables.table import AnswerTable, By, answer_each

DEFAULT_TOP_K = 8
# In front of quotes that are not probable enough for more.
PERHAPS = "Closest, perhaps an answer:"


class QA:
    """Answers questions from one index. Models are loaded once, when first used; one `QA` serves many threads."""

    def __init__(
        self, store: PassageStore, embedder: Embedder, reader: Reader, writer: Writer | GroundedWriter | None = None
    ) -> None:
        """Answer from `store`, which `embedder` made; with a `writer`, in sentences that it phrases.

        :raises IndexNotFound: when nothing is stored yet.
        :raises IndexIncompatible: when the store holds embeddings of another embedder.
        """
        store.require(embedder.identity)
        self.store = store
        self._embedder = embedder
        self.reader = reader
        self._finder = Finder(store, embedder, reader)
        self._writer = (
            writer if writer is None or isinstance(writer, GroundedWriter) else GroundedWriter(writer, reader)
        )

    @classmethod
    def open(
        cls,
        index: Location | PassageStore,
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
        return cls(store, embedder, reader or open_reader(embedder), writer)

    @property
    def embedder(self) -> Embedder:
        """The embedder that made the index; what is added to it must be embedded by it too."""
        return self._embedder

    @property
    def quick_reader(self) -> Reader:
        """What reads soonest, for where there is much to read: of two steps the first."""
        return self.reader.first if isinstance(self.reader, TwoStepReader) else self.reader

    @property
    def note(self) -> str:
        """A sentence for whoever asks, where answers could be better; "" where they could not."""
        return self.reader.note

    @property
    def writer(self) -> Writer | None:
        """The language model that phrases the answers, if there is one."""
        return None if self._writer is None else self._writer.writer

    def with_writer(self, writer: Writer | None) -> "QA":
        """The same with another language model, or with none; the other models are shared."""
        return QA(self.store, self._embedder, self.reader, writer)

    def with_store(self, store: PassageStore) -> "QA":
        """The same models on another index; raises as `QA` does."""
        return QA(store, self._embedder, self.reader, self._writer)

    def warm_up(self) -> None:
        """Load the models now, so that the first question does not wait for them."""
        self._embedder.embed_question("ready")
        self.reader.warm_up()
        if self._writer is not None:
            self._writer.warm_up()

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
        answer, findings = self._answer(question, history, speaker, doc_ids)
        return answer if findings is None else AnswerStream(self._write(answer, findings)).answer

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] | None = None,
        speaker: str | None = None,
        doc_ids: Collection[str] | None = None,
    ) -> AnswerStream:
        """The sentences that a language model writes, as they come, and the answer at their end.

        Parameters and errors as in `answer`; the errors are raised by the stream.
        """
        return AnswerStream(self._stream(question, history, speaker, doc_ids))

    def search(
        self,
        query: str,
        *,
        top_k: int = DEFAULT_TOP_K,
        speaker: str | None = None,
        doc_ids: Collection[str] | None = None,
    ) -> tuple[RetrievedPassage, ...]:
        """The `top_k` passages nearest to `query`, best first, whether or not they answer anything; nothing is read.

        Parameters and errors as in `answer`.

        :raises ValueError: when `top_k` is less than 1.
        """
        query = check_question(query)
        embedding = self._embedder.embed_question(query)
        with self.store.reading() as view:
            scope = find_scope(view, speaker, doc_ids)
            hits = retrieve(view, query, embedding, top_k=top_k, scope=scope)
            documents = {doc_id: view.document(doc_id) for doc_id in {hit.passage.doc_id for hit in hits}}
        return quote_hits(hits, documents)

    def answer_each(
        self,
        questions: Sequence[str],
        *,
        by: By = "document",
        doc_ids: Collection[str] | None = None,
        progress: Progress | None = None,
    ) -> AnswerTable:
        """Every question put to every document, or to every speaker; see `qa.tables.table.answer_each`."""
        return answer_each(self, questions, by=by, doc_ids=doc_ids, progress=progress)

    def _answer(
        self,
        question: str,
        history: Sequence[Message] | None,
        speaker: str | None,
        doc_ids: Collection[str] | None,
    ) -> tuple[Answer, Findings | None]:
        """The answer in quotes, and what a language model may be given to phrase it; None where none is to."""
        intent = find_intent(check_question(question))
        if intent is not None:
            reply = self._reply_to_intent(question, intent, read_history(history or ()), speaker, doc_ids)
            if reply is not None:
                phrased = self._writer is not None and intent.kind is IntentKind.SUMMARY and reply.quotes
                return reply, find_summary(reply, self.store, self._embedder) if phrased else None
        findings = self.find(question, history=history, speaker=speaker, doc_ids=doc_ids)
        answer = self.compose(question, findings)
        if answer.abstained and (speaker is not None or doc_ids is not None or findings.narrowed):
            answer = look_elsewhere(answer, findings, speaker, self._finder)
        return answer, findings if self._writer is not None and findings.hits else None

    def _stream(
        self,
        question: str,
        history: Sequence[Message] | None,
        speaker: str | None,
        doc_ids: Collection[str] | None,
    ) -> Generator[AnswerPart, None, Answer]:
        answer, findings = self._answer(question, history, speaker, doc_ids)
        yield answer
        return answer if findings is None else (yield from self._write(answer, findings))

    def _write(self, answer: Answer, findings: Findings) -> Generator[AnswerPart, None, Answer]:
        """The sentences that the language model writes; returns the answer that they make of `answer`."""
        assert self._writer is not None  # else there are no findings to write from
        clock = StageClock()
        written = yield from self._writer.write(
            WriterInput(
                question=findings.standalone,
                embedding=findings.embedding,
                hits=findings.hits,
                documents=findings.documents,
                reading=findings.reading,
                whole=not findings.narrowed,
                extractive=answer,
            )
        )
        clock.stop("write")
        total = answer.timings_ms["total"] + clock.timings_ms["write"]
        return replace(written, timings_ms={**answer.timings_ms, **clock.timings_ms, "total": total})

    def _reply_to_intent(
        self,
        question: str,
        intent: Intent,
        exchanges: Sequence[PastExchange],
        speaker: str | None,
        doc_ids: Collection[str] | None,
    ) -> Answer | None:
        """The answer to a question about the whole; None when it has to be looked for like any other."""
        clock = StageClock()
        with self.store.reading() as view:
            scope = find_scope(view, speaker, doc_ids)
            locations = locate_quotes(view, exchanges[-1].quotes if exchanges else (), scope)
            quoted = [Quote.from_span(view.document(at.doc_id), at.start, at.end, score=1.0) for at in locations]
            reply = reply_to(intent, view, scope, quoted)
        clock.stop("compose")
        if reply is None:
            return None
        return Answer(
            question=question.strip(),
            standalone_question=question.strip(),
            kind="quotes" if reply.quotes else "words",
            lead=reply.lead,
            quotes=reply.quotes,
            reason=None if reply.quotes else reply.lead,
            confidence=1.0 if reply.quotes else 0.0,
            has_confidence=False,
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
        return self._finder.find(check_question(question), read_history(history or ()), speaker, doc_ids)

    def compose(self, question: str, findings: Findings) -> Answer:
        """The answer that `findings` allow: quotes where the reader is sure enough of them, else an abstention."""
        clock = StageClock()
        chosen = choose_evidence(findings, self.reader)
        documents = findings.all_documents
        quotes = tuple(
            Quote.from_span(documents[each.doc_id], each.start, each.end, score=each.score) for each in chosen.evidence
        )
        passages = quote_hits(findings.hits, findings.documents)
        texts = [passage.text for passage in passages]
        notices = (
            explain_language(question, texts, self._embedder.identity.name),
            explain_open_parts(chosen.open_parts) if quotes else None,
        )
        reason = None if quotes else explain_refusal(question, findings, texts, self.store)
        quotes, who = arrange_people(findings.standalone, quotes, findings.across)
        tentative = bool(quotes) and chosen.confidence < self.reader.sure_confidence
        clock.stop("compose")
        timings_ms = {**findings.timings_ms, **clock.timings_ms}
        return Answer(
            question=question.strip(),
            standalone_question=findings.standalone,
            kind="quotes" if quotes else "abstention",
            lead=" ".join(filter(None, (PERHAPS if tentative else "", who))),
            notice=" ".join(filter(None, notices)) or None,
            short=None if tentative else find_short(findings.asked, chosen.evidence, documents),
            quotes=quotes,
            reason=reason,
            confidence=chosen.confidence,
            passages=passages,
            timings_ms={**timings_ms, "total": sum(timings_ms.values())},
        )
